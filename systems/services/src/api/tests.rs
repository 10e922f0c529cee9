//! The API as other programs meet it, on both databases.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use testkit::{TestApp, World};

use super::{openapi, routes, wire};
use crate::{
    model::{Definition, overrides::Overrides, packages},
    store,
};

fn package(slug: &str) -> Definition {
    packages::all().unwrap().into_iter().find(|definition| definition.slug == slug).unwrap()
}

/// The village offers a service; its catalogue knows it.
async fn offers(app: &TestApp, unit: kernel::Id, slug: &str, overrides: Overrides) {
    let (definition, gov) = (package(slug), app.gov().clone());
    app.write(move |tx| {
        let text = definition.canonical();
        let offering =
            kernel::offering::adopt(tx, store::SYSTEM, &definition.slug, unit, &text, &definition.title.id, &overrides.to_json())?;
        store::catalogue::index(tx, &gov, &offering)
    })
    .await;
}

/// The code letters of `slug` are filed under.
async fn files_under(app: &TestApp, slug: &str) {
    let wanted = package(slug).letter.classification;
    let codes = crate::model::classification::parse(crate::model::classification::PERMENDAGRI_83_2022).unwrap();
    let code = codes.into_iter().find(|code| code.code == wanted).unwrap();
    app.write(move |tx| {
        let new = kernel::numbering::classification::NewClassification {
            code: code.code.clone(),
            name: code.name.clone(),
            valid_from: code.valid_from,
            valid_until: code.valid_until,
            source: code.source.clone(),
        };
        kernel::numbering::classification::add(tx, &new)
    })
    .await;
}

fn siti() -> Json {
    json!({
        "name": "Siti Aminah", "nik": "1611034403810002", "birth_place": "Pendopo", "birth_date": "1981-03-04", "sex": "female",
        "address": "Dusun II", "rt": "03", "occupation": "Pedagang", "religion": "Islam", "marital": "Kawin", "nationality": "Indonesia",
    })
}

fn usaha() -> Json {
    json!({
        "applicant": siti(), "email": "siti@contoh.id",
        "introduction": { "name": "Hasan Basri", "office": "Ketua RT 03" },
        "answers": answers(&package("keterangan-usaha")),
    })
}

/// Something right for every field that must be answered.
fn answers(definition: &Definition) -> Json {
    use crate::model::form::FieldKind;
    let mut answers = serde_json::Map::new();
    for field in definition.fields().filter(|field| field.required && field.show_if.is_none()) {
        let value = match field.kind {
            FieldKind::Number => json!(field.min.unwrap_or(1).max(1)),
            FieldKind::Money => json!(field.min.unwrap_or(100_000).max(100_000) * 100),
            FieldKind::Date => json!("2026-11-18"),
            FieldKind::Choice => json!(field.choices[0].value),
            FieldKind::Photo | FieldKind::File | FieldKind::People => continue,
            _ => json!("Kebun kopi di Dusun II"),
        };
        answers.insert(field.key.clone(), value);
    }
    Json::Object(answers)
}

const APPLY: &str = "/api/v1/services/tanjung-raman/keterangan-usaha/applications";

