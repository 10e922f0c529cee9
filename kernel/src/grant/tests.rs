use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::{
    ActingPost,
    unit::{
        DEPTH_MAX,
        tests::{Tree, refusal},
    },
};

fn id(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

fn officer(grants: &[(&str, Id, i64)], posts: &[Id]) -> Officer {
    let acting = |post: &Id| ActingPost {
        post: *post,
        unit: Id::NIL,
        office: "kepala".into(),
        title: "Kepala Desa".into(),
        holding: Id::NIL,
        kind: "definitive".into(),
    };
    Officer {
        account: id(250),
        person: None,
        name: "Siti".into(),
        post: None,
        posts: posts.iter().map(acting).collect(),
        grants: grants
            .iter()
            .map(|(role, unit, depth)| HeldGrant { grant: Id::NIL, role: (*role).into(), unit: *unit, depth: *depth })
            .collect(),
    }
}

#[test]
fn a_scope_reaches_subtrees_and_desks() {
    let row = Located {
        units: [Some(id(1)), Some(id(2)), Some(id(3)), None, None, None],
        at_unit: Some(id(9)),
        post: Some(id(50)),
        person: None,
        kind: Some("usaha".into()),
    };
    let table: [(&str, Scope, bool); 12] = [
        ("nothing", Scope::nothing(), false),
        ("everything", Scope::all(), true),
        ("the district above", Scope::of(&officer(&[("examiner", id(2), 2)], &[]), &["examiner"]), true),
        ("another role", Scope::of(&officer(&[("examiner", id(2), 2)], &[]), &["signer"]), false),
        ("another district", Scope::of(&officer(&[("examiner", id(7), 2)], &[]), &["examiner"]), false),
        ("routed to the office", Scope::of(&officer(&[("examiner", id(9), 2)], &[]), &["examiner"]), true),
        ("with the own post", Scope::of(&officer(&[], &[id(50)]), &["examiner"]), true),
        ("with the own post, but roles alone", Scope::of_roles(&officer(&[], &[id(50)]), &["examiner"]), false),
        ("by mandate, for this kind among others", Scope::nothing().with_kinds(id(50), &["waris".into(), "usaha".into()]), true),
        ("by mandate, for another kind", Scope::nothing().with_kinds(id(50), &["waris".into()]), false),
        ("by mandate of another post", Scope::nothing().with_kinds(id(51), &["usaha".into()]), false),
        ("an administrator", Scope::of(&officer(&[("admin", id(1), 1)], &[]), &[ADMIN]), true),
    ];
    for (name, scope, expected) in table {
        assert_eq!(scope.covers(&row), expected, "{name}");
    }
    assert!(Scope::nothing().is_empty() && !Scope::all().is_empty() && Scope::all().is_all());
    assert_eq!(Scope::nothing().filter(&Columns::CASE, "c", 1).0, "(1 = 0)");
}

#[test]
fn who_may_grant_is_told_by_a_table() {
    let village = Located { units: [Some(id(1)), Some(id(2)), Some(id(3)), None, None, None], ..Located::default() };
    let table = [
        ("admin", id(1), 1, ADMIN, true),
        ("admin", id(1), 1, OPERATOR, true),
        ("unit_admin", id(3), 3, OPERATOR, true),
        ("unit_admin", id(2), 2, SIGNER, true),
        ("unit_admin", id(8), 3, OPERATOR, false),
        ("unit_admin", id(3), 3, UNIT_ADMIN, false),
        ("unit_admin", id(3), 3, ADMIN, false),
        ("village_affairs", id(1), 1, SIGNER, true),
        ("village_affairs", id(1), 1, OPERATOR, false),
        ("signer", id(3), 3, OPERATOR, false),
        ("admin", id(1), 1, "emperor", false),
    ];
    for (own, unit, depth, wanted, expected) in table {
        assert_eq!(may_grant(&officer(&[(own, unit, depth)], &[]), wanted, &village), expected, "{own} grants {wanted}");
    }
}

#[test]
fn grants_hold_between_their_moments() {
    let tree = Tree::new();
    let (village, regency) = (tree.village, tree.regency);
    let now = tree.home.now();
    let account = tree
        .write(|tx| {
            crate::account::create(
                tx,
                &crate::account::NewAccount {
                    username: "operator".into(),
                    person: None,
                    kind: crate::account::AccountKind::Person,
                    display_name: "Operator".into(),
                    password: None,
                    expires_at: None,
                },
            )
        })
        .unwrap();
    let new = move |role, unit| NewGrant { to: Grantee::Account(account), role, unit, from: now, until: None, decree: "SK 3".into() };
    let given = tree.write(move |tx| grant(tx, &new(OPERATOR, village))).unwrap();
    assert_eq!(refusal(tree.write(move |tx| grant(tx, &new(OPERATOR, village)))), "kernel-grant-held");
    assert_eq!(refusal(tree.write(move |tx| grant(tx, &new("emperor", village)))), "kernel-grant-role");
    assert_eq!(refusal(tree.write(move |tx| grant(tx, &new(ADMIN, village)))), "kernel-grant-top-only");
    tree.write(move |tx| grant(tx, &new(ADMIN, regency))).unwrap();
    let roles = |at| tree.read(|rx| held(rx, account, &[], at)).into_iter().map(|held| (held.role, held.depth)).collect::<Vec<_>>();
    assert_eq!(roles(now), [("admin".to_owned(), 1), ("operator".to_owned(), 3)]);
    assert!(roles(now - SignedDuration::from_secs(1)).is_empty());
    let later = now + SignedDuration::from_hours(1);
    tree.write(move |tx| revoke(tx, given, Expect::Version(1), later)).unwrap();
    assert_eq!(roles(later).len(), 1);
    assert_eq!(refusal(tree.write(move |tx| revoke(tx, given, Expect::Any, later))), "kernel-grant-ended");
    assert_eq!(tree.read(|rx| of_unit(rx, village))[0].until, Some(later));
    assert_eq!(tree.read(|rx| of_account(rx, account)).len(), 2);
    assert!(tree.read(|rx| of_post(rx, account)).is_empty());
    // After it ended it may be given again.
    let again = NewGrant { from: later, ..new(OPERATOR, village) };
    tree.write(move |tx| grant(tx, &again)).unwrap();
}

/// A random tree: unit n+1 stands below unit `parents[n] % (n+1)`, no deeper than six.
fn ancestors(parents: &[usize]) -> Vec<[Option<Id>; DEPTH_MAX]> {
    let mut units: Vec<([Option<Id>; DEPTH_MAX], usize)> = vec![([Some(id(0)), None, None, None, None, None], 1)];
    for (n, parent) in parents.iter().enumerate() {
        let mut parent = parent % units.len();
        while units[parent].1 == DEPTH_MAX {
            parent = 0;
        }
        let (mut path, depth) = units[parent];
        path[depth] = Some(id(u8::try_from(n + 1).unwrap()));
        units.push((path, depth + 1));
    }
    units.into_iter().map(|(path, _)| path).collect()
}

fn depth_of(path: &[Option<Id>; DEPTH_MAX]) -> usize {
    path.iter().flatten().count()
}

/// The kind of letter of the n-th row.
fn kind_of(n: usize) -> &'static str {
    ["domisili", "usaha", "waris"][n % 3]
}

