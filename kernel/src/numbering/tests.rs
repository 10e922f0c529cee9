use jiff::{Timestamp, civil::date};
use proptest::prelude::*;

use super::{classification::NewClassification, *};
use crate::{
    Ctx, Db, Entropy, NewEntry,
    db::{KERNEL_MIGRATIONS, Meta, Target},
};

const UNIT: Id = Id::from_bytes([1; 16]);
static UNITS: Table = Table::audited(
    "kernel_unit",
    &["kind", "code", "name", "name_folded", "short_name", "slug", "address", "zone", "depth", "u1", "valid_from", "successors"],
);

pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) ctx: Ctx,
    _folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.db.write_now(&self.ctx, move |tx| {
            tx.entry(NewEntry::new("test"));
            run(tx)
        })
    }
}

pub(crate) fn village(tx: &mut Tx<'_>, id: Id, name: &str) -> Result<()> {
    let columns = cols! {
        "kind" => "village", "code" => "16.11.01.2001", "name" => name, "name_folded" => name, "short_name" => name,
        "slug" => id.to_string(), "address" => "", "zone" => "wib", "depth" => 1, "u1" => id, "valid_from" => "2000-01-01", "successors" => "[]"
    };
    Ok(tx.insert(&UNITS, id, &columns)?)
}

pub(crate) fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Target::Sqlite(folder.path().join("db")), Meta::default()).unwrap();
    let ctx = Ctx::system(Timestamp::from_second(1_790_000_000).unwrap(), "test", Entropy::seeded(1));
    db.migrate(&ctx, &[KERNEL_MIGRATIONS]).unwrap();
    let home = Home { db, ctx, _folder: folder };
    home.write(|tx| {
        village(tx, UNIT, "Tanjung Baru")?;
        for (code, from) in [("470", date(2020, 1, 1)), ("145", date(2020, 1, 1)), ("470", date(2026, 7, 1))] {
            let new = NewClassification {
                code: code.into(),
                name: format!("{code} {from}"),
                valid_from: from,
                valid_until: None,
                source: "test".into(),
            };
            classification::add(tx, &new)?;
        }
        Ok(())
    })
    .unwrap();
    home
}

fn letter(classification: &str) -> NewNumber {
    let classification = classification.to_owned();
    NewNumber { unit: UNIT, classification, on_date: date(2026, 11, 20), about: "usaha".into(), addressee: "Siti".into(), document: None }
}

fn key<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Refused(message)) => message.key.into_owned(),
        other => panic!("not refused: {other:?}"),
    }
}

fn flaws_of(home: &Home) -> Vec<Flaw> {
    home.db.read_now(all_flaws).unwrap()
}

#[test]
fn numbers_follow_each_other_and_restart_each_year() {
    let home = home();
    let take_at = |date: Date| home.write(move |tx| take(tx, &NewNumber { on_date: date, ..letter("470") })).unwrap().text;
    assert_eq!(take_at(date(2026, 11, 20)), "470/001/TB/XI/2026");
    assert_eq!(take_at(date(2026, 12, 31)), "470/002/TB/XII/2026");
    assert_eq!(take_at(date(2027, 1, 4)), "470/001/TB/I/2027");
    assert_eq!(take_at(date(2026, 12, 31)), "470/003/TB/XII/2026");
    assert_eq!(flaws_of(&home), []);
}

#[test]
fn a_signing_that_fails_takes_no_number() {
    let home = home();
    let failed = home.write(|tx| {
        take(tx, &letter("470"))?;
        Err::<(), _>(Error::refused("no"))
    });
    assert!(failed.is_err());
    assert_eq!(home.write(|tx| take(tx, &letter("470"))).unwrap().seq, 1);
}

#[test]
fn signers_at_the_same_moment_get_different_numbers() {
    let home = home();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| drop(home.write(|tx| take(tx, &letter("470"))).unwrap())));
        }
    });
    let series = home.db.read_now(|rx| series_of(rx, UNIT, 2026)).unwrap();
    assert_eq!((series.len(), series[0].last), (1, 80));
    assert_eq!(flaws_of(&home), []);
}

