use super::*;
use crate::{Id, Result, Tx, db::Meta, testing::Home};

fn unit(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

fn put(home: &Home, docs: Vec<Doc>) {
    let write = move |tx: &mut Tx<'_>| docs.iter().try_for_each(|doc| index(tx, doc));
    home.write_now(&home.machine(), write).unwrap();
}

fn found(home: &Home, asked: Query) -> Vec<String> {
    let hits: Result<Vec<Hit>> = home.read_now(move |rx| query(rx, &asked));
    hits.unwrap().into_iter().map(|hit| hit.title).collect()
}

fn person(n: u8, name: &str, village: u8) -> Doc {
    Doc::new("person", unit(n), name).name(name).scope([unit(200), unit(village)]).hash([n, n])
}

fn people() -> Home {
    let home = Home::new(Meta::default());
    let names = ["Siti Aminah", "Soekarno Hatta", "Muhammad Yusuf", "Moh. Jusup", "H. Achmad Ma'ruf, S.Pd.I", "Budi Hidayat"];
    put(&home, names.iter().zip(1..).map(|(name, n)| person(n, name, if n % 2 == 0 { 102 } else { 101 })).collect());
    home
}

#[test]
fn names_are_found_by_words_and_their_beginnings() {
    let home = people();
    for (typed, names) in [
        ("siti", &["Siti Aminah"][..]),
        ("aminah siti", &["Siti Aminah"]),
        ("si", &["Siti Aminah"]),
        ("hida", &["Budi Hidayat"]),
        ("hiday", &["Budi Hidayat"]),
        ("MA'RUF", &["H. Achmad Ma'ruf, S.Pd.I"]),
        ("siti budi", &[]),
        ("\" OR * (", &[]),
        ("", &["Budi Hidayat", "H. Achmad Ma'ruf, S.Pd.I", "Moh. Jusup", "Muhammad Yusuf", "Soekarno Hatta", "Siti Aminah"]),
    ] {
        assert_eq!(found(&home, Query::new("person", typed)), names, "{typed}");
    }
}

#[test]
fn names_are_found_as_they_sound_and_with_one_slip() {
    let home = people();
    for (typed, names) in [
        ("sukarno", &["Soekarno Hatta"][..]),
        ("sukarna hata", &["Soekarno Hatta"]),
        ("ahmad", &["H. Achmad Ma'ruf, S.Pd.I"]),
        ("hidyaat", &["Budi Hidayat"]),
        ("hidaiat", &["Budi Hidayat"]),
        ("mohammad yusup", &["Moh. Jusup", "Muhammad Yusuf"]),
        ("xxhidayat", &[]),
    ] {
        assert_eq!(found(&home, Query::new("person", typed)), names, "{typed}");
    }
    assert!(found(&home, Query::new("person", "sukarno").fuzzy(Fuzzy::Never)).is_empty());
}

#[test]
fn nothing_is_found_outside_the_scope() {
    let home = people();
    assert_eq!(found(&home, Query::new("person", "siti").scope([unit(101)])), ["Siti Aminah"]);
    assert!(found(&home, Query::new("person", "siti").scope([unit(102)])).is_empty());
    assert!(found(&home, Query::new("person", "sitti").scope([unit(102)])).is_empty());
    assert_eq!(found(&home, Query::new("person", "siti").scope([unit(102), unit(200)])), ["Siti Aminah"]);
    assert!(found(&home, Query::new("case", "siti")).is_empty());
}

#[test]
fn a_blind_index_is_found_only_whole() {
    let home = people();
    assert_eq!(found(&home, Query::new("person", "").hash([2, 2]).scope([unit(102)])), ["Soekarno Hatta"]);
    assert!(found(&home, Query::new("person", "").hash([2, 2]).scope([unit(101)])).is_empty());
    assert!(found(&home, Query::new("person", "").hash([2])).is_empty());
    assert!(found(&home, Query::new("person", "0202")).is_empty());
}

#[test]
fn codes_are_found_however_they_are_typed() {
    let home = Home::new(Meta::default());
    put(
        &home,
        vec![
            Doc::new("case", unit(1), "Surat Keterangan Usaha").name("Siti").code("7K3M-0P1R-WXYZ").code("470/12/XI/2026"),
            Doc::new("case", unit(2), "Surat Keterangan Domisili").name("Budi").code("8K3M-0P1R-WXYZ"),
        ],
    );
    for typed in ["7K3M-0P1R-WXYZ", "7k3m 0p1r wxyz", "7K3MOPIRWXYZ", "7k3m", "7K3M-OP", "470/12", "47012"] {
        assert_eq!(found(&home, Query::new("case", typed)), ["Surat Keterangan Usaha"], "{typed}");
    }
    assert_eq!(found(&home, Query::new("case", "").code("8k3m0p1rwxyz")), ["Surat Keterangan Domisili"]);
    assert!(found(&home, Query::new("case", "").code("8k3m")).is_empty());
}

#[test]
fn a_document_is_replaced_and_removed() {
    let home = people();
    put(&home, vec![person(1, "Siti Rahma", 101)]);
    assert!(found(&home, Query::new("person", "aminah").fuzzy(Fuzzy::Never)).is_empty());
    assert_eq!(found(&home, Query::new("person", "rahma")), ["Siti Rahma"]);
    home.write_now(&home.machine(), |tx| remove(tx, "person", unit(1))).unwrap();
    home.write_now(&home.machine(), |tx| remove(tx, "person", unit(1))).unwrap();
    assert!(found(&home, Query::new("person", "rahma")).is_empty());
    assert_eq!(home.count("select count(*) from kernel_search"), 5);
    home.write_now(&home.machine(), |tx| clear(tx, "person")).unwrap();
    assert!(found(&home, Query::new("person", "")).is_empty());
}

#[test]
fn pages_follow_each_other() {
    let home = Home::new(Meta::default());
    put(&home, (0..25).map(|n| Doc::new("case", unit(n), format!("Surat {n}"))).collect());
    let page = |before: Option<i64>| {
        let asked = Query::new("case", "surat").limit(10);
        let asked = before.map_or(asked.clone(), |seq| asked.before(seq));
        home.read_now::<_, crate::Error>(move |rx| query(rx, &asked)).unwrap()
    };
    let (first, second) = (page(None), page(page(None).last().map(|hit| hit.seq)));
    assert_eq!((first[0].title.as_str(), second[0].title.as_str()), ("Surat 24", "Surat 14"));
    assert_eq!(page(second.last().map(|hit| hit.seq)).len(), 5);
}

#[test]
fn services_are_ranked_and_forgive_typing() {
    let home = Home::new(Meta::default());
    let service = |n: u8, title: &str, text: &str| Doc::new("service", unit(n), title).name(title).text(text);
    put(
        &home,
        vec![
            service(1, "Surat Keterangan Usaha", "toko warung dagang kredit bank berusaha"),
            service(2, "Surat Keterangan Domisili", "tempat tinggal pindah usaha"),
            service(3, "Dispensasi Nikah", "menikah kurang dari sepuluh hari"),
            service(4, "Surat Keterangan Belum Menikah", "bujangan"),
        ],
    );
    let asked = |typed: &str| found(&home, Query::new("service", typed).ranked().fuzzy(Fuzzy::Always));
    assert_eq!(asked("usaha"), ["Surat Keterangan Usaha", "Surat Keterangan Domisili"]);
    assert_eq!(asked("surat usha"), ["Surat Keterangan Usaha", "Surat Keterangan Domisili"]);
    assert_eq!(asked("domisilli"), ["Surat Keterangan Domisili"]);
    assert_eq!(asked("pernikahan"), ["Dispensasi Nikah", "Surat Keterangan Belum Menikah"]);
    assert_eq!(asked("kawin nikah")[0], "Dispensasi Nikah");
    assert_eq!(asked("izin warung"), ["Surat Keterangan Usaha"]);
}

#[test]
fn a_word_of_a_transaction_that_failed_is_learnt_by_the_next() {
    let home = people();
    let failed: Result<()> = home.write_now(&home.machine(), |tx: &mut Tx<'_>| {
        index(tx, &person(9, "Rosmawati", 101))?;
        Err(crate::Error::Missing)
    });
    assert!(failed.is_err());
    put(&home, vec![person(9, "Rosmawati", 101)]);
    // By its beginning and with a slip, for which the dictionary has to have it.
    assert_eq!(found(&home, Query::new("person", "rosmaw")), ["Rosmawati"]);
    assert_eq!(found(&home, Query::new("person", "rosmawatti")), ["Rosmawati"]);
    put(&home, vec![person(10, "Rosmawati Dua", 101)]);
    assert_eq!(found(&home, Query::new("person", "rosmaw")), ["Rosmawati Dua", "Rosmawati"]);
}

#[test]
fn without_a_scope_only_the_kind_asked_for_is_found() {
    let home = people();
    put(&home, vec![Doc::new("case", unit(50), "Surat · S••• A•••••").name("Siti Aminah").scope([unit(200)])]);
    assert_eq!(found(&home, Query::new("case", "siti aminah")), ["Surat · S••• A•••••"]);
    assert_eq!(found(&home, Query::new("person", "siti aminah")), ["Siti Aminah"]);
}
