//! A client that costs little: one blocking connection, one request at a time. It asks for no compression unless told.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept open.
pub struct Client {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The values of a header, its name in small letters.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.head.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the body holds these bytes.
    pub fn holds(&self, marker: &str) -> bool {
        let marker = marker.as_bytes();
        marker.is_empty() || self.body.windows(marker.len()).any(|part| part == marker)
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    /// Whole header lines.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), head: Vec::new(), body: Vec::new() }
    }

    pub fn post(path: impl Into<String>, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let head = vec![format!("Content-Type: {media_type}"), "Sec-Fetch-Site: same-origin".to_owned()];
        Self { method: "POST", path: path.into(), head, body: body.into() }
    }

    pub fn with(mut self, line: impl Into<String>) -> Self {
        self.head.push(line.into());
        self
    }
}

impl Client {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Sends and waits for the whole answer. A connection the server closed while idle is opened again once.
    pub fn send(&mut self, ask: &Ask) -> Result<Answer> {
        let idle = self.stream.is_some();
        match self.once(ask) {
            Err(_) if idle => {
                self.stream = None;
                self.once(ask)
            }
            other => other,
        }
    }

    fn once(&mut self, ask: &Ask) -> Result<Answer> {
        let outcome = self.exchange(ask);
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    fn exchange(&mut self, ask: &Ask) -> Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address).context("connecting")?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                self.stream.insert(BufReader::with_capacity(64 * 1024, stream))
            }
        };
        let mut out = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", ask.method, ask.path, self.address).into_bytes();
        for line in &ask.head {
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        if ask.method != "GET" {
            out.extend_from_slice(format!("Content-Length: {}\r\n", ask.body.len()).as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&ask.body);
        stream.get_mut().write_all(&out)?;
        let answer = read(stream)?;
        if answer.header("connection").any(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        bail!("the connection was closed");
    }
    Ok(line.trim_end().to_owned())
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer> {
    let first = line(stream)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).with_context(|| format!("no status: {first}"))?;
    let mut answer = Answer { status, ..Answer::default() };
    loop {
        let next = line(stream)?;
        if next.is_empty() {
            break;
        }
        if let Some((name, value)) = next.split_once(':') {
            answer.head.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let length = answer.header("content-length").next().and_then(|length| length.parse::<usize>().ok());
    if let Some(length) = length {
        answer.body = vec![0; length];
        stream.read_exact(&mut answer.body)?;
    } else if answer.header("transfer-encoding").any(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = usize::from_str_radix(line(stream)?.split(';').next().unwrap_or_default(), 16).context("a chunk without size")?;
            let had = answer.body.len();
            answer.body.resize(had + size, 0);
            stream.read_exact(&mut answer.body[had..])?;
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    }
    Ok(answer)
}

/// Text as a value of an address or form.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn lengths_and_chunks_are_read_over_one_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heads = BufReader::new(stream.try_clone().unwrap());
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalo!",
                "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            ] {
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    heads.read_line(&mut head).unwrap();
                }
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let mut client = Client::new(&address);
        let first = client.send(&Ask::get("/")).unwrap();
        assert!(first.status == 200 && first.holds("alo"));
        let second = client.send(&Ask::get("/x")).unwrap();
        assert_eq!((second.status, second.text().as_str()), (404, "abc"));
        server.join().unwrap();
        assert_eq!(encoded("Siti & Co"), "Siti%20%26%20Co");
    }
}