#[test]
fn the_paper_book_is_continued() {
    let home = home();
    let start = |last| home.write(move |tx| start_from(tx, UNIT, "", date(2026, 11, 20), last));
    assert_eq!(key(start(0)), "number-start-range");
    assert_eq!(start(41).unwrap().reason.as_deref(), Some(PAPER));
    let first = home.write(|tx| take(tx, &letter("470"))).unwrap();
    assert_eq!((first.seq, first.text.as_str()), (42, "470/042/TB/XI/2026"));
    assert_eq!(key(start(50)), "number-series-started");
    assert_eq!(key(home.write(|tx| record_outside(tx, &letter("470"), Some(7)))), "number-on-paper");
    assert_eq!(flaws_of(&home), []);
}

#[test]
fn a_letter_written_outside_takes_the_next_number_or_a_reserved_one() {
    let home = home();
    home.write(|tx| take(tx, &letter("470"))).unwrap();
    let pack = home.write(|tx| reserve_block(tx, UNIT, "", date(2026, 11, 20), 3)).unwrap();
    let texts: Vec<&str> = pack.numbers.iter().map(|number| number.text.as_str()).collect();
    assert_eq!(texts, ["..../002/TB/..../2026", "..../003/TB/..../2026", "..../004/TB/..../2026"]);
    let outside = |seq| home.write(move |tx| record_outside(tx, &letter("145"), seq));
    assert_eq!(outside(None).unwrap().text, "145/005/TB/XI/2026");
    assert_eq!(key(outside(Some(7))), "number-skips");
    assert_eq!(key(outside(Some(1))), "number-issued");
    let filled = outside(Some(3)).unwrap();
    assert_eq!((filled.text.as_str(), filled.state, filled.pack), ("145/003/TB/XI/2026", State::Outside, Some(pack.id)));
    assert_eq!(key(outside(Some(3))), "number-issued");

    let first = pack.numbers[0].id;
    let fill = move |tx: &mut Tx<'_>| fill_reserved(tx, first, Expect::Version(1), &letter("470"));
    assert_eq!(home.write(fill).unwrap().text, "470/002/TB/XI/2026");
    assert_eq!(key(home.write(fill)), "number-not-reserved");
    let third = pack.numbers[2].id;
    let late = move |tx: &mut Tx<'_>| fill_reserved(tx, third, Expect::Any, &NewNumber { on_date: date(2027, 1, 2), ..letter("470") });
    assert_eq!(key(home.write(late)), "number-other-year");
    assert_eq!(home.db.read_now(|rx| super::pack(rx, pack.id)).unwrap().len(), 3);
    assert_eq!(key(home.write(|tx| reserve_block(tx, UNIT, "", date(2026, 1, 1), 51))), "number-pack-size");
    assert_eq!(flaws_of(&home), []);
}

#[test]
fn a_void_number_stays_in_the_book() {
    let home = home();
    let number = home.write(|tx| take(tx, &letter("470"))).unwrap();
    let cancel = |reason: &'static str| home.write(move |tx| void(tx, number.id, Expect::Any, reason));
    assert_eq!(key(cancel(" ")), "number-reason-missing");
    assert_eq!(cancel("salah ketik").unwrap().state, State::Void);
    assert_eq!(key(cancel("lagi")), "number-void-already");
    assert_eq!(home.write(|tx| take(tx, &letter("470"))).unwrap().seq, 2);
    let voided = agenda::Filter { state: Some(State::Void), ..agenda::Filter::year(UNIT, 2026) };
    let page = home.db.read_now(move |rx| agenda::page(rx, &voided, Order::Ascending, None, 10)).unwrap();
    assert_eq!(page[0].reason.as_deref(), Some("salah ketik"));
}