testkit::both!([&crate::SYSTEM];
    async fn a_program_finds_a_service_applies_and_follows_it(app) {
        let world = World::small(&app).await;
        offers(&app, world.village, "keterangan-usaha", Overrides::default()).await;
        offers(&app, world.kelurahan, "keterangan-domisili", Overrides::default()).await;
        let anyone = app.anonymous().in_old_browser();

        let all = anyone.get("/api/v1/services").await.good().json();
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        let found = anyone.get("/api/v1/services?q=surat%20usaha&unit=tanjung-raman").await.good().json();
        assert_eq!(found["items"][0]["service"], "keterangan-usaha");
        assert_eq!(anyone.get("/api/v1/services?group=usaha").await.good().json()["items"].as_array().unwrap().len(), 1);
        let _ = anyone.get("/api/v1/services?group=lain").await.is(404);
        let _ = anyone.get("/api/v1/services?after=x").await.is(400);
        let units = anyone.get("/api/v1/services/units?q=tj%20ramen").await.good().json();
        assert_eq!(units["items"][0]["slug"], "tanjung-raman");

        let service = anyone.get("/api/v1/services/tanjung-raman/keterangan-usaha").await.good().json();
        assert_eq!(service["form"]["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(service["clock"], json!({ "kind": "service_minutes", "amount": 15, "starts": "complete" }));
        let _: wire::Service = serde_json::from_value(service).unwrap();

        let sender = anyone.clone().with_header("idempotency-key", "f3b1c7aa-0001");
        let first = sender.post_json(APPLY, &usaha()).await.is(201).json();
        assert!(first["introduction_link"].as_str().unwrap().contains("/pengantar/"));
        let again = sender.post_json(APPLY, &usaha()).await.is(200).json();
        assert_eq!((&again["code"], &again["repeated"]), (&first["code"], &json!(true)));
        assert_eq!(app.count("select count(*) from kernel_case where channel = 'api'").await, 1);

        let code = first["code"].as_str().unwrap();
        let track: wire::Track = serde_json::from_value(anyone.get(&format!("/api/v1/services/applications/{code}")).await.good().json()).unwrap();
        assert_eq!((track.state.as_str(), track.received_at.as_str()), ("introduction", "2026-11-20T09:00:00+07:00"));
        assert!(!serde_json::to_string(&track).unwrap().contains("Siti"), "nobody's name");
        let _ = anyone.get("/api/v1/services/applications/0000-0000-0000").await.is(404);
        app.settle().await;
        let mail = app.mailbox().only();
        assert!(mail.text().contains(code) && mail.text().contains("/lacak/"), "{}", mail.text());
    }

    async fn what_is_wrong_is_told_at_its_field(app) {
        let world = World::small(&app).await;
        offers(&app, world.village, "keterangan-usaha", Overrides::default()).await;
        let anyone = app.anonymous().in_old_browser();
        let refused = anyone.post_json(APPLY, &usaha()).await.is(400).json();
        assert_eq!(refused["code"], "services-api-key-needed");
        assert!(!refused["detail"].as_str().unwrap().contains("halaman"), "a program has no page to go back to: {refused}");

        let sender = anyone.clone().with_header("idempotency-key", "f3b1c7aa-0002");
        let mut wrong = usaha();
        wrong["applicant"]["nik"] = json!("161103440381000");
        wrong["applicant"]["sex"] = json!("");
        wrong["subject"] = siti();
        wrong["answers"] = json!({ "tidak_ada": 1 });
        let problem: wire::Problem = serde_json::from_value(sender.post_json(APPLY, &wrong).await.is(422).json()).unwrap();
        let fields: BTreeSet<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        for field in ["applicant.nik", "applicant.sex", "subject", "answers.tidak_ada"] {
            assert!(fields.contains(field), "{field} in {fields:?}");
        }
        assert!(problem.errors.iter().all(|error| !error.message.is_empty()));
        let _ = sender.post_json(APPLY, &json!({ "nama": "x" })).await.is(422);
        let _ = sender.post_json(APPLY, &json!([1])).await.is(422);
        let mut gone = usaha();
        gone["introduction"] = json!({ "photo": "00000000000000000000000000000000" });
        let problem = sender.post_json(APPLY, &gone).await.is(422).json();
        assert_eq!(problem["errors"][0]["field"], "introduction.photo");
        let _ = sender.post_json("/api/v1/services/tanjung-raman/tidak-ada/applications", &usaha()).await.is(404);
        assert_eq!(app.count("select count(*) from kernel_case").await, 0);
    }

    async fn an_operators_machine_serves_and_the_desk_acts(app) {
        let world = World::small(&app).await;
        let overrides = Overrides { introduction: Some(crate::model::IntroductionMode::None), ..Overrides::default() };
        offers(&app, world.village, "keterangan-usaha", overrides).await;
        files_under(&app, "keterangan-usaha").await;
        world.resident(world.village, "Siti Aminah", "1611034403810002", kernel::Date::constant(1981, 3, 4)).await;
        let persons = app.count("select count(*) from kernel_person").await;
        let operator = app.api(&app.api_token("operator").await);
        let stranger = app.api(&app.api_token("operator.kelurahan").await);
        let key = |visitor: &testkit::Visitor, key: &str| visitor.clone().with_header("idempotency-key", key);

        let _ = key(&stranger, "elsewhere-1").post_json(APPLY, &usaha()).await.is(403);
        let code = key(&operator, "counter-1").post_json(APPLY, &usaha()).await.is(201).json()["code"].as_str().unwrap().to_owned();
        assert_eq!(app.count("select count(*) from kernel_person").await, persons, "the resident of the register");
        let mut other = usaha();
        other["email"] = json!("");
        let _ = key(&operator, "counter-1").post_json(APPLY, &other).await.is(409);

        let kasi = app.api(&app.api_token("kasi").await);
        let tasks: wire::Applications = serde_json::from_value(kasi.get("/api/v1/services/tasks").await.good().json()).unwrap();
        let task = &tasks.items[0];
        assert_eq!((task.code.as_str(), task.state.as_str()), (code.as_str(), "checking"));
        assert!(!task.subject.contains("Aminah"), "masked: {}", task.subject);
        assert!(task.due.at.as_deref().unwrap().ends_with("+07:00"));

        let before = app.count("select count(*) from kernel_entry where action = 'services.application.opened'").await;
        let record = kasi.get(&format!("/api/v1/services/applications/{}/record", task.id)).await.good().json();
        let record: wire::Record = serde_json::from_value(record).unwrap();
        assert_eq!((record.name.as_str(), record.nik.as_deref()), ("Siti Aminah", Some("************0002")));
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'services.application.opened'").await, before + 1);
        let _ = stranger.get(&format!("/api/v1/services/applications/{}/record", task.id)).await.is(404);

        let actions = format!("/api/v1/services/applications/{}/actions", task.id);
        let kades = app.api(&app.api_token("kades").await);
        let _ = kades.post_json(&actions, &json!({ "action": "check", "version": task.version })).await.is(409);
        let _ = stranger.post_json(&actions, &json!({ "action": "check", "version": task.version })).await.is(404);
        let _ = kasi.post_json(&actions, &json!({ "action": "refuse", "version": task.version, "note": "x" })).await.is(422);
        let _ = kasi.post_json(&actions, &json!({ "action": "sing", "version": task.version })).await.is(422);
        let moved = kasi.post_json(&actions, &json!({ "action": "check", "version": task.version })).await.good().json();
        assert_eq!(moved["state"], "initialing");
        let _ = kasi.post_json(&actions, &json!({ "action": "check", "version": task.version })).await.is(409);
        let sekdes = app.api(&app.api_token("sekdes").await);
        let moved = sekdes.post_json(&actions, &json!({ "action": "initial", "version": moved["version"] })).await.good().json();
        let moved = kades.post_json(&actions, &json!({ "action": "sign", "version": moved["version"] })).await.good().json();
        assert_eq!(moved["state"], "awaiting_scan");

        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_document where pdf is not null").await, 1, "rendered before anybody asks");
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'in_app'").await, 0, "the task at the desk is its news");
        let list = sekdes.get("/api/v1/services/applications?state=awaiting_scan").await.good().json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(stranger.get("/api/v1/services/applications").await.good().json()["items"].as_array().unwrap().len(), 0);
        let _ = app.anonymous().get("/api/v1/services/tasks").await.is(401);
    }

    async fn letters_are_checked_and_guessing_waits(app) {
        let anyone = app.anonymous();
        let code = indonesian::Code::encode([7; 7]);
        for _ in 0..20 {
            assert_eq!(anyone.get(&format!("/api/v1/services/verifications/{code}")).await.good().json()["status"], "unknown");
        }
        let waits = anyone.get(&format!("/api/v1/services/verifications/{code}")).await;
        assert_eq!(waits.status, 429, "{}", waits.body());
        assert!(!waits.header("retry-after").is_empty());
        app.clock().advance_hours(25);
        let _ = anyone.get("/api/v1/services/verifications/ABC").await.is(404);
    }

    async fn an_export_holds_what_the_officer_may_see(app) {
        let world = World::small(&app).await;
        let overrides = Overrides { introduction: Some(crate::model::IntroductionMode::None), ..Overrides::default() };
        offers(&app, world.village, "keterangan-usaha", overrides).await;
        let sender = app.anonymous().in_old_browser().with_header("idempotency-key", "export-0001");
        let mut new = usaha();
        new["email"] = json!("");
        let _ = sender.post_json(APPLY, &new).await.is(201);
        for (username, lines) in [("sekdes", 2), ("operator.kelurahan", 1)] {
            let page = app.signed_in(username).await.post("/permohonan/unduh", &[("format", "csv")]).await.good();
            let asked = page.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat").submit().await;
            let asked = asked.redirected("/unduhan/");
            app.settle().await;
            let text = String::from_utf8(app.signed_in(username).await.get(&format!("{}/berkas", asked.path)).await.good().bytes.to_vec()).unwrap();
            assert_eq!(text.lines().count(), lines, "{text}");
            assert!(!text.contains("Aminah"), "masked: {text}");
        }
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.export.made'").await, 2);
    }
);

#[test]
fn every_path_of_the_document_is_routed_and_the_reverse() {
    let document = serde_json::to_value(openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|key| ["get", "post", "put", "delete"].contains(&key.as_str())) {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routed: BTreeSet<String> = routes().infos().map(|info| format!("{} {}", info.method, info.path)).collect();
    assert_eq!(described, routed);
}

#[test]
fn every_schema_named_is_there_and_every_example_is_of_its_type() {
    let document = serde_json::to_value(openapi()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is named and not there");
    }
    fn check<T: serde::de::DeserializeOwned + serde::Serialize>(schemas: &serde_json::Map<String, Json>, name: &str) {
        let example = &schemas[name]["example"];
        let read: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{name}: {error}: {example}"));
        assert_eq!(&serde_json::to_value(read).unwrap(), example, "{name}");
    }
    check::<wire::Units>(schemas, "Units");
    check::<wire::Catalogue>(schemas, "Catalogue");
    check::<wire::Service>(schemas, "Service");
    check::<wire::NewApplication>(schemas, "NewApplication");
    check::<wire::Submitted>(schemas, "Submitted");
    check::<wire::Upload>(schemas, "Upload");
    check::<wire::Track>(schemas, "Track");
    check::<wire::Applications>(schemas, "Applications");
    check::<wire::Record>(schemas, "Record");
    check::<wire::NewAction>(schemas, "NewAction");
    check::<wire::Verification>(schemas, "Verification");
    check::<wire::Problem>(schemas, "Problem");
}
