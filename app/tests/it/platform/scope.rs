//! What the register lists is what may be opened: list == filter(all, covers), as everybody meets it over HTTP, and as the report of
//! who can see what says it; also while posts change hands and mandates begin and end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::{
    Id, grant,
    post::{self, office},
};
use testkit::{Page, TestApp, Visitor};

use crate::{
    systems::SYSTEMS,
    town::{HEIRS, KELURAHAN, SERVICE, Town, VILLAGE, drafts},
};

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// What somebody sees: the cases that open, and how many pages of lists told so.
struct Seen {
    open: BTreeSet<String>,
    pages: usize,
}

/// Every case there is.
async fn every_case(app: &TestApp) -> BTreeSet<String> {
    app.read(|rx| rx.all("select id from kernel_case", &[])?.iter().map(|row| Ok(row.get::<Id>(0)?.to_string())).collect()).await
}

/// Who opens each case, as the report of who can see what says it.
async fn reported(app: &TestApp, all: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let admin = app.signed_in("admin").await.staying();
    let mut seers = BTreeMap::new();
    for id in all {
        let page = admin.get(&format!("/akses/perkara/{id}")).await;
        let links = if page.status == 404 { Vec::new() } else { page.good().links("main table a[href^='/akses/akun/']") };
        seers.insert(id.clone(), links.into_iter().map(|(_, href)| href["/akses/akun/".len()..].to_owned()).collect());
    }
    seers
}

/// The cases a list names, page after page; none when there is no such list for the visitor.
async fn listed(visitor: &Visitor, path: &str) -> Option<(BTreeSet<String>, usize)> {
    let (mut found, mut pages, mut next) = (BTreeSet::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let page = visitor.get(&path).await;
        if page.status == 404 {
            return None;
        }
        let page = page.good();
        pages += 1;
        let ids = page.links("main a[href^='/tugas/']").into_iter().map(|(_, href)| href["/tugas/".len()..].to_owned());
        found.extend(ids.filter(|id| id.parse::<Id>().is_ok()));
        next = page.links("a[rel=next]").into_iter().map(|(_, href)| href).next();
    }
    Some((found, pages))
}

/// Opens everything and reads the lists in the name of an account. What is listed opens, what opens is listed (in the register, or for
/// whoever has none, on the own desk), and the report says the same of both.
async fn sees(app: &TestApp, username: &str, all: &BTreeSet<String>, seers: &BTreeMap<String, BTreeSet<String>>) -> Seen {
    let visitor = app.signed_in(username).await.staying();
    let mut open = BTreeSet::new();
    for id in all {
        let status = visitor.get(&format!("/tugas/{id}")).await.status;
        assert!(status == 200 || status == 404, "{username} {id}: {status}");
        if status == 200 {
            open.insert(id.clone());
        }
    }
    let (found, pages) = match listed(&visitor, "/permohonan").await {
        Some(found) => found,
        None => listed(&visitor, "/tugas").await.unwrap_or_default(),
    };
    assert_eq!(found, open, "{username} lists something else than what opens");
    let account = app.ctx_of(username).await.actor().officer().unwrap().account.to_string();
    let told: BTreeSet<String> = seers.iter().filter(|(_, who)| who.contains(&account)).map(|(id, _)| id.clone()).collect();
    assert_eq!(told, open, "the report of who can see what says something else of {username}");
    Seen { open, pages }
}

/// The cases that lie with a post the account acts for now, itself or by a mandate for such a letter.
async fn on_the_desk(app: &TestApp, username: &str) -> BTreeSet<String> {
    let (ctx, now) = (app.ctx_of(username).await, app.now());
    let officer = ctx.actor().officer().unwrap().clone();
    app.read(move |rx| {
        let mut found = BTreeSet::new();
        for row in rx.all("select id, at_post, kind from kernel_case where at_post is not null and system = 'services'", &[])? {
            if post::may_officer_act(rx, &officer, row.get(1)?, &row.get::<String>(2)?, now)?.is_some() {
                found.insert(row.get::<Id>(0)?.to_string());
            }
        }
        Ok(found)
    })
    .await
}