#[test]
fn the_agenda_lists_every_number_page_by_page() {
    let home = home();
    home.write(|tx| {
        for _ in 0..3 {
            take(tx, &letter("470"))?;
        }
        reserve_block(tx, UNIT, "", date(2026, 11, 20), 2).map(drop)
    })
    .unwrap();
    for (order, wanted) in [(Order::Ascending, [1, 2, 3, 4, 5]), (Order::Descending, [5, 4, 3, 2, 1])] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let year = agenda::Filter::year(UNIT, 2026);
            let page = home.db.read_now(move |rx| agenda::page(rx, &year, order, after, 2)).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.seq, last.id));
            seen.extend(page.iter().map(|number| number.seq));
        }
        assert_eq!(seen, wanted);
    }
}

#[test]
fn each_classification_may_have_its_own_book() {
    let home = home();
    assert_eq!(Policy::new(Scope::Classification, "{nomor}/{tahun}").unwrap_err().key, "number-template-without-classification");
    let set = |scope, template: &'static str| home.write(move |tx| Policy::new(scope, template)?.set(tx, UNIT, 2026));
    set(Scope::Classification, "{klasifikasi}/{nomor}/{tahun}").unwrap();
    let texts =
        home.write(|tx| ["470", "145", "470"].iter().map(|code| Ok(take(tx, &letter(code))?.text)).collect::<Result<Vec<_>>>()).unwrap();
    assert_eq!(texts, ["470/1/2026", "145/1/2026", "470/2/2026"]);
    assert_eq!(key(set(Scope::Agenda, Template::USUAL)), "number-scope-in-use");
    set(Scope::Classification, "{klasifikasi}/{nomor4}/{singkatan}/{tahun}").unwrap();
    home.write(|tx| set_abbreviation(tx, UNIT, "Ds.TB")).unwrap();
    assert_eq!(home.write(|tx| take(tx, &letter("470"))).unwrap().text, "470/0003/Ds.TB/2026");
    let books: Vec<String> = home.db.read_now(|rx| series_of(rx, UNIT, 2026)).unwrap().into_iter().map(|series| series.book).collect();
    assert_eq!(books, ["klasifikasi:145", "klasifikasi:470"]);
    assert_eq!(flaws_of(&home), []);
}

#[test]
fn the_classification_is_that_of_the_day() {
    let home = home();
    let name = |on| home.db.read_now(move |rx| classification::at(rx, "470", on)).unwrap().map(|found| found.name);
    assert_eq!(name(date(2026, 6, 30)).as_deref(), Some("470 2020-01-01"));
    assert_eq!(name(date(2026, 7, 1)).as_deref(), Some("470 2026-07-01"));
    assert_eq!(name(date(2019, 1, 1)), None);
    assert_eq!(home.db.read_now(|rx| classification::list(rx, date(2026, 8, 1))).unwrap().len(), 2);
    assert_eq!(key(home.write(|tx| take(tx, &letter("999")))), "number-classification-unknown");
}

#[test]
fn the_ekspedisi_names_the_receiver() {
    let home = home();
    let line = |day: i8, receiver: &str| dispatch::NewDispatch {
        unit: UNIT,
        document: None,
        number: "470/001/TB/XI/2026".into(),
        on_date: date(2026, 11, day),
        addressee: "Siti".into(),
        about: "usaha".into(),
        receiver: receiver.into(),
        way: dispatch::Way::PickedUp,
    };
    let nobody = line(1, " ");
    assert_eq!(key(home.write(move |tx| dispatch::record(tx, &nobody))), "dispatch-receiver-missing");
    for day in [2, 3, 3, 4] {
        let line = line(day, "Siti");
        home.write(move |tx| dispatch::record(tx, &line)).unwrap();
    }
    let (from, until) = (date(2026, 11, 3), date(2026, 11, 30));
    for (order, wanted) in [(Order::Descending, vec![4, 3, 3]), (Order::Ascending, vec![3, 3, 4])] {
        let page = |after| {
            let lines = dispatch::Lines { unit: UNIT, from, until, order, after, limit: 2 };
            home.db.read_now(move |rx| dispatch::page(rx, lines)).unwrap()
        };
        let first = page(None);
        let second = page(first.last().map(|line| (line.on_date, line.id)));
        let days: Vec<i8> = first.iter().chain(&second).map(|line| line.on_date.day()).collect();
        assert_eq!(days, wanted);
    }
}

