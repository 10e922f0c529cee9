//! Tugas Saya over several systems, and the regency's watch over the same work.

use jiff::SignedDuration;
use kernel::{
    Id, NewEntry, Result, Tx,
    case::{self, Due, DueState, Move, NewCase, NextTask},
    definition,
    post::office,
    unit,
};
use testkit::TestApp;
use web::{System, TaskLine};

use super::desk::village_with;
use crate::model::{overrides::Overrides, packages};

/// A system besides this one that leaves work on the same desks.
const OTHER: System = System {
    slug: "notes",
    title: "notes-title",
    locales: &[("id", "notes-title = Catatan\n"), ("en", "notes-title = Notes\n")],
    task: Some(|_, task| TaskLine { title: "Catatan".to_owned(), about: task.code.clone(), href: format!("/catatan/{}", task.case_id) }),
    states: &["waiting"],
    ..System::EMPTY
};

struct Work {
    system: &'static str,
    state: &'static str,
    code: String,
    at: Id,
    post: Id,
    /// Hours until the deadline; none for no fixed limit.
    hours: Option<i64>,
}

fn open(tx: &mut Tx<'_>, work: &Work) -> Result<Id> {
    let unit = unit::find(tx, work.at)?.ok_or(kernel::Error::Missing)?;
    let packages = packages::all().map_err(|error| kernel::Error::Failed(error.to_string()))?;
    let package = packages.into_iter().find(|one| one.slug == "keterangan-usaha").ok_or(kernel::Error::Missing)?;
    let text = if work.system == "notes" { "{}".to_owned() } else { package.canonical() };
    let definition = definition::put(tx, work.system, "keterangan-usaha", &text)?;
    let new = NewCase {
        system: work.system,
        kind: "keterangan-usaha",
        definition,
        offering: None,
        code: &work.code,
        unit: unit.id,
        units: unit.ancestors,
        subject: "S••••",
        applicant: None,
        channel: "counter",
        secrecy: "internal",
    };
    let now = tx.now();
    let at = work.hours.map(|hours| now + SignedDuration::from_hours(hours));
    let state = if at.is_some() { DueState::Running } else { DueState::None };
    let clock = kernel::clock::CaseClock::new(workdays::Rule::WorkingDays(3), kernel::clock::Starts::Receipt);
    let step = Move {
        action: "submit",
        to_state: work.state,
        step: 0,
        task: Some(NextTask { post: work.post, unit: unit.id, action: "check" }),
        due: Due { state, at, provisional: false, started_at: Some(now), clock: clock.to_json() },
        actor_label: "Loket",
        actor_post: None,
        note: "",
        public: true,
        outcome: None,
    };
    let id = case::open(tx, &new, &step)?.id;
    tx.entry(NewEntry::new("test.case.opened").case(id));
    Ok(id)
}

/// 37 applications and 33 notes on one desk with interleaved deadlines, two of each without a limit.
async fn desk_full(app: &TestApp, village: Id, post: Id) {
    app.write(move |tx| {
        for n in 0..70_i64 {
            let hours = if n >= 66 { None } else { Some((n * 29) % 66 + 1) };
            let ours = n % 2 == 0 || n % 17 == 1;
            let (system, state) = if ours { ("services", "checking") } else { ("notes", "waiting") };
            open(tx, &Work { system, state, code: format!("{}{n:011}", if ours { 'A' } else { 'N' }), at: village, post, hours })?;
        }
        Ok(())
    })
    .await;
}

/// The rows of the list from its first page to its last; `between` happens after the first.
async fn walk(app: &TestApp, who: &str, between: impl AsyncFn()) -> Vec<String> {
    let visitor = app.signed_in(who).await;
    let (mut page, mut seen) = (visitor.get("/tugas").await.good(), Vec::new());
    page.assert_accessible_basics();
    loop {
        let rows = page.all_attributes("a.row", "href");
        assert!(rows.len() <= 30, "{} rows on one page", rows.len());
        seen.extend(rows);
        if !page.has("a[rel=next]") {
            return seen;
        }
        if seen.len() <= 30 {
            between().await;
        }
        let next = page.attribute("a[rel=next]", "href").unwrap();
        page = visitor.get(&next).await.good();
    }
}

