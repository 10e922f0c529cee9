use std::sync::Arc;

use jiff::SignedDuration;

use super::*;
use crate::{
    Actor, Ctx, Officer,
    account::{device::Acquaintance, restriction::NewRestriction},
    grant::{self, Grantee, NewGrant},
    post::{self, HoldingKind, NewHolding, NewPost},
    unit::tests::{Tree, refusal},
};

#[test]
fn usernames_are_told_by_a_table() {
    let table = [
        ("siti.aminah", Ok("siti.aminah")),
        ("  Siti.Aminah ", Ok("siti.aminah")),
        ("kades-01", Ok("kades-01")),
        ("op@batu-jungul", Ok("op@batu-jungul")),
        ("ab", Err("kernel-username-length")),
        ("", Err("kernel-username-length")),
        ("siti aminah", Err("kernel-username-characters")),
        ("siti..a", Err("kernel-username-characters")),
        (".siti", Err("kernel-username-characters")),
        ("siti-", Err("kernel-username-characters")),
        ("sïti", Err("kernel-username-characters")),
        ("1611015703900001", Err("kernel-username-number")),
    ];
    for (typed, expected) in table {
        let found = check_username(typed).map_err(|message| message.key.into_owned());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{typed}");
    }
}

#[test]
fn passwords_are_told_by_a_table() {
    let table = [
        ("kopi hitam tanpa gula", Ok(())),
        ("pempek-kapal", Ok(())),
        ("pendek", Err("kernel-password-short")),
        ("1234567890", Err("kernel-password-guessable")),
        ("aaaaaaaaaaaa", Err("kernel-password-guessable")),
        ("password2026!", Err("kernel-password-guessable")),
        ("Bismillah-99", Err("kernel-password-guessable")),
        ("siti.aminah1", Err("kernel-password-guessable")),
    ];
    for (password, expected) in table {
        let found = check_password(password, "Siti.Aminah").map_err(|message| message.key.into_owned());
        assert_eq!(found, expected.map_err(str::to_owned), "{password}");
    }
    assert_eq!(check_password(&"ab c".repeat(80), "x").unwrap_err().key, "kernel-password-long");
}

/// One account of a village head and secretary, with the role of unit admin for itself and signer for the head's post.
struct Desk {
    tree: Tree,
    account: Id,
    head: Id,
    secretary: Id,
}

const PASSWORD: &str = "kopi hitam tanpa gula";

fn hashed(ctx: &Ctx) -> PasswordHash {
    hash_password(ctx, PASSWORD, PasswordCost::quick()).unwrap()
}

impl Desk {
    fn new() -> Self {
        let tree = Tree::new();
        let (village, password) = (tree.village, hashed(&tree.machine()));
        let (account, head, secretary) = tree
            .write(move |tx| {
                let person = crate::party::tests::somebody(tx, village, "Siti Aminah")?;
                let account = create(
                    tx,
                    &NewAccount {
                        username: "Siti".into(),
                        person: Some(person),
                        kind: AccountKind::Person,
                        display_name: "Siti Aminah".into(),
                        password: Some(password.clone()),
                        expires_at: None,
                    },
                )?;
                let mut posts = [Id::NIL; 2];
                for (place, office) in ["kepala", "sekretaris"].into_iter().enumerate() {
                    let valid_from = jiff::civil::date(2020, 1, 1);
                    let new = NewPost { unit: village, office: office.into(), title: office.into(), place: place as i64, valid_from };
                    posts[place] = post::create(tx, &new)?;
                    let kind = HoldingKind::Definitive;
                    let from = Timestamp::UNIX_EPOCH;
                    post::appoint(tx, &NewHolding { post: posts[place], person, kind, decree: "SK".into(), from, until: None })?;
                }
                let from = Timestamp::UNIX_EPOCH;
                let mut give = |to, role| grant::grant(tx, &NewGrant { to, role, unit: village, from, until: None, decree: String::new() });
                give(Grantee::Account(account), grant::UNIT_ADMIN)?;
                give(Grantee::Post(posts[0]), grant::SIGNER)?;
                Ok((account, posts[0], posts[1]))
            })
            .unwrap();
        Self { tree, account, head, secretary }
    }

