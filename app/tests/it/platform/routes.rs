//! Every route by everybody: nobody gets a page of the server's own failure, nobody learns what is not theirs.

use std::collections::BTreeSet;

use axum::http::Method;
use kernel::grant;
use testkit::{Page, TestApp, Visitor};
use web::{Access, RouteInfo, route_list};

use super::paths::{NONSENSE, Values, parameters, with_nonsense};
use crate::{systems::SYSTEMS, town::Town};

/// Officer routes whose object somebody of another unit may know of: when an office is closed stands at its door; whether the data
/// is whole and when there are elections concerns the whole government.
const SHARED: [&str; 3] = ["/kalender/libur/", "/pengawasan/keutuhan/", "/pengawasan/pemilihan/"];
/// Routes about the officer alone, whatever the parameter.
const OWN: [&str; 1] = ["/unduhan/"];

/// Somebody who tries every route.
struct Tester {
    name: String,
    visitor: Visitor,
    /// The roles held anywhere; nobody is signed in without.
    roles: Option<BTreeSet<String>>,
    /// Where somebody is sent who has to do something first.
    pending: Option<&'static str>,
    /// The account is restricted: whatever its roles, its page is all it gets.
    restricted: bool,
    /// Nothing of the village is in this person's reach.
    foreign: bool,
}

impl Tester {
    fn may(&self, access: Access) -> bool {
        let holds = |role: &str| self.roles.as_ref().is_some_and(|roles| roles.contains(role));
        match access {
            Access::Public | Access::Link => true,
            Access::Signed | Access::Entering => self.roles.is_some(),
            Access::Role(role) => holds(role),
            Access::AnyRole(roles) => roles.iter().any(|role| holds(role)),
        }
    }

    /// What is wrong with this answer to a tester; nothing when it is as the route's access says.
    fn flaw(&self, info: &RouteInfo, page: &Page) -> Option<String> {
        let (status, to) = (page.status.as_u16(), page.header("location"));
        let closed = !matches!(info.access, Access::Public | Access::Link);
        let wanted = if status >= 500 {
            "no failure of the server"
        } else if self.restricted && closed && info.access != Access::Entering {
            let refused = if info.path.starts_with("/api/") { status == 403 } else { status == 303 && to == "/akun/pembatasan" };
            (!refused).then_some("the page of the restriction")?
        } else if self.roles.is_none() && closed {
            let api = info.path.starts_with("/api/");
            let login = info.method == Method::GET && status == 303 && to.starts_with("/masuk?lanjut=");
            let kept = info.method != Method::GET && status == 401;
            if api { (status != 401).then_some("401")? } else { (!login && !kept).then_some("the login")? }
        } else if !self.may(info.access) {
            (status != 404).then_some("404")?
        } else if let Some(pending) = self.pending.filter(|_| closed && info.access != Access::Entering) {
            (!(status == 303 && to == pending)).then_some("the page that must be done first")?
        } else if closed && (status == 401 || to.starts_with("/masuk")) && info.path != "/keluar" {
            "not the login again"
        } else if self.foreign && is_of_a_unit(info) {
            (status != 404).then_some("404: it is another unit's")?
        } else {
            return None;
        };
        let why = if status >= 500 { page.body().chars().take(300).collect() } else { String::new() };
        Some(format!("{} {} by {}: {status} {to}, not {wanted} {why}", info.method, info.path, self.name))
    }
}

/// Whether a route's parameters name something of one unit that only officers know.
fn is_of_a_unit(info: &RouteInfo) -> bool {
    !matches!(info.access, Access::Public | Access::Link)
        && !parameters(info.path).is_empty()
        && !SHARED.iter().chain(&OWN).any(|prefix| info.path.starts_with(prefix))
}

impl Tester {
    fn new(name: &str, visitor: Visitor, roles: Option<BTreeSet<String>>) -> Self {
        Self { name: name.to_owned(), visitor: visitor.staying(), roles, pending: None, restricted: false, foreign: false }
    }

