//! Legal holds: of whom or of which case nothing is erased, by which decision, since when and until when.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use kernel::{
    Error as KernelError, Gov, Id, Message, NewEntry, Rx, Tx, case,
    party::{self, Person},
    retention::{self, Hold, NewHold},
    schema::FieldErrors,
};
use web::{FormData, FormState, Page, Routes};

use super::{
    OFFICER,
    decisions::{self, Decision, Shape},
    end_of, known_as,
};
use crate::rules;

static HOLDS: Shape = Shape {
    path: "/data-pribadi/penahanan",
    one: "/data-pribadi/penahanan/{hold}",
    title: "privacy-menu-holds",
    lead: "privacy-holds-lead",
    none: "privacy-holds-none",
    none_why: "privacy-holds-none-why",
    open: "privacy-hold-open",
    lift_do: "privacy-hold-lift",
    lift_does: "privacy-hold-lift-does",
    lifted: "privacy-hold-lifted",
    new: Some(("/data-pribadi/penahanan/baru", "privacy-hold-new")),
    // Neither is a reading the person is told of: a hold may serve an investigation.
    listed: ("privacy.holds.listed", "objects"),
    opened: |one| NewEntry::new("privacy.hold.opened").object("hold", one.id),
    list,
    find,
    lift: retention::lift,
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/penahanan/baru", OFFICER, ask)
        .post("/data-pribadi/penahanan/baru", OFFICER, hold)
        .token()
        .and(decisions::routes(&HOLDS))
}

/// What holds are about: people by id, codes of cases by id.
type About = (Vec<Person>, HashMap<Id, String>);

fn about(rx: &mut Rx<'_>, holds: &[Hold]) -> kernel::Result<About> {
    let of = |kind: &str| -> Vec<Id> { holds.iter().filter(|hold| hold.object_kind == kind).map(|hold| hold.object).collect() };
    Ok((party::find_all(rx, &of("person"))?, crate::store::codes_of(rx, &of("case"))?))
}

/// "S••• R••••••• · NIK ••••••••••••0012", or the code of a case.
fn named((people, codes): &About, hold: &Hold) -> (String, &'static str) {
    if hold.object_kind == "person" {
        let who = people.iter().find(|person| person.id == hold.object).map(known_as).unwrap_or_default();
        return (who, "privacy-hold-person");
    }
    let code = codes.get(&hold.object).cloned().unwrap_or_default();
    (indonesian::Code::parse(&code).map_or(code, |code| code.to_string()), "privacy-hold-case")
}

fn decision(known: &About, hold: Hold) -> Decision {
    let (about, what) = named(known, &hold);
    let heading = if hold.object_kind == "person" { "privacy-hold-of-person" } else { "privacy-hold-of-case" };
    Decision {
        id: hold.id,
        subject: hold.object,
        about,
        what,
        heading,
        decree: hold.decree,
        basis: String::new(),
        reason: hold.reason,
        lasting: hold.lasting,
        lifted_decree: hold.lifted_decree,
        request: None,
    }
}

fn list(rx: &mut Rx<'_>) -> kernel::Result<Vec<Decision>> {
    let holds = retention::holds(rx)?;
    let known = about(rx, &holds)?;
    Ok(holds.into_iter().map(|hold| decision(&known, hold)).collect())
}

fn find(rx: &mut Rx<'_>, id: Id) -> kernel::Result<Decision> {
    let hold = retention::find_hold(rx, id)?.ok_or(KernelError::Missing)?;
    let known = about(rx, std::slice::from_ref(&hold))?;
    Ok(decision(&known, hold))
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
