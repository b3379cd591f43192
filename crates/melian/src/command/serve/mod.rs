//! The server of `melian serve`: HTTP on a port of this machine, in front of an engine that answers.
//!
//! It knows nothing of games. The page and the solver are behind [`Engine`]; who may ask is in `guard.rs`, what becomes of a
//! request in `queue.rs`, what becomes of a client in `listen.rs`.

mod gate;
mod guard;
mod interface;
mod limits;
mod lines;
mod listen;
mod patient;
mod queue;
mod refusal;
mod routes;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use clap::Args;

pub use interface::{Cancel, Engine, Kind, Lane, Page, Reply};
pub use refusal::Refusal;

use super::shell::{Failure, Outcome, Shell, plain};
use limits::Limits;
use listen::Server;

/// The port if none is asked for, and so many after it if it is taken.
const PORT: u16 = 8417;
const MORE: u16 = 20;

/// Where the server is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Port; 0 for any that is free [default: 8417, or the next one that is free]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Address of this machine to be reached at; 0.0.0.0 or :: for all of them
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Another name by which the server may be spoken to, with a port if it is another one
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = name)]
    allow_host: Vec<String>,
}

/// A name as it stands in a URL, with or without a port.
fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
    if text.is_empty() || !text.chars().all(plain) {
        return Err("write a name such as box.lan or box.lan:9000, without http://".into());
    }
    Ok(text.to_owned())
}

/// Serves until Ctrl-C or a signal to end.
///
/// # Errors
/// The port is taken, or the system refuses.
pub fn serve(shell: &Shell, place: &Place, engine: impl Engine) -> Result<Outcome, Failure> {
    let listener = place.bind()?;
    let trouble = |e: io::Error| Failure::plain("no-server", format!("cannot serve: {}", plain(&e)));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // They make pages.
        .max_blocking_threads(2)
        .thread_name("melian-serve")
        .enable_all()
        .build()
        .map_err(trouble)?;
    runtime.block_on(async {
        let end = told_to_end();
        let server =
            Server::new(listener, &place.allow_host, Arc::new(engine), Limits::default()).map_err(trouble)?;
        place.announce(shell, server.address().map_err(trouble)?);
        server.run(end).await;
        Ok::<(), Failure>(())
    })?;
    // Solves that have not noticed that they are given up end with the process.
    runtime.shutdown_background();
    Ok(Outcome::Done)
}

impl Place {
    fn bind(&self) -> Result<TcpListener, Failure> {
        let ports = match self.port {
            Some(port) => vec![port],
            None => (PORT..=PORT + MORE).chain([0]).collect(),
        };
        let mut last = io::Error::from(ErrorKind::AddrInUse);
        for &port in &ports {
            match TcpListener::bind((self.host, port)) {
                Ok(listener) => return Ok(listener),
                Err(e) => last = e,
            }
            if last.kind() != ErrorKind::AddrInUse {
                break;
            }
        }
        let place = SocketAddr::new(self.host, ports.first().copied().unwrap_or(0));
        let failure = Failure::plain("port-unusable", format!("cannot listen at {place}: {}", plain(&last)));
        Err(match last.kind() {
            ErrorKind::AddrInUse => failure.help("leave `--port` out, and a free one is taken"),
            ErrorKind::PermissionDenied => failure.help("choose a port above 1023"),
            ErrorKind::AddrNotAvailable => failure.help("`--host` is one of the addresses of this machine"),
            _ => failure,
        })
    }

    /// The address on standard output, all else on standard error.
    fn announce(&self, shell: &Shell, bound: SocketAddr) {
        if !bound.ip().is_loopback() {
            shell.note(&format!(
                "warning: whoever reaches port {} of this machine can make it compute, and read the model",
                bound.port()
            ));
        }
        if self.port.is_none() && bound.port() != PORT {
            shell.note(&format!("note: port {PORT} is taken"));
        }
        let here = match bound.ip() {
            // The same, in an address that every browser can open.
            ip if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), bound.port()),
            _ => bound,
        };
        shell.print(&format!("http://{here}/\n"));
        shell.remark("Ctrl-C ends it");
    }
}

/// Ends when the user or the system wants the server to end. Listens from the moment it is made.
#[cfg(unix)]
fn told_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [interrupt, terminate] = signals;
        tokio::select! {
            () = heard(interrupt) => {}
            () = heard(terminate) => {}
        }
    }
}

/// A signal that cannot be listened for keeps its usual effect.
#[cfg(unix)]
async fn heard(signal: io::Result<tokio::signal::unix::Signal>) {
    match signal {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

/// Ends when the user wants the server to end.
#[cfg(not(unix))]
async fn told_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
