//! Backup: every row of one moment and the blobs it names, in a form both databases read.
//!
//! A backup is a folder: `tables/NAME.rows.gz` (rows in the order of their key, each value framed by its length),
//! `blobs.rows.gz` (the list) and `blobs/aa/bb/ID` (encrypted as they are stored), `manifest.json` with counts and
//! hashes of all of it, and `manifest.sig`, the government's own signature of the manifest. Keys are never in it.
//!
//! Rows are read inside one snapshot while others work; a blob is on disk before the row that names it, so every blob
//! of the snapshot is there afterwards. The same rows give the same hashes on SQLite and PostgreSQL: a backup of one is
//! restored into the other, and [`copy_rows`] proves that nothing was lost on the way. Sessions, throttles and uploads
//! in progress are left out: they do not outlive a move.

mod files;
mod manifest;
mod rows;
mod shape;

use std::{fs, path::Path};

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub use manifest::{Applied, BlobsPart, Manifest, SeriesPart, TablePart};

use crate::{
    Ctx, Db, NewEntry, Result, Rx, Tx, Value,
    blobs::Blobs,
    db::SystemMigrations,
    hex::{hex, unhex},
    keys::{Keys, stream},
};
use files::{RowReader, RowWriter, failed};
use shape::Shape;

const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
const BLOBS: &str = "blobs.rows.gz";
const PURPOSE: &str = "backup manifest";

/// Tables that do not outlive a move.
pub const LEFT_OUT: &[&str] = &["kernel_session", "kernel_throttle", "kernel_upload"];

/// What is backed up.
pub struct Source<'a> {
    pub db: &'a Db,
    pub blobs: &'a Blobs,
    pub keys: &'a Keys,
    /// The release that makes the backup, for the person who reads the manifest.
    pub release: &'a str,
}

/// Where a backup is restored to.
pub struct Place<'a> {
    pub db: &'a Db,
    pub blobs: &'a Blobs,
    pub keys: &'a Keys,
    /// Every migration of this release, the kernel's first.
    pub migrations: &'a [SystemMigrations],
}

/// Makes a backup in `folder`, which must not exist or be empty. A folder without a manifest is not a backup: the
/// manifest is written last.
///
/// # Errors
/// [`crate::Error::Failed`] with what to do; what the database says.
pub fn create(source: &Source<'_>, folder: &Path, now: Timestamp) -> Result<Manifest> {
    files::empty_folder(folder)?;
    let mut manifest = write_rows(source.db, source.keys.government(), source.release, folder, now)?;
    manifest.keys = source.keys.newest().map(|id| id.to_string()).into_iter().collect();
    manifest.blobs = Some(write_blobs(source, folder, &manifest)?);
    seal(&manifest, source.keys, folder)?;
    Ok(manifest)
}

/// Reads everything of a backup again and compares it with its manifest. With the keys it also checks the signature,
/// opens a sealed value and decrypts every blob.
///
/// # Errors
/// [`crate::Error::Failed`] naming the first thing that is wrong.
pub fn verify(folder: &Path, keys: Option<&Keys>) -> Result<Manifest> {
    let manifest = read_manifest(folder, keys)?;
    for table in &manifest.tables {
        let mut reader = RowReader::open(&table_path(folder, &table.name))?;
        while reader.next()?.is_some() {}
        reader.compare(&table.name, table.rows, &table.sha256)?;
    }
    if let Some(part) = &manifest.blobs {
        check_blobs(folder, part, keys)?;
    }
    if let Some(keys) = keys {
        open_one_value(folder, &manifest, keys)?;
    }
    Ok(manifest)
}

