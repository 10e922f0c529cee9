//! The key file: the master keys of one government, newest last.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{KeyError, derive};

const HEADING: &str = "smartgovt key file 1";

/// The name of a master key, computed from it: whoever types the recovery copy gets the same name back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(super) [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a:02X}{b:02X}-{c:02X}{d:02X}")
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One or more master keys of 32 bytes, oldest first.
pub struct Ring(Vec<Zeroizing<[u8; 32]>>);

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

pub(super) fn key_id(master: &[u8; 32]) -> KeyId {
    let named = derive(master, &[b"name"]);
    KeyId([named[0], named[1], named[2], named[3]])
}

impl Ring {
    /// A ring of one new key, from 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(vec![Zeroizing::new(random)])
    }

    pub(super) fn from_keys(keys: Vec<Zeroizing<[u8; 32]>>) -> Option<Self> {
        (!keys.is_empty()).then_some(Self(keys))
    }

    pub(super) fn keys(&self) -> &[Zeroizing<[u8; 32]>] {
        &self.0
    }

    /// The names of the keys, oldest first.
    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.0.iter().map(|key| key_id(key)).collect()
    }

    /// The path of the systemd credential `name`, when the service was started with credentials
    /// (`LoadCredential=smartgovt.key:/etc/…`, systemd.exec(5)).
    #[must_use]
    pub fn credential(name: &str) -> Option<PathBuf> {
        std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(name)).filter(|path| path.is_file())
    }

    /// Reads the key file. Refused when others than its owner may read it.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(KeyError::Missing(shown)),
            Err(error) => return Err(error.into()),
        };
        if file.metadata()?.mode() & 0o077 != 0 {
            return Err(KeyError::Readable(shown));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(65_536).read_to_string(&mut text)?;
        parse(&text).map_err(|what| KeyError::Damaged { path: shown, what })
    }

    /// Writes a new key file (mode 0600) and makes it durable. There must be none yet.
    pub fn create(&self, path: &Path) -> Result<(), KeyError> {
        let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(KeyError::Exists(path.display().to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        let written = file.write_all(self.text().as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // An unfinished key file would be taken for a damaged one.
            let _ = std::fs::remove_file(path);
            return Err(error.into());
        }
        sync_folder(path)
    }

    /// Reads the key file, or creates it once from `random`. `true`: it was created now, print the recovery copy.
    pub fn load_or_create(path: &Path, random: [u8; 32]) -> Result<(Self, bool), KeyError> {
        match Self::load(path) {
            Err(KeyError::Missing(_)) => {}
            other => return other.map(|ring| (ring, false)),
        }
        let ring = Self::new(random);
        match ring.create(path) {
            // Another process was first: its key is the key.
            Err(KeyError::Exists(_)) => Ok((Self::load(path)?, false)),
            other => other.map(|()| (ring, true)),
        }
    }

    /// Adds a key from `random` to the file: it encrypts from the next start on, the older ones still decrypt.
    /// The recovery copy must be printed anew.
    pub fn rotate(path: &Path, random: [u8; 32]) -> Result<Self, KeyError> {
        let mut ring = Self::load(path)?;
        ring.0.push(Zeroizing::new(random));
        let new = path.with_extension("new");
        let _ = std::fs::remove_file(&new);
        ring.create(&new)?;
        std::fs::rename(&new, path)?;
        sync_folder(path)?;
        Ok(ring)
    }

    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(HEADING));
        for key in &self.0 {
            let line = Zeroizing::new(format!("\n{} {}", key_id(key), STANDARD.encode(key.as_slice())));
            text.push_str(&line);
        }
        text.push('\n');
        text
    }
}

fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn parse(text: &str) -> Result<Ring, &'static str> {
    let mut lines = text.lines();
    if lines.next() != Some(HEADING) {
        return Err("its first line is not that of a key file");
    }
    let mut keys = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let (name, key) = line.split_once(' ').ok_or("a line is not a key")?;
        let bytes = Zeroizing::new(STANDARD.decode(key).map_err(|_| "a key is not base64")?);
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| "a key is not 32 bytes")?);
        if key_id(&key).to_string() != name {
            return Err("a key does not fit its name");
        }
        keys.push(key);
    }
    Ring::from_keys(keys).ok_or("it holds no key")
}
