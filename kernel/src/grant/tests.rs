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
    };
    let table: [(&str, Scope, bool); 9] = [
        ("nothing", Scope::nothing(), false),
        ("everything", Scope::all(), true),
        ("the district above", Scope::of(&officer(&[("examiner", id(2), 2)], &[]), &["examiner"]), true),
        ("another role", Scope::of(&officer(&[("examiner", id(2), 2)], &[]), &["signer"]), false),
        ("another district", Scope::of(&officer(&[("examiner", id(7), 2)], &[]), &["examiner"]), false),
        ("routed to the office", Scope::of(&officer(&[("examiner", id(9), 2)], &[]), &["examiner"]), true),
        ("with the own post", Scope::of(&officer(&[], &[id(50)]), &["examiner"]), true),
        ("with the own post, but roles alone", Scope::of_roles(&officer(&[], &[id(50)]), &["examiner"]), false),
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

/// Rows of `kernel_task` as (unit, post), and what a scope over `columns` makes of them.
fn agree(tree: &Tree, units: &[[Option<Id>; DEPTH_MAX]], rows: &[(usize, u8)], scope: &Scope) {
    let stored: Vec<([Option<Id>; DEPTH_MAX], u8)> = rows.iter().map(|(unit, post)| (units[unit % units.len()], *post)).collect();
    let insert = stored.clone();
    tree.write(move |tx| {
        tx.upkeep("delete from kernel_task", &[])?;
        for (n, (path, post)) in insert.iter().enumerate() {
            tx.upkeep(
                "insert into kernel_task (id, case_id, system, kind, post, unit, u1, u2, u3, action, subject, code, since, due, state, version) \
                 values ($1, $1, '', '', $2, $3, $4, $5, $6, '', '', '', 0, 0, 'open', 1)",
                &params![id(u8::try_from(n).unwrap()), id(*post), path[depth_of(path) - 1], path[0], path[1], path[2]],
            )?;
        }
        Ok(())
    })
    .unwrap();
    let expected: Vec<Id> = stored
        .iter()
        .enumerate()
        .filter(|(_, (path, post))| {
            let units = [path[0], path[1], path[2], None, None, None];
            scope.covers(&Located { units, at_unit: path[depth_of(path) - 1], post: Some(id(*post)), person: None })
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

/// Who can see what is the scope of the lists taken apart: whatever tree, grants, posts and mandates, an account has a reason to
/// open a record exactly when its scope covers it, and the list has the same rows.
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
        proptest::collection::vec(100..110_u8, 0..3),
        any::<bool>(),
    );
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() });
    let (reached, missed) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
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
            let given = |post: &u8| MandatedPost { post: id(*post), own_post: id(1), kinds: Vec::new(), form: MandateForm::An };
            let mandated: Vec<MandatedPost> = mandates.iter().map(given).collect();
            let sight = Sight { key: "test.task", title: "", roles: &[EXAMINER, ADMIN], desks, counted: None };
            let scope = sight.scope(&officer, &mandated);
            for (unit, post) in &rows {
                let path = units[unit % units.len()];
                let units = [path[0], path[1], path[2], None, None, None];
                let row = Located { units, at_unit: path[depth_of(&path) - 1], post: Some(id(*post)), person: None };
                let why = reasons(&officer, &mandated, &sight, &row);
                prop_assert_eq!(!why.is_empty(), scope.covers(&row), "{:?}", why);
                if why.is_empty() { missed.set(missed.get() + 1) } else { reached.set(reached.get() + 1) }
            }
            agree(&tree, &units, &rows, &scope);
            Ok(())
        })
        .unwrap();
    assert!(reached.get() > 100 && missed.get() > 100, "{} reached, {} not", reached.get(), missed.get());
}
