use std::io::Write as _;

use flate2::{
    Compression,
    write::{DeflateEncoder, ZlibEncoder},
};

use super::*;
use crate::{
    Entropy, Error,
    db::{KERNEL_MIGRATIONS, Meta, Target},
    keys::Ring,
};

struct Home {
    blobs: Blobs,
    db: Db,
    ctx: Ctx,
    folder: tempfile::TempDir,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(Keys::new("empat-lawang", &Ring::new([7; 32])));
    let db = Db::open(&Target::Sqlite(folder.path().join("db")), Meta::default()).unwrap();
    let ctx = Ctx::system(Timestamp::from_second(4_000_000_000).unwrap(), "test", Entropy::seeded(1));
    db.migrate(&ctx, &[KERNEL_MIGRATIONS]).unwrap();
    Home { blobs: Blobs::with_reserve(&folder.path().join("blobs"), keys, 0).unwrap(), db, ctx, folder }
}

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::new(8, 8).write_to(&mut io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

fn pdf(body: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{body}\ntrailer\n%%EOF\n").into_bytes()
}

/// A PDF whose objects stand in a compressed stream.
fn packed_pdf(objects: &str) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(objects.as_bytes()).unwrap();
    let mut bytes = b"%PDF-1.7\n4 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n".to_vec();
    bytes.extend(packer.finish().unwrap());
    bytes.extend(b"\nendstream endobj\ntrailer\n%%EOF\n");
    bytes
}

