//! Takes connections in and speaks HTTP with them, whatever they do.

use std::{future::Future, io, io::ErrorKind, net::SocketAddr, pin::pin, sync::Arc};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::watch,
    time::timeout,
};

use super::{
    gate::Gate,
    guard::Guard,
    interface::Engine,
    limits::Limits,
    lines::{Line, Lines},
    patient::Patient,
    queue::Desk,
    routes,
};

/// A server that is bound and not yet started.
pub struct Server {
    listener: TcpListener,
    router: Router,
    desk: Arc<Desk>,
    limits: Limits,
}

impl Server {
    /// A server on a bound socket, known by these names too. Needs a runtime around it.
    ///
    /// # Errors
    /// The system refuses.
    pub fn new(
        listener: std::net::TcpListener,
        names: &[String],
        engine: Arc<dyn Engine>,
        limits: Limits,
    ) -> io::Result<Server> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let guard = Guard::new(listener.local_addr()?, names);
        let desk = Arc::new(Desk::new(engine, &limits)?);
        let gate = Arc::new(Gate { guard, limits: limits.clone() });
        let router = routes::router(Arc::clone(&desk), gate);
        Ok(Server { listener, router, desk, limits })
    }

    /// Where it is.
    ///
    /// # Errors
    /// The system refuses.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Its requests.
    #[cfg(test)]
    pub fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Serves until told to end; then gives up what is open and says so to whoever waits.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let lines = Lines::new(self.limits.lines, self.limits.grace);
        let (tell, ending) = watch::channel(false);
        let mut end = pin!(end);
        loop {
            let (stream, line) = select! {
                biased;
                () = &mut end => break,
                taken = self.take(&lines) => taken,
            };
            tokio::spawn(attend(stream, line, self.router.clone(), self.limits.clone(), ending.clone()));
        }
        drop(self.listener);
        self.desk.end();
        tell.send_replace(true);
        let gone = async {
            while !lines.is_empty() {
                lines.room().await;
            }
        };
        // Whoever does not listen by then is left behind.
        drop(timeout(self.limits.farewell, gone).await);
    }

    /// The next connection. It waits with the system as long as all others are busy.
    async fn take(&self, lines: &Arc<Lines>) -> (TcpStream, Line) {
        let stream = loop {
            match self.listener.accept().await {
                Ok((stream, _)) => break stream,
                // It went as it came.
                Err(e) if of_the_client(e.kind()) => {}
                // No room for more files or buffers.
                Err(_) => {
                    lines.make_room();
                    lines.room().await;
                }
            }
        };
        loop {
            match lines.admit() {
                Some(line) => return (stream, line),
                None => lines.room().await,
            }
        }
    }
}

fn of_the_client(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset)
}

/// Serves one connection until either side has enough of it.
async fn attend(
    stream: TcpStream,
    line: Line,
    router: Router,
    limits: Limits,
    mut ending: watch::Receiver<bool>,
) {
    // Only a matter of speed.
    drop(stream.set_nodelay(true));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(line.clone());
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head_bytes)
        .serve_connection(TokioIo::new(Patient::new(stream, limits.write_time)), service);
    let mut connection = pin!(connection);
    let mut told = false;
    loop {
        select! {
            // What went wrong, the client knows.
            _ = connection.as_mut() => break,
            () = line.hung_up() => break,
            changed = ending.changed(), if !told => {
                told = true;
                if changed.is_ok() {
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}