/// Restores a backup into a government that is still empty: schema as of the backup, blobs, every row in one
/// transaction that ends only when counts and hashes agree, then the migrations since.
///
/// # Errors
/// [`crate::Error::Failed`] when the backup is damaged, of another government, of a newer release, or the place is not empty.
pub fn restore(folder: &Path, place: &Place<'_>, ctx: &Ctx) -> Result<Manifest> {
    let manifest = read_manifest(folder, Some(place.keys))?;
    open_one_value(folder, &manifest, place.keys)?;
    let then = manifest.migrations_of(place.migrations)?;
    place.db.migrate(ctx, &then)?;
    if place.db.read_now(holds_a_government)? {
        return Err(failed("this database already holds a government; restore into an empty one"));
    }
    if let Some(part) = &manifest.blobs {
        restore_blobs(folder, part, place.blobs)?;
    }
    load(folder, &manifest, place.db, ctx, "kernel.backup.restored")?;
    place.db.migrate(ctx, place.migrations)?;
    Ok(manifest)
}

/// Copies every row from one database to another, empty one, through `scratch` (an empty folder), and proves counts and
/// hashes. Blobs stay where they are: they belong to the government's folder, not to its database.
///
/// # Errors
/// As [`restore`].
pub fn copy_rows(from: &Db, to: &Db, migrations: &[SystemMigrations], government: &str, scratch: &Path, ctx: &Ctx) -> Result<Manifest> {
    files::empty_folder(scratch)?;
    let manifest = write_rows(from, government, "", scratch, ctx.now())?;
    to.migrate(ctx, &manifest.migrations_of(migrations)?)?;
    if to.read_now(holds_a_government)? {
        return Err(failed("the database to copy to already holds a government; copy to an empty one"));
    }
    load(scratch, &manifest, to, ctx, "kernel.db.copied")?;
    to.migrate(ctx, migrations)?;
    Ok(manifest)
}

/// The slug of the government a backup is of, as its manifest says.
///
/// # Errors
/// [`crate::Error::Failed`] when the folder is not a finished backup.
pub fn government_of(folder: &Path) -> Result<String> {
    Ok(read_manifest(folder, None)?.government)
}

/// How many migrations were applied to a database.
///
/// # Errors
/// What the database says; it knows no such table while it is empty.
pub fn applied_count(rx: &mut Rx<'_>) -> Result<i64> {
    Ok(rx.count("select count(*) from kernel_migration", &[])?)
}

fn table_path(folder: &Path, table: &str) -> std::path::PathBuf {
    folder.join("tables").join(format!("{table}.rows.gz"))
}

fn holds_a_government(rx: &mut Rx<'_>) -> Result<bool> {
    Ok(rx.count("select count(*) from kernel_unit", &[])? > 0 || rx.count("select count(*) from kernel_entry", &[])? > 0)
}

// Making ------------------------------------------------------------------------------------------------------------

/// The rows of one snapshot, and the manifest of them.
fn write_rows(db: &Db, government: &str, release: &str, folder: &Path, now: Timestamp) -> Result<Manifest> {
    files::make_folder(&folder.join("tables"))?;
    let (government, release) = (government.to_owned(), release.to_owned());
    db.read_now(|rx| {
        let mut tables = Vec::new();
        for shape in shape::all(rx)? {
            let mut writer = RowWriter::create(&table_path(folder, &shape.name))?;
            rows::each(rx, &shape, |values| writer.write(values))?;
            let (rows, sha256) = writer.finish()?;
            tables.push(TablePart { name: shape.name, columns: shape.columns, key: shape.key, rows, sha256 });
        }
        files::sync(&folder.join("tables"))?;
        Ok(Manifest {
            format: FORMAT,
            government,
            release,
            made_at: now.to_string(),
            migrations: manifest::applied(rx)?,
            tables,
            blobs: None,
            numbering: manifest::numbering(rx)?,
            keys: Vec::new(),
            left_out: LEFT_OUT.iter().map(|name| (*name).to_owned()).collect(),
        })
    })
}

