//! What a disk holds after the power went, from the journal that `power_loss.c` wrote.
//!
//! A file is what was last synced of it, then each write since is there or not. A name is there when its folder was
//! synced after it came, went or changed; of those since, the first so many are there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What is lost.
pub enum Loss {
    /// Everything that was not synced.
    AllUnsynced,
    /// Each unsynced write by chance, torn at sectors.
    ByChance(u64),
    /// Everything since the start, as if the server never synced: what a test must notice.
    EvenSynced,
}

/// A file or folder, whatever it is called.
#[derive(Clone, Default)]
struct Node {
    folder: bool,
    durable: Vec<u8>,
    /// Writes since: offset and data, or a new length.
    since: Vec<(u64, Option<Vec<u8>>)>,
}

#[derive(Clone)]
enum Naming {
    Set(PathBuf, usize),
    Gone(PathBuf),
}

/// A folder that can lose power.
pub struct Disk {
    root: PathBuf,
    journal: PathBuf,
    nodes: Vec<Node>,
    names: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    /// Changes of names since their folder was synced, oldest first.
    pending: Vec<Naming>,
    start: (Vec<Node>, BTreeMap<PathBuf, usize>),
    /// Writes and syncs that were read.
    pub writes: usize,
    pub syncs: usize,
}

const SECTOR: u64 = 512;

impl Disk {
    /// The folder as it lies there now, all of it durable.
    pub fn of(root: &Path, journal: &Path) -> Self {
        let root = root.canonicalize().unwrap();
        let _ = std::fs::remove_file(journal);
        let (mut nodes, mut names) = (Vec::new(), BTreeMap::new());
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap().flatten() {
                let path = entry.path();
                let is_folder = path.is_dir();
                names.insert(path.clone(), nodes.len());
                nodes.push(Node {
                    folder: is_folder,
                    durable: if is_folder { Vec::new() } else { std::fs::read(&path).unwrap() },
                    since: Vec::new(),
                });
                if is_folder {
                    folders.push(path);
                }
            }
        }
        let start = (nodes.clone(), names.clone());
        let durable = names.clone();
        Self { root, journal: journal.to_owned(), nodes, names, durable, pending: Vec::new(), start, writes: 0, syncs: 0 }
    }

    /// What the server is started with.
    pub fn environment(&self, shim: &Path) -> Vec<(String, String)> {
        let pairs = [("LD_PRELOAD", shim), ("POWER_LOSS_ROOT", &self.root), ("POWER_LOSS_JOURNAL", &self.journal)];
        pairs.into_iter().map(|(name, path)| (name.to_owned(), path.display().to_string())).collect()
    }

    /// Reads what the server did until it was killed.
    pub fn read_journal(&mut self) {
        let bytes = std::fs::read(&self.journal).expect("the server wrote a journal: the library was preloaded");
        let mut rest = bytes.as_slice();
        // The last record may be half written: what it tells of was not acknowledged.
        while rest.len() >= 17 {
            let number = |from: usize| u32::from_le_bytes(rest[from..from + 4].try_into().unwrap()) as usize;
            let (path_length, length) = (number(1), number(13));
            let offset = u64::from_le_bytes(rest[5..13].try_into().unwrap());
            if rest.len() < 17 + path_length + length {
                break;
            }
            let text = |bytes: &[u8]| PathBuf::from(String::from_utf8(bytes.to_vec()).unwrap());
            let (path, data) = (text(&rest[17..17 + path_length]), &rest[17 + path_length..17 + path_length + length]);
            let operation = rest[0];
            rest = &rest[17 + path_length + length..];
            match operation {
                b'W' => self.write(&path, offset, Some(data.to_vec())),
                b'T' => self.write(&path, offset, None),
                b'C' | b'D' => {
                    self.nodes.push(Node { folder: operation == b'D', ..Node::default() });
                    self.name(Naming::Set(path, self.nodes.len() - 1));
                }
                b'R' => {
                    let node = self.names[&path];
                    self.name(Naming::Gone(path));
                    self.name(Naming::Set(text(data), node));
                }
                b'U' => self.name(Naming::Gone(path)),
                b'S' => self.sync(&path),
                other => panic!("the journal holds {other}"),
            }
        }
        assert!(self.writes > 0 && self.syncs > 0, "{} writes and {} syncs were seen: the library sees nothing", self.writes, self.syncs);
    }

    fn write(&mut self, path: &Path, offset: u64, data: Option<Vec<u8>>) {
        self.writes += 1;
        let node = *self.names.get(path).unwrap_or_else(|| panic!("{} was written and never made", path.display()));
        self.nodes[node].since.push((offset, data));
    }

    fn name(&mut self, change: Naming) {
        apply(&mut self.names, &change);
        self.pending.push(change);
    }

    fn sync(&mut self, path: &Path) {
        self.syncs += 1;
        let folder = path == self.root || self.names.get(path).is_some_and(|node| self.nodes[*node].folder);
        if !folder {
            let node = &mut self.nodes[self.names[path]];
            for (offset, data) in std::mem::take(&mut node.since) {
                put(&mut node.durable, offset, data.as_deref());
            }
            return;
        }
        let (mut settled, mut left) = (Vec::new(), Vec::new());
        for change in std::mem::take(&mut self.pending) {
            let (Naming::Set(name, _) | Naming::Gone(name)) = &change;
            if name.parent() == Some(path) { settled.push(change) } else { left.push(change) }
        }
        self.pending = left;
        for change in &settled {
            apply(&mut self.durable, change);
        }
    }

    /// Puts the folder, as the loss leaves it, at `place`: elsewhere to look at it, or where it was to go on. Whoever opens a
    /// database and closes it again removes its log by name, so no place is used twice to look.
    pub fn write_as(&self, place: &Path, loss: &Loss) {
        let (mut nodes, mut names) = match loss {
            Loss::EvenSynced => self.start.clone(),
            Loss::AllUnsynced => (self.nodes.clone(), self.durable.clone()),
            Loss::ByChance(seed) => self.by_chance(*seed),
        };
        // A name in a folder that is not there leads nowhere. The index of the log is rebuilt from the log.
        let there = |names: &BTreeMap<PathBuf, usize>, path: &Path| {
            path.ancestors().skip(1).take_while(|above| *above != self.root).all(|above| names.contains_key(above))
        };
        let known = names.clone();
        names.retain(|path, _| there(&known, path) && !path.to_string_lossy().ends_with("-shm"));
        let _ = std::fs::remove_dir_all(place);
        std::fs::create_dir_all(place).unwrap();
        for (path, node) in &names {
            let path = place.join(path.strip_prefix(&self.root).unwrap());
            if nodes[*node].folder {
                std::fs::create_dir_all(path).unwrap();
            } else {
                std::fs::write(path, std::mem::take(&mut nodes[*node].durable)).unwrap();
            }
        }
    }

    fn by_chance(&self, seed: u64) -> (Vec<Node>, BTreeMap<PathBuf, usize>) {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let mut coin = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 63 == 1
        };
        let (mut nodes, mut names) = (self.nodes.clone(), self.durable.clone());
        for node in &mut nodes {
            for (offset, data) in std::mem::take(&mut node.since) {
                let Some(data) = data else {
                    if coin() {
                        put(&mut node.durable, offset, None);
                    }
                    continue;
                };
                // Sectors arrive one by one.
                let mut from = 0;
                while from < data.len() {
                    let room = usize::try_from(SECTOR - (offset + from as u64) % SECTOR).unwrap();
                    let until = (from + room).min(data.len());
                    if coin() {
                        put(&mut node.durable, offset + from as u64, Some(&data[from..until]));
                    }
                    from = until;
                }
            }
        }
        for change in &self.pending {
            if !coin() {
                break;
            }
            apply(&mut names, change);
        }
        (nodes, names)
    }
}

