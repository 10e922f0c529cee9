//! Legal holds: of whom or of which case nothing is erased, by which decision, since when and until when.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Gov, Id, Message, NewEntry, Rx, Tx, access, case,
    party::{self, Person},
    retention::{self, Hold, NewHold},
    schema::FieldErrors,
};
use web::{
    FormData, FormState, Page, Routes,
    ui::{Cell, Column, Empty, Table},
};

use super::{OFFICER, end_of, id_of, known_as, stand};
use crate::rules;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/penahanan", OFFICER, list)
        .get("/data-pribadi/penahanan/baru", OFFICER, ask)
        .post("/data-pribadi/penahanan/baru", OFFICER, hold)
        .token()
        .post("/data-pribadi/penahanan/{hold}/cabut", OFFICER, lift)
        .token()
}

/// What holds are about: people by id, codes of cases by id.
type About = (Vec<Person>, HashMap<Id, String>);

fn about(rx: &mut Rx<'_>, holds: &[Hold]) -> kernel::Result<About> {
    let of = |kind: &str| -> Vec<Id> { holds.iter().filter(|hold| hold.object_kind == kind).map(|hold| hold.object).collect() };
    Ok((party::find_all(rx, &of("person"))?, crate::store::codes_of(rx, &of("case"))?))
}

/// "S••• R••••••• · NIK ••••••••••••0012", or the code of a case.
fn named(page: &Page, (people, codes): &About, hold: &Hold) -> (String, String) {
    if hold.object_kind == "person" {
        let who = people.iter().find(|person| person.id == hold.object).map(known_as).unwrap_or_default();
        return (who, page.t("privacy-hold-person"));
    }
    let code = codes.get(&hold.object).cloned().unwrap_or_default();
    (indonesian::Code::parse(&code).map_or(code, |code| code.to_string()), page.t("privacy-hold-case"))
}

#[derive(Template)]
#[template(path = "privacy/holds.html")]
struct List {
    page: Page,
    table: Table,
    /// Running ones: id and what they are about, for the buttons.
    running: Vec<(String, String)>,
}

async fn list(page: Page) -> web::Result {
    let ctx = page.ctx();
    let found = page.gov().disclose(&ctx, |view| {
        let holds = retention::holds(view)?;
        let about = about(view, &holds)?;
        let objects: Vec<Id> = holds.iter().map(|hold| hold.object).collect();
        access::record(view, NewEntry::new("privacy.holds.listed").detail(serde_json::json!({ "objects": objects })))?;
        Ok::<_, KernelError>((holds, about))
    });
    let (holds, about) = found.await?;
    let row = |hold: &Hold| {
        let (who, what) = named(&page, &about, hold);
        vec![
            Cell::text(who).small(what),
            Cell::text(&hold.decree).small(hold.reason.clone()),
            Cell::text(page.moment(hold.lasting.from)),
            Cell::component(&stand(&page, &hold.lasting, "privacy-hold-open")),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t("privacy-menu-holds"))
        .caption_unseen()
        .column(Column::new(page.t("privacy-hold-about")))
        .column(Column::new(page.t("privacy-decree")))
        .column(Column::new(page.t("privacy-from")))
        .column(Column::new(page.t("privacy-state")))
        .rows(holds.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("privacy-holds-none"), page.t("privacy-holds-none-why")));
    let running = holds.iter().filter(|hold| hold.lasting.runs(page.now()));
    let running = running.map(|hold| (hold.id.to_string(), format!("{}, {}", named(&page, &about, hold).0, hold.decree))).collect();
    page.clone().html(&List { page, table, running })
}

#[derive(Template)]
#[template(path = "privacy/hold_new.html")]
struct New {
    page: Page,
    form: FormState,
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::filled(&page, FormData::of([("atas", "orang")]));
    page.clone().html(&New { page, form })
}

/// What a hold is asked for.
#[derive(Clone)]
enum Wanted {
    Case(String),
    /// Every record under this NIK.
    Person(String),
}

fn wanted(form: &FormData, errors: &mut FieldErrors) -> Wanted {
    if form.get("atas") == "orang" {
        let nik = form.get("nik").to_owned();
        if nik.is_empty() {
            errors.add("nik", Message::new("privacy-hold-nik-needed"));
        }
        return Wanted::Person(nik);
    }
    match indonesian::Code::parse(form.get("kode")) {
        Ok(code) => Wanted::Case(code.as_str().to_owned()),
        Err(_) => {
            errors.add("kode", Message::new("privacy-code-wrong"));
            Wanted::Case(String::new())
        }
    }
}

/// Sets the hold; says at which field it cannot be.
fn set(tx: &mut Tx<'_>, gov: &Gov, wanted: &Wanted, new: &NewHold) -> kernel::Result<Result<(), (&'static str, Message)>> {
    let (kind, objects) = match wanted {
        Wanted::Case(code) => match case::by_code(tx, code) {
            Ok(found) => ("case", vec![found.id]),
            Err(KernelError::Missing) => return Ok(Err(("kode", Message::new("privacy-code-unknown")))),
            Err(error) => return Err(error),
        },
        Wanted::Person(nik) => match party::find_by_nik(tx, gov.keys(), nik) {
            Ok(found) => ("person", found.iter().map(|person| person.id).collect()),
            Err(KernelError::Refused(message)) => return Ok(Err(("nik", message))),
            Err(error) => return Err(error),
        },
    };
    if objects.is_empty() {
        return Ok(Err(("nik", Message::new("privacy-hold-nobody"))));
    }
    for object in objects {
        retention::hold(tx, &NewHold { object_kind: kind, object, ..new.clone() })?;
    }
    Ok(Ok(()))
}

async fn hold(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    let wanted = wanted(&form, &mut errors);
    let decree = rules::text("keputusan", form.get("keputusan"), 3, 200, &mut errors);
    let reason = rules::text("alasan", form.get("alasan"), 10, 1_000, &mut errors);
    let until = form.date("sampai").unwrap_or_else(|_| {
        errors.add("sampai", Message::new("privacy-date-needed"));
        None
    });
    if errors.is_empty() {
        let until = until.map(|day| end_of(&page, day)).transpose()?;
        let new = NewHold { object_kind: "case", object: Id::NIL, reason, decree, until };
        let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx_for(&form)?);
        match page.gov().write(&ctx, move |tx| set(tx, &gov, &wanted, &new)).await {
            Ok(Ok(())) => {
                page.flash_ok(Message::new("privacy-hold-set"));
                return page.redirect("/data-pribadi/penahanan");
            }
            Ok(Err((field, message))) => errors.add(field, message),
            Err(KernelError::Refused(message)) => errors.add("sampai", message),
            Err(error) => return Err(error.into()),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    page.clone().wrong(&New { page, form })
}

async fn lift(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    page.gov().write(&page.ctx_for(&form)?, move |tx| retention::lift(tx, id)).await?;
    page.flash_ok(Message::new("privacy-hold-lifted"));
    page.redirect("/data-pribadi/penahanan")
}
