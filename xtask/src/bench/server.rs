//! The server under load: a process of its own, its time and memory as the kernel counts them.

use super::http::{Ask, Client};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_SECONDS_MAX: u64 = 120;
/// Longest wait for [`Server::rest`].
const REST_SECONDS_MAX: u64 = 300;
/// Processor time of a second in which nothing is done, in seconds.
const AT_REST: f64 = 0.03;

/// A `smartgovt serve`.
pub struct Server {
    child: Child,
    pub address: String,
    pub start_seconds: f64,
}

/// Processor time in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub server: f64,
    pub database: f64,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub fn start(program: &Path, data: &Path, address: &str, url: Option<&str>) -> Result<Server> {
        let log = std::fs::File::create(data.join("server.log")).context("making the server's log")?;
        let begin = Instant::now();
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(data).args(["--listen", address]);
        if let Some(url) = url {
            command.args(["--database-url", url]);
        }
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context("starting the server")?;
        let mut server = Server { child, address: address.to_owned(), start_seconds: 0.0 };
        let mut client = Client::new(address);
        loop {
            if client.send(&Ask::get("/readyz")).is_ok_and(|answer| answer.status == 200) {
                server.start_seconds = begin.elapsed().as_secs_f64();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended ({status}); see {}", data.join("server.log").display());
            }
            if begin.elapsed() > Duration::from_secs(START_SECONDS_MAX) {
                bail!("the server was not ready after {START_SECONDS_MAX} seconds");
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Waits until the server has nothing of its own to do: what the steps before have listed is gone through in the background.
    pub fn rest(&self, database: Option<u32>) {
        for _ in 0..REST_SECONDS_MAX {
            let before = self.spent(database);
            std::thread::park_timeout(Duration::from_secs(1));
            let after = self.spent(database);
            if after.server + after.database - before.server - before.database < AT_REST {
                return;
            }
        }
        eprintln!("bench: the server did not come to rest within {REST_SECONDS_MAX} seconds");
    }

    /// Processor time of the server and, when it is ours, of the database's processes.
    pub fn spent(&self, database: Option<u32>) -> Spent {
        let database = database.map_or(0.0, |leader| children(leader).into_iter().chain([leader]).map(processor_seconds).sum());
        Spent { server: processor_seconds(self.child.id()), database }
    }

    /// Resident memory of the server now and at its highest, and of its renderers together, in MiB.
    pub fn memory_mib(&self) -> (f64, f64, Vec<f64>) {
        let pid = self.child.id();
        let renderers = children(pid).into_iter().map(|child| status_mib(child, "VmRSS:")).collect();
        (status_mib(pid, "VmRSS:"), status_mib(pid, "VmHWM:"), renderers)
    }

    /// What a metric says; 0 when it is not there.
    pub fn metric(&self, name: &str) -> f64 {
        let Ok(answer) = self.client().send(&Ask::get("/metrics")) else { return f64::NAN };
        let text = answer.text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().is_ok_and(|status| status.success());
        if !asked {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

fn processor_seconds(pid: u32) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    // The name may hold spaces; the fields after it do not. utime and stime are fields 14 and 15, in ticks of 10 ms.
    let fields: Vec<&str> = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

fn status_mib(pid: u32, field: &str) -> f64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return 0.0 };
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// The size of everything below a folder, in GiB.
pub fn size_gib(folder: &Path) -> f64 {
    let mut waiting: Vec<PathBuf> = vec![folder.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(about) if about.is_dir() => waiting.push(entry.path()),
                Ok(about) => bytes += about.len(),
                Err(_) => {}
            }
        }
    }
    bytes as f64 / f64::from(1 << 30)
}
