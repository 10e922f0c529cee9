use std::io::{Seek as _, SeekFrom};

use super::*;
use crate::{
    Id,
    db::{KERNEL_MIGRATIONS, Meta, Migration, Sql},
    keys::Ring,
    params, search,
    testing::Home,
};

struct Kept {
    home: Home,
    blobs: Blobs,
    folder: tempfile::TempDir,
}

impl Kept {
    fn new(secret: u8) -> Self {
        let home = Home::new(Meta::default());
        let folder = tempfile::tempdir().unwrap();
        let keys = std::sync::Arc::new(Keys::new("test", &Ring::new([secret; 32])));
        let blobs = Blobs::with_reserve(&folder.path().join("blobs"), keys, 0).unwrap();
        Self { home, blobs, folder }
    }

    fn filled() -> (Self, Id) {
        let kept = Self::new(7);
        let ctx = kept.home.machine();
        let staged = kept.blobs.put_own(&ctx, b"%PDF-1.7 a letter", "application/pdf").unwrap();
        let (keys, blob) = (std::sync::Arc::clone(&kept.home.keys), staged.id);
        let written = kept.home.db.write_now(&ctx, move |tx| {
            tx.entry(NewEntry::new("test.filled"));
            crate::blobs::adopt(tx, &staged)?;
            let ctx = tx.ctx();
            for number in 0..1_203_i64 {
                let id = ctx.new_id();
                let body = keys.seal(&ctx, "kernel_draft", "body_sealed", id, b"{\"nama\":\"Siti\"}");
                let sql = "insert into kernel_draft (id, owner, kind, title, body_sealed, created_at, updated_at, expires_at) \
                           values ($1, $1, 'x', $2, $3, $4, $4, $4)";
                tx.upkeep(sql, &params![id, format!("Draf {number} – “é”"), body, number])?;
            }
            for name in ["Siti Aminah", "Rusdi Hartono"] {
                search::index(tx, &search::Doc::new("person", ctx.new_id(), name).name(name).code("A-12"))?;
            }
            tx.upkeep("insert into kernel_throttle (key, failures, last_at, free_at) values ('k', 1, 1, 1)", &[])?;
            Ok::<_, crate::Error>(())
        });
        written.unwrap();
        (kept, blob)
    }

    fn source(&self) -> Source<'_> {
        Source { db: &self.home.db, blobs: &self.blobs, keys: &self.home.keys, release: "0.1.0" }
    }

    fn place(&self) -> Place<'_> {
        Place { db: &self.home.db, blobs: &self.blobs, keys: &self.home.keys, migrations: &[KERNEL_MIGRATIONS] }
    }

    fn backup(&self, name: &str) -> (std::path::PathBuf, Manifest) {
        let folder = self.folder.path().join(name);
        let manifest = create(&self.source(), &folder, self.home.now()).unwrap();
        (folder, manifest)
    }
}

fn part<'m>(manifest: &'m Manifest, table: &str) -> &'m TablePart {
    manifest.tables.iter().find(|part| part.name == table).unwrap()
}

fn text(error: &crate::Error) -> String {
    error.to_string()
}

#[test]
fn a_restored_government_is_the_one_that_was_saved() {
    let (kept, blob) = Kept::filled();
    let (folder, saved) = kept.backup("first");
    assert_eq!((part(&saved, "kernel_draft").rows, saved.blobs.as_ref().unwrap().count), (1_203, 1));
    assert!(!saved.tables.iter().any(|part| LEFT_OUT.contains(&part.name.as_str()) || part.name.starts_with("kernel_search_index")));
    assert_eq!(verify(&folder, Some(&kept.home.keys)).unwrap(), saved);
    assert_eq!(verify(&folder, None).unwrap(), saved, "hashes are compared without the keys too");

    let other = Kept::new(7);
    restore(&folder, &other.place(), &other.home.machine()).unwrap();
    assert_eq!(other.blobs.bytes(blob).unwrap(), b"%PDF-1.7 a letter");
    let found = other.home.db.read_now(|rx| search::query(rx, &search::Query::new("person", "siti aminah"))).unwrap();
    assert_eq!(found.len(), 1, "the search finds what it found");
    let (_, again) = other.backup("again");
    for table in &again.tables {
        if table.name == "kernel_entry" {
            assert_eq!(table.rows, part(&saved, "kernel_entry").rows + 1, "the restore itself is written down");
        } else {
            assert_eq!(table, part(&saved, &table.name));
        }
    }
    assert_eq!(again.numbering, saved.numbering);
    let error = restore(&folder, &other.place(), &other.home.machine()).unwrap_err();
    assert!(text(&error).contains("already holds a government"), "{error}");
}

