use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::SignedDuration;
use tlog::{Cosigner, Receipt, TilePath, Tiles as _, leaf_hash, tile, witness};

use super::*;
use crate::{
    Actor, Ctx, Entropy, Id, NewEntry, Origin, Timestamp,
    db::{KERNEL_MIGRATIONS, Meta, Target},
    gov::{Mail, Means, Settings, TimeSource},
    keys::Ring,
    params, testing,
};

const NOW: &str = "2026-11-20T02:00:00Z";

/// A government with a log.
struct Place {
    gov: Arc<Gov>,
    clock: Arc<AtomicI64>,
    target: Target,
    settings: Settings,
    _folder: Arc<tempfile::TempDir>,
}

impl Place {
    fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let target = testing::target(folder.path());
        let settings = Settings {
            slug: "kab".into(),
            name: "Kabupaten".into(),
            province: String::new(),
            region: "16.11".into(),
            zone: "Asia/Jakarta".into(),
            public_url: "https://layanan.example".into(),
            mark: None,
            mail: Mail::Preview,
            folder: folder.path().to_owned(),
        };
        let clock = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().unwrap().as_microsecond()));
        let gov = open(&settings, &target, &clock, &Ring::new([7; 32]));
        Self { gov, clock, target, settings, _folder: folder }
    }

    /// Another process over the same database and folder.
    fn again(&self) -> Self {
        let gov = open(&self.settings, &self.target, &self.clock, &Ring::new([7; 32]));
        Self {
            gov,
            clock: Arc::clone(&self.clock),
            target: self.target.clone(),
            settings: self.settings.clone(),
            _folder: Arc::clone(&self._folder),
        }
    }

    fn ctx(&self) -> Ctx {
        self.gov.ctx(Actor::Public, Origin::default())
    }

    fn entries(&self, count: usize) -> Vec<Id> {
        (0..count).map(|_| self.entry(&self.ctx())).collect()
    }

    fn entry(&self, ctx: &Ctx) -> Id {
        let written = self.gov.db().write_now(ctx, |tx| {
            tx.entry(NewEntry::new("test.looked"));
            Ok::<_, Error>(tx.entry_id())
        });
        written.unwrap()
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    fn sequencer(&self) -> Sequencer {
        Sequencer::new(Arc::clone(&self.gov))
    }

    fn head(&self) -> Epoch {
        self.gov.db().read_now(head).unwrap().unwrap()
    }

    fn sql(&self, sql: &'static str) {
        self.gov.db().write_now(&self.ctx(), |tx| tx.upkeep(sql, &[]).map(drop)).unwrap();
    }

    fn receipt(&self, entry: Id) -> Receipt {
        match self.gov.db().read_now(|rx| receipt(rx, entry)).unwrap() {
            Asked::Receipt(text) => Receipt::parse(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn verify(&self, entry: Id) -> Receipt {
        let receipt = self.receipt(entry);
        let (origin, sql) = (self.head().origin, "select digest from kernel_entry where id = $1");
        let commitment = self.gov.db().read_now(|rx| rx.one(sql, &params![entry])?.unwrap().get::<Vec<u8>>(0)).unwrap();
        receipt.verify(&leaf_hash(&commitment), &origin, &verifiers(self.gov.keys(), &origin).unwrap(), &[]).unwrap();
        receipt
    }
}

fn open(settings: &Settings, target: &Target, clock: &Arc<AtomicI64>, ring: &Ring) -> Arc<Gov> {
    let means = Means {
        target,
        meta: Meta::default(),
        migrations: &[KERNEL_MIGRATIONS],
        ring,
        time: TimeSource::Settable(Arc::clone(clock)),
        entropy: Entropy::Os,
    };
    Arc::new(Gov::open(settings.clone(), means).unwrap())
}

fn halted(result: Result<Sequenced, LogError>) -> Halt {
    match result {
        Err(LogError::Halted(halt)) => halt,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_entry_gets_a_place_and_a_receipt_that_holds() {
    let place = Place::new();
    let before = place.entries(3);
    assert_eq!(place.gov.db().read_now(|rx| receipt(rx, before[0])).unwrap(), Asked::Waiting);
    let mut sequencer = place.sequencer();
    // Three, and the one that tells of the beginning.
    assert_eq!(sequencer.tick().unwrap(), Sequenced { appended: 4, size: 4 });
    assert_eq!(sequencer.tick().unwrap(), Sequenced { appended: 0, size: 4 });
    let first = place.verify(before[1]);
    let after = place.entries(600);
    assert_eq!(sequencer.tick().unwrap().size, 604);
    assert!(place.verify(after[599]).index >= 4 && after.iter().all(|entry| place.receipt(*entry).index >= 4));
    assert_ne!(first.note, place.verify(before[1]).note, "the receipt of an old entry is of the newest tree");
    assert_eq!(place.gov.db().read_now(|rx| receipt(rx, Id::NIL)).unwrap(), Asked::Unknown);
}

#[test]
fn tiles_and_bundles_are_those_of_the_tree() {
    let place = Place::new();
    place.entries(700);
    place.sequencer().tick().unwrap();
    let head = place.head();
    assert_eq!(head.size, 701);
    let read = |path: &str| {
        let path = TilePath::parse(path).unwrap();
        place.gov.db().read_now(|rx| super::tile(rx, None, &path)).unwrap()
    };
    let bundles: Vec<u8> = ["entries/000", "entries/001", "entries/002.p/189"].iter().flat_map(|path| read(path).unwrap()).collect();
    let leaves: Vec<Hash> = tile::entries(&bundles).unwrap().into_iter().map(leaf_hash).collect();
    let hashes: Vec<u8> = ["0/000", "0/001", "0/002.p/189"].iter().flat_map(|path| read(path).unwrap()).collect();
    assert_eq!(tile::to_bytes(&leaves), hashes);
    assert_eq!(read("0/002.p/100").unwrap().len(), 3200, "an earlier width of a tile that grew");
    assert_eq!(read("1/000.p/2").unwrap()[..32], tile::tile_root(&leaves[..256]).unwrap());
    assert_eq!((read("0/002.p/190"), read("0/003.p/1"), read("2/000.p/1")), (None, None, None));
    let root = place.gov.db().read_now(|rx| Ok::<_, Error>(tile::root(&mut StoredTiles::new(rx, 1), 701).unwrap())).unwrap();
    assert_eq!(root, head.root);
}

#[test]
fn an_entry_that_became_visible_late_is_found() {
    let place = Place::new();
    let mut sequencer = place.sequencer();
    sequencer.tick().unwrap();
    let long_ago = |by| place.ctx().at(place.gov.now().saturating_sub(by).unwrap());
    // A transaction that took eight minutes, and one with the date of last month (the demonstration, an import).
    let slow = place.entry(&long_ago(SignedDuration::from_mins(8)));
    let old = place.entry(&long_ago(SignedDuration::from_hours(24 * 30)));
    assert_eq!(sequencer.tick().unwrap().appended, 0, "not among the latest");
    place.pass(SignedDuration::from_secs(61));
    assert_eq!(sequencer.tick().unwrap().appended, 1);
    place.verify(slow);
    place.pass(SignedDuration::from_hours(1));
    assert_eq!(sequencer.tick().unwrap().appended, 1);
    place.verify(old);
    // A process that starts looks through everything.
    let again = place.entry(&long_ago(SignedDuration::from_hours(24 * 30)));
    place.sequencer().tick().unwrap();
    place.verify(again);
}

#[test]
fn several_processes_place_every_entry_once() {
    let places: Vec<Place> = {
        let first = Place::new();
        let second = first.again();
        vec![first, second]
    };
    std::thread::scope(|scope| {
        for place in &places {
            scope.spawn(|| drop(place.entries(150)));
            scope.spawn(|| {
                let mut sequencer = place.sequencer();
                for _ in 0..30 {
                    match sequencer.sequence_all() {
                        Ok(_) | Err(LogError::Overtaken) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let mut sequencer = places[0].sequencer();
    sequencer.sequence_all().unwrap();
    let counts = places[0].gov.db().read_now(|rx| {
        Ok::<_, Error>((rx.count("select count(*) from kernel_entry", &[])?, rx.count("select count(*) from kernel_log_leaf", &[])?))
    });
    let (entries, leaves) = counts.unwrap();
    assert!(entries > 300 && entries == leaves, "{entries} entries, {leaves} leaves");
    let head = places[0].head();
    assert_eq!(head.size, u64::try_from(leaves).unwrap());
    let root = places[1].gov.db().read_now(|rx| Ok::<_, Error>(tile::root(&mut StoredTiles::new(rx, 1), head.size).unwrap()));
    assert_eq!(root.unwrap(), head.root);
}

/// A tree that lost its end: what an old copy looks like.
fn cut(place: &Place) {
    let (size, checkpoint) = (place.head().size, place.head().checkpoint);
    assert!(size > 10);
    let (old, root) = place
        .gov
        .db()
        .read_now(|rx| {
            let mut tiles = StoredTiles::new(rx, 1);
            assert!(!tiles.hashes(tlog::Tile { level: 0, n: 0 }).unwrap().is_empty());
            Ok::<_, Error>((size - 5, tile::root(&mut tiles, size - 5).unwrap()))
        })
        .unwrap();
    let note = sign(&signers(place.gov.keys(), &place.head().origin).unwrap(), &place.head().origin, old, root);
    assert_ne!(note, checkpoint);
    place
        .gov
        .db()
        .write_now(&place.ctx(), move |tx| {
            let old = i64::try_from(old).unwrap();
            tx.upkeep("update kernel_log set size = $1, root = $2, checkpoint = $3", &params![old, root, note.as_str()])?;
            tx.upkeep("delete from kernel_log_leaf where position >= $1", &params![old]).map(drop)
        })
        .unwrap();
}

#[test]
fn an_older_database_stops_the_log_until_a_new_epoch() {
    let place = Place::new();
    place.entries(20);
    place.sequencer().tick().unwrap();
    let whole = place.head();
    cut(&place);
    let halt = halted(place.sequencer().tick());
    assert_eq!(halt, Halt::Truncated { inside: 16, outside: 21 });
    let began = new_epoch(&place.gov, &place.ctx(), "pemulihan cadangan").unwrap();
    assert_eq!((began.epoch, began.first, began.previous.as_str()), (2, 16, whole.checkpoint.as_str()));
    assert_eq!(began.origin, "layanan.example/kab/log/2");
    let mut sequencer = place.sequencer();
    assert_eq!(sequencer.tick().unwrap().size, 6, "its own entry and the five that lost their place");
    assert_eq!(place.verify(began.entry).index, 0, "the first leaf tells of it");
    let detail = place
        .gov
        .db()
        .read_now(|rx| rx.one("select detail from kernel_entry where id = $1", &params![began.entry])?.unwrap().get::<String>(0));
    let detail = detail.unwrap();
    assert!(detail.contains("\"size\":21") && detail.contains("\"size\":16") && detail.contains("pemulihan cadangan"), "{detail}");
    // The old tree is still served.
    let old = place.gov.db().read_now(|rx| checkpoint(rx, Some(1))).unwrap().unwrap();
    assert_eq!(Checkpoint::of(&old).unwrap().0.size, 16);
    place.entries(3);
    assert_eq!(sequencer.tick().unwrap().size, 9);
}

#[test]
fn a_changed_past_stops_the_log() {
    let place = Place::new();
    place.entries(20);
    place.sequencer().tick().unwrap();
    let note = place.head().checkpoint;
    // Another tree of the same size, rightly signed.
    let other = sign(&signers(place.gov.keys(), &place.head().origin).unwrap(), &place.head().origin, 21, [9; 32]);
    let outside = Outside::new(&place.settings.folder);
    outside.keep(&other).unwrap();
    assert_eq!(halted(place.sequencer().tick()), Halt::Forked { outside: 21 });
    outside.keep(&note.replace("— ", "— x")).unwrap();
    assert!(matches!(halted(place.sequencer().tick()), Halt::Forged { .. }));
    outside.keep(&note).unwrap();
    place.sequencer().tick().unwrap();
    place.sql("update kernel_log_tile set hashes = substr(hashes, 2) where level = 0");
    assert!(matches!(halted(place.sequencer().tick()), Halt::Tile { .. } | Halt::Forked { .. }));
}

#[test]
fn a_forged_checkpoint_in_the_database_stops_the_log() {
    let place = Place::new();
    place.entries(5);
    place.sequencer().tick().unwrap();
    place.sql("update kernel_log set checkpoint = replace(checkpoint, 'layanan', 'layanam')");
    assert!(matches!(halted(place.sequencer().tick()), Halt::Forged { place: "the checkpoint in the database", .. }));
}

#[test]
fn a_lost_folder_is_not_passed_over_in_silence() {
    let place = Place::new();
    place.entries(5);
    let mut sequencer = place.sequencer();
    sequencer.tick().unwrap();
    std::fs::remove_file(Outside::new(&place.settings.folder).path()).unwrap();
    assert_eq!(halted(place.sequencer().tick()), Halt::NoOutside);
    adopt(&place.gov, &place.ctx(), "mesin kedua").unwrap();
    assert_eq!(place.sequencer().tick().unwrap(), Sequenced { appended: 1, size: 7 });
    assert!(adopt(&place.gov, &place.ctx(), "lagi").is_err(), "a checkpoint stands");
}

#[test]
fn a_new_key_is_told_to_the_log_and_the_old_one_still_checks() {
    let place = Place::new();
    place.entries(2);
    place.sequencer().tick().unwrap();
    let old = verifiers(place.gov.keys(), &place.head().origin).unwrap();
    let file = place.settings.folder.join("key");
    Ring::new([7; 32]).create(&file).unwrap();
    let rotated = Ring::rotate(&file, [8; 32]).unwrap();
    let gov = open(&place.settings, &place.target, &place.clock, &rotated);
    let mut sequencer = Sequencer::new(Arc::clone(&gov));
    sequencer.tick().unwrap();
    assert_eq!(sequencer.tick().unwrap().size, 4, "the entry that tells of the key");
    let new = verifiers(gov.keys(), &place.head().origin).unwrap();
    assert_eq!((new.len(), old.len(), &new[1]), (2, 1, &old[0]));
    let (_, note) = Checkpoint::of(&place.head().checkpoint).unwrap();
    assert_eq!((note.verify(&new[..1]).unwrap().len(), note.verify(&old).unwrap().len()), (1, 1));
    Sequencer::new(gov).tick().unwrap();
    assert_eq!(place.head().size, 4, "told once");
}

#[test]
fn a_witness_is_asked_for_what_it_did_not_see_and_its_word_goes_into_receipts() {
    let place = Place::new();
    let entries = place.entries(5);
    let mut sequencer = place.sequencer();
    sequencer.tick().unwrap();
    let cosigner = Cosigner::from_seed("inspektorat.example/saksi", &[5; 32]).unwrap();
    let (log, name) = (verifiers(place.gov.keys(), &place.head().origin).unwrap(), cosigner.verifier().name().to_owned());
    let mut seen = witness::Seen::default();
    for round in 0..2 {
        let (epoch, asked) = place.gov.db().read_now(|rx| witness_request(rx, &name)).unwrap().unwrap();
        let found = witness::decide(&asked, &log, seen).unwrap();
        seen = witness::Seen { size: found.size, root: found.root };
        let body = witness::answer(&cosigner, 1_800_000_000 + round, &asked.note);
        let line = witness::accept(&body, cosigner.verifier(), &asked.note).unwrap().remove(0).to_string();
        let one = Cosigned { witness: name.clone(), size: seen.size, note: asked.note.to_string(), line, at: place.gov.now() };
        place.gov.db().write_now(&place.ctx(), move |tx| keep_cosignature(tx, epoch, &one)).unwrap();
        assert!(place.gov.db().read_now(|rx| witness_request(rx, &name)).unwrap().is_none(), "it saw the newest");
        let note = place.gov.db().read_now(|rx| checkpoint(rx, None)).unwrap().unwrap();
        assert!(note.contains("inspektorat.example/saksi"), "{note}");
        place.entries(300);
        sequencer.tick().unwrap();
    }
    // The newest tree has no cosignature, so the receipt is of the one that has.
    let receipt = place.receipt(entries[2]);
    let origin = place.head().origin;
    let leaf = receipt.extra.as_deref().map(leaf_hash).unwrap();
    let proved = receipt.verify(&leaf, &origin, &log, &[cosigner.verifier().clone()]).unwrap();
    assert_eq!((proved.checkpoint.size, proved.witnessed[0].at_seconds), (seen.size, 1_800_000_001));
}
