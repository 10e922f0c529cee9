use std::io::Read as _;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{stream::Decrypting, *};
use crate::Entropy;

fn ctx() -> Ctx {
    Ctx::system(Timestamp::UNIX_EPOCH, "test", Entropy::seeded(1))
}

fn keys() -> Keys {
    Keys::new("empat-lawang", &Ring::new([7; 32]))
}

const ROW: Id = Id::from_bytes([5; 16]);

#[test]
fn a_sealed_value_opens_only_in_its_place() {
    let (keys, ctx) = (keys(), ctx());
    let sealed = keys.seal(&ctx, "kernel_person", "nik", ROW, b"1611010101900000");
    assert_eq!(keys.open_text("kernel_person", "nik", ROW, &sealed).unwrap(), "1611010101900000");
    assert!(!sealed.windows(6).any(|w| w == b"161101"));
    assert!(keys.open("kernel_person", "kk", ROW, &sealed).is_err());
    assert!(keys.open("kernel_draft", "nik", ROW, &sealed).is_err());
    assert!(keys.open("kernel_person", "nik", Id::NIL, &sealed).is_err());
    assert!(Keys::new("solok", &Ring::new([7; 32])).open("kernel_person", "nik", ROW, &sealed).is_err());
    let other = Keys::new("empat-lawang", &Ring::new([8; 32]));
    assert!(matches!(other.open("kernel_person", "nik", ROW, &sealed), Err(KeyError::Unknown(_))));
}

#[test]
fn the_same_value_sealed_twice_differs() {
    let (keys, ctx) = (keys(), ctx());
    assert_ne!(keys.seal(&ctx, "t", "c", ROW, b"x"), keys.seal(&ctx, "t", "c", ROW, b"x"));
}

#[test]
fn rotation_keeps_old_values_and_indexes_readable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let (ring, new) = Ring::load_or_create(&path, [1; 32]).unwrap();
    assert!(new);
    let (old, ctx) = (Keys::new("g", &ring), ctx());
    let sealed = old.seal(&ctx, "t", "c", ROW, b"x");
    let signed = old.sign("cookie", b"x");

    let (ring, new) = (Ring::rotate(&path, [2; 32]).unwrap(), Ring::load_or_create(&path, [3; 32]).unwrap());
    assert_eq!((ring.ids(), new.1), (new.0.ids(), false));
    let rotated = Keys::new("g", &ring);
    assert_eq!(rotated.open("t", "c", ROW, &sealed).unwrap(), b"x");
    assert!(rotated.check("cookie", b"x", &signed));
    assert_eq!(rotated.blind(Blind::Nik, "1"), old.blind(Blind::Nik, "1"));
    let again = rotated.rewrap(&ctx, "t", "c", ROW, &sealed).unwrap().unwrap();
    assert_eq!(rotated.open("t", "c", ROW, &again).unwrap(), b"x");
    assert!(rotated.rewrap(&ctx, "t", "c", ROW, &again).unwrap().is_none());
    assert!(old.open("t", "c", ROW, &again).is_err(), "the old ring does not hold the new key");
}

#[test]
fn the_key_file_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    Ring::new([1; 32]).create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(Ring::new([2; 32]).create(&path), Err(KeyError::Exists(_))));
    assert_eq!(Ring::load(&path).unwrap().ids(), Ring::new([1; 32]).ids());

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Ring::load(&path), Err(KeyError::Readable(_))));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "smartgovt key file 1\n0000-0000 AAAA\n").unwrap();
    assert!(matches!(Ring::load(&path), Err(KeyError::Damaged { .. })));
    assert!(matches!(Ring::load(&folder.path().join("none")), Err(KeyError::Missing(_))));
}

#[test]
fn signatures_are_bound_to_their_purpose() {
    let keys = keys();
    let tag = keys.sign("link", b"case 1");
    assert!(keys.check("link", b"case 1", &tag));
    assert!(!keys.check("cookie", b"case 1", &tag));
    assert!(!keys.check("link", b"case 2", &tag));
    assert!(!keys.check("link", b"case 1", &tag[..31]));
}

