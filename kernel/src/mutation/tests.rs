use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::{
    Expect, Result,
    account::{self, AccountKind, NewAccount},
    cols,
    grant::{self, Grantee, NewGrant},
    params,
    party::{self, Checks, PersonForm},
    post::{self, NewHolding, NewMandate, NewPost, office},
    unit::tests::{Tree, refusal},
};

/// A village with three posts, three officials and an account each.
struct Desk {
    tree: Tree,
    posts: [Id; 3],
    people: [Id; 3],
    accounts: [Id; 3],
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Desk {
    fn new() -> Self {
        let tree = Tree::new();
        let (village, keys, long_ago) = (tree.village, tree.home.keys.clone(), tree.home.now() - DAY * 400);
        let made = tree.write(move |tx| {
            let (mut posts, mut people, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
            for (n, (office, name)) in
                [(office::HEAD, "Rusdi"), (office::SECRETARY, "Yuliana"), (office::SERVICE_SECTION, "Zulkifli")].into_iter().enumerate()
            {
                let new = NewPost {
                    unit: village,
                    office: office.into(),
                    title: office.into(),
                    place: 1,
                    valid_from: "2020-01-01".parse().unwrap(),
                };
                let post = post::create(tx, &new)?;
                let form = PersonForm { name: name.into(), source: "office".into(), ..PersonForm::default() };
                let person = party::create(tx, &keys, &form.check(Checks::on("2026-11-20".parse().unwrap())).unwrap())?;
                let holding =
                    NewHolding { post, person, kind: HoldingKind::Definitive, decree: "SK 1".into(), from: long_ago, until: None };
                post::appoint(tx, &holding)?;
                let account = NewAccount {
                    username: format!("akun.{n}"),
                    person: Some(person),
                    kind: AccountKind::Person,
                    display_name: name.into(),
                    password: None,
                    expires_at: None,
                };
                accounts.push(account::create(tx, &account)?);
                posts.push(post);
                people.push(person);
            }
            Ok((posts, people, accounts))
        });
        let (posts, people, accounts) = made.unwrap();
        Self { tree, posts: posts.try_into().unwrap(), people: people.try_into().unwrap(), accounts: accounts.try_into().unwrap() }
    }

    fn draft(&self, at: Timestamp, lines: Vec<NewLine>) -> Result<Id> {
        let unit = self.tree.village;
        self.tree.write(move |tx| {
            let new = NewMutation {
                unit,
                decree: "800/7/2026".into(),
                decreed_on: "2026-11-20".parse().unwrap(),
                effective_at: at,
                mandates_end: true,
            };
            let id = start(tx, &new)?;
            for line in &lines {
                add_line(tx, id, line)?;
            }
            Ok(id)
        })
    }

    fn set(&self, id: Id) -> Result<(Plan, Option<Outcome>)> {
        self.tree.write(move |tx| set(tx, id, Expect::Any))
    }

    /// Who acts for each post, by the number of the person.
    fn acting(&self, at: Timestamp) -> [Option<usize>; 3] {
        self.posts.map(|post| {
            let holder = self.tree.read(|rx| post::holder(rx, post, at)).holder;
            holder.map(|holding| self.people.iter().position(|person| *person == holding.person).unwrap())
        })
    }

    /// Every right that a date ends, as stored.
    fn rights(&self) -> Vec<(Vec<u8>, Option<i64>)> {
        self.tree.read(|rx| {
            let mut all = Vec::new();
            for sql in [
                "select id, effective_until from kernel_holding order by id",
                "select id, effective_until from kernel_mandate order by id",
                "select id, effective_until from kernel_grant order by id",
                "select id, expires_at from kernel_account order by id",
            ] {
                for row in rx.all(sql, &[])? {
                    all.push((row.get(0)?, row.get(1)?));
                }
            }
            Ok(all)
        })
    }
}

fn line(person: Id, manner: Manner, from_post: Option<Id>, to_post: Option<Id>) -> NewLine {
    NewLine { person, manner, from_post, to_post, kind: HoldingKind::Definitive, until: None, home_rests: false, tasks_to: None }
}

#[test]
fn two_officials_exchange_their_posts_at_one_minute() {
    let desk = Desk::new();
    let at = desk.tree.home.now() + DAY;
    let [head, secretary, _] = desk.posts;
    let [rusdi, yuliana, _] = desk.people;
    let lines =
        vec![line(rusdi, Manner::Appoint, Some(head), Some(secretary)), line(yuliana, Manner::Appoint, Some(secretary), Some(head))];
    let id = desk.draft(at, lines).unwrap();
    let (plan, outcome) = desk.set(id).unwrap();
    assert_eq!(outcome, None);
    assert_eq!(plan.changes.len(), 2);
    // Nothing of the machine ran at the minute, and the rights are elsewhere all the same.
    assert_eq!(desk.acting(at - SignedDuration::from_micros(1)), [Some(0), Some(1), Some(2)]);
    assert_eq!(desk.acting(at), [Some(1), Some(0), Some(2)]);
    assert_eq!(refusal(desk.set(id)), "kernel-mutation-set-already");
}

#[test]
fn a_mutation_is_taken_back_whole_before_it_takes_effect_and_not_after() {
    let desk = Desk::new();
    let (now, at) = (desk.tree.home.now(), desk.tree.home.now() + DAY);
    let [head, secretary, _] = desk.posts;
    let (unit, account) = (desk.tree.village, desk.accounts[0]);
    desk.tree
        .write(move |tx| {
            let long_ago = now - DAY * 30;
            let new = NewMandate {
                from_post: head,
                to_post: secretary,
                kinds: Vec::new(),
                form: post::MandateForm::An,
                decree: "SK 2".into(),
                from: long_ago,
                until: None,
            };
            post::mandate(tx, &new)?;
            let to = Grantee::Account(account);
            grant::grant(tx, &NewGrant { to, role: grant::REGISTRAR, unit, from: long_ago, until: None, decree: "SK 3".into() })
        })
        .unwrap();
    let before = desk.rights();
    let id = desk.draft(at, vec![line(desk.people[0], Manner::Retired, None, None)]).unwrap();
    let (plan, _) = desk.set(id).unwrap();
    assert_eq!(plan.effects.len(), 4, "holding, mandate, grant and account: {:?}", plan.effects);
    assert_ne!(desk.rights(), before);
    desk.tree.write(move |tx| cancel(tx, id, Expect::Any)).unwrap();
    assert_eq!(desk.rights(), before);
    // A second one is let come into effect.
    let id = desk.draft(at, vec![line(desk.people[0], Manner::Retired, None, None)]).unwrap();
    desk.set(id).unwrap();
    assert_eq!(desk.tree.write(move |tx| take_effect(tx, id)).unwrap(), None, "not before its moment");
    desk.tree.home.pass(DAY);
    assert_eq!(refusal(desk.tree.write(move |tx| cancel(tx, id, Expect::Any))), "kernel-mutation-too-late");
    let (_, outcome) = desk.tree.write(move |tx| take_effect(tx, id)).unwrap().unwrap();
    assert_eq!(outcome.posts, [head]);
    assert_eq!(desk.tree.write(move |tx| take_effect(tx, id)).unwrap(), None, "not twice");
    assert!(!desk.tree.read(|rx| account::find(rx, account)).unwrap().is_usable(at));
}

#[test]
fn what_somebody_changed_since_is_not_undone_behind_their_back() {
    let desk = Desk::new();
    let at = desk.tree.home.now() + DAY;
    let id = desk.draft(at, vec![line(desk.people[0], Manner::Release, Some(desk.posts[0]), None)]).unwrap();
    desk.set(id).unwrap();
    let (head, earlier) = (desk.posts[0], at - SignedDuration::from_hours(1));
    desk.tree
        .write(move |tx| {
            let held = post::holdings(tx, head)?.remove(0);
            post::end(tx, held.id, Expect::Any, earlier)
        })
        .unwrap();
    assert_eq!(refusal(desk.tree.write(move |tx| cancel(tx, id, Expect::Any))), "kernel-mutation-changed-since");
}

#[test]
fn problems_are_told_at_their_line() {
    let desk = Desk::new();
    let at = desk.tree.home.now() + DAY;
    let [head, secretary, section] = desk.posts;
    let [rusdi, yuliana, zulkifli] = desk.people;
    let table = [
        (line(zulkifli, Manner::Release, Some(head), None), "kernel-mutation-not-holder"),
        (line(yuliana, Manner::Appoint, Some(secretary), Some(head)), "kernel-post-held"),
        (
            NewLine { kind: HoldingKind::Plh, until: Some(at + DAY), ..line(rusdi, Manner::Appoint, None, Some(head)) },
            "kernel-post-stands-in-for-itself",
        ),
    ];
    for (wrong, key) in table {
        let id = desk.draft(at, vec![wrong]).unwrap();
        let mutation = desk.tree.read(|rx| find(rx, id)).unwrap();
        let (lines, _, plan) = desk.tree.read(|rx| preview(rx, &mutation));
        assert_eq!(plan.problems.len(), 1);
        assert_eq!((plan.problems[0].line, &*plan.problems[0].message.key), (Some(lines[0].id), key));
        assert_eq!(refusal(desk.set(id)), key);
    }
    for (wrong, key) in [
        (line(rusdi, Manner::Appoint, Some(head), None), "kernel-mutation-to-needed"),
        (line(rusdi, Manner::Release, None, None), "kernel-mutation-from-needed"),
        (line(rusdi, Manner::Appoint, Some(head), Some(head)), "kernel-mutation-same-post"),
        (line(rusdi, Manner::Second, Some(head), Some(section)), "kernel-mutation-until-needed"),
    ] {
        assert_eq!(refusal(desk.draft(at, vec![wrong])), key);
    }
    let empty = desk.draft(at, Vec::new()).unwrap();
    assert_eq!(refusal(desk.set(empty)), "kernel-mutation-empty");
}

#[test]
fn who_is_seconded_comes_back_to_the_own_post() {
    let desk = Desk::new();
    let (at, back) = (desk.tree.home.now() + DAY, desk.tree.home.now() + DAY * 10);
    let [head, secretary, section] = desk.posts;
    let seconded = NewLine { until: Some(back), home_rests: true, ..line(desk.people[1], Manner::Second, Some(secretary), Some(section)) };
    let lines = vec![line(desk.people[2], Manner::Release, Some(section), None), seconded];
    let id = desk.draft(at, lines).unwrap();
    desk.set(id).unwrap();
    assert_eq!(desk.acting(at), [Some(0), None, Some(1)]);
    assert_eq!(desk.acting(back), [Some(0), Some(1), None]);
    assert_ne!(head, secretary);
}

#[test]
fn open_tasks_pass_to_the_post_named() {
    let desk = Desk::new();
    let [head, secretary, section] = desk.posts;
    let at = desk.tree.home.now() + DAY;
    desk.tree
        .write(move |tx| {
            for (n, post, state) in [(1_u8, section, "open"), (2, section, "done"), (3, head, "open")] {
                let id = Id::from_bytes([n; 16]);
                let columns = cols! {
                    "case_id" => id, "system" => "", "kind" => "", "post" => post, "unit" => Id::NIL, "action" => "", "subject" => "",
                    "code" => "", "since" => 0_i64, "due" => 0_i64, "state" => state,
                };
                tx.insert(crate::case::TABLES[4], id, &columns)?;
            }
            tx.entry(crate::NewEntry::new("test.task.made"));
            Ok(())
        })
        .unwrap();
    let leaves = NewLine { tasks_to: Some(secretary), ..line(desk.people[2], Manner::Died, None, None) };
    let id = desk.draft(at, vec![leaves]).unwrap();
    let (plan, _) = desk.set(id).unwrap();
    assert_eq!(plan.changes[0].tasks_to, Some(secretary));
    let open = |post| desk.tree.read(|rx| tasks_at(rx, &[post])).get(&post).copied().unwrap_or(0);
    assert_eq!((open(section), open(secretary)), (1, 0));
    desk.tree.home.pass(DAY);
    let (_, outcome) = desk.tree.write(move |tx| take_effect(tx, id)).unwrap().unwrap();
    assert_eq!(outcome.tasks_moved, 1);
    assert_eq!((open(section), open(secretary), open(head)), (0, 1, 1));
    let unit =
        desk.tree.read(|rx| Ok(rx.one("select unit from kernel_task where post = $1", &params![secretary])?.unwrap().get::<Id>(0)?));
    assert_eq!(unit, desk.tree.village);
}

/// Whatever is moved, in whatever order: nothing changes before the minute, at most one holds each post definitively after it,
/// and taking it back restores every date.
#[test]
fn any_mutation_changes_nothing_before_its_minute_and_is_taken_back_whole() {
    let desk = Desk::new();
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() });
    let one = (0..3_usize, 0..7_usize, proptest::option::of(0..3_usize), proptest::option::of(0..3_usize), 0..4_usize, any::<bool>());
    let (set_count, refused_count) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let strategy = proptest::collection::vec(one, 1..4);
    runner
        .run(&strategy, |lines| {
            let at = desk.tree.home.now() + DAY;
            let before = desk.rights();
            let lines = lines
                .into_iter()
                .map(|(person, manner, from, to, kind, rests)| NewLine {
                    person: desk.people[person],
                    manner: Manner::ALL[manner],
                    from_post: from.map(|post| desk.posts[post]),
                    to_post: to.map(|post| desk.posts[post]),
                    kind: HoldingKind::ALL[kind],
                    until: Some(at + DAY * 5),
                    home_rests: rests,
                    tasks_to: None,
                })
                .collect();
            let id = match desk.draft(at, lines) {
                Ok(id) => id,
                Err(crate::Error::Refused(_)) => return Ok(()),
                Err(error) => panic!("{error:?}"),
            };
            match desk.set(id) {
                Ok(_) => set_count.set(set_count.get() + 1),
                Err(crate::Error::Refused(_)) => {
                    refused_count.set(refused_count.get() + 1);
                    prop_assert_eq!(desk.rights(), before);
                    return Ok(());
                }
                Err(error) => panic!("{error:?}"),
            }
            prop_assert_eq!(desk.acting(at - SignedDuration::from_micros(1)), [Some(0), Some(1), Some(2)]);
            for post in desk.posts {
                let holdings = desk.tree.read(|rx| post::holdings(rx, post));
                let definitive = |h: &&post::Holding| h.kind == HoldingKind::Definitive && h.is_active(at);
                prop_assert!(holdings.iter().filter(definitive).count() <= 1);
            }
            desk.tree.write(move |tx| cancel(tx, id, Expect::Any)).unwrap();
            prop_assert_eq!(desk.rights(), before);
            Ok(())
        })
        .unwrap();
    assert!(set_count.get() > 5 && refused_count.get() > 5, "{} set, {} refused", set_count.get(), refused_count.get());
}
