//! Against RFC 6962 written down plainly, the vectors of Certificate Transparency and of the specifications.

use std::{collections::BTreeMap, convert::Infallible};

use proptest::prelude::*;

use super::*;
use crate::{
    note::{Algorithm, NoteError},
    proof::{consistency, inclusion, verify_consistency, verify_inclusion},
    receipt::ReceiptError,
    tile::{Kind, TileError, entries, from_bytes, partial_tiles, push_entry, root, to_bytes},
    witness::{AddCheckpoint, Refusal, Seen, accept, answer, decide},
};

/// RFC 6962 §2.1 word for word.
fn mth(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => leaf_hash(leaf),
        _ => {
            let k = largest_power(leaves.len());
            node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
        }
    }
}

/// RFC 6962 §2.1.1.
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = largest_power(leaves.len());
    let (mut below, beside) =
        if m < k { (path(m, &leaves[..k]), mth(&leaves[k..])) } else { (path(m - k, &leaves[k..]), mth(&leaves[..k])) };
    below.push(beside);
    below
}

/// RFC 6962 §2.1.2.
fn subproof(m: usize, leaves: &[Vec<u8>], known: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if known { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = largest_power(leaves.len());
    let (mut below, beside) = if m <= k {
        (subproof(m, &leaves[..k], known), mth(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), mth(&leaves[..k]))
    };
    below.push(beside);
    below
}

fn largest_power(n: usize) -> usize {
    (0..).map(|bit| 1 << bit).take_while(|power| *power < n).last().unwrap()
}

/// A log in memory.
#[derive(Default)]
struct Kept {
    edge: Edge,
    tiles: BTreeMap<Tile, Vec<Hash>>,
    leaves: Vec<Vec<u8>>,
}

impl Tiles for Kept {
    type Error = Infallible;

    fn hashes(&mut self, tile: Tile) -> Result<Vec<Hash>, Infallible> {
        Ok(self.tiles.get(&tile).cloned().unwrap_or_default())
    }
}

impl Kept {
    fn of(count: usize) -> Self {
        let mut kept = Self::default();
        kept.grow(count);
        kept
    }

    fn grow(&mut self, count: usize) {
        let from = self.leaves.len();
        self.leaves.extend((from..from + count).map(|n| format!("leaf {n}").into_bytes()));
        let new: Vec<&[u8]> = self.leaves[from..].iter().map(Vec::as_slice).collect();
        let changed = self.edge.append(new);
        self.tiles.extend(changed);
    }

    fn size(&self) -> u64 {
        self.edge.size()
    }
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn the_trees_of_certificate_transparency() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Edge::default();
    assert_eq!(edge.root(), EMPTY_ROOT);
    for (leaf, root) in leaves.into_iter().zip(roots) {
        edge.append([hex(leaf).as_slice()]);
        assert_eq!(edge.root().to_vec(), hex(root));
    }
}

#[test]
fn the_note_of_the_specification() {
    let key = Verifier::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = Note::parse(text).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(&key)), Ok(vec![0]));
    assert_eq!(note.to_string(), text);
    let changed = Note::parse(&text.replace("an example", "no example")).unwrap();
    assert_eq!(changed.verify(&[key]), Err(NoteError::BadSignature("example.com/foo".into())));
    assert_eq!(note.verify(&[]), Err(NoteError::Unsigned));
}