/// Rows of `kernel_task` as (unit, post), and what a scope over `columns` makes of them.
fn agree(tree: &Tree, units: &[[Option<Id>; DEPTH_MAX]], rows: &[(usize, u8)], scope: &Scope) {
    let stored: Vec<([Option<Id>; DEPTH_MAX], u8)> = rows.iter().map(|(unit, post)| (units[unit % units.len()], *post)).collect();
    let insert = stored.clone();
    tree.write(move |tx| {
        tx.upkeep("delete from kernel_task", &[])?;
        for (n, (path, post)) in insert.iter().enumerate() {
            tx.upkeep(
                "insert into kernel_task (id, case_id, system, kind, post, unit, u1, u2, u3, action, subject, code, since, due, state, version) \
                 values ($1, $1, '', $7, $2, $3, $4, $5, $6, '', '', '', 0, 0, 'open', 1)",
                &params![id(u8::try_from(n).unwrap()), id(*post), path[depth_of(path) - 1], path[0], path[1], path[2], kind_of(n)],
            )?;
        }
        Ok(())
    })
    .unwrap();
    let expected: Vec<Id> = stored
        .iter()
        .enumerate()
        .filter(|(n, (path, post))| {
            let units = [path[0], path[1], path[2], None, None, None];
            let kind = Some(kind_of(*n).to_owned());
            scope.covers(&Located { units, at_unit: path[depth_of(path) - 1], post: Some(id(*post)), person: None, kind })
        })
        .map(|(n, _)| id(u8::try_from(n).unwrap()))
        .collect();
    let (condition, mut bound) = scope.filter(&Columns::TASK, "t", 2);
    bound.insert(0, "open".into());
    let sql = format!("select t.id from kernel_task t where t.state = $1 and {condition} order by t.id");
    let listed: Vec<Id> = tree.read(|rx| Ok(rx.all(&sql, &bound)?.iter().map(|row| row.get(0).unwrap()).collect()));
    assert_eq!(listed, expected, "{condition}");
}