/// A person with an account and no post.
async fn without_post(town: &Town<'_>, username: &str, name: &str) -> Id {
    let person = town.world.person(name).await;
    let _ = town.world.account(username, Some(person), name).await;
    person
}

/// The unit admin of a unit gives a mandate a.n. on the page.
async fn mandates(admin: &Visitor, unit: &str, from: Id, to: Id, kinds: &[&str], until: &str) {
    let path = format!("/jabatan/{unit}/mandat");
    let mut form = admin.get(&path).await.good().form(&path);
    form = form.fill("dari", &from.to_string()).fill("kepada", &to.to_string()).fill("bentuk", "an").fill("keputusan", "SK 7/2026");
    for kind in kinds {
        form = form.tick("surat", kind);
    }
    let _ = form.fill("sampai", until).submit().await.redirected("/jabatan/");
}

testkit::both!(SYSTEMS;
    async fn the_register_lists_exactly_what_may_be_opened(app) {
        let mut town = Town::build(&app).await;
        let mut dice = Dice(20_261_120);
        for number in 100..118 {
            let (operator, unit, slug) = match dice.below(4) {
                0 => ("operator", VILLAGE, "keterangan-tidak-mampu"),
                1 => ("operator.kelurahan", KELURAHAN, SERVICE),
                2 => ("operator.kelurahan", KELURAHAN, "keterangan-tidak-mampu"),
                _ => ("operator.kelurahan", KELURAHAN, "keterangan-ahli-waris"),
            };
            let (case, _) = town.takes_in(operator, unit, slug, number).await;
            let chain: &[(&str, &str)] = if unit == VILLAGE {
                &[("kasi", "check"), ("sekdes", "initial"), ("kades", "sign")]
            } else {
                &[("camat", "check"), ("seklur", "initial"), ("lurah", "sign")]
            };
            for (username, action) in chain.iter().take(usize::try_from(dice.below(4)).unwrap()) {
                town.does(username, case, action, serde_json::json!({})).await;
            }
        }
        app.settle().await;
        let all = every_case(&app).await;
        assert!(all.len() >= 29, "{}", all.len());
        // What is granted for the whole government only has one account.
        let below = grant::ROLES.iter().filter(|role| !role.top_only).map(|role| format!("{}.b", role.key));
        let roles = grant::ROLES.iter().map(|role| format!("{}.a", role.key)).chain(below);
        let posts = ["kades", "sekdes", "kasi", "operator", "camat", "sekcam", "bupati", "lurah", "seklur", "kadis", "dpmd", "admin", "tanpa.peran"];
        // What the report says of each case, asked before anybody opens anything.
        let seers = reported(&app, &all).await;
        let (mut listing, mut some, mut none) = (0, 0, 0);
        for username in roles.chain(posts.map(str::to_owned)) {
            let seen = sees(&app, &username, &all, &seers).await;
            listing += seen.pages;
            some += usize::from(!seen.open.is_empty());
            none += usize::from(seen.open.is_empty());
        }
        assert!(listing > 10 && some > 5 && none > 2, "{listing} lists, {some} see something, {none} see nothing: too even to prove anything");
    }

    async fn a_mandate_for_some_letters_opens_these_alone_and_is_said_to(app) {
        let mut town = Town::build(&app).await;
        let (head, desk) = (town.world.post(town.world.village, office::HEAD).await, town.world.post_at(town.world.village, "staf", "Staf Desa", 9).await);
        let person = without_post(&town, "staf.mandat", "Ratna Juwita").await;
        let _ = town.world.appoint(desk, person, post::HoldingKind::Definitive, app.now(), None).await;
        let mut standing = BTreeMap::new();
        for (slug, number) in [(SERVICE, 60), ("keterangan-tidak-mampu", 61), (HEIRS, 62), ("keterangan-belum-menikah", 63)] {
            standing.insert(slug, town.drive(slug, "signing", number).await.id);
        }
        let all = every_case(&app).await;
        let before = sees(&app, "staf.mandat", &all, &reported(&app, &all).await).await;
        assert!(before.open.is_empty(), "{:?}", before.open);
        let sekdes = app.signed_in("sekdes").await;
        mandates(&sekdes, VILLAGE, head, desk, &[SERVICE, "keterangan-tidak-mampu"], "2026-12-31").await;
        // Everything of these two kinds that lies with the head, nothing else that lies there.
        let during = sees(&app, "staf.mandat", &all, &reported(&app, &all).await).await;
        assert_eq!(during.open, on_the_desk(&app, "staf.mandat").await);
        let expected = [(SERVICE, true), ("keterangan-tidak-mampu", true), (HEIRS, false), ("keterangan-belum-menikah", false)];
        for (slug, opens) in expected {
            assert_eq!(during.open.contains(&standing[slug].to_string()), opens, "{slug}");
        }
        // The report names the kinds, of the record and of the account.
        let admin = app.signed_in("admin").await;
        let account = app.ctx_of("staf.mandat").await.actor().officer().unwrap().account;
        let page = admin.get(&format!("/akses/perkara/{}", standing[SERVICE])).await.good();
        let _ = page.saying("hanya untuk Surat Keterangan Domisili, Surat Keterangan Tidak Mampu");
        let page = admin.get(&format!("/akses/akun/{account}")).await.good().saying("hanya untuk Surat Keterangan Domisili, Surat Keterangan Tidak Mampu");
        let _ = page.saying(&during.open.len().to_string());
        // And what is mandated may be done: a letter of the kind is signed, one of another kind is not there.
        town.does("staf.mandat", standing[SERVICE], "sign", serde_json::json!({})).await;
        let machine = town.machine("staf.mandat").await;
        let other = standing[HEIRS];
        let version = app.read(move |rx| Ok(kernel::case::find(rx, other)?.version)).await;
        let body = serde_json::json!({ "action": "sign", "version": version });
        let _ = machine.post_json(&format!("/api/v1/services/applications/{other}/actions"), &body).await.is(404);
        // It ends by itself, with its last day.
        app.clock().set("2027-01-01 00:00");
        let after = sees(&app, "staf.mandat", &all, &reported(&app, &all).await).await;
        assert!(after.open.is_empty(), "{:?}", after.open);
        app.settle().await;
    }

    async fn posts_that_change_hands_move_what_is_listed_what_opens_and_what_is_said(app) {
        let mut town = Town::build(&app).await;
        let world = &town.world;
        let mut desks = Vec::new();
        for (unit, slug, offices) in [
            (world.village, VILLAGE, &[office::HEAD, office::SECRETARY, office::SERVICE_SECTION][..]),
            (world.kelurahan, KELURAHAN, &[office::HEAD, office::SECRETARY][..]),
        ] {
            for office in offices {
                desks.push((world.post(unit, office).await, slug));
            }
        }
        let staff = [(world.post_at(world.village, "staf", "Staf Desa", 9).await, VILLAGE), (world.post_at(world.kelurahan, "staf", "Staf Kelurahan", 9).await, KELURAHAN)];
        let free = [without_post(&town, "staf.satu", "Ratna Juwita").await, without_post(&town, "staf.dua", "Slamet Riyadi").await, without_post(&town, "staf.tiga", "Tuti Alawiyah").await];
        for (n, (post, _)) in staff.iter().enumerate() {
            let _ = town.world.appoint(*post, free[n], post::HoldingKind::Definitive, app.now(), None).await;
        }
        for (number, slug, state) in [(70, SERVICE, "signing"), (71, "keterangan-tidak-mampu", "signing"), (72, HEIRS, "signing"), (73, HEIRS, "initialing"), (74, "keterangan-belum-menikah", "checking")] {
            let _ = town.drive(slug, state, number).await;
        }
        for (number, slug, steps) in [(75, SERVICE, 2), (76, HEIRS, 2), (77, "keterangan-tidak-mampu", 1)] {
            let (case, _) = town.takes_in("operator.kelurahan", KELURAHAN, slug, number).await;
            for (username, action) in [("camat", "check"), ("seklur", "initial")].iter().take(steps) {
                town.does(username, case, action, serde_json::json!({})).await;
            }
        }
        app.settle().await;
        let all = every_case(&app).await;
        let watched = ["kades", "sekdes", "kasi", "lurah", "seklur", "staf.satu", "staf.dua", "staf.tiga"];
        let mut dice = Dice(13);
        let mut last: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let (mut set, mut moved, mut at_midday) = ([0; 4], 0, 0);
        for step in 0..9_i8 {
            let day = Date::constant(2026, 11, 23).checked_add(jiff::Span::new().days(i64::from(step) * 2)).unwrap();
            app.clock().set(&format!("{day} 08:00"));
            let (post, unit) = *dice.one(&desks);
            let now = app.now();
            let holder = app.read(move |rx| Ok(post::holder(rx, post, now)?.holder)).await;
            let admin = app.signed_in("admin").await;
            let stands_in = *dice.one(&free);
            let (what, holder) = match holder {
                None => (1, None),
                Some(holder) => ([0, 0, 1, 2, 2, 3][usize::try_from(dice.below(6)).unwrap()], Some(holder)),
            };
            let decree = format!("821/{step}/2026");
            let ends = day.checked_add(jiff::Span::new().days(1)).unwrap().to_string();
            let ke = post.to_string();
            let page: Option<Page> = match what {
                // Plh from mid-day to mid-day of the next day: the holder keeps the post.
                0 => {
                    let page = Some(drafts(&admin, &decree, &day.to_string(), "12:00").await);
                    adds(&admin, page, stands_in, &[("cara", "appoint"), ("ke", &ke), ("jenis", "plh"), ("sampai", &ends), ("sampai-jam", "12:00")]).await
                }
                // The holder leaves the post at mid-day, and a Plt takes it.
                1 => {
                    let page = Some(drafts(&admin, &decree, &day.to_string(), "12:00").await);
                    let page = match &holder {
                        Some(holder) => adds(&admin, page, holder.person, &[("cara", "release"), ("dari", &ke)]).await,
                        None => page,
                    };
                    adds(&admin, page, stands_in, &[("cara", "appoint"), ("ke", &ke), ("jenis", "plt")]).await
                }
                // A mandate for some kinds of letter, or for all, until the end of the next day.
                2 => {
                    let to = staff.iter().find(|(_, of)| *of == unit).unwrap().0;
                    let choices: [&[&str]; 3] = [&[SERVICE], &[HEIRS, "keterangan-tidak-mampu"], &[]];
                    let kinds = *dice.one(&choices);
                    let unit_admin = if unit == VILLAGE { "sekdes" } else { "seklur" };
                    let keeper = app.signed_in(unit_admin).await;
                    let keeper = if keeper.get(&format!("/jabatan/{unit}/mandat")).await.status == 200 { keeper } else { admin.clone() };
                    mandates(&keeper, unit, post, to, kinds, &ends).await;
                    set[2] += 1;
                    None
                }
                // The post is simply left: what lies with it is nobody's by desk.
                _ => {
                    let page = Some(drafts(&admin, &decree, &day.to_string(), "12:00").await);
                    adds(&admin, page, holder.unwrap().person, &[("cara", "release"), ("dari", &ke)]).await
                }
            };
            if let Some(page) = page.filter(|page| page.has("form[action$='/tetapkan']")) {
                let _ = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/");
                set[what] += 1;
            }
            for hour in ["11:59", "12:00"] {
                // Rights move at their minute whether or not the machine has done its work.
                if step % 3 == 0 {
                    app.settle().await;
                }
                app.clock().set(&format!("{day} {hour}"));
                let seers = reported(&app, &all).await;
                for username in watched {
                    let seen = sees(&app, username, &all, &seers).await;
                    let desk = on_the_desk(&app, username).await;
                    assert!(desk.is_subset(&seen.open), "{username} at {day} {hour} acts for what does not open");
                    let has_role = app.ctx_of(username).await.actor().officer().unwrap().grants.iter().any(|held| OFFICE.contains(&held.role.as_str()));
                    if !has_role {
                        assert_eq!(desk, seen.open, "{username} at {day} {hour} opens what lies elsewhere");
                    }
                    let changed = last.insert(username, seen.open.clone()).is_some_and(|before| before != seen.open);
                    moved += usize::from(changed);
                    at_midday += usize::from(changed && hour == "12:00");
                }
            }
        }
        app.settle().await;
        assert!(set.iter().filter(|n| **n > 0).count() >= 3, "{set:?}");
        assert!(moved >= 10 && at_midday >= 4, "{moved} changes, {at_midday} of them at mid-day: {set:?}");
    }

    async fn a_letter_from_paper_has_a_line_in_the_book_and_who_opens_it_is_said(app) {
        let town = Town::build(&app).await;
        // Whatever the system itself writes belongs to a case; whatever was written outside is a line in the book, by the number alone.
        assert!(app.count("select count(*) from kernel_document").await > 3);
        assert_eq!(app.count("select count(*) from kernel_document where case_id is null").await, 0);
        let keeper = app.signed_in("sekdes").await;
        let form = keeper.get("/buku/agenda/luar").await.good().form("/buku/agenda/luar");
        let form = form.fill("klasifikasi", "470").fill("perihal", "Undangan rapat dusun").fill("kepada", "Kepala Dusun");
        let _ = form.submit().await.redirected("/buku/agenda");
        let number = town.find("select id from kernel_number where state = 'outside' and about = 'Undangan rapat dusun'").await;
        let text = town.find("select text from kernel_number where state = 'outside' and about = 'Undangan rapat dusun'").await;
        let admin = app.signed_in("admin").await;
        let found = admin.get("/akses").await.good().form("main form[method=get]").fill("cari", &text).submit().await.redirected("/akses/nomor/");
        assert_eq!(found.path, format!("/akses/nomor/{number}"));
        found.assert_accessible_basics();
        let found = found.saying(&text).saying("ditulis di luar sistem");
        let told: BTreeSet<String> = found.links("main table a[href^='/akses/akun/']").into_iter().map(|(_, href)| href["/akses/akun/".len()..].to_owned()).collect();
        let below = grant::ROLES.iter().filter(|role| !role.top_only).map(|role| format!("{}.b", role.key));
        let roles = grant::ROLES.iter().map(|role| format!("{}.a", role.key)).chain(below);
        let posts = ["kades", "sekdes", "kasi", "kaur", "operator", "camat", "sekcam", "bupati", "lurah", "seklur", "kadis", "dpmd", "admin", "tanpa.peran", "semua"];
        let (mut opened, mut shut) = (0, 0);
        for username in roles.chain(posts.map(str::to_owned)) {
            let status = app.signed_in(&username).await.staying().get(&format!("/buku/agenda/nomor/{number}")).await.status;
            assert!(status == 200 || status == 404, "{username}: {status}");
            let account = app.ctx_of(&username).await.actor().officer().unwrap().account.to_string();
            assert_eq!(told.contains(&account), status == 200, "{username}");
            opened += usize::from(status == 200);
            shut += usize::from(status == 404);
        }
        assert!(opened > 3 && shut > 3, "{opened} open it, {shut} do not");
        // The number of a letter that has a case leads to the case; whoever may not ask finds neither.
        let of_case = town.find("select n.text from kernel_number n join kernel_document d on d.id = n.document order by n.id limit 1").await;
        let page = admin.get("/akses").await.good().form("main form[method=get]").fill("cari", &of_case).submit().await.redirected("/akses/perkara/");
        page.assert_accessible_basics();
        let _ = app.signed_in("seklur").await.get(&format!("/akses/nomor/{number}")).await.is(404);
    }
);

/// The roles that have the register of applications.
const OFFICE: &[&str] = &["operator", "examiner", "initialer", "signer", "registrar", "unit_admin", "overseer"];

/// Adds a person to a draft; none when the draft refuses them.
async fn adds(visitor: &Visitor, draft: Option<Page>, person: Id, fields: &[(&str, &str)]) -> Option<Page> {
    let page = visitor.get(&format!("{}/orang?orang={person}", draft?.path)).await.good();
    let page = page.form("main form[method=post]").fill_all(fields).submit().await;
    (page.status != 422).then(|| page.redirected("/mutasi/"))
}
