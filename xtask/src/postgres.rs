//! A private PostgreSQL for one run of the tests: made, started, and gone again when the value is dropped.

use crate::packages;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const START_SECONDS_MAX: u64 = 60;
const READY: &str = "database system is ready to accept connections";

/// A running private cluster, gone with the value unless it is kept.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    server: Child,
    port: u16,
    kept: bool,
}

/// Who the server runs as: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct RunAs {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster in a new temporary folder and waits until it takes connections. It is not durable (fsync is off):
    /// tests of durability start their own.
    pub fn start() -> Result<Cluster> {
        Cluster::start_with(&["fsync=off", "full_page_writes=off"])
    }

    /// The same with these settings beside the usual ones.
    pub fn start_with(settings: &[&str]) -> Result<Cluster> {
        let bin = packages::postgres_bin().context("PostgreSQL 15 or newer is not installed")?;
        let folder = std::env::temp_dir().join(format!("smartgovt-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
        match Cluster::start_in(&bin, &folder, settings) {
            Ok((server, port)) => Ok(Cluster { folder, server, port, kept: false }),
            Err(error) => {
                std::fs::remove_dir_all(&folder).ok();
                Err(error)
            }
        }
    }

    /// The same in this folder, made where it is not there, and left there when the value goes.
    pub fn start_kept(folder: &Path, settings: &[&str]) -> Result<Cluster> {
        let bin = packages::postgres_bin().context("PostgreSQL 15 or newer is not installed")?;
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let (server, port) = Cluster::start_in(&bin, folder, settings)?;
        Ok(Cluster { folder: folder.to_owned(), server, port, kept: true })
    }

    /// The address tests connect to, for `SMARTGOVT_TEST_POSTGRES`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The server's first process.
    pub fn leader(&self) -> u32 {
        self.server.id()
    }

    /// Where its data lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn start_in(bin: &Path, folder: &Path, settings: &[&str]) -> Result<(Child, u16)> {
        let run_as = run_as()?;
        if let Some(who) = run_as {
            chown(folder, Some(who.user), Some(who.group)).context("giving the folder to the user postgres")?;
        }
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            let made = command(&bin.join("initdb"), folder, run_as)
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg("--pgdata")
                .arg(&data)
                .output()
                .context("starting initdb")?;
            if !made.status.success() {
                bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim());
            }
        }
        let port = free_port()?;
        let mut server = command(&bin.join("postgres"), folder, run_as)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder)
            .args(["-p", &port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300"])
            .args(["-c", "lc_messages=C"])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stderr(Stdio::piped())
            .spawn()
            .context("starting postgres")?;
        match wait_until_ready(&mut server) {
            Ok(()) => Ok((server, port)),
            Err(error) => {
                server.kill().ok();
                server.wait().ok();
                Err(error)
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it ends its own children, which a kill would orphan.
        let asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status().is_ok_and(|status| status.success());
        if !asked {
            self.server.kill().ok();
        }
        self.server.wait().ok();
        if !self.kept {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

/// Waits for the server's own word that it is ready, and keeps its log from filling the pipe afterwards.
fn wait_until_ready(server: &mut Child) -> Result<()> {
    let log = server.stderr.take().context("postgres has no log")?;
    let (say, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut early = Some(String::new());
        for line in BufReader::new(log).lines().map_while(|line| line.ok()) {
            let Some(text) = &mut early else { continue };
            text.push_str(&line);
            text.push('\n');
            if line.contains(READY) {
                say.send(Ok(())).ok();
                early = None;
            }
        }
        if let Some(text) = early {
            say.send(Err(text)).ok();
        }
    });
    match heard.recv_timeout(Duration::from_secs(START_SECONDS_MAX)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(log)) => bail!("postgres ended at once:\n{log}"),
        Err(_) => bail!("postgres was not ready after {START_SECONDS_MAX} seconds"),
    }
}

fn command(program: &Path, folder: &Path, run_as: Option<RunAs>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(who) = run_as {
        command.uid(who.user).gid(who.group);
    }
    command
}

fn run_as() -> Result<Option<RunAs>> {
    if !packages::is_root() {
        return Ok(None);
    }
    let user = packages::number_of("id", &["-u", "postgres"]);
    let group = packages::number_of("id", &["-g", "postgres"]);
    match (user, group) {
        (Some(user), Some(group)) => Ok(Some(RunAs { user, group })),
        _ => bail!("PostgreSQL refuses to run as root, and there is no user named postgres to run it as"),
    }
}

/// A port nobody listens on now; the kernel hands out another one to the next who asks.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("asking for a free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let cluster = Cluster::start().expect("PostgreSQL starts; `cargo xtask test` installs it");
        let address = ("127.0.0.1", cluster.port);
        let folder = cluster.folder.clone();
        TcpStream::connect(address).expect("it takes connections");
        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpStream::connect(address).is_err());
    }
}
