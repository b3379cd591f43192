//! A client that can be as rude as a test wants.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// One connection.
pub struct Client {
    pub address: SocketAddr,
    reader: BufReader<TcpStream>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { address, reader: BufReader::new(stream) }
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// Sends a request for JSON.
    pub fn post(&mut self, path: &str, body: &Value) {
        let body = body.to_string();
        let head = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        let text = request(self.address, "POST", path, &head) + &body;
        self.send(text.as_bytes()).unwrap();
    }

    /// The next answer.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no answer: {line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        answer.body = vec![0; answer.header("content-length").parse().unwrap_or(0)];
        self.reader.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    /// Everything until the server closes the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A reset ends it as well.
        drop(self.reader.read_to_end(&mut bytes));
        bytes
    }
}

/// The head of a request as a browser on our page sends it.
pub fn request(address: SocketAddr, method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n")
}

/// One request on a connection of its own.
pub fn once(address: SocketAddr, text: &str) -> Answer {
    let mut client = Client::new(address);
    client.send(text.as_bytes()).unwrap();
    client.answer().unwrap()
}

/// Asks once, on a connection of its own.
pub fn ask(address: SocketAddr, path: &str, body: &Value) -> Answer {
    let mut client = Client::new(address);
    client.post(path, body);
    client.answer().unwrap()
}

/// A request's body.
pub fn setting(session: u128, serial: u64, more: Value) -> Value {
    let mut body = json!({ "session": format!("{session:032x}"), "serial": serial });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}