    fn signs_in(&self) -> SessionToken {
        let account = self.account;
        self.tree.write(move |tx| open_session(tx, account, SessionLimits::default())).unwrap()
    }

    fn session(&self, token: &SessionToken) -> Option<Session> {
        let now = self.tree.home.now();
        self.tree.read(|rx| resolve(rx, token, now, SessionLimits::default()))
    }

    fn officer(&self, token: &SessionToken) -> Arc<Officer> {
        self.session(token).unwrap().officer
    }

    fn account(&self) -> Account {
        self.tree.read(|rx| find(rx, self.account)).unwrap()
    }
}

#[test]
fn a_password_is_verified_and_an_unknown_account_takes_as_long() {
    let desk = Desk::new();
    let found = desk.tree.read(|rx| credentials(rx, " SITI ")).unwrap();
    let hash = found.password.as_ref();
    assert!(verify_password(PASSWORD, hash, PasswordCost::quick()));
    assert!(!verify_password("kopi susu tanpa gula", hash, PasswordCost::quick()));
    assert!(!verify_password(PASSWORD, None, PasswordCost::quick()));
    assert!(desk.tree.read(|rx| credentials(rx, "nobody")).is_none());
    assert!(desk.tree.read(|rx| credentials(rx, "' or 1=1")).is_none());
    // The cost is kept with the hash, so it can be raised later.
    let costly = hash_password(&desk.tree.machine(), PASSWORD, PasswordCost::default()).unwrap();
    assert!(costly.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", costly.as_str());
    assert!(verify_password(PASSWORD, Some(&costly), PasswordCost::quick()));
    assert!(!format!("{costly:?}").contains("argon"));
}

#[test]
fn a_session_knows_what_its_officer_may_do_now() {
    let desk = Desk::new();
    let token = desk.signs_in();
    let officer = desk.officer(&token);
    assert_eq!(officer.name, "Siti Aminah");
    assert_eq!(officer.posts.iter().map(|post| post.post).collect::<Vec<_>>(), [desk.head, desk.secretary]);
    assert_eq!(officer.post.as_ref().map(|post| post.post), Some(desk.head), "the first by place");
    assert!(officer.holds("signer") && officer.holds("unit_admin") && !officer.holds("admin"));
    assert_eq!(officer.grants[0].depth, 3);

    let (chosen, secretary) = (token.clone(), desk.secretary);
    desk.tree.write(move |tx| choose_post(tx, &chosen, secretary)).unwrap();
    assert_eq!(desk.officer(&token).post.as_ref().map(|post| post.office.as_str()), Some("sekretaris"));
    let (chosen, stranger) = (token.clone(), Id::NIL);
    assert_eq!(refusal(desk.tree.write(move |tx| choose_post(tx, &chosen, stranger))), "kernel-post-not-yours");

    // The head's post goes: so does its role, in the same session.
    let (head, now) = (desk.head, desk.tree.home.now());
    let held = desk.tree.read(|rx| post::holder(rx, head, now)).holder.unwrap();
    desk.tree.write(move |tx| post::end(tx, held.id, Expect::Any, now)).unwrap();
    let officer = desk.officer(&token);
    assert!(!officer.holds("signer") && officer.holds("unit_admin"));
    assert_eq!(officer.posts.len(), 1);
}

#[test]
fn a_session_ends_idle_or_after_a_day_of_work() {
    let desk = Desk::new();
    let token = desk.signs_in();
    desk.tree.home.pass(SignedDuration::from_secs(59));
    assert!(!desk.session(&token).unwrap().wants_touch(desk.tree.home.now()));
    desk.tree.home.pass(SignedDuration::from_secs(1));
    assert!(desk.session(&token).unwrap().wants_touch(desk.tree.home.now()));
    for _ in 0..7 {
        desk.tree.home.pass(SignedDuration::from_mins(100));
        assert!(desk.session(&token).is_some());
        let touched = token.clone();
        desk.tree.write(move |tx| touch(tx, &touched)).unwrap();
    }
    desk.tree.home.pass(SignedDuration::from_mins(100));
    assert!(desk.session(&token).is_none(), "twelve hours are over");
    let idle = desk.signs_in();
    desk.tree.home.pass(SignedDuration::from_hours(2));
    assert!(desk.session(&idle).is_none(), "two hours idle");
    let now = desk.tree.home.now();
    assert_eq!(desk.tree.write(move |tx| sweep_sessions(tx, now, SessionLimits::default())).unwrap(), 2);
}

#[test]
fn signing_out_and_a_new_password_end_sessions() {
    let desk = Desk::new();
    let (one, other) = (desk.signs_in(), desk.signs_in());
    let (account, kept, now) = (desk.account, one.clone(), desk.tree.home.now());
    assert_eq!(desk.tree.read(|rx| sessions(rx, account, &one, now)).iter().filter(|session| session.current).count(), 1);
    let password = hashed(&desk.tree.machine());
    desk.tree.write(move |tx| change_password(tx, account, Expect::Version(1), &password, Some(&kept))).unwrap();
    assert!(desk.session(&one).is_some() && desk.session(&other).is_none());
    let out = one.clone();
    desk.tree.write(move |tx| sign_out(tx, &out)).unwrap();
    assert!(desk.session(&one).is_none());
    assert_eq!(one.to_string().parse(), Ok(one.clone()));
    assert!("short".parse::<SessionToken>().is_err());
    assert!(!format!("{one:?}").contains(&one.to_string()));
    let hash = "select count(*) from kernel_session where length(token_hash) <> 32";
    assert_eq!(desk.tree.home.count(hash), 0);
}

#[test]
fn a_disabled_or_expired_account_has_no_session() {
    let desk = Desk::new();
    let token = desk.signs_in();
    let account = desk.account;
    desk.tree.write(move |tx| disable(tx, account, Expect::Version(1))).unwrap();
    assert!(desk.session(&token).is_none());
    let open = move |tx: &mut Tx<'_>| open_session(tx, account, SessionLimits::default());
    assert_eq!(refusal(desk.tree.write(open)), "kernel-account-disabled");
    desk.tree.write(move |tx| enable(tx, account, Expect::Any)).unwrap();
    let end = desk.tree.home.now() + SignedDuration::from_hours(1);
    let token = desk.signs_in();
    desk.tree.write(move |tx| set_expiry(tx, account, Expect::Any, Some(end))).unwrap();
    assert!(desk.session(&token).is_some());
    desk.tree.home.pass(SignedDuration::from_hours(1));
    assert!(desk.session(&token).is_none());
    assert_eq!(refusal(desk.tree.write(open)), "kernel-account-expired");
}

#[test]
fn accounts_follow_their_rules() {
    let desk = Desk::new();
    let new = |username: &str, kind| NewAccount {
        username: username.into(),
        person: None,
        kind,
        display_name: "Vendor".into(),
        password: None,
        expires_at: None,
    };
    let (taken, undated) = (new("SITI", AccountKind::Person), new("vendor", AccountKind::ThirdParty));
    assert_eq!(refusal(desk.tree.write(move |tx| create(tx, &taken))), "kernel-username-taken");
    assert_eq!(refusal(desk.tree.write(move |tx| create(tx, &undated))), "kernel-account-third-party-dated");
    assert!(!desk.account().has_accepted("2026-1"));
    let account = desk.account;
    desk.tree.write(move |tx| accept_terms(tx, account, "2026-1")).unwrap();
    assert!(desk.account().has_accepted("2026-1") && !desk.account().has_accepted("2027-1"));
    let person = desk.account().person.unwrap();
    assert_eq!(desk.tree.read(|rx| of_person(rx, person)).len(), 1);
    assert_eq!(desk.tree.read(|rx| list(rx, None, 10)).len(), 1);
    assert!(desk.tree.read(|rx| list(rx, Some("siti"), 10)).is_empty());
    assert_eq!(desk.tree.read(|rx| by_username(rx, "siti")).unwrap().id, account);
}

#[test]
fn a_machine_calls_by_a_token_that_can_be_taken_back() {
    let desk = Desk::new();
    let account = desk.account;
    let soon = desk.tree.home.now() + SignedDuration::from_hours(1);
    let (id, token) = desk.tree.write(move |tx| create_token(tx, account, "opensid", Some(soon))).unwrap();
    let officer = |now| desk.tree.read(|rx| resolve_token(rx, &token, now));
    assert_eq!(officer(desk.tree.home.now()).unwrap().officer.account, account);
    assert!(officer(soon).is_none());
    assert_eq!(token.to_string().parse(), Ok(token.clone()));
    assert!(token.to_string().starts_with("sgt_"));
    assert_eq!(desk.tree.read(|rx| tokens(rx, account))[0].label, "opensid");
    desk.tree.write(move |tx| revoke_token(tx, id, Expect::Version(1))).unwrap();
    assert!(officer(desk.tree.home.now()).is_none());
    assert_eq!(refusal(desk.tree.write(move |tx| create_token(tx, account, " ", None))), "kernel-token-label-needed");
}

fn restriction(account: Id, from: Timestamp, until: Option<Timestamp>) -> NewRestriction {
    let decree = "SK 12/2026".to_owned();
    let decreed_on = jiff::civil::date(2026, 11, 20);
    NewRestriction { account, case_id: None, decree, decreed_on, reason: "Lalai".into(), appeal_path: "/x".into(), from, until }
}

#[test]
fn a_restriction_acts_at_once_on_sessions_and_tokens_and_ends_by_itself() {
    let desk = Desk::new();
    let (account, start) = (desk.account, desk.tree.home.now());
    let session = desk.signs_in();
    let (_, token) = desk.tree.write(move |tx| create_token(tx, account, "opensid", None)).unwrap();
    let (begins, ends) = (start + SignedDuration::from_mins(10), start + SignedDuration::from_mins(70));
    desk.tree.write(move |tx| restriction::restrict(tx, &restriction(account, begins, Some(ends)))).unwrap();
    let seen = |at: Timestamp| {
        let found = desk.tree.read(|rx| resolve(rx, &session, at, SessionLimits::default())).unwrap();
        let bearer = desk.tree.read(|rx| resolve_token(rx, &token, at)).unwrap();
        let work = desk.tree.read(|rx| Ok(officer_of(rx, account, None, at).is_ok()));
        let free = [&found.officer, &bearer.officer].map(|officer| officer.holds("signer") && officer.posts.len() == 2);
        let bare = [&found.officer, &bearer.officer]
            .map(|officer| officer.post.is_none() && officer.posts.is_empty() && officer.grants.is_empty());
        let told = [found.restriction, bearer.restriction].map(|held| held.is_some_and(|held| held.decree == "SK 12/2026"));
        assert!(free == told.map(|told| !told) && bare == told && work != told[0], "session, token and background work agree");
        told[0]
    };
    let second = SignedDuration::from_secs(1);
    assert_eq!([begins - second, begins, ends - second, ends].map(seen), [false, true, true, false]);
    assert_eq!(desk.tree.home.count("select count(*) from kernel_signal where kind = 'restricted'"), 1);
    assert_eq!(desk.tree.home.count("select count(*) from kernel_entry where action = 'kernel.restriction.placed'"), 1);
}

#[test]
fn a_restriction_for_good_lasts_until_it_is_lifted_and_then_not_a_moment_longer() {
    let desk = Desk::new();
    let (account, now) = (desk.account, desk.tree.home.now());
    let session = desk.signs_in();
    let longer = desk.tree.write(move |tx| restriction::restrict(tx, &restriction(account, now, None))).unwrap();
    let shorter = now + SignedDuration::from_mins(30);
    desk.tree.write(move |tx| restriction::restrict(tx, &restriction(account, now, Some(shorter)))).unwrap();
    assert_eq!(desk.session(&session).unwrap().restriction.map(|held| held.id), Some(longer), "the one that ends last is told");
    assert_eq!(refusal(desk.tree.write(move |tx| restriction::lift(tx, longer, Expect::Any, " "))), "kernel-restriction-decree-needed");
    desk.tree.write(move |tx| restriction::lift(tx, longer, Expect::Version(1), "SK 13/2026")).unwrap();
    assert!(desk.session(&session).unwrap().restriction.is_some(), "the other one still holds");
    desk.tree.home.pass(SignedDuration::from_mins(30));
    let restored = desk.session(&session).unwrap();
    assert!(restored.restriction.is_none() && restored.officer.holds("signer"), "restored in the same session");
    assert_eq!(refusal(desk.tree.write(move |tx| restriction::lift(tx, longer, Expect::Any, "SK 14/2026"))), "kernel-restriction-over");
    let all = desk.tree.read(|rx| restriction::of_account(rx, account));
    assert!(all.len() == 2 && all.iter().all(|held| held.is_over(desk.tree.home.now())));
}

#[test]
fn nobody_restricts_themselves_nor_the_last_administrator() {
    let desk = Desk::new();
    let (account, regency, now) = (desk.account, desk.tree.regency, desk.tree.home.now());
    let own = crate::runner::Host::ctx(&desk.tree.home, Actor::Account(desk.officer(&desk.signs_in())));
    let new = restriction(account, now, None);
    let refused = desk.tree.home.db.write_now::<_, crate::Error, _>(&own, move |tx| restriction::restrict(tx, &new));
    assert_eq!(refusal(refused), "kernel-restriction-yourself");
    let give = NewGrant { to: Grantee::Account(account), role: grant::ADMIN, unit: regency, from: now, until: None, decree: String::new() };
    desk.tree.write(move |tx| grant::grant(tx, &give)).unwrap();
    let place = move |from, until| move |tx: &mut Tx<'_>| restriction::restrict(tx, &restriction(account, from, until));
    assert_eq!(refusal(desk.tree.write(place(now, None))), "kernel-restriction-last-admin");
    let other = desk.tree.write(move |tx| {
        let new = NewAccount {
            username: "admin.dua".into(),
            person: None,
            kind: AccountKind::Person,
            display_name: "Admin".into(),
            password: None,
            expires_at: None,
        };
        let id = create(tx, &new)?;
        let give = NewGrant { to: Grantee::Account(id), role: grant::ADMIN, unit: regency, from: now, until: None, decree: String::new() };
        grant::grant(tx, &give)?;
        Ok(id)
    });
    assert_eq!(refusal(desk.tree.write(place(now, Some(now)))), "kernel-restriction-ends-before-it-begins");
    desk.tree.write(place(now, None)).unwrap();
    let other = other.unwrap();
    let second = desk.tree.write(move |tx| restriction::restrict(tx, &restriction(other, now, None)));
    assert_eq!(refusal(second), "kernel-restriction-last-admin", "the first is restricted already");
}

#[test]
fn a_session_is_bound_to_its_browser_and_ends_when_its_cookie_comes_from_elsewhere() {
    let desk = Desk::new();
    let account = desk.account;
    let ctx = desk.tree.machine();
    let browser = DeviceToken::new(&ctx);
    let here = browser.clone();
    let token = desk.tree.write(move |tx| open_session_on(tx, account, SessionLimits::default(), Some(&here))).unwrap();
    let session = desk.session(&token).unwrap();
    let now = desk.tree.home.now();
    assert_eq!(session.binding.judge(Some(&browser), ctx.origin(), now), Fit::Same);
    assert_eq!(session.binding.judge(None, ctx.origin(), now), Fit::Foreign);
    let foreign = token.clone();
    desk.tree.write(move |tx| end_foreign(tx, &foreign, account)).unwrap();
    assert!(desk.session(&token).is_none());
    assert_eq!(desk.tree.read(|rx| crate::signal::unseen(rx, account, 5)).len(), 1);
    assert!(desk.session(&desk.signs_in()).unwrap().binding.judge(None, ctx.origin(), now) == Fit::Same, "opened without a browser");
    // The first browser is nobody's news; the second is.
    let (first, second) = (browser.clone(), DeviceToken::new(&ctx));
    let met = |device: DeviceToken| desk.tree.write(move |tx| device::remember(tx, account, &device)).unwrap();
    let known = |device: &DeviceToken, name: &str| desk.tree.read(|rx| device::is_known(rx, name, Some(device), now));
    assert!(!known(&first, "siti"));
    assert_eq!(
        [met(first.clone()), met(first.clone()), met(second.clone())],
        [Acquaintance::First, Acquaintance::Known, Acquaintance::New]
    );
    assert!(known(&first, "siti") && !known(&first, "lain"));
    let kept = first.clone();
    desk.tree.write(move |tx| device::forget_others(tx, account, Some(&kept))).unwrap();
    assert!(known(&first, "siti") && !known(&second, "siti"));
}