/// Copies the blobs that the rows just written name.
fn write_blobs(source: &Source<'_>, folder: &Path, manifest: &Manifest) -> Result<BlobsPart> {
    let table = crate::blobs::BLOB.name;
    let part = manifest.tables.iter().find(|part| part.name == table);
    let place = |name: &str| part.and_then(|part| part.place(name)).ok_or_else(|| failed(format!("{table} has no {name}")));
    let (id, hash, used) = (place("id")?, place("hash")?, place("used")?);
    let mut list = RowWriter::create(&folder.join(BLOBS))?;
    let mut reader = RowReader::open(&table_path(folder, table))?;
    let mut bytes = 0;
    while let Some(row) = reader.next()? {
        let blob = rows::id(&row, id)?;
        let target = files::blob_path(&folder.join("blobs"), blob);
        match files::copy(&source.blobs.path(blob), &target) {
            Ok((length, sha256)) => {
                bytes += length;
                list.write(&[Value::from(blob), row[hash].clone(), Value::from(sha256)])?;
            }
            // Given up while the backup was made, or before a form took it: nothing refers to it.
            Err(_) if row[used] == Value::Int(0) && !source.blobs.path(blob).exists() => {}
            Err(error) => return Err(error),
        }
    }
    files::sync_all_below(&folder.join("blobs"))?;
    let (count, sha256) = list.finish()?;
    Ok(BlobsPart { count, bytes, sha256 })
}

fn seal(manifest: &Manifest, keys: &Keys, folder: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(manifest).map_err(|error| failed(error.to_string()))?;
    files::write(&folder.join(SIGNATURE), hex(&keys.sign(PURPOSE, text.as_bytes())).as_bytes())?;
    files::write(&folder.join(MANIFEST), text.as_bytes())?;
    files::sync(folder)
}

// Checking ----------------------------------------------------------------------------------------------------------

fn read_manifest(folder: &Path, keys: Option<&Keys>) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|error| failed(format!("{} is not a finished backup: {MANIFEST}: {error}", folder.display())))?;
    if let Some(keys) = keys {
        let signature = fs::read_to_string(folder.join(SIGNATURE)).map_err(files::at(&folder.join(SIGNATURE)))?;
        if !unhex::<32>(signature.trim()).is_some_and(|tag| keys.check(PURPOSE, &text, &tag)) {
            return Err(failed("the manifest was changed, or the backup is of another government or key"));
        }
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| failed(format!("{MANIFEST}: {error}")))?;
    if manifest.format != FORMAT {
        return Err(failed(format!("a backup of format {}; this release reads format {FORMAT}", manifest.format)));
    }
    Ok(manifest)
}

fn check_blobs(folder: &Path, part: &BlobsPart, keys: Option<&Keys>) -> Result<()> {
    let mut list = RowReader::open(&folder.join(BLOBS))?;
    while let Some(row) = list.next()? {
        let (id, path) = (rows::id(&row, 0)?, files::blob_path(&folder.join("blobs"), rows::id(&row, 0)?));
        let (_, sha256) = files::digest(&path)?;
        if row.get(2) != Some(&Value::Bytes(sha256.to_vec())) {
            return Err(failed(format!("the blob {id} was changed")));
        }
        let Some(keys) = keys else { continue };
        let damaged = |error: &dyn std::fmt::Display| failed(format!("the blob {id} does not open: {error}"));
        let file = fs::File::open(&path).map_err(files::at(&path))?;
        let mut reader = stream::Decrypting::new(keys, id.bytes(), std::io::BufReader::new(file)).map_err(|error| damaged(&error))?;
        let mut plain = files::Hashing(Sha256::new(), 0);
        std::io::copy(&mut reader, &mut plain).map_err(|error| damaged(&error))?;
        if row.get(1) != Some(&Value::Bytes(plain.0.finalize().to_vec())) {
            return Err(failed(format!("the content of the blob {id} is not what its row says")));
        }
    }
    list.compare("the list of blobs", part.count, &part.sha256)
}