testkit::both!([&crate::SYSTEM, &OTHER];
    async fn tugas_saya_is_one_list_over_all_systems_oldest_deadline_first(app) {
        let world = village_with(&app, Overrides::default()).await;
        let post = world.post(world.village, office::SERVICE_SECTION).await;
        desk_full(&app, world.village, post).await;
        let expected: Vec<String> = app
            .read(move |rx| {
                let rows = rx.all("select case_id, system from kernel_task where state = 'open' order by due, id", &[])?;
                rows.iter().map(|row| {
                    let (case, system): (Id, String) = (row.get(0)?, row.get(1)?);
                    Ok(if system == "notes" { format!("/catatan/{case}") } else { format!("/tugas/{case}") })
                }).collect()
            })
            .await;
        assert_eq!(expected.len(), 70);
        assert!(expected[..30].iter().any(|href| href.starts_with("/catatan")) && expected[30..60].iter().any(|href| href.starts_with("/catatan")));
        assert_eq!(walk(&app, "kasi", async || ()).await, expected, "nobody twice, nobody missing, in one order");
        // What is finished or comes in between two pages neither repeats nor hides anything behind it.
        let (village, done) = (world.village, expected[2].rsplit('/').next().unwrap().parse::<Id>().unwrap());
        let moved = walk(&app, "kasi", async || {
            app.write(move |tx| {
                let case = case::find(tx, done)?;
                let step = Move {
                    action: "cancel", to_state: "cancelled", step: 0, task: None, due: Due { state: DueState::Closed, ..case.due.clone() },
                    actor_label: "", actor_post: None, note: "", public: false, outcome: Some("cancelled"),
                };
                case::advance(tx, &case, &step)?;
                tx.entry(NewEntry::new("test.case.closed").case(done));
                open(tx, &Work { system: "notes", state: "waiting", code: "N99999999999".into(), at: village, post, hours: Some(1) }).map(drop)
            })
            .await;
        }).await;
        assert_eq!(moved, expected);
        // One number for all of it, on the tab and in the menu; a search or a service is about applications.
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get("/tugas").await.good();
        assert_eq!(page.one(".tabs b"), "70");
        assert!(page.all("nav a[href='/tugas']").iter().any(|line| line.contains("70")));
        let only = kasi.get("/tugas?layanan=keterangan-usaha").await.good();
        assert!(!only.all_attributes("a.row", "href").iter().any(|href| href.starts_with("/catatan")));
        // Nobody else's desk has any of it.
        assert!(walk(&app, "kaur", async || ()).await.is_empty());
        app.leave_work();
    }

    async fn the_watch_counts_what_its_lists_list(app) {
        let world = village_with(&app, Overrides::default()).await;
        let (kasi, camat) = (world.post(world.village, office::SERVICE_SECTION).await, world.post(world.kecamatan, office::HEAD).await);
        let (village, kecamatan) = (world.village, world.kecamatan);
        app.write(move |tx| {
            for (n, (system, state, at, post, hours)) in [
                ("services", "checking", village, kasi, Some(-30)),
                ("services", "checking", village, kasi, Some(40)),
                // The village's, on the desk of the kecamatan.
                ("services", "acknowledging", village, camat, Some(-2)),
                ("services", "incomplete", village, kasi, None),
                ("services", "introduction", village, kasi, None),
                ("notes", "waiting", village, kasi, Some(-50)),
                ("notes", "waiting", kecamatan, camat, Some(5)),
            ].into_iter().enumerate() {
                open(tx, &Work { system, state, code: format!("B{n:011}"), at, post, hours })?;
            }
            Ok(())
        }).await;
        let bupati = app.signed_in("bupati").await;
        let page = bupati.get("/pantau").await.good();
        page.assert_accessible_basics();
        // Each figure leads to a list of as many rows.
        let figures = page.links("dl.figures dd a");
        assert_eq!(figures.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>(), ["5", "2", "2", "0", "0"]);
        for (count, href) in figures {
            let list = bupati.get(&href).await.good();
            assert_eq!(list.rows("").len().to_string(), count, "{href}");
        }
        // So does each unit.
        let units: Vec<(String, String)> = page.links("table a").into_iter().filter(|(_, href)| href.contains("?unit=")).collect();
        assert_eq!(units.len(), 1, "{units:?}");
        assert_eq!(bupati.get(&units[0].1).await.good().rows("").len(), 2, "the late ones of the village, wherever they lie");
        // Oldest first over all systems; what is no application is named by its system and cannot be opened from here.
        let text = page.text();
        let oldest = page.rows("");
        assert!(oldest[0][0].contains("Catatan"), "{oldest:?}");
        assert!(!page.links("table a").iter().any(|(_, href)| href.contains("/catatan")));
        assert!(text.contains("1 di luar permohonan"), "{text}");
        app.leave_work();
    }
);
