//! A private PostgreSQL cluster for tests, and a fresh database a test.
//!
//! `SMARTGOVT_TEST_POSTGRES` (`postgres://user@host:port/postgres`) names a running server; without it each test
//! process starts its own in a temporary folder and stops it at the end. There is no run without PostgreSQL.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use postgres::{Client, NoTls};

/// A server of our own. A shell holds it and stops it when this process ends, however it ends: the pipe closes.
struct Cluster {
    url: String,
    _leash: Option<std::process::ChildStdin>,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| match std::env::var("SMARTGOVT_TEST_POSTGRES") {
        Ok(url) => Cluster { url, _leash: None },
        Err(_) => start(),
    })
}

/// The folder with `initdb` and `postgres`, newest version first.
pub(crate) fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().map(|folder| folder.path().join("bin")).collect())
        .unwrap_or_default();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("PostgreSQL 15 or newer is installed (cargo xtask test installs it)")
}

/// PostgreSQL refuses to run as root, so root becomes `postgres` first.
pub(crate) fn command(program: &Path) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// A new cluster in `data` below a temporary folder, which is not removed by itself.
pub(crate) fn make_cluster() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("smartgovt-pg").tempdir().expect("a temporary folder");
    if rustix::process::geteuid().is_root() {
        let status = Command::new("chown").arg("postgres").arg(folder.path()).status().expect("chown runs");
        assert!(status.success(), "the folder goes to the user postgres");
    }
    let made = command(&programs().join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(folder.path().join("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("initdb runs");
    assert!(made.success(), "initdb makes a cluster");
    folder.keep()
}

/// A port nobody listens on now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

#[expect(clippy::zombie_processes, reason = "the shell ends when this process does")]
fn start() -> Cluster {
    let (bin, folder, port) = (programs(), make_cluster(), free_port());
    let data = folder.join("data");
    let run_as = if rustix::process::geteuid().is_root() { "runuser -u postgres --" } else { "" };
    let script = format!(
        "{run_as} '{bin}/postgres' -D '{data}' -p {port} -h 127.0.0.1 -k '' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
         -c max_connections=300 >/dev/null 2>&1 & cat >/dev/null; {run_as} '{bin}/pg_ctl' -D '{data}' stop -m immediate >/dev/null 2>&1; rm -rf '{folder}'",
        bin = bin.display(),
        data = data.display(),
        folder = folder.display(),
    );
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts");
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    wait_for(&url);
    Cluster { url, _leash: shell.stdin.take() }
}

/// Waits until the server accepts connections, at most half a minute.
pub(crate) fn wait_for(url: &str) {
    for _ in 0..600 {
        match Client::connect(url, NoTls) {
            Ok(_) => return,
            // It answers, but only those who speak TLS.
            Err(error) if error.code() == Some(&postgres::error::SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => return,
            Err(_) => {}
        }
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    panic!("the private PostgreSQL server did not start");
}

fn database_url(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a server URL ends in /database");
    format!("{base}/{name}")
}

/// The URL of a fresh database, cloned from a template that `migrate` filled once for this set of systems.
pub(crate) fn fresh(systems: &str, migrate: impl FnOnce(&str)) -> String {
    static TEMPLATES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = &cluster().url;
    let mut admin = Client::connect(server, NoTls).expect("the test server answers");
    let template = format!("t{}_{systems}", std::process::id());
    {
        let mut templates = TEMPLATES.lock().expect("no test panics while it holds this lock");
        if !templates.contains(&template) {
            admin.batch_execute(&format!("create database \"{template}\"")).expect("a template database");
            migrate(&database_url(server, &template));
            templates.push(template.clone());
        }
        let name = format!("d{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        admin.batch_execute(&format!("create database \"{name}\" template \"{template}\"")).expect("a database for this test");
        database_url(server, &name)
    }
}

/// Drops a test's database; a server named by the environment would fill up otherwise.
pub(crate) fn drop_database(url: &str) {
    let Some((_, name)) = url.rsplit_once('/') else { return };
    if let Ok(mut admin) = Client::connect(&cluster().url, NoTls) {
        let _ = admin.batch_execute(&format!("drop database if exists \"{name}\" with (force)"));
    }
}