/// Opens the first sealed identifier, letter or draft there is.
fn open_one_value(folder: &Path, manifest: &Manifest, keys: &Keys) -> Result<()> {
    for (table, column) in [("kernel_person", "nik_sealed"), ("kernel_document", "body_sealed"), ("kernel_draft", "body_sealed")] {
        let Some(part) = manifest.tables.iter().find(|part| part.name == table && part.rows > 0) else { continue };
        let (Some(id), Some(sealed)) = (part.place("id"), part.place(column)) else { continue };
        let mut reader = RowReader::open(&table_path(folder, table))?;
        while let Some(row) = reader.next()? {
            if let Some(Value::Bytes(sealed)) = row.get(sealed) {
                keys.open(table, column, rows::id(&row, id)?, sealed)
                    .map_err(|error| failed(format!("a sealed value does not open with this key file: {error}")))?;
                return Ok(());
            }
        }
    }
    Ok(())
}

// Restoring ---------------------------------------------------------------------------------------------------------

fn restore_blobs(folder: &Path, part: &BlobsPart, blobs: &Blobs) -> Result<()> {
    let mut list = RowReader::open(&folder.join(BLOBS))?;
    while let Some(row) = list.next()? {
        let id = rows::id(&row, 0)?;
        let (_, sha256) = files::copy(&files::blob_path(&folder.join("blobs"), id), &blobs.path(id))?;
        if row.get(2) != Some(&Value::Bytes(sha256.to_vec())) {
            return Err(failed(format!("the blob {id} was changed")));
        }
        if let Some(parent) = blobs.path(id).parent() {
            files::sync(parent)?;
        }
    }
    list.compare("the list of blobs", part.count, &part.sha256)
}

/// Every row in one transaction, proved before it commits.
fn load(folder: &Path, manifest: &Manifest, db: &Db, ctx: &Ctx, action: &'static str) -> Result<()> {
    let (folder, manifest) = (folder.to_owned(), manifest.clone());
    db.write_now(ctx, move |tx| {
        let here = shape::all(tx)?;
        for part in &manifest.tables {
            let shape = here.iter().find(|shape| shape.name == part.name && shape.key == part.key && shape.columns == part.columns);
            let shape = shape.ok_or_else(|| failed(format!("this release has no table {} as the backup has it", part.name)))?;
            load_table(tx, &folder, shape, part)?;
        }
        prove(tx, &manifest)?;
        let detail = json!({ "made_at": manifest.made_at, "tables": manifest.tables.len(), "rows": manifest.rows() });
        tx.entry(NewEntry::new(action).detail(detail));
        Ok(())
    })
}

fn load_table(tx: &mut Tx<'_>, folder: &Path, shape: &Shape, part: &TablePart) -> Result<()> {
    let mut reader = RowReader::open(&table_path(folder, &part.name))?;
    // What a migration itself put there is in the backup too.
    tx.execute(&format!("delete from {}", shape.name), &[])?;
    let mut loader = rows::Loader::new(shape);
    while let Some(row) = reader.next()? {
        loader.add(tx, row)?;
    }
    loader.finish(tx)?;
    reader.compare(&part.name, part.rows, &part.sha256)
}

/// Reads back what was loaded: counts, hashes and the state of the numbers must be those of the manifest.
fn prove(tx: &mut Tx<'_>, manifest: &Manifest) -> Result<()> {
    for shape in shape::all(tx)? {
        let Some(part) = manifest.tables.iter().find(|part| part.name == shape.name) else {
            return Err(failed(format!("the table {} is not in the backup", shape.name)));
        };
        let mut hash = files::RowHash::default();
        rows::each(tx, &shape, |values| {
            hash.add(values);
            Ok(())
        })?;
        let (rows, sha256) = hash.finish();
        if (rows, &sha256) != (part.rows, &part.sha256) {
            return Err(failed(format!("{}: {rows} rows were read back, {} were saved, or they differ", part.name, part.rows)));
        }
    }
    if manifest::numbering(tx)? != manifest.numbering {
        return Err(failed("the state of the letter numbers is not that of the backup"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
