use std::sync::Arc;

use super::*;
use crate::unit::tests::{Tree, refusal};

/// A person with nothing but a name, as tests of other nouns need.
pub(crate) fn somebody(tx: &mut Tx<'_>, unit: Id, name: &str) -> Result<Id> {
    let id = tx.ctx().new_id();
    let columns = crate::cols! {
        "unit" => unit, "name" => name, "name_folded" => indonesian::fold_name(name), "nik_state" => "none", "source" => "test",
    };
    tx.insert(&PERSON, id, &columns)?;
    tx.entry(NewEntry::new("test.person.created"));
    Ok(id)
}

const NIK: &str = "1611015703900001";

fn form(name: &str, nik: &str) -> PersonForm {
    PersonForm {
        name: name.into(),
        nik: Some(nik.into()),
        sex: Some(Sex::Female),
        birth_date: Some(jiff::civil::date(1990, 3, 17)),
        source: "counter".into(),
        ..PersonForm::default()
    }
}

fn checks() -> Checks {
    Checks::on(jiff::civil::date(2026, 11, 20))
}

fn problems(form: &PersonForm) -> Vec<(&'static str, String)> {
    let Err(problems) = form.check(checks()) else { return Vec::new() };
    problems.into_iter().map(|problem| (problem.field, problem.message.key.into_owned())).collect()
}

#[test]
fn what_nobody_sees_in_a_name_is_left_out() {
    // A number copied from a chat brings marks of direction; a name could be turned around by them, or hidden from a search.
    let pasted =
        PersonForm { phone: Some("\u{202a}0812 3456 7890\u{202c}".into()), ..form("\u{202e}Siti\u{200b} Re\u{301}na\u{2069}", NIK) };
    let new = pasted.check(checks()).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(new.name(), "Siti R\u{e9}na");
    assert_eq!(problems(&form("Siti\u{7}", NIK)), [("name", "kernel-text-control".to_owned())]);
}

#[test]
fn what_was_typed_is_told_by_a_table() {
    let table: [(PersonForm, &[(&str, &str)]); 12] = [
        (form("Rahma Hidayat", NIK), &[]),
        (form("Rahma", "1611 0157 0390 0001"), &[]),
        (form("  ", NIK), &[("name", "kernel-person-name-needed")]),
        (form("Rahma", "161101570390001"), &[("nik", "kernel-nik-length")]),
        (form("Rahma", "16110157039000O1"), &[("nik", "kernel-nik-symbol")]),
        (form("Rahma", "1611019903900001"), &[("nik_reason", "kernel-nik-date")]),
        (form("Rahma", "1611011703900001"), &[("nik_reason", "kernel-nik-sex-differs")]),
        (form("Rahma", "1611015803900001"), &[("nik_reason", "kernel-nik-date-differs")]),
        (form("Rahma", "1611015703900000"), &[("nik_reason", "kernel-nik-serial")]),
        (
            PersonForm { kk: Some("12".into()), phone: Some("call me".into()), email: Some("rahma@desa".into()), ..form("Rahma", NIK) },
            &[("kk", "kernel-kk-length"), ("phone", "kernel-phone"), ("email", "kernel-email")],
        ),
        (
            PersonForm { birth_date: Some(jiff::civil::date(2026, 11, 21)), ..form("Rahma", "") },
            &[("birth_date", "kernel-person-birth-date")],
        ),
        (PersonForm { address: "x".repeat(201), ..form("Rahma", "") }, &[("address", "kernel-text-long")]),
    ];
    for (form, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(field, key)| (*field, (*key).to_owned())).collect();
        assert_eq!(problems(&form), expected, "{}", form.name);
    }
}

#[test]
fn an_odd_nik_is_accepted_with_a_reason() {
    let odd = PersonForm { nik_reason: "KTP lama".into(), ..form("Rahma", "1611011703900001") };
    assert_eq!(odd.check(checks()).ok().unwrap().nik_state(), NikState::Odd);
    assert_eq!(form("Rahma", "").check(checks()).ok().unwrap().nik_state(), NikState::None);
    let demo = Checks { demo: true, ..checks() };
    assert_eq!(form("Rahma", "1611015703900000").check(demo).ok().unwrap().nik_state(), NikState::Ok);
}

