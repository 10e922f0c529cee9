//! The child process: reads papers from stdin, writes PDFs to stdout, until stdin ends.

use std::io::{self, Read, Write};

use letter::frame::{self, Outcome, Request, Response};
use letter::{Letter, Paper};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::Typesetter;

/// What the child may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Address space in bytes. Beyond it an allocation fails and the child ends, which the server reports as one error.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// 2 GiB of address space, of which some 120 MB are resident in normal work.
    fn default() -> Self {
        Self { memory_bytes: 2 << 30 }
    }
}

/// Serves requests until stdin ends. For a process of its own: it limits the whole process, for good.
///
/// # Errors
/// When the limits cannot be set or a pipe breaks.
pub fn run(limits: Limits) -> io::Result<()> {
    confine(limits)?;
    let typesetter = Typesetter::new();
    warm(&typesetter);
    serve(&typesetter, &mut io::stdin().lock(), &mut io::stdout().lock())
}

/// Serves requests from one pipe to another until the first one ends.
///
/// # Errors
/// When a pipe breaks, or what arrives is not a request.
pub fn serve(typesetter: &Typesetter, requests: &mut dyn Read, answers: &mut dyn Write) -> io::Result<()> {
    while let Some(request) = frame::read_json::<Request>(requests, frame::REQUEST_BYTES_MAX)? {
        let rendered = typesetter.render_as(&request.paper, request.standard);
        let (outcome, pdf) = match rendered {
            Ok(done) => (Outcome::Done { pages: done.pages, unprintable: done.unprintable }, Some(done.pdf)),
            Err(error) => (Outcome::Failed { reason: error.to_string() }, None),
        };
        frame::write_json(answers, &Response { id: request.id, resident_bytes: resident_bytes(), outcome })?;
        if let Some(pdf) = pdf {
            frame::write(answers, &pdf)?;
        }
    }
    Ok(())
}

/// No more memory than agreed, no files, no core dump that would hold a letter.
fn confine(limits: Limits) -> io::Result<()> {
    let at_most = |bytes: u64| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::As, at_most(limits.memory_bytes))?;
    setrlimit(Resource::Fsize, at_most(0))?;
    setrlimit(Resource::Core, at_most(0))?;
    Ok(())
}

/// Renders one empty letter, so that the first real one finds fonts and layouts ready.
fn warm(typesetter: &Typesetter) {
    let paper = Paper::from(Letter { title: "SURAT".to_owned(), ..Letter::default() });
    // A fault shows itself with the first real paper, where somebody is told.
    let _ = typesetter.render(&paper);
}

/// Resident memory of this process; 0 where /proc is not to be had.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