#[test]
fn a_list_is_what_the_scope_covers() {
    let tree = Tree::new();
    let strategy = (
        proptest::collection::vec(0..40_usize, 0..40),
        proptest::collection::vec((0..41_usize, 100..110_u8), 0..30),
        proptest::collection::vec(0..41_usize, 0..5),
        proptest::collection::vec(100..110_u8, 0..3),
        0..20_u8,
    );
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() });
    runner
        .run(&strategy, |(parents, rows, granted, posts, all)| {
            let units = ancestors(&parents);
            let grants: Vec<(&str, Id, i64)> = granted
                .iter()
                .map(|n| {
                    let path = units[n % units.len()];
                    let depth = depth_of(&path);
                    (EXAMINER, path[depth - 1].unwrap(), i64::try_from(depth).unwrap())
                })
                .collect();
            let posts: Vec<Id> = posts.iter().map(|post| id(*post)).collect();
            let scope = if all == 0 { Scope::all() } else { Scope::of(&officer(&grants, &posts), &[EXAMINER]) };
            agree(&tree, &units, &rows, &scope);
            Ok(())
        })
        .unwrap();
}

/// A government drawn at random, in which posts and rows change hands.
#[derive(Debug, Clone)]
struct Drawn {
    parents: Vec<usize>,
    /// The unit of each post.
    posts: Vec<usize>,
    /// A post is handed to a person at a moment; who had it has it no longer.
    handovers: Vec<(usize, u8, i64)>,
    /// Given to a post or a person, at a unit, from a moment for so long.
    grants: Vec<(bool, usize, usize, i64, i64)>,
    /// Belongs to a unit, and lies at a unit with a post: where it lay first, and where it was routed.
    rows: Vec<(usize, usize, usize)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let some = proptest::collection::vec::<std::ops::Range<usize>>;
    (
        some(0..40, 0..30),
        some(0..31, 1..8),
        proptest::collection::vec((0..8_usize, 0..4_u8, 0..20_i64), 0..16),
        proptest::collection::vec((any::<bool>(), 0..8_usize, 0..31_usize, 0..20_i64, 1..12_i64), 0..10),
        proptest::collection::vec((0..31_usize, 0..31_usize, 0..8_usize), 0..25),
    )
        .prop_map(|(parents, posts, handovers, grants, rows)| Drawn { parents, posts, handovers, grants, rows })
}

const PERSONS: u8 = 4;

fn moment(n: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + n).unwrap()
}

fn person(n: u8) -> Id {
    id(200 + n)
}

fn post_id(n: usize) -> Id {
    id(100 + u8::try_from(n).unwrap())
}

impl Drawn {
    fn path(&self, unit: usize) -> [Option<Id>; DEPTH_MAX] {
        let all = ancestors(&self.parents);
        all[unit % all.len()]
    }

    fn last(&self, unit: usize) -> Id {
        let path = self.path(unit);
        path[depth_of(&path) - 1].unwrap()
    }

    /// The periods in which each post was held: `(post, person, from, until)`.
    fn holdings(&self) -> Vec<(usize, u8, i64, Option<i64>)> {
        let mut all: Vec<(usize, u8, i64)> =
            self.handovers.iter().map(|(post, person, at)| (post % self.posts.len(), *person, *at)).collect();
        all.sort_by_key(|(post, _, at)| (*post, *at));
        all.dedup_by_key(|(post, _, at)| (*post, *at));
        let until = |n: usize| all.get(n + 1).filter(|next| next.0 == all[n].0).map(|next| next.2);
        (0..all.len()).map(|n| (all[n].0, all[n].1, all[n].2, until(n))).collect()
    }

    /// Who has each post at a moment, told from the handovers alone.
    fn holds(&self, who: u8, post: usize, at: i64) -> bool {
        let past = self.handovers.iter().filter(|(of, _, from)| of % self.posts.len() == post && *from <= at);
        // Of two at one moment the first drawn counts, as in `holdings`.
        let latest = past.clone().map(|(_, _, from)| *from).max();
        past.clone().find(|(_, _, from)| Some(*from) == latest).is_some_and(|(_, person, _)| *person == who)
    }

