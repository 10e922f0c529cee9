//! Somebody with the database in hand changes what is stored, past everything that is ours; the audit finds and names it.

mod rows;

use std::collections::BTreeSet;

use kernel::{
    Id, NewEntry, Table,
    audit::{Audit, Kind, Plan, State},
    erasure::{Order, Reason},
    log::{Outside, Sequencer},
    party, retention, tables,
};
use rows::{Raw, Shape, Stored};
use testkit::TestApp;

use crate::{systems::SYSTEMS, town::Town};

fn all_tables() -> Vec<&'static Table> {
    tables::all().chain(SYSTEMS.iter().flat_map(|system| system.tables.iter().copied())).collect()
}

fn plan(app: &TestApp) -> Plan<'_> {
    let gov = app.gov();
    Plan {
        keys: gov.keys(),
        outside: Outside::new(&gov.settings().folder),
        tables: all_tables(),
        only: None,
        since: None,
        witnesses: Vec::new(),
        most: 1000,
    }
}

fn audit_with(app: &TestApp, plan: Plan<'_>) -> State {
    tokio::task::block_in_place(|| {
        let mut audit = Audit::new(plan, app.gov().db(), None).unwrap();
        while !audit.is_done() {
            audit.step(app.gov().db()).unwrap();
        }
        audit.state().clone()
    })
}

fn audit(app: &TestApp) -> State {
    audit_with(app, plan(app))
}

fn sequence(app: &TestApp) {
    let gov = app.gov().clone();
    tokio::task::block_in_place(|| Sequencer::new(gov).sequence_all()).unwrap();
}

#[track_caller]
fn sound(app: &TestApp) -> State {
    let state = audit(app);
    assert_eq!(state.differences, [], "nothing was touched");
    assert!(state.rows > 300 && state.versions >= state.rows && state.leaves > 50, "{state:?}");
    state
}

fn kinds(state: &State) -> BTreeSet<String> {
    state.differences.iter().map(|difference| serde_json::to_value(difference.kind).unwrap().as_str().unwrap().to_owned()).collect()
}

/// What a difference has to name.
fn named(state: &State) -> BTreeSet<(String, Id)> {
    state.differences.iter().map(|difference| (difference.table.clone().unwrap_or_default(), difference.row.unwrap_or(Id::NIL))).collect()
}

