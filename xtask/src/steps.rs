//! Running the steps of a long chore: each is said aloud, timed and counted; one closing line sums them up.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a step has proved.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

#[derive(Debug)]
struct Done {
    title: String,
    took: Duration,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Counted(Count),
    LeftOut(String),
}

/// The steps done so far.
#[derive(Debug, Default)]
pub struct Steps {
    done: Vec<Done>,
}

impl Steps {
    /// Runs a step that either works or fails, and says whether it worked.
    pub fn one(&mut self, title: &str, step: impl FnOnce() -> Result<()>) -> bool {
        self.counted(title, || step().map(|()| Count { passed: 1, failed: 0 }))
    }

    /// Runs a step that counts tests, and says whether none failed. An error counts as one failure.
    pub fn counted(&mut self, title: &str, step: impl FnOnce() -> Result<Count>) -> bool {
        println!("\n=== {title}");
        let start = Instant::now();
        let count = step().unwrap_or_else(|error| {
            eprintln!("{title}: {error:#}");
            Count { passed: 0, failed: 1 }
        });
        self.done.push(Done { title: title.to_owned(), took: start.elapsed(), outcome: Outcome::Counted(count) });
        count.failed == 0
    }

    /// Notes a step that could not be run because an earlier one failed: a failure, never a silent gap.
    pub fn left_out(&mut self, title: &str, because: &str) {
        self.done.push(Done { title: title.to_owned(), took: Duration::ZERO, outcome: Outcome::LeftOut(because.to_owned()) });
    }

    /// The sum over all steps; a step that was left out is a failure.
    pub fn total(&self) -> Count {
        self.done.iter().fold(Count::default(), |sum, done| {
            let count = match &done.outcome {
                Outcome::Counted(count) => *count,
                Outcome::LeftOut(_) => Count { passed: 0, failed: 1 },
            };
            Count { passed: sum.passed + count.passed, failed: sum.failed + count.failed }
        })
    }

    /// Prints the table of times and the closing line; an error when something failed.
    pub fn close(self) -> Result<()> {
        println!("\n{:<34} {:>8} {:>8} {:>8}", "step", "seconds", "passed", "failed");
        for done in &self.done {
            let seconds = done.took.as_secs_f64();
            match &done.outcome {
                Outcome::Counted(count) => println!("{:<34} {seconds:>8.1} {:>8} {:>8}", done.title, count.passed, count.failed),
                Outcome::LeftOut(because) => println!("{:<34} not run: {because}", done.title),
            }
        }
        let whole: f64 = self.done.iter().map(|done| done.took.as_secs_f64()).sum();
        println!("{:<34} {whole:>8.1}", "together");
        let total = self.total();
        println!("\n{} passed, {} failed", total.passed, total.failed);
        if total.failed > 0 {
            bail!("not everything passed");
        }
        Ok(())
    }
}

/// Says the command, runs it with our terminal, and fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    say(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("starting {}", program(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", program(command));
    }
    Ok(())
}

/// Says the command, runs it showing its lines as they come, and gives each line of its standard output to `look`.
/// The answer says whether it succeeded.
pub fn watch(command: &mut Command, mut look: impl FnMut(&str)) -> Result<bool> {
    say(command);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("starting {}", program(command)))?;
    let output = child.stdout.take().context("the child has no output")?;
    let mut terminal = std::io::stdout();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("reading the child's output")?;
        let line = String::from_utf8_lossy(&line);
        writeln!(terminal, "{line}")?;
        look(&line);
    }
    Ok(child.wait().context("waiting for the child")?.success())
}

/// Reads one line of a test runner: cargo's `test result: …` or a plain `N passed, N failed`.
pub fn count_of(line: &str) -> Option<Count> {
    cargo_count_of(line).or_else(|| plain_count_of(line))
}

/// The closing line of a test binary. A test may itself print a plain closing line, which must not count.
pub fn cargo_count_of(line: &str) -> Option<Count> {
    let number_before = |word: &str| -> Option<u64> {
        let (before, _) = line.split_once(word)?;
        before.rsplit(' ').find(|part| !part.is_empty())?.parse().ok()
    };
    line.starts_with("test result: ").then_some(())?;
    Some(Count { passed: number_before(" passed;")?, failed: number_before(" failed;")? })
}

fn plain_count_of(line: &str) -> Option<Count> {
    let (passed, failed) = line.split_once(" passed, ")?;
    Some(Count { passed: passed.parse().ok()?, failed: failed.strip_suffix(" failed")?.parse().ok()? })
}

fn say(command: &Command) {
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
    println!("$ {} {}", program(command), arguments.join(" "));
}

fn program(command: &Command) -> String {
    let path = std::path::Path::new(command.get_program());
    let name = path.file_name().unwrap_or(command.get_program());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_read() {
        let cargo = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(count_of(cargo), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(count_of("7 passed, 0 failed"), Some(Count { passed: 7, failed: 0 }));
        assert_eq!(count_of("all passed, none failed"), None);
        assert_eq!(count_of("running 3 tests"), None);
    }

    #[test]
    fn a_step_that_fails_or_is_left_out_fails_the_whole() {
        let mut steps = Steps::default();
        assert!(steps.one("works", || Ok(())));
        assert!(!steps.one("breaks", || bail!("broken")));
        steps.left_out("tests", "the build failed");
        assert_eq!(steps.total(), Count { passed: 1, failed: 2 });
        assert!(steps.close().is_err());
    }
}