    /// Whether somebody reaches a row at a moment, told from what was drawn and nothing else.
    fn reaches(&self, who: u8, row: (usize, usize, usize), at: i64) -> bool {
        let (home, lies, post) = row;
        let granted = self.grants.iter().any(|(to_post, n, unit, from, long)| {
            let theirs = if *to_post { self.holds(who, n % self.posts.len(), at) } else { n % usize::from(PERSONS) == usize::from(who) };
            let unit = self.last(*unit);
            // A task keeps three levels of where it belongs, and the unit where it lies.
            let below = self.path(home)[..3].contains(&Some(unit)) || self.last(lies) == unit;
            theirs && *from <= at && at < from + long && below
        });
        granted || self.holds(who, post % self.posts.len(), at)
    }

    fn write(&self, tree: &Tree) {
        let drawn = self.clone();
        tree.write(move |tx| {
            for table in ["kernel_task", "kernel_grant", "kernel_holding", "kernel_post", "kernel_account", "kernel_unit"] {
                tx.upkeep(&format!("delete from {table}"), &[])?;
            }
            for n in 0..=drawn.parents.len() {
                let (path, slug) = (drawn.path(n), format!("u{n}"));
                let depth = i64::try_from(depth_of(&path)).unwrap();
                tx.upkeep(
                    "insert into kernel_unit (id, parent, kind, code, name, name_folded, short_name, slug, address, zone, depth, u1, u2, u3, u4, u5, u6, \
                     valid_from, successors, version) values ($1, null, 'opd', $2, $2, $2, '', $2, '', 'wib', $3, $4, $5, $6, $7, $8, $9, '2020-01-01', '[]', 1)",
                    &params![drawn.last(n), slug, depth, path[0], path[1], path[2], path[3], path[4], path[5]],
                )?;
            }
            for (n, unit) in drawn.posts.iter().enumerate() {
                tx.upkeep(
                    "insert into kernel_post (id, unit, office, title, place, valid_from, version) values ($1, $2, 'staf', 'Staf', 1, '2020-01-01', 1)",
                    &params![post_id(n), drawn.last(*unit)],
                )?;
            }
            for (n, (post, who, from, until)) in drawn.holdings().into_iter().enumerate() {
                tx.upkeep(
                    "insert into kernel_holding (id, post, person, kind, decree, effective_from, effective_until, entered_at, version) \
                     values ($1, $2, $3, 'definitive', 'SK', $4, $5, $4, 1)",
                    &params![id(u8::try_from(n).unwrap()), post_id(post), person(who), moment(from), until.map(moment)],
                )?;
            }
            for who in 0..PERSONS {
                tx.upkeep(
                    "insert into kernel_account (id, username, person, kind, display_name, state, version) values ($1, $2, $1, 'person', 'Siti', 'active', 1)",
                    &params![person(who), format!("orang{who}")],
                )?;
            }
            for (n, (to_post, to, unit, from, long)) in drawn.grants.iter().enumerate() {
                let account = (!to_post).then(|| person(u8::try_from(to % usize::from(PERSONS)).unwrap()));
                let post = to_post.then(|| post_id(to % drawn.posts.len()));
                tx.upkeep(
                    "insert into kernel_grant (id, account, post, role, unit, effective_from, effective_until, decree, version) \
                     values ($1, $2, $3, 'examiner', $4, $5, $6, '', 1)",
                    &params![id(u8::try_from(n).unwrap()), account, post, drawn.last(*unit), moment(*from), moment(from + long)],
                )?;
            }
            for (n, (home, lies, post)) in drawn.rows.iter().enumerate() {
                let path = drawn.path(*home);
                tx.upkeep(
                    "insert into kernel_task (id, case_id, system, kind, post, unit, u1, u2, u3, action, subject, code, since, due, state, version) \
                     values ($1, $1, '', '', $2, $3, $4, $5, $6, '', '', '', 0, 0, 'open', 1)",
                    &params![id(u8::try_from(n).unwrap()), post_id(post % drawn.posts.len()), drawn.last(*lies), path[0], path[1], path[2]],
                )?;
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn a_list_is_what_the_scope_covers_also_after_posts_and_rows_changed_hands() {
    let tree = Tree::new();
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() });
    let (mut seen, mut unseen) = (0, 0);
    let strategy = (drawn(), 0..24_i64);
    let counted = std::cell::RefCell::new((&mut seen, &mut unseen));
    runner
        .run(&strategy, |(drawn, at)| {
            drawn.write(&tree);
            for who in 0..PERSONS {
                let officer = tree.read(|rx| crate::account::officer_of(rx, person(who), None, moment(at)));
                let scope = Scope::of(&officer, &[EXAMINER]);
                let covered = |row: &(usize, usize, usize)| {
                    let path = drawn.path(row.0);
                    let units = [path[0], path[1], path[2], None, None, None];
                    scope.covers(&Located {
                        units,
                        at_unit: Some(drawn.last(row.1)),
                        post: Some(post_id(row.2 % drawn.posts.len())),
                        person: None,
                        kind: None,
                    })
                };
                let told: Vec<bool> = drawn.rows.iter().map(|row| drawn.reaches(who, *row, at)).collect();
                let covers: Vec<bool> = drawn.rows.iter().map(covered).collect();
                let (condition, bound) = scope.filter(&Columns::TASK, "t", 1);
                let sql = format!("select t.id from kernel_task t where {condition} order by t.id");
                let listed: Vec<Id> = tree.read(|rx| Ok(rx.all(&sql, &bound)?.iter().map(|row| row.get(0).unwrap()).collect()));
                let lists: Vec<bool> = (0..drawn.rows.len()).map(|n| listed.contains(&id(u8::try_from(n).unwrap()))).collect();
                prop_assert_eq!(&lists, &covers, "person {} at {}: {}", who, at, condition);
                prop_assert_eq!(&covers, &told, "person {} at {}", who, at);
                let (seen, unseen) = &mut *counted.borrow_mut();
                **seen += told.iter().filter(|told| **told).count();
                **unseen += told.iter().filter(|told| !**told).count();
            }
            Ok(())
        })
        .unwrap();
    assert!(seen > 100 && unseen > 100, "{seen} rows seen and {unseen} not: too even to prove anything");
}

/// Who can see what is the scope of the lists taken apart: whatever tree, grants, posts and mandates (for every letter or for some
/// kinds), an account has a reason to open a record exactly when its scope covers it, and the list has the same rows.
#[test]
fn every_reach_has_a_reason_and_every_reason_reaches() {
    use super::sight::{Sight, reasons};
    use crate::post::{MandateForm, MandatedPost};

    let tree = Tree::new();
    let strategy = (
        proptest::collection::vec(0..40_usize, 0..40),
        proptest::collection::vec((0..41_usize, 100..110_u8), 1..30),
        proptest::collection::vec((0..41_usize, 0..3_usize), 0..5),
        proptest::collection::vec(100..110_u8, 0..3),
        proptest::collection::vec((100..110_u8, proptest::collection::vec(0..3_usize, 0..3)), 2..8),
        any::<bool>(),
    );
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() });
    let (reached, missed, by_kind) = (std::cell::Cell::new(0), std::cell::Cell::new(0), std::cell::Cell::new(0));
    runner
        .run(&strategy, |(parents, rows, granted, posts, mandates, desks)| {
            let units = ancestors(&parents);
            let roles = [EXAMINER, SIGNER, ADMIN];
            let grants: Vec<(&str, Id, i64)> = granted
                .iter()
                .map(|(n, role)| {
                    let path = units[n % units.len()];
                    (roles[*role], path[depth_of(&path) - 1].unwrap(), i64::try_from(depth_of(&path)).unwrap())
                })
                .collect();
            let posts: Vec<Id> = posts.iter().map(|post| id(*post)).collect();
            let officer = officer(&grants, &posts);
            let given = |(post, kinds): &(u8, Vec<usize>)| {
                let kinds = kinds.iter().map(|kind| kind_of(*kind).to_owned()).collect();
                MandatedPost { post: id(*post), own_post: id(1), kinds, form: MandateForm::An }
            };
            let mandated: Vec<MandatedPost> = mandates.iter().map(given).collect();
            let sight = Sight { key: "test.task", title: "", roles: &[EXAMINER, ADMIN], desks, counted: None };
            let scope = sight.scope(&officer, &mandated);
            for (n, (unit, post)) in rows.iter().enumerate() {
                let path = units[unit % units.len()];
                let units = [path[0], path[1], path[2], None, None, None];
                let kind = Some(kind_of(n).to_owned());
                let row = Located { units, at_unit: path[depth_of(&path) - 1], post: Some(id(*post)), person: None, kind };
                let why = reasons(&officer, &mandated, &sight, &row);
                prop_assert_eq!(!why.is_empty(), scope.covers(&row), "{:?}", why);
                let limited = |why: &super::sight::Reason| matches!(why, super::sight::Reason::Mandate { kinds, .. } if !kinds.is_empty());
                by_kind.set(by_kind.get() + usize::from(!why.is_empty() && why.iter().all(limited)));
                if why.is_empty() { missed.set(missed.get() + 1) } else { reached.set(reached.get() + 1) }
            }
            agree(&tree, &units, &rows, &scope);
            Ok(())
        })
        .unwrap();
    assert!(reached.get() > 100 && missed.get() > 100, "{} reached, {} not", reached.get(), missed.get());
    assert!(by_kind.get() > 5, "{} reached by a mandate for their kind alone", by_kind.get());
}