testkit::both!(SYSTEMS;
    async fn a_row_of_every_audited_table_is_found_however_it_was_changed(app) {
        let _town = Town::build(&app).await;
        let mut chance = rows::Chance::new();
        let mut shapes = Vec::new();
        for table in all_tables().into_iter().filter(|table| table.audited) {
            let shape = Shape::read(&app, table).await;
            shape.fill(&app, &mut chance).await;
            shapes.push(shape);
        }
        assert!(shapes.len() > 25, "{} audited tables", shapes.len());
        sequence(&app);
        sound(&app);
        let raw = Raw::of(&app);
        for tamper in [rows::ALTERED, rows::DELETED, rows::INSERTED, rows::SWAPPED, rows::OLDER] {
            let (mut expected, mut undo) = (BTreeSet::new(), Vec::new());
            for shape in &shapes {
                let done = (tamper.make)(shape, shape.rows(&app).await, &mut chance);
                raw.run(&done.sql);
                expected.extend(done.touched.iter().map(|row| (shape.table.name.to_owned(), *row)));
                undo.extend(done.undo);
            }
            assert!(expected.len() >= shapes.len(), "{}", tamper.name);
            let state = audit(&app);
            assert_eq!(named(&state), expected, "{} with seed {}", tamper.name, chance.seed);
            for difference in &state.differences {
                assert!(tamper.kinds.contains(&difference.kind), "{}: {difference} with seed {}", tamper.name, chance.seed);
            }
            undo.iter().for_each(|sql| raw.run(sql));
            sound(&app);
        }
    }

    async fn changed_history_entries_and_log_are_found(app) {
        let _town = Town::build(&app).await;
        sequence(&app);
        sound(&app);
        let raw = Raw::of(&app);
        let picked = app.read(|rx| {
            let sql = "select row_id, entry from kernel_history where table_name = 'kernel_case' and version = 1 order by row_id limit 1";
            let row = rx.one(sql, &[])?.unwrap();
            Ok((row.get::<Id>(0)?, row.get::<Id>(1)?))
        }).await;
        let (case, entry) = (raw.literal(&Stored::Bytes(picked.0.bytes().to_vec())), raw.literal(&Stored::Bytes(picked.1.bytes().to_vec())));
        let version = format!("where table_name = 'kernel_case' and row_id = {case} and version = 1");
        let tampering = [
            // The row and the image together: the digest tells.
            (format!("update kernel_history set image = replace(image, '\"subject\":\"', '\"subject\":\"X') {version}"), "history-altered"),
            (format!("delete from kernel_history {version}"), "entry-changes"),
            (format!("update kernel_history set entry = salt {version}"), "history-orphan"),
            (format!("update kernel_entry set action = 'services.case.viewed' where id = {entry}"), "entry-altered"),
            (format!("update kernel_entry set digest = changes_digest where id = {entry}"), "leaf-altered"),
            (format!("delete from kernel_entry where id = {entry}"), "entry-deleted"),
            ("update kernel_log_leaf set position = position + 100000 where position = 7".to_owned(), "leaf-gap"),
            ("delete from kernel_log_tile where level = 0 and n = 0".to_owned(), "tile-altered"),
            ("delete from kernel_log_tile where level = -1 and n = 0".to_owned(), "tile-altered"),
            ("update kernel_log set checkpoint = replace(checkpoint, 'uji.example', 'ujj.example')".to_owned(), "checkpoint-forged"),
            ("update kernel_log set size = size - 3".to_owned(), "checkpoint-forged"),
        ];
        for (sql, kind) in tampering {
            let saved = raw.save(&["kernel_history", "kernel_entry", "kernel_log_leaf", "kernel_log_tile", "kernel_log"]);
            raw.run(&sql);
            let state = audit(&app);
            assert!(kinds(&state).contains(kind), "{sql}: {:?}", state.differences);
            raw.put_back(saved);
            sound(&app);
        }
    }

    async fn an_erasure_leaves_the_log_whole_and_an_image_dropped_by_hand_is_found(app) {
        let _town = Town::build(&app).await;
        sequence(&app);
        let before = sound(&app);
        let raw = Raw::of(&app);
        raw.run("create table old_history as select * from kernel_history");
        let (person, case) = app.read(|rx| {
            let row = rx.one("select applicant, id from kernel_case where applicant is not null order by id limit 1", &[])?.unwrap();
            Ok((row.get::<Id>(0)?, row.get::<Id>(1)?))
        }).await;
        let order = Order { reason: Reason::Request, basis: "UU 27/2022 Pasal 8".into(), cause: Some(case) };
        app.write(move |tx| {
            party::erase(tx, person, &order)?;
            kernel::case::erase_attachments(tx, case, &order)?;
            kernel::case::erase_people(tx, case, &order)?;
            tx.entry(NewEntry::new("privacy.request.erased").case(case));
            Ok(())
        }).await;
        sequence(&app);
        let state = sound(&app);
        assert!(state.versions > before.versions, "every version is still counted");
        let hex = raw.literal(&Stored::Bytes(person.bytes().to_vec()));
        let images = format!("select count(*) from kernel_history where table_name = 'kernel_person' and row_id = {hex} and image is not null");
        assert_eq!(app.read(move |rx| Ok(rx.count(&images, &[])?)).await, 1, "only the empty one");
        assert_eq!(app.count("select count(*) from kernel_person where source = 'erased' and name = '' and nik_sealed is null").await, 1);

        // Somebody drops an image past the program: no erasure tells of it.
        let saved = raw.save(&["kernel_history", "kernel_erasure"]);
        raw.run("update kernel_history set image = null where table_name = 'kernel_post' and version = 1");
        assert_eq!(kinds(&audit(&app)), BTreeSet::from(["history-erased".to_owned()]));
        raw.put_back(saved);
        sound(&app);
        // An erasure record that was made up, or taken away, is a row like any other.
        let saved = raw.save(&["kernel_history", "kernel_erasure"]);
        raw.run("delete from kernel_erasure where table_name = 'kernel_person'");
        let found = kinds(&audit(&app));
        assert!(found.contains("row-deleted") && found.contains("history-erased"), "{found:?}");
        raw.put_back(saved);
        // A restored backup has the images again: it is said, and they are erased once more.
        let same = "o.table_name = kernel_history.table_name and o.row_id = kernel_history.row_id and o.version = kernel_history.version";
        raw.run(&format!(
            "update kernel_history set image = (select o.image from old_history o where {same}), salt = (select o.salt from old_history o where {same}) \
             where table_name = 'kernel_person' and row_id = {hex} and image is null"
        ));
        assert!(kinds(&audit(&app)).contains("erasure-undone"));
        assert!(app.write(kernel::erasure::again).await > 0);
        sequence(&app);
        sound(&app);
    }

    async fn what_is_kept_too_long_is_erased_by_rule_and_the_log_stays_whole(app) {
        let town = Town::build(&app).await;
        sequence(&app);
        sound(&app);
        app.leave_work();
        app.clock().advance(jiff::SignedDuration::from_hours(24 * 800));
        let gov = app.gov().clone();
        let runs = app.write(move |tx| {
            let mut runs = Vec::new();
            for rule in services::store::erase::RULES.iter().chain(retention::KERNEL).filter(|rule| rule.key != "kernel.entries") {
                retention::decide(tx, rule, rule.keep_days, rule.basis, true)?;
                let Some(run) = retention::Run::begin(tx, rule)? else { continue };
                let (run, ended) = run.step(tx, &gov, rule)?;
                assert!(ended, "fewer than a page");
                run.end(tx, rule)?;
                runs.push((rule.key, run.erased, run.held));
            }
            Ok(runs)
        }).await;
        // The town holds one finished application for a lawsuit.
        assert!(runs.iter().any(|(key, erased, _)| *key == "services.refused" && *erased == 2), "{runs:?}");
        assert!(runs.iter().any(|(key, _, held)| *key == "services.files" && *held == 1), "{runs:?}");
        let refused = town.case("refused").id;
        let left = app.read(move |rx| {
            let answers = "select count(*) from kernel_case where id = $1 and subject = '' and code <> '' and outcome = 'refused'";
            let parties = "select count(*) from kernel_case_party where case_id = $1";
            Ok((rx.count(answers, &kernel::params![refused])?, rx.count(parties, &kernel::params![refused])?))
        }).await;
        assert_eq!(left, (1, 0), "the envelope stays, its people are gone");
        sequence(&app);
        sound(&app);
    }

    async fn an_older_copy_of_the_database_is_found_and_a_new_epoch_goes_on(app) {
        let _town = Town::build(&app).await;
        sequence(&app);
        let raw = Raw::of(&app);
        let copy = raw.save(&["kernel_entry", "kernel_log_leaf", "kernel_log_tile", "kernel_log"]);
        let kept = checkpoint(&app).await;
        act(&app, 300).await;
        sequence(&app);
        let lost = checkpoint(&app).await;
        sound(&app);
        // Everything is as it was then, rightly signed: only what stands outside the database tells.
        raw.put_back(copy);
        let state = audit(&app);
        assert_eq!(kinds(&state), BTreeSet::from(["log-truncated".to_owned()]), "{:?}", state.differences);
        let gov = app.gov().clone();
        tokio::task::block_in_place(|| kernel::log::new_epoch(&gov, &gov.system_ctx("test"), "pemulihan")).unwrap();
        act(&app, 3).await;
        sequence(&app);
        sound(&app);
        // A checkpoint an inspector kept: the one from before is extended, the lost one is not.
        let since = audit_with(&app, Plan { since: Some(kept), ..plan(&app) });
        // The epoch's own entry, and two for each act: the kit writes one beside it.
        assert_eq!((since.differences.len(), since.entries), (0, 7), "only what came after it: {:?}", since.differences);
        let since = audit_with(&app, Plan { since: Some(lost), ..plan(&app) });
        assert!(kinds(&since).contains("log-truncated"), "{:?}", since.differences);
    }

    async fn an_audit_taken_up_again_ends_like_one_in_one_piece(app) {
        let _town = Town::build(&app).await;
        sequence(&app);
        let whole = sound(&app);
        let raw = Raw::of(&app);
        raw.run("update kernel_case set subject = 'Orang Lain' where id = (select id from kernel_case order by id limit 1)");
        let (state, pieces) = tokio::task::block_in_place(|| {
            let mut written: Option<String> = None;
            let mut pieces = 0;
            loop {
                let state = written.take().map(|text| serde_json::from_str(&text).unwrap());
                let mut audit = Audit::new(plan(&app), app.gov().db(), state).unwrap();
                if audit.is_done() {
                    return (audit.state().clone(), pieces);
                }
                audit.step(app.gov().db()).unwrap();
                written = Some(serde_json::to_string(audit.state()).unwrap());
                pieces += 1;
            }
        });
        assert!(pieces > 30, "{pieces}");
        assert_eq!((state.rows, state.versions, state.leaves), (whole.rows, whole.versions, whole.leaves));
        assert_eq!(state.differences.len(), 1, "{:?}", state.differences);
        assert_eq!(state.differences[0].kind, Kind::RowAltered);
        assert!(state.differences[0].what.contains("subject") && !state.differences[0].what.contains("Orang"), "names, never values");
        let one = audit_with(&app, Plan { only: Some("kernel_case".to_owned()), ..plan(&app) });
        assert_eq!((one.differences, one.leaves), (state.differences, 0));
    }
);

async fn checkpoint(app: &TestApp) -> String {
    app.read(|rx| Ok(kernel::log::head(rx)?.unwrap().checkpoint)).await
}

async fn act(app: &TestApp, count: usize) {
    for _ in 0..count {
        app.write(|tx| {
            tx.entry(kernel::NewEntry::new("test.looked"));
            Ok(())
        })
        .await;
    }
}
