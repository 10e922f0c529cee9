//! Nothing that was acknowledged is ever lost: the real binary under load is killed, the power goes, the database server
//! is killed; afterwards every case, photo and number is there.

mod disk;
mod load;
mod proof;

use std::{
    path::PathBuf,
    process::Command,
    sync::OnceLock,
    time::{Duration, Instant},
};

use testkit::OwnPostgres;

use self::{
    disk::{Disk, Loss},
    load::{Acknowledged, Load},
    proof::Proof,
};
use crate::{
    house::{House, Running},
    site::{self, Site},
};

/// How many applications are sent.
const APPLICATIONS: u32 = 1_000;

/// The library that is preloaded into the server, compiled once.
pub fn shim() -> PathBuf {
    static SHIM: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = SHIM.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("smartgovt-power").tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/power_loss.c");
        let out = folder.path().join("power_loss.so");
        let done = Command::new("cc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&out).args([source, "-ldl"]).output();
        let done = done.expect("a C compiler is installed (cargo needs one to link)");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        folder
    });
    folder.path().join("power_loss.so")
}

/// Moments that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn between(&mut self, least: u32, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        least + u32::try_from((self.0 >> 33) % u64::from(most - least)).unwrap()
    }
}

/// Lets the load run until so many more applications were acknowledged, or all of them.
fn wait_for(load: &Load, more: u32, server: &Running) {
    let (from, started) = (load.acknowledged(), Instant::now());
    while load.acknowledged() < (from + more).min(APPLICATIONS) {
        assert!(started.elapsed() < Duration::from_secs(120), "{} of {APPLICATIONS} and no more:\n{}", load.acknowledged(), server.log());
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// Whatever else the load does after the last application: the desks sign something.
fn finish(load: Load, server: &Running) -> Acknowledged {
    let started = Instant::now();
    while load.signed() < 40 {
        assert!(started.elapsed() < Duration::from_secs(60), "only {} letters were signed:\n{}", load.signed(), server.log());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    load.end()
}

/// Everything is as the log says, and after an orderly end nothing waits for its place in it.
fn assert_audited(site: &Site) {
    let audit = site.house.json(&["audit", "verify"]);
    assert_eq!((&audit["ok"], &audit["waiting"]), (&true.into(), &0.into()), "{audit}");
    assert!(audit["leaves"].as_u64().unwrap() > u64::from(APPLICATIONS), "{audit}");
}

#[test]
fn killed_again_and_again_sqlite_loses_nothing() {
    let site = Site::new();
    let mut dice = Dice(11);
    let mut server = site.house.serve();
    let load = Load::begin(&site, APPLICATIONS);
    let mut kills = 0;
    while load.acknowledged() < APPLICATIONS {
        wait_for(&load, dice.between(60, 200), &server);
        server.kill();
        kills += 1;
        server = site.house.serve();
    }
    let acknowledged = finish(load, &server);
    server.stop();
    assert!(kills >= 5, "{kills} kills");
    acknowledged.assert_whole();
    // Before the proof, which reads letters and is written down for it.
    assert_audited(&site);
    Proof::of(&site).holds(&acknowledged);
}

#[test]
fn when_the_power_goes_sqlite_loses_nothing() {
    let site = Site::new();
    let mut dice = Dice(23);
    let gov = site.house.path("gov");
    let mut disk = Disk::of(&gov, &site.house.path("journal"));
    let mut server = site.house.serve_with(&disk.environment(&shim()));
    let load = Load::begin(&site, APPLICATIONS);
    let mut losses = 0;
    while load.acknowledged() < APPLICATIONS {
        wait_for(&load, dice.between(90, 220), &server);
        let before = load.so_far();
        server.kill();
        disk.read_journal();
        let look = |name: &str, loss: &Loss| {
            let place = site.house.path(&format!("{name}-{losses}"));
            disk.write_as(&place, loss);
            Proof::at(&site, &place.join("uji"))
        };
        if losses == 0 {
            // The proof is worth something: if syncs did nothing, acknowledged applications would be gone.
            let lost = look("never", &Loss::EvenSynced).missing(&before);
            assert!(lost > 0, "this test cannot fail: nothing is lost even when nothing is ever synced");
        }
        // The worst case: all that was not synced is lost. Then a case by chance, in which the work goes on.
        look("worst", &Loss::AllUnsynced).has(&before);
        let chance = Loss::ByChance(u64::from(dice.between(0, 1 << 20)));
        look("chance", &chance).has(&before);
        disk.write_as(&gov, &chance);
        losses += 1;
        disk = Disk::of(&gov, &site.house.path("journal"));
        server = site.house.serve_with(&disk.environment(&shim()));
    }
    let acknowledged = finish(load, &server);
    server.kill();
    disk.read_journal();
    let place = site.house.path("end");
    disk.write_as(&place, &Loss::AllUnsynced);
    assert!(losses >= 4, "{losses} losses");
    acknowledged.assert_whole();
    Proof::at(&site, &place.join("uji")).holds(&acknowledged);
}

#[test]
fn killed_with_its_database_server_postgresql_loses_nothing() {
    if !testkit::databases().contains(&testkit::Database::Postgres) {
        return;
    }
    let own = OwnPostgres::start();
    let site = site::Site::on_postgres(own.url());
    let mut dice = Dice(37);
    let mut server = site.house.serve();
    let load = Load::begin(&site, APPLICATIONS);
    let (mut kills, mut way) = ([0, 0, 0], 0);
    while load.acknowledged() < APPLICATIONS {
        wait_for(&load, dice.between(60, 160), &server);
        match way {
            0 => server.kill(),
            // The application stays and finds the database again by itself.
            1 => {
                own.kill();
                own.start_again();
            }
            _ => {
                own.kill();
                server.kill();
                own.start_again();
            }
        }
        if way != 1 {
            server = site.house.serve();
        }
        kills[way] += 1;
        way = (way + 1) % 3;
    }
    let acknowledged = finish(load, &server);
    server.stop();
    assert!(kills.iter().all(|kills| *kills > 0), "{kills:?}");
    acknowledged.assert_whole();
    // Before the proof, which reads letters and is written down for it.
    assert_audited(&site);
    Proof::of(&site).holds(&acknowledged);
}

/// The house beside tests that need the shim for another reason: a disk that is full while `full` exists.
pub fn full_disk(house: &House) -> Vec<(String, String)> {
    let mut environment = Disk::of(&house.path("gov"), &house.path("journal")).environment(&shim());
    environment.push(("POWER_LOSS_FULL".to_owned(), house.path("full").display().to_string()));
    environment
}