#[test]
fn a_lost_row_is_found() {
    let home = home();
    let number = home
        .write(|tx| {
            take(tx, &letter("470"))?;
            let second = take(tx, &letter("470"))?;
            take(tx, &letter("470"))?;
            Ok(second)
        })
        .unwrap();
    home.write(move |tx| Ok(tx.delete(&NUMBER, number.id, Expect::Any)?)).unwrap();
    assert_eq!(flaws_of(&home), [Flaw::Missing { series: number.series, seq: 2 }]);
    home.write(move |tx| Ok(tx.update(&SERIES, number.series, Expect::Any, &cols! { "last" => 1 })?)).unwrap();
    assert_eq!(flaws_of(&home), [Flaw::Beyond { series: number.series, seq: 3 }]);
}

#[derive(Debug, Clone)]
enum Act {
    Take(bool),
    Void(usize),
    Reserve(i64),
    Fill(usize),
    Outside(Option<i64>),
    Fail,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<bool>().prop_map(Act::Take),
        (0..40_usize).prop_map(Act::Void),
        (1..6_i64).prop_map(Act::Reserve),
        (0..40_usize).prop_map(Act::Fill),
        proptest::option::of(0..40_i64).prop_map(Act::Outside),
        Just(Act::Fail),
    ]
}

fn perform(tx: &mut Tx<'_>, act: &Act, known: &[Id]) -> Result<Vec<Number>> {
    let pick = |place: usize| known.get(place % known.len().max(1)).copied().ok_or(Error::Missing);
    Ok(match act {
        Act::Take(other) => vec![take(tx, &letter(if *other { "145" } else { "470" }))?],
        Act::Void(place) => vec![void(tx, pick(*place)?, Expect::Any, "salah")?],
        Act::Reserve(count) => reserve_block(tx, UNIT, "470", date(2026, 11, 20), *count)?.numbers,
        Act::Fill(place) => vec![fill_reserved(tx, pick(*place)?, Expect::Any, &letter("470"))?],
        Act::Outside(seq) => vec![record_outside(tx, &letter("470"), *seq)?],
        Act::Fail => {
            take(tx, &letter("470"))?;
            return Err(Error::refused("no"));
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever officers do, in whatever order, no number is missing, none is issued twice and none changes hands.
    #[test]
    fn no_gap_and_no_duplicate(acts in prop::collection::vec(act(), 1..40), start in proptest::option::of(1..90_i64), split in any::<bool>()) {
        let home = home();
        if split {
            home.write(|tx| Policy::new(Scope::Classification, "{klasifikasi}/{nomor}/{tahun}")?.set(tx, UNIT, 2026)).unwrap();
        }
        if let Some(start) = start {
            home.write(move |tx| start_from(tx, UNIT, "470", date(2026, 1, 2), start)).unwrap();
        }
        let mut known = Vec::new();
        for act in acts {
            let ids = known.clone();
            if let Ok(numbers) = home.write(move |tx| perform(tx, &act, &ids)) {
                for number in numbers {
                    if !known.contains(&number.id) {
                        known.push(number.id);
                    }
                }
            }
        }
        prop_assert_eq!(flaws_of(&home), []);
        let rows = home.db.read_now(|rx| rx.all("select text from kernel_number where state <> 'reserved' and state <> 'void'", &[])).unwrap();
        let texts: std::collections::BTreeSet<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        prop_assert_eq!(texts.len(), rows.len(), "no two letters carry one number");
    }
}