#[test]
fn blind_indexes_are_equal_for_equal_texts_of_one_kind() {
    let keys = keys();
    assert_eq!(keys.blind(Blind::Nik, "1"), keys.blind(Blind::Nik, "1"));
    assert_eq!(keys.blind(Blind::Nik, "1").len(), 16);
    assert_ne!(keys.blind(Blind::Nik, "1"), keys.blind(Blind::Kk, "1"));
    assert_ne!(keys.blind(Blind::Nik, "1"), Keys::new("solok", &Ring::new([7; 32])).blind(Blind::Nik, "1"));
}

#[test]
fn a_printed_copy_names_the_line_that_is_wrong() {
    let ring = Ring::new(std::array::from_fn(|i| i as u8 * 7));
    let lines = Recovery(&ring).print_lines();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.len() == "1: XXXX-XXXX-XXXX-XXXX".len()), "{lines:?}");

    let mut wrong = lines.clone();
    let at = wrong[2].len() - 6;
    let symbol = if wrong[2].as_bytes()[at] == b'7' { "8" } else { "7" };
    wrong[2].replace_range(at..=at, symbol);
    assert_eq!(Recovery::parse(&wrong.join("\n")).unwrap_err(), RecoveryError::Check { line: 3 });

    let mut swapped = lines.clone();
    swapped.swap(0, 1);
    assert_eq!(Recovery::parse(&swapped.join("\n")).unwrap_err(), RecoveryError::Check { line: 1 });
    assert_eq!(Recovery::parse(&lines[..3].join("\n")).unwrap_err(), RecoveryError::Incomplete { lines: 3 });
    assert_eq!(Recovery::parse("AB?").unwrap_err(), RecoveryError::Symbol { line: 1, symbol: '?' });
    assert_eq!(Recovery::parse("ABC").unwrap_err(), RecoveryError::Length { line: 1, symbols: 3 });
}

fn decrypt(keys: &Keys, what: &[u8], file: &[u8]) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let mut reader = Decrypting::new(keys, what, file).map_err(|e| e.to_string())?;
    reader.read_to_end(&mut plain).map_err(|e| e.to_string())?;
    Ok(plain)
}

#[test]
fn files_of_every_length_come_back_and_a_shortened_one_does_not() {
    let (keys, ctx) = (keys(), ctx());
    let chunk = stream::CHUNK_BYTES;
    for length in [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5] {
        let plain: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let mut file = Vec::new();
        let written = stream::encrypt(&keys, &ctx, b"a", &plain, &mut file).unwrap();
        assert_eq!(written, file.len() as u64);
        assert_eq!(decrypt(&keys, b"a", &file).unwrap(), plain, "{length}");
        assert!(decrypt(&keys, b"b", &file).is_err(), "another file's name");
        assert!(decrypt(&keys, b"a", &file[..file.len() - 1]).is_err());
        if length > chunk {
            assert!(decrypt(&keys, b"a", &file[..16 + chunk + 16]).is_err(), "cut at a chunk's end");
            let mut moved = file.clone();
            moved.copy_within(16..16 + 16, 16 + chunk + 16);
            assert!(decrypt(&keys, b"a", &moved).is_err());
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_can_be_typed(keys in prop::collection::vec(any::<[u8; 32]>(), 1..4), lower in any::<bool>()) {
        let ring = Ring::from_keys(keys.into_iter().map(Zeroizing::new).collect()).unwrap();
        let mut typed = Recovery(&ring).print_lines().join("\n\n").replace('-', " ").replace("0", "O");
        if lower {
            typed = typed.to_lowercase();
        }
        prop_assert_eq!(Recovery::parse(&typed).unwrap().ids(), ring.ids());
    }

    #[test]
    fn a_changed_byte_never_opens(plain in prop::collection::vec(any::<u8>(), 0..50), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (keys, ctx) = (keys(), ctx());
        let mut sealed = keys.seal(&ctx, "t", "c", ROW, &plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1_u8 << bit;
        prop_assert!(keys.open("t", "c", ROW, &sealed).is_err());
    }
}