/// A zip file of `entries`; each says it unpacks to `claimed` bytes, or the truth.
fn zip(entries: &[(&str, Vec<u8>)], claimed: Option<u32>) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for (name, body) in entries {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(body).unwrap();
        let packed = deflate.finish().unwrap();
        let offset = out.len() as u32;
        let mut common = [20_u16, 0, 8, 0, 0].iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        for number in [0, packed.len() as u32, claimed.unwrap_or(body.len() as u32)] {
            common.extend(number.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        central.extend(b"PK\x01\x02\x14\0");
        central.extend(&common);
        central.extend([0; 10]);
        central.extend(offset.to_le_bytes());
        central.extend(name.as_bytes());
    }
    let (start, length) = (out.len() as u32, central.len() as u32);
    out.extend(central);
    out.extend(b"PK\x05\x06\0\0\0\0");
    for count in [entries.len() as u16; 2] {
        out.extend(count.to_le_bytes());
    }
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn workbook(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let base = [("[Content_Types].xml", b"<Types/>".to_vec()), ("xl/workbook.xml", b"<workbook/>".to_vec())];
    zip(&[&base, more].concat(), None)
}

fn refusal(home: &Home, name: &str, bytes: &[u8], limits: &Limits) -> String {
    match home.blobs.put(&home.ctx, name, bytes, limits) {
        Err(BlobError::Refused(message)) => message.key.into_owned(),
        other => panic!("{name} was not refused: {other:?}"),
    }
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn a_file_comes_back_as_it_was_and_is_unreadable_on_disk() {
    let home = home();
    let sent = pdf("1 0 obj (Siti Aminah) endobj");
    let staged = home.blobs.put(&home.ctx, "surat.pdf", &sent, &Limits::ATTACHMENT).unwrap();
    assert_eq!((staged.media_type.as_str(), staged.size), ("application/pdf", sent.len() as u64));
    assert_eq!(home.blobs.bytes(staged.id).unwrap(), sent);
    home.blobs.verify(staged.id, &staged.hash).unwrap();
    let stored = std::fs::read(home.blobs.path(staged.id)).unwrap();
    assert_eq!(stored.len() as u64, staged.stored_size);
    assert!(!stored.windows(4).any(|window| window == b"Siti"));

    let mut changed = stored.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(home.blobs.path(staged.id), changed).unwrap();
    assert!(matches!(home.blobs.bytes(staged.id), Err(BlobError::Damaged(_))));
    assert!(matches!(home.blobs.verify(staged.id, &staged.hash), Err(BlobError::Damaged(_))));
    assert!(matches!(home.blobs.bytes(Id::NIL), Err(BlobError::Missing)));
}

#[test]
fn what_is_not_what_it_seems_is_refused_with_advice() {
    let home = home();
    let cases: [(&str, Vec<u8>, &str); 16] = [
        ("foto.jpg", b"MZ\x90\0\x03".to_vec(), "blob-is-a-program"),
        ("foto.jpg", b"\xff\xd8\xff\xe0MZ\x90".to_vec(), "blob-not-a-picture"),
        ("foto.jpg", b"hello".to_vec(), "blob-not-a-picture"),
        ("logo.svg", b"<svg onload=alert(1)>".to_vec(), "blob-is-a-web-page"),
        ("foto.png", b"  <!DOCTYPE html><script>".to_vec(), "blob-is-a-web-page"),
        ("a.pdf", b"%PDF-1.7 <html><script>x()</script> %%EOF".to_vec(), "blob-is-a-web-page"),
        ("a.pdf", b"%PDF-1.7 cut".to_vec(), "blob-pdf-damaged"),
        ("a.pdf", pdf("<< /S /JavaScript /JS (app.alert(1)) >>"), "blob-pdf-active"),
        ("a.pdf", pdf("<< /S /#4aava#53cript /JS (app.alert(1)) >>"), "blob-pdf-active"),
        ("a.pdf", packed_pdf("<< /S /JavaScript /JS (app.alert(1)) >>"), "blob-pdf-active"),
        ("a.pdf", pdf("<< /Encrypt 5 0 R >>"), "blob-pdf-protected"),
        ("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "blob-picture-heic"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), "blob-old-or-protected"),
        ("a.xlsx", workbook(&[]), "blob-kind-not-allowed"),
        ("a.txt", b"hello".to_vec(), "blob-kind-not-allowed"),
        ("a.pdf", Vec::new(), "blob-empty"),
    ];
    for (name, bytes, key) in cases {
        assert_eq!(refusal(&home, name, &bytes, &Limits::ATTACHMENT), key, "{name}");
    }
    let large = Limits { size_bytes_max: 2_000_000, ..Limits::ATTACHMENT };
    assert_eq!(refusal(&home, "a.pdf", &vec![b'x'; 2_000_001], &large), "blob-too-large");
    let endless = home.blobs.put_reader(&home.ctx, "a.pdf", io::repeat(b'x'), &large);
    assert!(matches!(endless, Err(BlobError::Refused(message)) if message.key == "blob-too-large"));
    assert_eq!(files(&home.folder.path().join("blobs")), 0, "nothing of it is kept");
}

#[test]
fn a_workbook_is_taken_unless_it_is_a_bomb_or_carries_macros() {
    let home = home();
    home.blobs.put(&home.ctx, "penduduk.xlsx", &workbook(&[("xl/a.xml", vec![b'x'; 100_000])]), &Limits::WORKBOOK).unwrap();
    let zeros = vec![0; 3 << 20];
    let name = |i: usize| format!("xl/worksheets/sheet{i}.xml");
    let names: Vec<String> = (0..90).map(name).collect();
    let sheets: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), zeros.clone())).collect();
    let mut all = vec![("[Content_Types].xml", Vec::new()), ("xl/workbook.xml", Vec::new())];
    all.extend(sheets);
    let bomb = zip(&all, Some(10));
    assert!(bomb.len() < 400_000);
    assert_eq!(refusal(&home, "a.xlsx", &bomb, &Limits::WORKBOOK), "blob-workbook-bomb");
    assert_eq!(refusal(&home, "a.xlsx", &workbook(&[("xl/vbaProject.bin", vec![1])]), &Limits::WORKBOOK), "blob-workbook-macros");
    let mut cut = workbook(&[]);
    cut.truncate(cut.len() - 30);
    assert_eq!(refusal(&home, "a.xlsx", &cut, &Limits::WORKBOOK), "blob-workbook-damaged");
    assert_eq!(refusal(&home, "a.docx", &zip(&[("word/document.xml", vec![])], None), &Limits::WORKBOOK), "blob-kind-not-allowed");
}

#[test]
fn a_full_disk_is_a_clear_error_and_leaves_nothing() {
    let home = home();
    let keys = Arc::new(Keys::new("g", &Ring::new([1; 32])));
    let folder = home.folder.path().join("full");
    let full = Blobs::with_reserve(&folder, keys, u64::MAX / 2).unwrap();
    let error = full.put_own(&home.ctx, b"x", "text/csv").unwrap_err();
    assert!(matches!(error, BlobError::Full));
    assert!(matches!(Error::from(error), Error::Db(DbError::Full)));
    assert_eq!(files(&folder), 0);
}

#[test]
fn orphans_are_collected_and_used_files_stay() {
    let home = home();
    let put = |text: &str| home.blobs.put_own(&home.ctx, text.as_bytes(), "text/plain").unwrap();
    let (used, parked, orphan, released) = (put("used"), put("parked"), put("orphan"), put("released"));
    let (used_id, parked_id, orphan_id, released_id) = (used.id, parked.id, orphan.id, released.id);
    home.db
        .write_now(&home.ctx, move |tx| {
            adopt(tx, &used)?;
            park(tx, &parked)?;
            adopt(tx, &released)?;
            release(tx, released_id)
        })
        .unwrap();
    let young = home.ctx.at(Timestamp::UNIX_EPOCH);
    assert_eq!(home.blobs.collect(&young, &home.db).unwrap(), 0, "all of them are younger than a day");

    // The files are of today; the clock of this test is decades later.
    let later = home.ctx.at(home.ctx.now() + SignedDuration::from_hours(25));
    home.db.write_now(&later, move |tx| take(tx, parked_id)).unwrap();
    assert!(matches!(home.db.write_now(&later, move |tx| take(tx, parked_id)), Err(DbError::Missing)));
    assert_eq!(home.blobs.collect(&later, &home.db).unwrap(), 2);
    assert_eq!(home.blobs.bytes(used_id).unwrap(), b"used");
    assert_eq!(home.blobs.bytes(parked_id).unwrap(), b"parked");
    assert!(matches!(home.blobs.bytes(orphan_id), Err(BlobError::Missing)));
    assert!(matches!(home.blobs.bytes(released_id), Err(BlobError::Missing)));
    let known: Vec<Id> = home.db.read_now(|rx| list(rx, Id::NIL, 10)).unwrap().iter().map(|blob| blob.id).collect();
    assert_eq!(known, [used_id, parked_id].iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>());
}

#[test]
fn an_upload_goes_on_where_the_signal_was_lost() {
    let home = home();
    let (owner, file) = (Id::from_bytes([1; 16]), png());
    let size = file.len() as i64;
    let begun = home.db.write_now(&home.ctx, move |tx| upload::begin(tx, owner, "foto.png", size, &Limits::ATTACHMENT)).unwrap();
    let find = |owner| home.db.read_now(|rx| upload::find(rx, begun.id, owner)).unwrap();
    assert_eq!(find(Id::NIL), None, "somebody else's upload is not there");

    home.blobs.write_part(&home.ctx, &begun, 0, &file[..30]).unwrap();
    // The answer was lost before it was counted: the same part again.
    home.blobs.write_part(&home.ctx, &begun, 0, &file[..30]).unwrap();
    let advance =
        |upload: upload::Upload, offset, length| home.db.write_now(&home.ctx, move |tx| upload::advance(tx, &upload, offset, length));
    assert_eq!(advance(begun.clone(), 0, 30).unwrap(), 30);
    assert_eq!(advance(begun.clone(), 0, 30).unwrap(), 30, "counted once");
    let half = find(owner).unwrap();
    assert_eq!(half.received, 30);
    assert!(home.blobs.finish_upload(&home.ctx, &half, &Limits::ATTACHMENT).is_err());
    assert!(home.blobs.write_part(&home.ctx, &half, 40, &file[40..]).is_err(), "a part is missing between");
    assert!(matches!(advance(half.clone(), 40, 5), Err(Error::Refused(message)) if message.key == "upload-wrong-place"));

    home.blobs.write_part(&home.ctx, &half, 30, &file[30..]).unwrap();
    advance(half, 30, size - 30).unwrap();
    let whole = find(owner).unwrap();
    let staged = home.blobs.finish_upload(&home.ctx, &whole, &Limits::ATTACHMENT).unwrap();
    let (upload, parked) = (whole.clone(), staged.clone());
    let blob = home.db.write_now(&home.ctx, move |tx| upload::finish(tx, &upload, &parked)).unwrap();
    home.blobs.remove_parts(whole.id).unwrap();
    assert_eq!(find(owner).unwrap().blob, Some(blob));
    assert_eq!(home.blobs.bytes(blob).unwrap(), file);
    assert_eq!(files(&home.folder.path().join("blobs/parts")), 0);
}

#[test]
fn uploads_are_bounded_before_a_byte_is_sent() {
    let home = home();
    let begin = |size| home.db.write_now(&home.ctx, move |tx| upload::begin(tx, Id::NIL, "a", size, &Limits::ATTACHMENT));
    assert!(matches!(begin(30_000_000), Err(Error::Refused(message)) if message.key == "blob-too-large"));
    for _ in 0..20 {
        begin(10).unwrap();
    }
    assert!(matches!(begin(10), Err(Error::Refused(message)) if message.key == "upload-too-many"));
}