fn apply(names: &mut BTreeMap<PathBuf, usize>, change: &Naming) {
    match change {
        Naming::Set(path, node) => {
            names.insert(path.clone(), *node);
        }
        Naming::Gone(path) => {
            names.remove(path);
        }
    }
}

fn put(content: &mut Vec<u8>, offset: u64, data: Option<&[u8]>) {
    let offset = usize::try_from(offset).unwrap();
    let Some(data) = data else { return content.resize(offset, 0) };
    if content.len() < offset + data.len() {
        content.resize(offset + data.len(), 0);
    }
    content[offset..offset + data.len()].copy_from_slice(data);
}

#[test]
fn a_disk_forgets_what_was_not_synced() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("gov");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(root.join("a"), "old").unwrap();
    let mut disk = Disk::of(&root, &folder.path().join("journal"));
    let path = |name: &str| root.join(name).display().to_string();
    let (a, b, c, root_path) = (path("a"), path("b"), path("c"), root.display());
    let script =
        format!("printf new >{a}; printf kept >{b}; sync {b}; sync {root_path}; printf lost >{b}; printf lost >{c}; sync {c}; rm {a}");
    let done = std::process::Command::new("sh").args(["-c", &script]).envs(disk.environment(&super::shim())).status().unwrap();
    assert!(done.success());
    disk.read_journal();
    let read = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    disk.write_as(&root, &Loss::AllUnsynced);
    assert_eq!((read("a").as_deref(), read("b").as_deref(), read("c")), (Some("old"), Some("kept"), None));
    disk.write_as(&root, &Loss::EvenSynced);
    assert_eq!((read("a").as_deref(), read("b")), (Some("old"), None));
}