#[test]
fn damage_is_found_and_named() {
    let (kept, blob) = Kept::filled();
    let flip = |path: &Path, at: u64| {
        use std::io::{Read as _, Write as _};
        let mut file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
        let mut byte = [0];
        file.seek(SeekFrom::Start(at)).unwrap();
        file.read_exact(&mut byte).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&[byte[0] ^ 1]).unwrap();
    };
    let cases: [(&str, u64, &str); 4] = [
        ("tables/kernel_draft.rows.gz", 3_000, "kernel_draft"),
        ("blobs.rows.gz", 20, "blobs"),
        ("manifest.json", 30, "manifest"),
        ("manifest.sig", 3, "manifest"),
    ];
    for (number, (file, at, named)) in cases.into_iter().enumerate() {
        let (folder, _) = kept.backup(&format!("damaged-{number}"));
        flip(&folder.join(file), at);
        let error = verify(&folder, Some(&kept.home.keys)).unwrap_err();
        assert!(text(&error).contains(named), "{file}: {error}");
        let other = Kept::new(7);
        assert!(restore(&folder, &other.place(), &other.home.machine()).is_err(), "{file}");
        assert_eq!(other.home.count("select count(*) from kernel_draft"), 0, "nothing of a damaged backup stays");
    }
    let (folder, _) = kept.backup("blob");
    flip(&files::blob_path(&folder.join("blobs"), blob), 20);
    assert!(text(&verify(&folder, None).unwrap_err()).contains(&blob.to_string()));
    fs::remove_file(folder.join("manifest.json")).unwrap();
    assert!(text(&verify(&folder, None).unwrap_err()).contains("not a finished backup"));
}

#[test]
fn another_key_restores_nothing() {
    let (kept, _) = Kept::filled();
    let (folder, _) = kept.backup("first");
    let stranger = Keys::new("test", &Ring::new([8; 32]));
    assert!(text(&verify(&folder, Some(&stranger)).unwrap_err()).contains("another government or key"));
    let renamed = Keys::new("other", &Ring::new([7; 32]));
    assert!(verify(&folder, Some(&renamed)).is_err());
}

#[test]
fn a_backup_of_a_newer_release_says_which_release_to_install() {
    const LATER: &[Migration] = &[Migration { number: 1, name: "later", sql: Sql::Both("create table later_x (id BYTES primary key)") }];
    let (kept, _) = Kept::filled();
    kept.home.db.migrate(&kept.home.machine(), &[KERNEL_MIGRATIONS, ("later", LATER)]).unwrap();
    let (folder, _) = kept.backup("newer");
    let other = Kept::new(7);
    let error = restore(&folder, &other.place(), &other.home.machine()).unwrap_err();
    assert!(text(&error).contains("later/1") && text(&error).contains("0.1.0"), "{error}");

    // The other way round: an older backup gets the schema of its day, its rows, and then what came since.
    let (older, _) = Kept::filled();
    let (folder, _) = older.backup("older");
    let place = Place { migrations: &[KERNEL_MIGRATIONS, ("later", LATER)], ..other.place() };
    restore(&folder, &place, &other.home.machine()).unwrap();
    assert_eq!(other.home.count("select count(*) from later_x"), 0);
}

#[test]
fn a_backup_never_overwrites() {
    let (kept, _) = Kept::filled();
    let (folder, _) = kept.backup("first");
    let error = create(&kept.source(), &folder, kept.home.now()).unwrap_err();
    assert!(text(&error).contains("not empty"), "{error}");
}

#[test]
fn rows_are_copied_from_one_database_to_another() {
    let (kept, _) = Kept::filled();
    let other = Kept::new(7);
    let scratch = kept.folder.path().join("scratch");
    let ctx = kept.home.machine();
    let copied = copy_rows(&kept.home.db, &other.home.db, &[KERNEL_MIGRATIONS], "test", &scratch, &ctx).unwrap();
    assert_eq!(part(&copied, "kernel_draft").rows, 1_203);
    assert_eq!(other.home.count("select count(*) from kernel_draft"), 1_203);
}
