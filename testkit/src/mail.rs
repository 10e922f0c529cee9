//! A tiny mail server on loopback that can be made to misbehave.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What is wrong with the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It hangs up at once, as one that is down behind its port.
    Refuse,
    /// It answers each line so much later.
    Delay(Duration),
    /// 451: try later.
    Temporary,
    /// 550: never.
    Permanent,
    /// It hangs up in the middle of the letter.
    Drop,
}

/// A letter that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body as they came.
    pub raw: String,
}

impl SentMail {
    /// A header, unfolded and decoded (RFC 2047).
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let wanted = format!("{}:", name.to_ascii_lowercase());
        let line = unfolded.lines().find(|line| line.to_ascii_lowercase().starts_with(&wanted)).map(|line| line[wanted.len()..].trim());
        decoded_words(line.unwrap_or_default())
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> String {
        self.header("subject")
    }

    /// The text, decoded. Of a letter in parts, all of them one after another.
    #[must_use]
    pub fn text(&self) -> String {
        let (head, body) = self.raw.split_once("\r\n\r\n").unwrap_or((&self.raw, ""));
        let boundary = head.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
        match boundary {
            Some(boundary) => {
                let mark = format!("--{boundary}");
                let parts = body.split(&mark).filter(|part| !part.trim().is_empty() && !part.starts_with("--"));
                parts
                    .map(|part| part.trim_start().split_once("\r\n\r\n").map_or(String::new(), |(head, body)| transferred(head, body)))
                    .collect()
            }
            None => transferred(head, body),
        }
    }
}

struct Shared {
    letters: Mutex<Vec<SentMail>>,
    fault: Mutex<Fault>,
    closed: AtomicBool,
}

/// The mail server of a test.
pub struct Mailbox {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
}

impl Mailbox {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared { letters: Mutex::default(), fault: Mutex::new(Fault::None), closed: AtomicBool::new(false) });
        let held = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if held.closed.load(Ordering::SeqCst) {
                    return;
                }
                let held = Arc::clone(&held);
                // A client that goes away ends its own conversation.
                std::thread::spawn(move || drop(converse(&held, stream)));
            }
        });
        Self { shared, address }
    }

    /// Its address as settings have it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Makes it misbehave from now on.
    pub fn set_fault(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Every letter that arrived, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<SentMail> {
        self.shared.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one letter that arrived.
    ///
    /// # Panics
    /// When there is none or more than one.
    #[track_caller]
    #[must_use]
    pub fn only(&self) -> SentMail {
        let letters = self.letters();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        letters[0].clone()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        drop(TcpStream::connect(self.address));
    }
}

fn converse(shared: &Shared, stream: TcpStream) -> std::io::Result<()> {
    let fault = *shared.fault.lock().unwrap_or_else(PoisonError::into_inner);
    if fault == Fault::Refuse {
        return Ok(());
    }
    let mut out = stream.try_clone()?;
    let mut say = move |line: &str| {
        if let Fault::Delay(time) = fault {
            std::thread::park_timeout(time);
        }
        out.write_all(format!("{line}\r\n").as_bytes())
    };
    let mut lines = BufReader::new(stream);
    let mut letter = SentMail { from: String::new(), to: Vec::new(), raw: String::new() };
    say("220 testkit ESMTP")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        match (verb.as_str(), fault) {
            ("EHLO" | "HELO", _) => say("250-testkit\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            ("MAIL", _) => {
                letter = SentMail { from: address, to: Vec::new(), raw: String::new() };
                say("250 ok")?;
            }
            ("RCPT", Fault::Temporary) => say("451 4.3.0 try later")?,
            ("RCPT", Fault::Permanent) => say("550 5.1.1 no such mailbox")?,
            ("RCPT", _) => {
                letter.to.push(address);
                say("250 ok")?;
            }
            ("DATA", Fault::Drop) => return say("354 go on"),
            ("DATA", _) => {
                say("354 go on")?;
                letter.raw = data(&mut lines)?;
                shared.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                say("250 taken")?;
            }
            ("QUIT", _) => return say("221 bye"),
            ("RSET" | "NOOP", _) => say("250 ok")?,
            _ => say("502 not here")?,
        }
    }
}

fn data(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn transferred(head: &str, body: &str) -> String {
    let head = head.to_ascii_lowercase();
    if head.contains("content-transfer-encoding: base64") {
        let packed: String = body.split_whitespace().collect();
        return String::from_utf8_lossy(&STANDARD.decode(packed).unwrap_or_default()).into_owned();
    }
    if head.contains("content-transfer-encoding: quoted-printable") {
        return quoted_printable(&body.replace("=\r\n", ""));
    }
    body.replace("\r\n", "\n")
}

fn quoted_printable(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.replace("\r\n", "\n").into_bytes().into_iter();
    while let Some(byte) = rest.next() {
        if byte != b'=' {
            bytes.push(byte);
            continue;
        }
        let pair: Vec<u8> = rest.by_ref().take(2).collect();
        let value = std::str::from_utf8(&pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.extend(value.map_or_else(|| [vec![byte], pair].concat(), |value| vec![value]));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=` as the text they stand for.
fn decoded_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        let parts: Vec<&str> = after.splitn(4, '?').collect();
        let [_, kind, word, tail] = parts.as_slice() else { break };
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        out.push_str(&match kind.to_ascii_lowercase().as_str() {
            "b" => String::from_utf8_lossy(&STANDARD.decode(word).unwrap_or_default()).into_owned(),
            _ => quoted_printable(&word.replace('_', " ")),
        });
        rest = tail.strip_prefix('=').unwrap_or(tail);
    }
    out.push_str(rest);
    out
}