struct Office {
    tree: Tree,
    keys: Arc<Keys>,
}

impl Office {
    fn new() -> Self {
        let tree = Tree::new();
        Self { keys: Arc::clone(&tree.home.keys), tree }
    }

    fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>, &Keys) -> Result<T> + Send + 'static) -> Result<T> {
        let keys = Arc::clone(&self.keys);
        self.tree.write(move |tx| {
            tx.entry(NewEntry::new("test"));
            run(tx, &keys)
        })
    }

    fn merges(&self, form: PersonForm) -> Merged {
        let new = form.check(checks()).ok().unwrap();
        self.write(move |tx, keys| merge(tx, keys, &new)).unwrap()
    }

    fn person(&self, id: Id) -> Person {
        self.tree.read(|rx| find(rx, id)).unwrap()
    }

    fn opens(&self, id: Id) -> Revealed {
        let person = self.person(id);
        self.write(move |tx, keys| reveal(tx, keys, &person, "page", None)).unwrap()
    }
}

fn full(office: &Office) -> PersonForm {
    PersonForm {
        unit: Some(office.tree.village),
        kk: Some("1611010101200007".into()),
        phone: Some("0812-3456-7890".into()),
        email: Some("Rahma@Contoh.id".into()),
        ..form("Rahma Hidayat, S.E.", NIK)
    }
}

#[test]
fn a_person_just_made_is_the_one_that_is_found() {
    let office = Office::new();
    for form in [full(&office), PersonForm { nik_reason: "belum punya".into(), ..form("Tanpa Nomor", "") }] {
        let new = form.check(checks()).ok().unwrap();
        let made = office.write(move |tx, keys| created(tx, keys, &new)).unwrap();
        assert_eq!(made, office.person(made.id));
    }
}

#[test]
fn identifiers_are_sealed_and_revealed_with_an_entry() {
    let office = Office::new();
    let new = full(&office).check(checks()).ok().unwrap();
    let id = office.write(move |tx, keys| create(tx, keys, &new)).unwrap();
    let person = office.person(id);
    assert_eq!(person.masked_nik(), "••••••••••••0001");
    assert!(person.has_kk() && person.has_phone() && person.has_email());
    let shown = format!("{person:?}");
    assert!(!shown.contains("161101") && !shown.contains("812") && !shown.to_lowercase().contains("contoh.id"), "{shown}");

    let revealed = office.opens(id);
    assert_eq!(revealed.nik.unwrap().as_str(), NIK);
    assert_eq!(revealed.kk.unwrap().as_str(), "1611010101200007");
    assert_eq!(revealed.phone.unwrap().e164(), "+6281234567890");
    assert_eq!(revealed.email.as_deref(), Some("rahma@contoh.id"));
    assert_eq!(office.tree.home.count("select count(*) from kernel_entry where action = 'kernel.person.revealed'"), 1);
    let plain = "select count(*) from kernel_history where image like '%1611015703900001%' or image like '%contoh.id%'";
    assert_eq!(office.tree.home.count(plain), 0, "history keeps what is sealed sealed");
}

#[test]
fn a_sealed_value_moved_to_another_row_does_not_open() {
    let office = Office::new();
    let (one, other) = (office.merges(full(&office)).id(), office.merges(form("Siti", "1611015703900002")).id());
    let mut moved = office.person(other);
    moved.sealed = office.person(one).sealed;
    assert!(matches!(office.write(move |tx, keys| reveal(tx, keys, &moved, "page", None)), Err(Error::Failed(_))));
}

#[test]
fn somebody_is_found_by_the_whole_nik_only() {
    let office = Office::new();
    let id = office.merges(full(&office)).id();
    let found = |typed: &'static str| office.write(move |tx, keys| find_by_nik(tx, keys, typed));
    assert_eq!(found("1611-0157-0390-0001").unwrap()[0].id, id);
    assert!(found("1611015703900002").unwrap().is_empty());
    assert_eq!(refusal(found("161101570390")), "kernel-nik-length");
    assert_eq!(office.tree.home.count("select count(*) from kernel_entry where action = 'kernel.person.found_by_nik'"), 2);
}