    /// Nothing of the village is in this person's reach.
    fn foreign(self) -> Self {
        Self { foreign: true, ..self }
    }
}

/// Everybody: nobody, every role at the village, every role elsewhere, every role whose session ended, whose post ended, whose account
/// is restricted, and a session of another government. Roles are those of the kernel, so that a new one is walked too.
async fn testers(app: &TestApp) -> Vec<Tester> {
    let mut all = vec![Tester::new("nobody", app.anonymous(), None)];
    let with_cookie = |value: &str| app.anonymous().with_cookie(web::SESSION_COOKIE, value);
    all.push(Tester::new("a session that is none", with_cookie(&"0".repeat(64)), None));
    let stranger = elsewhere(app).await;
    all.push(Tester::new("a session of another government", with_cookie(&stranger), None));
    let now = app.now();
    app.clock().set("2026-11-01 09:00");
    for role in grant::ROLES {
        let ended = app.signed_in(&format!("{}.a", role.key)).await;
        all.push(Tester::new(&format!("{} whose session ended", role.key), ended, None));
    }
    app.clock().set_to(now);
    let b = grant::ROLES.iter().filter(|role| !role.top_only).map(|role| format!("{}.b", role.key));
    let a = grant::ROLES.iter().map(|role| format!("{}.a", role.key));
    let past = grant::ROLES.iter().map(|role| format!("{}.lewat", role.key));
    let posts = ["kades", "sekdes", "kasi", "operator", "camat", "bupati", "tanpa.peran", "semua"];
    for username in a.chain(b).chain(past).chain(posts.map(str::to_owned)) {
        let officer = app.ctx_of(&username).await.actor().officer().unwrap().clone();
        let roles: BTreeSet<String> = officer.grants.iter().map(|grant| grant.role.clone()).collect();
        let ended = username.ends_with(".lewat");
        assert!(!ended || (roles.is_empty() && officer.posts.is_empty()), "{username} holds nothing any more: {roles:?}");
        let tester = Tester::new(&username, app.signed_in(&username).await, Some(roles));
        all.push(if ended || username.ends_with(".b") || username == "tanpa.peran" { tester.foreign() } else { tester });
    }
    for role in grant::ROLES {
        let username = format!("{}.batas", role.key);
        let tester = Tester::new(&username, app.signed_in(&username).await, Some(BTreeSet::new()));
        all.push(Tester { restricted: true, ..tester });
    }
    let roles = BTreeSet::from(["registrar".to_owned(), "operator".to_owned()]);
    let tester = Tester::new("somebody who has not accepted the terms", app.signed_in("belum.setuju").await, Some(roles));
    all.push(Tester { pending: Some("/ketentuan"), ..tester });
    all
}

/// The cookie of a session that holds in another government.
async fn elsewhere(app: &TestApp) -> String {
    let other = TestApp::setup(&SYSTEMS).on(app.database()).seed(7).start().await;
    let _world = testkit::World::with_terms(&other, Some(identity::TERMS_VERSION)).await;
    let officer = other.signed_in("sekdes").await;
    let _ = officer.get("/akun").await.good();
    other.leave_work();
    officer.cookie(web::SESSION_COOKIE).unwrap()
}

