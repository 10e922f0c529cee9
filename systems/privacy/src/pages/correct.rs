//! Correcting the record of whoever asked for it: the change itself, before the request is answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use indonesian::Sex;
use kernel::{
    Error as KernelError, Id, Message, NewEntry, access,
    party::{self, Checks, NewPerson, Person, PersonForm},
    schema::FieldErrors,
};
use web::{Error, FormData, FormState, Page, Routes};

use super::{OFFICER, id_of, known_as};
use crate::{
    model::Right,
    store::{corrections, requests},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/permintaan/{case}/perbaikan", OFFICER, ask)
        .post("/data-pribadi/permintaan/{case}/perbaikan", OFFICER, correct)
        .token()
}

#[derive(Template)]
#[template(path = "privacy/correct.html")]
struct Correct {
    page: Page,
    form: FormState,
    id: String,
    who: String,
    detail: String,
    version: i64,
}

/// The record of whoever asked and what she wrote; that it was opened is an entry.
async fn opened(page: &Page, id: Id) -> web::Result<(Person, String)> {
    let gov = Arc::clone(&page.state().gov);
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let request = requests::find(tx, &gov, id)?;
        if request.right != Right::Correction || request.case.closed_at.is_some() {
            return Err(KernelError::refused("privacy-correction-not"));
        }
        access::record(tx, NewEntry::new("privacy.request.opened").case(id).object("case", id))?;
        let person = party::find(tx, request.person)?.ok_or(KernelError::Missing)?;
        Ok((person, request.detail))
    });
    Ok(found.await?)
}

fn filled(person: &Person) -> FormData {
    let known = PersonForm::of(person);
    let sex = match known.sex {
        Some(Sex::Male) => "l",
        Some(Sex::Female) => "p",
        None => "",
    };
    FormData::of([
        ("name", known.name),
        ("sex", sex.to_owned()),
        ("birth_place", known.birth_place),
        ("birth_date", known.birth_date.map(|born| born.to_string()).unwrap_or_default()),
        ("religion", known.religion),
        ("marital", known.marital),
        ("occupation", known.occupation),
        ("nationality", known.nationality),
        ("address", known.address),
        ("area", known.area),
        ("rt", known.rt),
        ("rw", known.rw),
    ])
}

async fn ask(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let (person, detail) = opened(&page, id).await?;
    let form = FormState::filled(&page, filled(&person));
    let shown = Correct { form, id: id.to_string(), who: known_as(&person), detail, version: person.version, page: page.clone() };
    page.html(&shown)
}

/// What was typed over what is known, by the rules of the register. Identifiers left empty stay as they are.
fn checked(page: &Page, person: &Person, form: &FormData) -> Result<NewPerson, FieldErrors> {
    let mut errors = FieldErrors::default();
    let text = |name: &str| form.get(name).to_owned();
    let secret = |name: &str| form.some(name).map(str::to_owned);
    let birth_date = form.date("birth_date").unwrap_or_else(|_| {
        errors.add("birth_date", Message::new("privacy-date-needed"));
        None
    });
    let sex = match form.get("sex") {
        "l" => Some(Sex::Male),
        "p" => Some(Sex::Female),
        _ => None,
    };
    let typed = PersonForm {
        name: text("name"),
        nik: secret("nik"),
        nik_reason: text("nik_reason"),
        kk: secret("kk"),
        sex,
        birth_place: text("birth_place"),
        birth_date,
        religion: text("religion"),
        marital: text("marital"),
        occupation: text("occupation"),
        nationality: text("nationality"),
        address: text("address"),
        area: text("area"),
        rt: text("rt"),
        rw: text("rw"),
        phone: secret("phone"),
        email: secret("email"),
        ..PersonForm::of(person)
    };
    match typed.check(Checks { today: page.today(), demo: page.is_demo() }) {
        Ok(new) if errors.is_empty() => Ok(new),
        Ok(_) => Err(errors),
        Err(problems) => {
            for problem in problems {
                errors.add(problem.field, problem.message);
            }
            Err(errors)
        }
    }
}

async fn correct(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let (person, detail) = opened(&page, id).await?;
    let version = form.number("versi").ok_or(Error::BadRequest)?;
    let errors = match checked(&page, &person, &form) {
        Err(errors) => errors,
        Ok(new) => {
            let gov = Arc::clone(&page.state().gov);
            match page.gov().write(&page.ctx_for(&form)?, move |tx| corrections::correct(tx, &gov, id, version, &new)).await {
                Ok(()) => {
                    page.flash_ok(Message::new("privacy-corrected"));
                    return page.redirect(&format!("/data-pribadi/permintaan/{id}"));
                }
                Err(KernelError::Refused(message)) => {
                    let mut errors = FieldErrors::default();
                    errors.add("name", message);
                    errors
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let form = FormState::wrong(&page, form, errors);
    let shown = Correct { form, id: id.to_string(), who: known_as(&person), detail, version: person.version, page: page.clone() };
    page.wrong(&shown)
}
