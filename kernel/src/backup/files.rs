//! Files of a backup: rows framed by their lengths, hashed as they are framed, compressed, made durable.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read as _, Write},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use crate::{Error, Id, Result, Value, hex::hex};

/// No value is longer; a length beyond is damage.
const VALUE_BYTES_MAX: usize = 256 << 20;

pub(super) fn failed(text: impl Into<String>) -> Error {
    Error::Failed(text.into())
}

/// An I/O error with the file it is about.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Db(crate::DbError::Full),
        _ => failed(format!("{}: {error}", path.display())),
    }
}

pub(super) fn make_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at(path))
}

/// Makes the folder, which must be new or empty.
pub(super) fn empty_folder(path: &Path) -> Result<()> {
    make_folder(path)?;
    let mut inside = fs::read_dir(path).map_err(at(path))?;
    if inside.next().is_some() { Err(failed(format!("{} is not empty; name a new folder", path.display()))) } else { Ok(()) }
}

fn new_file(path: &Path) -> Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(at(path))
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = new_file(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(path))
}

/// Makes the names in a folder durable.
pub(super) fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// The same for every folder below, when there is one.
pub(super) fn sync_all_below(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for inside in fs::read_dir(folder).map_err(at(folder))? {
        let inside = inside.map_err(at(folder))?;
        if inside.file_type().map_err(at(folder))?.is_dir() {
            sync_all_below(&inside.path())?;
        }
    }
    sync(folder)
}

pub(super) fn blob_path(root: &Path, id: Id) -> PathBuf {
    let bytes = id.bytes();
    root.join(format!("{:02x}", bytes[14])).join(format!("{:02x}", bytes[15])).join(id.to_string())
}

/// Copies a file durably. Says its length and hash.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(u64, [u8; 32])> {
    let mut source = File::open(from).map_err(at(from))?;
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    let mut out = Both(new_file(to)?, Hashing(Sha256::new(), 0));
    io::copy(&mut source, &mut out).and_then(|_| out.0.sync_all()).map_err(at(to))?;
    Ok((out.1.1, out.1.0.finalize().into()))
}

/// Length and hash of a file.
pub(super) fn digest(path: &Path) -> Result<(u64, [u8; 32])> {
    let mut source = File::open(path).map_err(at(path))?;
    let mut hash = Hashing(Sha256::new(), 0);
    io::copy(&mut source, &mut hash).map_err(at(path))?;
    Ok((hash.1, hash.0.finalize().into()))
}

/// Hashes and counts what is written to it.
pub(super) struct Hashing(pub(super) Sha256, pub(super) u64);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        self.1 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Both(File, Hashing);

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.write(&bytes[..written])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A row: number of values, then each as a kind and its bytes.
fn frame(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * 16);
    let length = |out: &mut Vec<u8>, length: usize| out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    length(&mut out, values.len());
    for value in values {
        match value {
            Value::Null => out.push(0),
            Value::Int(number) => {
                out.push(1);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Value::Bool(truth) => {
                out.push(1);
                out.extend_from_slice(&i64::from(*truth).to_be_bytes());
            }
            Value::Text(text) => {
                out.push(2);
                length(&mut out, text.len());
                out.extend_from_slice(text.as_bytes());
            }
            Value::Bytes(bytes) => {
                out.push(3);
                length(&mut out, bytes.len());
                out.extend_from_slice(bytes);
            }
        }
    }
    out
}

/// Counts and hashes rows as they are framed.
#[derive(Default)]
pub(super) struct RowHash {
    hash: Sha256,
    rows: u64,
}

impl RowHash {
    pub(super) fn add(&mut self, values: &[Value]) {
        self.add_frame(&frame(values));
    }

    fn add_frame(&mut self, frame: &[u8]) {
        self.hash.update(frame);
        self.rows += 1;
    }

    pub(super) fn finish(self) -> (u64, String) {
        (self.rows, hex(&self.hash.finalize()))
    }
}

/// Writes rows to a file.
pub(super) struct RowWriter {
    path: PathBuf,
    out: GzEncoder<BufWriter<File>>,
    hash: RowHash,
}

impl RowWriter {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let out = GzEncoder::new(BufWriter::with_capacity(128 * 1024, new_file(path)?), Compression::fast());
        Ok(Self { path: path.to_owned(), out, hash: RowHash::default() })
    }

    pub(super) fn write(&mut self, values: &[Value]) -> Result<()> {
        let frame = frame(values);
        self.hash.add_frame(&frame);
        self.out.write_all(&frame).map_err(at(&self.path))
    }

    /// Makes it durable. Says how many rows, and their hash.
    pub(super) fn finish(self) -> Result<(u64, String)> {
        let done =
            self.out.finish().and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error)).and_then(|file| file.sync_all());
        done.map_err(at(&self.path))?;
        Ok(self.hash.finish())
    }
}

/// Reads rows from a file.
pub(super) struct RowReader {
    path: PathBuf,
    source: BufReader<GzDecoder<BufReader<File>>>,
    hash: RowHash,
}

impl RowReader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(at(path))?;
        Ok(Self { path: path.to_owned(), source: BufReader::new(GzDecoder::new(BufReader::new(file))), hash: RowHash::default() })
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Value>>> {
        let damaged = |what: &str| failed(format!("{} is damaged: {what}", self.path.display()));
        let mut first = [0_u8; 4];
        match self.source.read(&mut first[..1]) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(damaged(&error.to_string())),
        }
        self.source.read_exact(&mut first[1..]).map_err(|error| damaged(&error.to_string()))?;
        let count = u32::from_be_bytes(first) as usize;
        if count > 1_000 {
            return Err(damaged("a row of too many values"));
        }
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(value(&mut self.source).map_err(|error| damaged(&error.to_string()))?);
        }
        self.hash.add(&values);
        Ok(Some(values))
    }

    /// Whether what was read to the end is what the manifest says.
    pub(super) fn compare(self, what: &str, rows: u64, sha256: &str) -> Result<()> {
        let (read, hash) = self.hash.finish();
        if read == rows && hash == sha256 {
            Ok(())
        } else {
            Err(failed(format!("{what} was changed: {read} rows, {rows} were saved, or they differ")))
        }
    }
}

fn value(source: &mut impl io::Read) -> io::Result<Value> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut kind = [0_u8; 1];
    source.read_exact(&mut kind)?;
    if kind[0] == 0 {
        return Ok(Value::Null);
    }
    if kind[0] == 1 {
        let mut number = [0_u8; 8];
        source.read_exact(&mut number)?;
        return Ok(Value::Int(i64::from_be_bytes(number)));
    }
    let mut length = [0_u8; 4];
    source.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > VALUE_BYTES_MAX {
        return Err(bad("a value that is too long"));
    }
    let mut bytes = Vec::new();
    if source.take(length as u64).read_to_end(&mut bytes)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    match kind[0] {
        2 => String::from_utf8(bytes).map(Value::Text).map_err(|_| bad("a text that is no UTF-8")),
        3 => Ok(Value::Bytes(bytes)),
        _ => Err(bad("a value of an unknown kind")),
    }
}