#[test]
fn the_tiles_of_the_specification() {
    let path = TilePath { kind: Kind::Hashes(0), n: 1_234_067, width: 256 };
    assert_eq!(path.to_string(), "0/x001/x234/067");
    // A tree of 70,000: 273 full tiles and one of 112, one full and one of 17, one of 1.
    let widths: Vec<(u8, u64, usize)> = partial_tiles(70_000).into_iter().map(|(tile, width)| (tile.level, tile.n, width)).collect();
    assert_eq!(widths, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
    assert_eq!(partial_tiles(256), [(Tile { level: 1, n: 0 }, 1)]);
}

#[test]
fn a_path_has_one_spelling() {
    for good in ["0/000", "0/273.p/112", "1/001.p/17", "entries/x001/000", "entries/255.p/1", "7/x018/x446/x744/x073/x709/x551/615"] {
        assert_eq!(TilePath::parse(good).map(|path| path.to_string()).as_deref(), Some(good));
    }
    let bad = [
        "0",
        "0/",
        "0/1",
        "0/0001",
        "64/000",
        "00/000",
        "0/x000/001",
        "0/001/002",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "entry/000",
        "-1/000",
        "0/x018/x446/x744/x073/x709/x551/616",
        "0/+01",
        "0/000/",
    ];
    for bad in bad {
        assert_eq!(TilePath::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_path_outside_the_tree_is_not_served() {
    let exists = |path: &str, size| TilePath::parse(path).unwrap().exists_in(size);
    assert!(exists("0/000.p/5", 5) && exists("0/000.p/3", 5) && !exists("0/000.p/6", 5));
    assert!(exists("0/000", 256) && exists("1/000.p/1", 256) && !exists("1/000.p/2", 511));
    assert!(exists("entries/001.p/1", 257) && !exists("entries/001", 257) && !exists("63/000.p/1", u64::MAX));
}

#[test]
fn bundles_hold_what_was_put_in() {
    let mut bundle = Vec::new();
    push_entry(&mut bundle, b"one").unwrap();
    push_entry(&mut bundle, b"").unwrap();
    assert_eq!(entries(&bundle), Some(vec![b"one".as_slice(), b""]));
    assert_eq!(entries(&bundle[..4]), None);
    assert_eq!(push_entry(&mut bundle, &vec![0; 65_536]), None);
    assert_eq!(from_bytes(&to_bytes(&[[1; 32], [2; 32]])), Some(vec![[1; 32], [2; 32]]));
    assert_eq!(from_bytes(&[0; 33]), None);
}

#[test]
fn every_proof_of_small_trees_is_that_of_the_rfc() {
    let mut kept = Kept::of(70);
    for size in 1..=70_u64 {
        let leaves = kept.leaves[..size as usize].to_vec();
        let whole = mth(&leaves);
        assert_eq!(root(&mut kept, size), Ok(whole));
        for m in 0..size {
            let proof = inclusion(&mut kept, m, size).unwrap();
            assert_eq!(proof, path(m as usize, &leaves), "{m} of {size}");
            verify_inclusion(&leaf_hash(&leaves[m as usize]), m, size, &proof, &whole).unwrap();
            let proof = consistency(&mut kept, m, size).unwrap();
            assert_eq!(proof, if m == 0 { Vec::new() } else { subproof(m as usize, &leaves, true) }, "{m} to {size}");
            verify_consistency(m, &mth(&leaves[..m as usize]), size, &whole, &proof).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn however_it_grows_it_is_the_same_tree(steps in prop::collection::vec(0..400_usize, 1..12)) {
        let mut kept = Kept::default();
        for step in &steps {
            kept.grow(*step);
            let (size, edge) = (kept.size(), kept.edge.clone());
            prop_assert_eq!(edge.root(), mth(&kept.leaves));
            prop_assert_eq!(root(&mut kept, size), Ok(edge.root()));
            let read = Edge::read(size, |tile| kept.tiles.get(&tile).cloned());
            prop_assert_eq!(read.as_ref().map(Edge::root), Ok(edge.root()));
            prop_assert_eq!(read.map(|read| read.size()), Ok(size));
        }
    }

    #[test]
    fn proofs_hold_and_hold_for_nothing_else(count in 2..3000_usize, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
                                             flip in any::<prop::sample::Index>()) {
        let mut kept = Kept::of(count);
        let (size, index, old) = (count as u64, at.index(count) as u64, old.index(count) as u64 + 1);
        let (whole, was) = (kept.edge.root(), mth(&kept.leaves[..old as usize]));
        let leaf = leaf_hash(&kept.leaves[index as usize]);
        let proof = inclusion(&mut kept, index, size).unwrap();
        prop_assert_eq!(&proof, &path(index as usize, &kept.leaves));
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &whole).is_ok());
        prop_assert!(verify_inclusion(&leaf_hash(b"another"), index, size, &proof, &whole).is_err());
        prop_assert!(verify_inclusion(&leaf, (index + 1) % size, size, &proof, &whole).is_err());
        let mut bent = proof.clone();
        let place = flip.index(bent.len());
        bent[place][0] ^= 1;
        prop_assert!(verify_inclusion(&leaf, index, size, &bent, &whole).is_err());
        prop_assert!(verify_inclusion(&leaf, index, size, &proof[1..], &whole).is_err());
        let proof = consistency(&mut kept, old, size).unwrap();
        prop_assert!(verify_consistency(old, &was, size, &whole, &proof).is_ok());
        prop_assert!(verify_consistency(old, &[7; 32], size, &whole, &proof).is_err());
        if old < size {
            let mut longer = proof.clone();
            longer.push([0; 32]);
            prop_assert!(verify_consistency(old, &was, size, &whole, &longer).is_err());
            prop_assert!(verify_consistency(old, &was, size, &whole, &proof[..proof.len() - 1]).is_err());
        }
    }
}

#[test]
fn a_missing_tile_is_named() {
    let mut kept = Kept::of(600);
    kept.tiles.remove(&Tile { level: 0, n: 1 });
    assert_eq!(inclusion(&mut kept, 300, 600), Err(TileError::Short(Tile { level: 0, n: 1 })));
    assert_eq!(inclusion(&mut kept, 600, 600), Err(TileError::Outside));
    kept.tiles.get_mut(&Tile { level: 0, n: 2 }).unwrap().truncate(3);
    let edge = Edge::read(600, |tile| kept.tiles.get(&tile).cloned());
    assert_eq!(edge, Err(edge::NoEdge(Tile { level: 0, n: 2 })));
}

const ORIGIN: &str = "log.kab.example/kab/log";

fn log_key() -> Signer {
    Signer::from_seed(ORIGIN, Algorithm::Ed25519, &[3; 32]).unwrap()
}

fn signed(kept: &Kept, key: &Signer) -> Note {
    let text = Checkpoint::new(ORIGIN, kept.size(), kept.edge.root()).to_string();
    Note { signatures: vec![key.sign(&text)], text }
}

#[test]
fn keys_are_read_back() {
    let key = log_key();
    assert_eq!(Verifier::parse(&key.verifier().to_string()).as_ref(), Ok(key.verifier()));
    assert_eq!(Signer::parse(&key.secret_text()).unwrap().verifier(), key.verifier());
    assert!(!format!("{key:?}").contains(key.secret_text().rsplit_once('+').unwrap().1), "a key shows its secret");
    let witness = Cosigner::from_seed("saksi.example/w", &[4; 32]).unwrap();
    assert_eq!(Cosigner::parse(&witness.signer().secret_text()).unwrap().verifier(), witness.verifier());
    assert!(Cosigner::parse(&key.secret_text()).is_err(), "a log's key is no witness's");
    for bad in
        ["", "a+b", "a b+00000000+AQ==", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "PRIVATE+KEY+a+b+c"]
    {
        assert!(Verifier::parse(bad).is_err() && Signer::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_is_no_note_is_refused() {
    let good = signed(&Kept::of(3), &log_key()).to_string();
    assert!(Checkpoint::of(&good).is_ok());
    let lines: Vec<&str> = good.lines().collect();
    let bad = [
        good.trim_end().to_owned(),
        good.replace("\n\n", "\n"),
        good.replace("— ", "- "),
        good.replace('\n', "\r\n"),
        good.replacen('3', "03", 1),
        good.replacen(lines[2], "AAAA", 1),
        format!("{good}{}", good.lines().last().unwrap().repeat(10)),
    ];
    for bad in bad {
        assert!(Checkpoint::of(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_receipt_proves_an_entry_without_the_network() {
    let (mut kept, key) = (Kept::of(1000), log_key());
    let witness = Cosigner::from_seed("saksi.example/w", &[4; 32]).unwrap();
    let mut note = signed(&kept, &key);
    note.signatures.push(witness.sign(1_700_000_000, &note.text));
    let proof = inclusion(&mut kept, 700, 1000).unwrap();
    let receipt = Receipt { extra: Some(b"where to look".to_vec()), index: 700, proof, note };
    let read = Receipt::parse(&receipt.to_string()).unwrap();
    assert_eq!(read, receipt);
    let (log, witnesses) = ([key.verifier().clone()], [witness.verifier().clone()]);
    let proved = read.verify(&leaf_hash(b"leaf 700"), ORIGIN, &log, &witnesses).unwrap();
    assert_eq!((proved.checkpoint.size, proved.witnessed[0].at_seconds), (1000, 1_700_000_000));
    assert_eq!(read.verify(&leaf_hash(b"leaf 701"), ORIGIN, &log, &witnesses), Err(ReceiptError::NotIncluded));
    assert!(matches!(read.verify(&leaf_hash(b"leaf 700"), "other", &log, &witnesses), Err(ReceiptError::OtherLog(_))));
    assert!(matches!(read.verify(&leaf_hash(b"leaf 700"), ORIGIN, &[], &witnesses), Err(ReceiptError::Note(NoteError::Unsigned))));
    // A cosignature whose time was changed is a forgery, not an unknown key.
    let mut forged = read.clone();
    forged.note.signatures[1].bytes[7] ^= 1;
    assert!(matches!(
        forged.verify(&leaf_hash(b"leaf 700"), ORIGIN, &log, &witnesses),
        Err(ReceiptError::Note(NoteError::BadSignature(_)))
    ));
    let alone = Receipt { extra: None, index: 0, proof: Vec::new(), note: signed(&Kept::of(1), &key) };
    assert_eq!(Receipt::parse(&alone.to_string()), Ok(alone));
}

#[test]
fn a_witness_cosigns_what_extends_what_it_saw() {
    let (mut kept, key) = (Kept::of(100), log_key());
    let log = [key.verifier().clone()];
    let witness = Cosigner::from_seed("saksi.example/w", &[4; 32]).unwrap();
    let first = AddCheckpoint { old: 0, proof: Vec::new(), note: signed(&kept, &key) };
    assert_eq!(AddCheckpoint::parse(&first.to_string()), Ok(first.clone()));
    let seen = decide(&first, &log, Seen::default()).unwrap();
    let seen = Seen { size: seen.size, root: seen.root };
    kept.grow(400);
    let next = AddCheckpoint { old: 100, proof: consistency(&mut kept, 100, 500).unwrap(), note: signed(&kept, &key) };
    assert!(decide(&next, &log, seen).is_ok());
    let body = answer(&witness, 1_700_000_000, &next.note);
    assert_eq!(accept(&body, witness.verifier(), &next.note).unwrap().len(), 1);
    assert!(accept(&body, witness.verifier(), &first.note).is_err(), "a cosignature of another checkpoint");
    assert_eq!(accept(&body, key.verifier(), &next.note), Err(NoteError::Unsigned));
}

#[test]
fn a_witness_refuses_in_the_order_of_the_specification() {
    let (mut kept, key) = (Kept::of(100), log_key());
    let log = [key.verifier().clone()];
    let seen = Seen { size: 100, root: kept.edge.root() };
    kept.grow(50);
    let good = AddCheckpoint { old: 100, proof: consistency(&mut kept, 100, 150).unwrap(), note: signed(&kept, &key) };
    let refused = |request: &AddCheckpoint, seen| decide(request, &log, seen).unwrap_err().status();
    assert_eq!(decide(&good, &[], seen), Err(Refusal::UnknownOrigin));
    let other = Signer::from_seed(ORIGIN, Algorithm::Ed25519, &[9; 32]).unwrap();
    assert_eq!(refused(&AddCheckpoint { note: signed(&kept, &other), ..good.clone() }, seen), 403);
    let mut forged = good.clone();
    forged.note.signatures[0].bytes[0] ^= 1;
    assert_eq!(refused(&forged, seen), 403);
    assert_eq!(refused(&AddCheckpoint { old: 151, ..good.clone() }, seen), 400);
    assert_eq!(decide(&AddCheckpoint { old: 99, ..good.clone() }, &log, seen), Err(Refusal::Conflict(100)));
    assert_eq!(refused(&AddCheckpoint { proof: Vec::new(), ..good.clone() }, seen), 422);
    assert_eq!(refused(&good, Seen { size: 100, root: [1; 32] }), 422);
    // The same size must have the same root, and the empty tree has the empty root.
    let same = AddCheckpoint { old: 150, proof: Vec::new(), note: good.note.clone() };
    assert!(decide(&same, &log, Seen { size: 150, root: kept.edge.root() }).is_ok());
    assert_eq!(refused(&same, Seen { size: 150, root: [1; 32] }), 422);
    let text = Checkpoint::new(ORIGIN, 0, [1; 32]).to_string();
    let empty = AddCheckpoint { old: 0, proof: Vec::new(), note: Note { signatures: vec![key.sign(&text)], text } };
    assert_eq!(refused(&empty, Seen::default()), 422);
    for bad in ["", "old 1\n", "old 01\n\nx", "new 1\n\nx"] {
        assert!(AddCheckpoint::parse(bad).is_err(), "{bad}");
    }
}