#[test]
fn merging_twice_changes_nothing() {
    let office = Office::new();
    let first = office.merges(full(&office));
    assert!(matches!(first, Merged::Created(_)));
    assert_eq!(office.merges(full(&office)), Merged::Unchanged(first.id()));
    let moved = PersonForm { phone: Some("0813 1111 2222".into()), ..full(&office) };
    assert_eq!(office.merges(moved), Merged::Updated(first.id()));
    assert_eq!(office.opens(first.id()).phone.unwrap().e164(), "+6281311112222");
    // A list without numbers does not remove them, and knows people by name, birth and unit.
    let bare = PersonForm { nik: Some(String::new()), kk: Some(String::new()), phone: None, email: None, ..full(&office) };
    assert_eq!(office.merges(bare), Merged::Unchanged(first.id()));
    assert_eq!(office.person(first.id()).masked_nik(), "••••••••••••0001");
    assert_eq!(office.tree.home.count("select count(*) from kernel_person"), 1);
}

#[test]
fn a_nik_that_comes_later_joins_the_person_without() {
    let office = Office::new();
    let first = office.merges(PersonForm { nik: Some(String::new()), ..full(&office) });
    assert_eq!(office.person(first.id()).nik_state, NikState::None);
    assert_eq!(office.merges(full(&office)), Merged::Updated(first.id()));
    assert_eq!(office.person(first.id()).nik_state, NikState::Ok);
    // Another NIK is another person, whatever the name.
    assert!(matches!(office.merges(PersonForm { nik: Some("1611015703900009".into()), ..full(&office) }), Merged::Created(_)));
}

#[test]
fn an_edit_keeps_what_it_did_not_show() {
    let office = Office::new();
    let id = office.merges(full(&office)).id();
    let edit = PersonForm { nik: None, kk: None, phone: Some(String::new()), email: None, address: "Jl. Baru 1".into(), ..full(&office) };
    let new = edit.check(checks()).ok().unwrap();
    let version = office.write(move |tx, keys| update(tx, keys, id, Expect::Version(1), &new)).unwrap();
    let person = office.person(id);
    assert_eq!((version, person.address.as_deref(), person.has_phone()), (2, Some("Jl. Baru 1"), false));
    assert_eq!(office.opens(id).nik.unwrap().as_str(), NIK);
}

#[test]
fn the_second_proof_needs_both_halves() {
    let office = Office::new();
    let person = office.person(office.merges(full(&office)).id());
    let born = jiff::civil::date(1990, 3, 17);
    assert!(person.is_proved_by(born, "0001"));
    assert!(!person.is_proved_by(born, "0002") && !person.is_proved_by(born.tomorrow().unwrap(), "0001") && !person.is_proved_by(born, ""));
    let without = office.person(office.merges(PersonForm { name: "Budi".into(), ..form("Budi", "") }).id());
    assert!(!without.is_proved_by(born, ""));
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let office = Office::new();
    let village = office.tree.village;
    for name in ["Siti Aminah", "Siti Aminah", "Budi", "siti zubaidah", "Ahmad"] {
        office.write(move |tx, _| somebody(tx, village, name)).unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = office.tree.read(|rx| list(rx, village, "", after.as_ref(), 2));
        let Some(last) = page.last() else { break };
        after = Some(Cursor { name_folded: last.name_folded.clone(), id: last.id });
        seen.extend(page.into_iter().map(|person| person.name));
    }
    assert_eq!(seen, ["Ahmad", "Budi", "Siti Aminah", "Siti Aminah", "siti zubaidah"]);
    assert_eq!(office.tree.read(|rx| list(rx, village, "SITI", None, 10)).len(), 3);
    assert_eq!(office.tree.read(|rx| list(rx, office.tree.other_village, "", None, 10)).len(), 0);
    assert_eq!(office.tree.read(|rx| count(rx, village)), 5);
    let ids: Vec<Id> = office.tree.read(|rx| list(rx, village, "bud", None, 10)).iter().map(|person| person.id).collect();
    assert_eq!(office.tree.read(|rx| find_all(rx, &ids)).len(), 1);
}