/// For every role an account whose post ended yesterday, and one that is restricted; and one that never accepted the terms.
async fn newcomers(town: &Town<'_>) {
    use kernel::{
        account::restriction::{self, NewRestriction},
        post::HoldingKind,
    };
    let (world, app) = (&town.world, town.app);
    let (now, since) = (app.now(), "2026-01-05T00:00:00Z".parse().unwrap());
    for (place, role) in (60..).zip(grant::ROLES) {
        let unit = if role.top_only { world.regency } else { world.village };
        let post = world.post_at(unit, "staf", &format!("Staf {}", role.key), place).await;
        world.grant(grant::Grantee::Post(post), role.key, unit).await;
        let name = format!("{}.lewat", role.key);
        let person = world.person(&format!("Mantan {}", role.doc)).await;
        world.account(&name, Some(person), &name).await;
        world.appoint(post, person, HoldingKind::Definitive, since, Some(now - jiff::SignedDuration::from_hours(24))).await;
        let name = format!("{}.batas", role.key);
        let account = world.account(&name, None, &name).await;
        world.grant(grant::Grantee::Account(account), role.key, unit).await;
        let new = NewRestriction {
            account,
            case_id: None,
            decree: "SK 800/2026".to_owned(),
            decreed_on: kernel::Date::constant(2026, 11, 20),
            reason: String::new(),
            appeal_path: String::new(),
            from: now,
            until: None,
        };
        app.write(move |tx| restriction::restrict(tx, &new)).await;
    }
    newcomer(town).await;
}

/// An account that holds roles and never accepted the terms.
async fn newcomer(town: &Town<'_>) {
    use kernel::account::{self, AccountKind, NewAccount};
    let new = NewAccount {
        username: "belum.setuju".to_owned(),
        person: None,
        kind: AccountKind::Person,
        display_name: "Belum Setuju".to_owned(),
        password: None,
        expires_at: None,
    };
    let account = town.app.write(move |tx| account::create(tx, &new)).await;
    for role in ["registrar", "operator"] {
        town.world.grant(grant::Grantee::Account(account), grant::role(role).unwrap().key, town.world.village).await;
    }
}

fn routes() -> Vec<RouteInfo> {
    let routes: Vec<RouteInfo> = route_list(&SYSTEMS).into_iter().map(|(_, info)| info).collect();
    assert!(routes.len() > 50, "only {} routes were found: this test walks nothing", routes.len());
    routes
}

fn report(flaws: &[String]) {
    assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
}

