//! A PostgreSQL server that a test may stop, kill and start again.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::postgresql::{command, free_port, make_cluster, programs, wait_for};

/// A server of one test alone. It is stopped, and its folder removed, when the value is dropped.
pub struct OwnPostgres {
    folder: PathBuf,
    port: u16,
    url: String,
    /// More settings of the server.
    options: String,
}

impl OwnPostgres {
    /// Makes and starts one, durable as in production. Blocks.
    ///
    /// # Panics
    /// When PostgreSQL is not installed.
    #[must_use]
    pub fn start() -> Self {
        let own = Self::made(make_cluster());
        own.start_again();
        own
    }

    fn made(folder: PathBuf) -> Self {
        let port = free_port();
        Self { folder, port, url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), options: String::new() }
    }

    /// Makes and starts one that speaks TLS only, at 127.0.0.1, with a certificate for these names signed by [`OwnPostgres::authority`].
    /// Blocks.
    ///
    /// # Panics
    /// When PostgreSQL is not installed.
    #[must_use]
    pub fn start_secured(names: &[&str]) -> Self {
        let mut own = Self::made(make_cluster());
        let (authority, certificate, key) = certificates(names);
        let file = |name: &str| own.folder.join("data").join(name);
        std::fs::write(file("authority.pem"), authority).expect("the authority is kept");
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            std::fs::write(file(name), text).expect("the certificate is kept");
            // PostgreSQL wants its key to be its own.
            for program in [["chown", "--reference", "PG_VERSION"].as_slice(), &["chmod", "600"]] {
                let args = program[1..].iter().copied().chain([name]);
                let done = Command::new(program[0]).args(args).current_dir(own.folder.join("data")).status().expect("it runs");
                assert!(done.success(), "{program:?} {name}");
            }
        }
        std::fs::write(file("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").expect("who may come is kept");
        "-c ssl=on".clone_into(&mut own.options);
        own.start_again();
        own
    }

    /// PEM file of the authority that signed the certificate of a secured server.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("data/authority.pem")
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
        let options = format!("-p {} -h 127.0.0.1 -k '' -c max_connections=100 {}", self.port, self.options);
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

    /// `kill -9` of the server with all its processes, and waits until they are gone.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&self) {
        let file = self.folder.join("data/postmaster.pid");
        let text = std::fs::read_to_string(&file).expect("it runs");
        let server: i32 = text.lines().next().and_then(|line| line.trim().parse().ok()).expect("a process id");
        let all: Vec<i32> = std::iter::once(server).chain(children(server)).collect();
        for number in &all {
            // A child may have ended with its parent.
            let pid = rustix::process::Pid::from_raw(*number).expect("a process id");
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        for _ in 0..600 {
            if all.iter().all(|number| is_gone(*number)) {
                // Whoever nobody waits for keeps its number, and the next server would think that this one still runs.
                let _ = std::fs::remove_file(&file);
                return;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
        panic!("the server does not die");
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

/// PEM of an authority, and of a server's certificate for these names with its key.
fn certificates(names: &[&str]) -> (String, String, String) {
    let made = || -> Result<_, rcgen::Error> {
        let authority_key = rcgen::KeyPair::generate()?;
        let mut authority = rcgen::CertificateParams::default();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let own = authority.self_signed(&authority_key)?.pem();
        let key = rcgen::KeyPair::generate()?;
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let certificate = rcgen::CertificateParams::new(names)?.signed_by(&key, &issuer)?;
        Ok((own, certificate.pem(), key.serialize_pem()))
    };
    made().expect("certificates are made")
}

/// State and parent of a process.
fn status(number: i32) -> Option<(char, i32)> {
    let text = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    let mut parts = text.rsplit_once(')')?.1.split_whitespace();
    Some((parts.next()?.chars().next()?, parts.next()?.parse().ok()?))
}

fn children(parent: i32) -> Vec<i32> {
    let folders = std::fs::read_dir("/proc").expect("/proc is there").flatten();
    let numbers = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
    numbers.filter(|number| status(*number).is_some_and(|(_, of)| of == parent)).collect()
}

fn is_gone(number: i32) -> bool {
    status(number).is_none_or(|(state, _)| matches!(state, 'Z' | 'X'))
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
