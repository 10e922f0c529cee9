//! A PostgreSQL server that a test may stop, kill and start again.

use std::{path::PathBuf, process::Stdio};

use crate::postgresql::{command, free_port, make_cluster, programs, wait_for};

/// A server of one test alone. It is stopped, and its folder removed, when the value is dropped.
pub struct OwnPostgres {
    folder: PathBuf,
    port: u16,
    url: String,
}

impl OwnPostgres {
    /// Makes and starts one, durable as in production. Blocks.
    ///
    /// # Panics
    /// When PostgreSQL is not installed.
    #[must_use]
    pub fn start() -> Self {
        let folder = make_cluster();
        let port = free_port();
        let own = Self { folder, port, url: format!("postgres://postgres@127.0.0.1:{port}/postgres") };
        own.start_again();
        own
    }

    /// The URL of its database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts it again after [`OwnPostgres::stop`] or [`OwnPostgres::kill`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        let options = format!("-p {} -h 127.0.0.1 -k '' -c max_connections=100", self.port);
        self.pg_ctl(&["start", "-o", &options]);
        wait_for(&self.url);
    }

    /// Stops it at once; open transactions are lost.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&self) {
        self.pg_ctl(&["stop", "-m", "immediate"]);
    }

    /// `kill -9` of the server process.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&self) {
        let file = self.folder.join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).expect("it runs");
        let number = text.lines().next().and_then(|line| line.trim().parse().ok()).and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(number.expect("a process id"), rustix::process::Signal::KILL).expect("it is killed");
    }

    fn pg_ctl(&self, args: &[&str]) {
        let done = command(&programs().join("pg_ctl"))
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-w")
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("pg_ctl runs");
        assert!(done.success(), "pg_ctl {args:?}: {done}");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let stopped = command(&programs().join("pg_ctl")).arg("-D").arg(data).args(["stop", "-m", "immediate"]).output();
        // A server that was killed is gone already.
        drop(stopped);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
