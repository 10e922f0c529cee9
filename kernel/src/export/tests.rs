use std::sync::Arc;

use super::*;
use crate::{
    Actor, Ctx, Date, HeldGrant,
    election::NewPeriod,
    unit::tests::{Tree, refusal},
};

fn officer(tree: &Tree, account: u8, person: Option<u8>, role: &str) -> Ctx {
    let id = |n: u8| Id::from_bytes([n; 16]);
    let grants = vec![HeldGrant { grant: id(200), role: role.to_owned(), unit: tree.village, depth: 3 }];
    let officer = Officer { account: id(account), person: person.map(id), name: String::new(), post: None, posts: Vec::new(), grants };
    tree.machine().as_actor(Actor::Account(Arc::new(officer)))
}

fn wanted(tree: &Tree, persons: i64) -> NewExport {
    NewExport {
        kind: "test.people",
        nature: Nature::General,
        about: "Daftar uji".to_owned(),
        body: json!({ "year": 2026 }),
        format: "xlsx".to_owned(),
        lang: "id".to_owned(),
        unit: tree.village,
        purpose: "report",
        reason: "laporan bulanan ke kecamatan".to_owned(),
        records: persons,
        persons,
    }
}

fn asked(tree: &Tree, ctx: &Ctx, new: NewExport) -> Result<Id> {
    tree.home.db.write_now(ctx, move |tx| ask(tx, &new))
}

fn jobs_waiting(tree: &Tree) -> i64 {
    tree.read(|rx| Ok(rx.count("select count(*) from kernel_job where kind = 'kernel.export'", &[])?))
}

#[test]
fn a_small_list_needs_one_key_and_a_purpose() {
    let tree = Tree::new();
    let operator = officer(&tree, 1, Some(1), "operator");
    let none = asked(&tree, &operator, NewExport { purpose: "", ..wanted(&tree, 3) });
    assert_eq!(refusal(none), "kernel-export-purpose");
    let short = asked(&tree, &operator, NewExport { reason: "laporan".to_owned(), ..wanted(&tree, 3) });
    assert_eq!(refusal(short), "kernel-export-reason");
    let id = asked(&tree, &operator, wanted(&tree, 199)).unwrap();
    let export = tree.read(|rx| find(rx, id));
    assert_eq!((export.state, export.keys, export.why.len(), jobs_waiting(&tree)), (State::Released, 1, 0, 1));
    assert!(tree.read(|rx| released(rx, id)).is_some());
}

#[test]
fn a_large_list_waits_for_a_second_person_with_a_role_there() {
    let tree = Tree::new();
    let operator = officer(&tree, 1, Some(1), "signer");
    let id = asked(&tree, &operator, wanted(&tree, 200)).unwrap();
    assert!(tree.read(|rx| released(rx, id)).is_none() && jobs_waiting(&tree) == 0);
    let approve_as = |ctx: &Ctx| tree.home.db.write_now(ctx, move |tx| approve(tx, id, Expect::Any, ""));
    // Not who asked, not with another account, not without a role, not from elsewhere.
    for ctx in [operator.clone(), officer(&tree, 2, Some(1), "signer"), officer(&tree, 3, Some(3), "operator")] {
        assert!(matches!(approve_as(&ctx), Err(Error::Missing)));
    }
    let mut elsewhere = officer(&tree, 4, Some(4), "signer").actor().officer().unwrap().clone();
    elsewhere.grants[0].unit = tree.other_village;
    assert!(matches!(approve_as(&tree.machine().as_actor(Actor::Account(Arc::new(elsewhere)))), Err(Error::Missing)));
    let second = officer(&tree, 5, Some(5), KEYHOLDER);
    let seen = tree.read(|rx| awaiting(rx, second.actor().officer().unwrap(), second.now(), 10));
    assert_eq!(seen.iter().map(|export| export.id).collect::<Vec<_>>(), [id]);
    assert!(tree.read(|rx| awaiting(rx, operator.actor().officer().unwrap(), second.now(), 10)).is_empty());
    approve_as(&second).unwrap();
    assert_eq!(refusal(approve_as(&second)), "kernel-export-decided");
    assert!(tree.read(|rx| released(rx, id)).is_some() && jobs_waiting(&tree) == 1);
    let count = |action: &'static str| {
        tree.read(move |rx| Ok(rx.count("select count(*) from kernel_entry where action = $1 and object = $2", &params![action, id])?))
    };
    assert_eq!((count("kernel.export.asked"), count("kernel.export.approved")), (1, 1));
}

#[test]
fn a_request_expires_is_refused_with_a_reason_or_taken_back() {
    let tree = Tree::new();
    let (operator, second) = (officer(&tree, 1, Some(1), "operator"), officer(&tree, 2, Some(2), SIGNER));
    let [late, no, back] = [(); 3].map(|()| asked(&tree, &operator, wanted(&tree, 5_000)).unwrap());
    let write = |ctx: &Ctx, run: fn(&mut Tx<'_>, Id) -> Result<()>, id: Id| tree.home.db.write_now(ctx, move |tx| run(tx, id));
    assert_eq!(refusal(write(&second, |tx, id| refuse(tx, id, Expect::Any, "no"), no)), "kernel-export-why-not");
    write(&second, |tx, id| refuse(tx, id, Expect::Any, "bukan untuk laporan"), no).unwrap();
    assert!(matches!(write(&second, |tx, id| withdraw(tx, id, Expect::Any), back), Err(Error::Missing)));
    write(&operator, |tx, id| withdraw(tx, id, Expect::Any), back).unwrap();
    assert_eq!(refusal(write(&second, |tx, id| approve(tx, id, Expect::Any, ""), back)), "kernel-export-decided");
    let after = second.at(second.now() + SignedDuration::from_hours(73));
    assert_eq!(refusal(write(&after, |tx, id| approve(tx, id, Expect::Any, ""), late)), "kernel-export-late");
    let machine = tree.machine().at(after.now());
    assert_eq!(tree.home.db.write_now::<_, Error, _>(&machine, expire).unwrap(), 1);
    let states = [late, no, back].map(|id| tree.read(|rx| find(rx, id)).state);
    assert_eq!(states, [State::Expired, State::Refused, State::Withdrawn]);
    assert_eq!(jobs_waiting(&tree), 0);
}

#[test]
fn terms_4_in_an_election_even_one_person_needs_two_keys() {
    let tree = Tree::new();
    let day: Date = tree.read(unit::root).unwrap().date(tree.machine().now());
    let period = NewPeriod { name: "Pilkada".to_owned(), decree: "SK 9/2026".to_owned(), from: day, until: day };
    tree.write(move |tx| election::declare(tx, &period)).unwrap();
    let id = asked(&tree, &officer(&tree, 1, Some(1), "operator"), wanted(&tree, 1)).unwrap();
    let export = tree.read(|rx| find(rx, id));
    assert_eq!((export.state, export.why), (State::Waiting, vec![Why::Election]));
}

#[test]
fn the_policy_cannot_switch_the_gate_off() {
    let tree = Tree::new();
    let set = |persons, hours| tree.write(move |tx| Policy { second_key_from_persons: persons, valid_hours: hours }.set(tx));
    for (persons, hours) in [(0, 72), (10_001, 72), (200, 0), (200, 169)] {
        assert_eq!(refusal(set(persons, hours)), "kernel-export-policy");
    }
    set(50, 24).unwrap();
    set(60, 24).unwrap();
    assert_eq!(tree.read(Policy::of), Policy { second_key_from_persons: 60, valid_hours: 24 });
}