testkit::both!(SYSTEMS;
    async fn every_route_answers_everybody_as_its_access_says(app) {
        let town = Town::build(&app).await;
        newcomers(&town).await;
        let values = Values::of(&town).await;
        let mut flaws = Vec::new();
        for tester in testers(&app).await {
            for info in routes().iter().filter(|info| info.method == Method::GET) {
                let page = tester.visitor.get(&values.one(info)).await;
                flaws.extend(tester.flaw(info, &page));
            }
        }
        flaws.extend(values.unknown());
        report(&flaws);
        // Then everybody presses every button: what an empty form may do, it does.
        let before = app.count("select count(*) from kernel_case where state = 'signing'").await;
        for tester in testers(&app).await {
            for info in routes().iter().filter(|info| info.method != Method::GET && info.path != "/keluar") {
                // A token of our own forms, so that what is refused is refused for who asks.
                let _ = tester.visitor.get(if tester.roles.is_some() { "/keluar" } else { "/masuk" }).await;
                let page = tester.visitor.sends_nothing(&info.method, &values.one(info)).await;
                let Some(flaw) = tester.flaw(info, &page) else { continue };
                // A body that cannot be read may be told so before anything is looked up, if it is told of what is nowhere too.
                let nowhere = with_nonsense(info.path, "00000000000000000000000000000000");
                let same = async || tester.visitor.sends_nothing(&info.method, &nowhere).await.status == page.status;
                if !(tester.foreign && page.status.is_client_error() && same().await) {
                    flaws.push(flaw);
                }
            }
        }
        report(&flaws);
        assert!(before > 0);
        app.leave_work();
    }

    async fn no_token_opens_the_api_but_one_that_holds(app) {
        let town = Town::build(&app).await;
        newcomers(&town).await;
        let values = Values::of(&town).await;
        let (now, mut machines) = (app.now(), Vec::new());
        for role in grant::ROLES {
            let (holds, restricted) = (format!("{}.a", role.key), format!("{}.batas", role.key));
            let (revoked, expired) = app
                .write(move |tx| {
                    let account = kernel::account::by_username(tx, &holds)?.ok_or(kernel::Error::Missing)?.id;
                    let (id, revoked) = kernel::account::create_token(tx, account, "dicabut", None)?;
                    kernel::account::revoke_token(tx, id, kernel::Expect::Any)?;
                    Ok((revoked, kernel::account::create_token(tx, account, "lewat", Some(now))?.1))
                })
                .await;
            machines.push((format!("{} with a revoked token", role.key), app.api(&revoked.to_string()), 401));
            machines.push((format!("{} with an expired token", role.key), app.api(&expired.to_string()), 401));
            machines.push((format!("{} restricted", role.key), app.api(&app.api_token(&restricted).await), 403));
        }
        machines.push(("a session cookie as a token".to_owned(), app.api(&elsewhere(&app).await), 401));
        let (mut flaws, mut walked) = (Vec::new(), 0);
        for info in routes().iter().filter(|info| info.path.starts_with("/api/v1/")) {
            for (name, machine, wanted) in &machines {
                walked += 1;
                let page = machine.call(info.method.clone(), &values.one(info)).await;
                if page.status != *wanted || !page.header("content-type").starts_with("application/problem+json") {
                    flaws.push(format!("{} {} by {name}: {}, not {wanted}", info.method, info.path, page.status));
                }
            }
        }
        app.leave_work();
        report(&flaws);
        assert!(walked > 200, "only {walked} calls: this test walks nothing");
    }

    async fn no_other_website_and_no_form_without_evidence_changes_anything(app) {
        let town = Town::build(&app).await;
        let values = Values::of(&town).await;
        let mut flaws = Vec::new();
        let everything = app.signed_in("semua").await.staying();
        for (name, visitor) in [("nobody", app.anonymous().staying()), ("semua", everything)] {
            let rows = app.count("select count(*) from kernel_entry").await;
            let _ = visitor.get("/masuk").await;
            let elsewhere = visitor.clone().with_header("origin", "https://jahat.example").with_header("sec-fetch-site", "cross-site");
            let subdomain = visitor.clone().with_header("origin", "http://uji.example.jahat.example").in_old_browser();
            for info in routes().iter().filter(|info| info.method != Method::GET && !info.cross_site) {
                let path = values.one(info);
                let old = visitor.clone().in_old_browser().call(info.method.clone(), &path).await;
                for (way, page) in [("no evidence", old), ("another site", elsewhere.call(info.method.clone(), &path).await), ("an old browser at another site", subdomain.call(info.method.clone(), &path).await)] {
                    // Nobody's form in a browser that says nothing of its origin: sign in, and nothing of it comes along.
                    let asked = (name, way) == ("nobody", "no evidence") && page.status == 401 && page.value("isian").as_deref() == Some("");
                    if page.status != 403 && !asked {
                        flaws.push(format!("{} {} by {name} from {way}: {}", info.method, info.path, page.status));
                    }
                }
            }
            assert_eq!(app.count("select count(*) from kernel_entry").await, rows, "somebody else's form was done");
        }
        report(&flaws);
    }

    async fn no_address_makes_the_server_fail(app) {
        let town = Town::build(&app).await;
        let mut flaws = Vec::new();
        for (name, visitor) in [("nobody", app.anonymous().staying()), ("semua", app.signed_in("semua").await.staying())] {
            for info in routes().iter().filter(|info| info.path.contains('{')) {
                for value in NONSENSE {
                    let path = with_nonsense(info.path, value);
                    let page = match info.method {
                        Method::GET => visitor.get(&path).await,
                        _ => visitor.sends_nothing(&info.method, &path).await,
                    };
                    if page.status.is_server_error() || (page.status == 200 && !matches!(info.access, Access::Public | Access::Link)) {
                        flaws.push(format!("{} {path} by {name}: {} {}", info.method, page.status, page.body().chars().take(200).collect::<String>()));
                    }
                }
            }
        }
        drop(town);
        app.leave_work();
        report(&flaws);
    }
);
