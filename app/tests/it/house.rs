//! A government on disk and the binary over it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a configuration and a key file.
pub struct House {
    pub folder: TempDir,
    pub port: u16,
    database_url: Option<String>,
}

/// A port nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl House {
    /// A government on the embedded database.
    pub fn new() -> Self {
        Self::with_database(None)
    }

    /// A government on a fresh PostgreSQL database.
    pub fn on_postgres() -> Self {
        Self::with_database(Some(testkit::empty_postgres()))
    }

    /// A government on the PostgreSQL database of this URL.
    pub fn at(url: &str) -> Self {
        Self::with_database(Some(url.to_owned()))
    }

    /// One of each database the tests run on.
    pub fn on_both() -> Vec<Self> {
        let make = |database: testkit::Database| match database {
            testkit::Database::Sqlite => Self::new(),
            testkit::Database::Postgres => Self::on_postgres(),
        };
        testkit::databases().into_iter().map(make).collect()
    }

    fn with_database(database_url: Option<String>) -> Self {
        let house = Self::bare(database_url);
        house.ok(&["key", "init", "--key-file", house.path("smartgovt.key").to_str().unwrap()]);
        house
    }

    /// A folder with a configuration only.
    pub fn bare(database_url: Option<String>) -> Self {
        let folder = tempfile::Builder::new().prefix("smartgovt-it").tempdir().unwrap();
        let port = free_port();
        let house = Self { folder, port, database_url };
        house.configure(|config| config);
        house
    }

    /// Writes the configuration, changed.
    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let database = self.database_url.as_ref().map_or(String::new(), |url| format!("\n[database]\nurl = \"{url}\"\n"));
        let config = format!(
            "listen = \"127.0.0.1:{}\"\n[government]\nslug = \"uji\"\nname = \"Kabupaten Uji\"\nprovince = \"Sumatera Selatan\"\n\
             region = \"16.11\"\nzone = \"Asia/Jakarta\"\npublic_url = \"http://localhost:{}\"\n[log]\nformat = \"json\"\n{database}",
            self.port, self.port
        );
        std::fs::write(self.path("smartgovt.toml"), change(config)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smartgovt"));
        command.args(args).env_remove("RUST_LOG").env_remove("CREDENTIALS_DIRECTORY");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command that has to succeed, with `--data` and as JSON.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let data = self.data().to_str().unwrap();
        let output = self.run(&[args, &["--json", "--data", data]].concat());
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
    }

    /// Runs a command that has to succeed; what it says.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that has to fail with this exit code; what it complains.
    #[track_caller]
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts the server and waits until it is ready.
    #[track_caller]
    pub fn serve(&self) -> Running {
        self.serve_with(&[])
    }

    /// Starts the server with more in its environment.
    #[track_caller]
    pub fn serve_with(&self, environment: &[(String, String)]) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut child = self
            .command(&["serve", "--data", self.data().to_str().unwrap(), "--listen", &listen])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, kept) = (child.stderr.take().unwrap(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut running = Running { child, address: SocketAddr::from(([127, 0, 0, 1], self.port)), log };
        running.wait_until_ready();
        running
    }
}

/// A server of this test. It is killed when the value is dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<String>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Running {
    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        loop {
            if TcpStream::connect_timeout(&self.address, Duration::from_millis(200)).is_ok() && self.get("/healthz").status == 200 {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended ({status}):\n{}", self.log());
            }
            assert!(started.elapsed() < Duration::from_secs(30), "the server did not start:\n{}", self.log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_as("localhost", path)
    }

    /// Asks under another Host.
    pub fn get_as(&self, host: &str, path: &str) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let answer = agent.get(format!("http://{}{path}", self.address)).header("host", host).call();
        match answer {
            Ok(mut answer) => Answer {
                status: answer.status().as_u16(),
                headers: answer.headers().clone(),
                body: answer.body_mut().read_to_string().unwrap_or_default(),
            },
            Err(error) => Answer { status: 0, headers: ureq::http::HeaderMap::new(), body: error.to_string() },
        }
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end, at most half a minute. Says the exit code.
    #[track_caller]
    pub fn wait(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < Duration::from_secs(30), "the server does not end:\n{}", self.log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it in order.
    #[track_caller]
    pub fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.wait(), Some(0), "{}", self.log());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything a connection still has to say.
pub fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}
