//! At the counter, for people without an account: who read her data, printed; a request taken in.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Message, Officer, Rx,
    grant::{Located, Scope},
    party::{self, Person},
    schema::FieldErrors,
    unit,
};
use web::{
    Error, FormData, FormState, Page, Routes, Signed,
    ui::{Choice, Empty},
};

use super::{
    COUNTER, COUNTER_ROLES, id_of, known_as,
    lines::{self, Line},
};
use crate::{
    model::Right,
    rules,
    store::{
        readings,
        requests::{self, NewRequest},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/loket", COUNTER, ask)
        .post("/data-pribadi/loket", COUNTER, find)
        .get("/data-pribadi/loket/{person}", COUNTER, choose)
        .post("/data-pribadi/loket/{person}/cetak", COUNTER, print)
        .post("/data-pribadi/loket/{person}/ajukan", COUNTER, submit)
        .token()
}

#[derive(Template)]
#[template(path = "privacy/counter.html")]
struct Ask {
    page: Page,
    form: FormState,
    people: Vec<(String, String)>,
    empty: Option<Empty>,
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    page.clone().html(&Ask { page, form, people: Vec::new(), empty: None })
}

/// Whether the officer's counter reaches where the person lives; the data protection officer's does everywhere.
fn reaches(rx: &mut Rx<'_>, officer: &Officer, person: &Person) -> kernel::Result<bool> {
    let scope = Scope::of_roles(officer, COUNTER_ROLES);
    let Some(home) = person.unit else { return Ok(officer.holds(kernel::grant::PRIVACY_OFFICER)) };
    let unit = unit::find(rx, home)?.ok_or(KernelError::Missing)?;
    Ok(scope.covers(&Located::at(&unit)))
}

async fn find(page: Page, Signed(officer): Signed, form: FormData) -> web::Result {
    let (nik, gov) = (form.get("nik").to_owned(), Arc::clone(&page.state().gov));
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let mut mine = Vec::new();
        for person in readings::find(tx, &gov, &nik)? {
            if reaches(tx, &officer, &person)? {
                mine.push((person.id.to_string(), known_as(&person)));
            }
        }
        Ok::<_, KernelError>(mine)
    });
    let people = match found.await {
        Ok(people) => people,
        Err(KernelError::Refused(message)) => {
            let mut errors = FieldErrors::default();
            errors.add("nik", message);
            let form = FormState::wrong(&page, form, errors);
            return page.clone().wrong(&Ask { page, form, people: Vec::new(), empty: None });
        }
        Err(error) => return Err(error.into()),
    };
    let empty = people.is_empty().then(|| Empty::new(page.t("privacy-counter-none"), page.t("privacy-counter-none-why")));
    let form = FormState::empty(&page);
    page.clone().html(&Ask { page, form, people, empty })
}

/// The person of the address, within the officer's reach; for everybody else there is none.
async fn person(page: &Page, officer: Arc<Officer>, id: &str) -> web::Result<Person> {
    let id = id_of(id)?;
    let found = page.gov().read(move |rx| {
        let person = party::find(rx, id)?.ok_or(KernelError::Missing)?;
        if reaches(rx, &officer, &person)? { Ok(person) } else { Err(KernelError::Missing) }
    });
    Ok(found.await?)
}

#[derive(Template)]
#[template(path = "privacy/counter_person.html")]
struct Choose {
    page: Page,
    form: FormState,
    id: String,
    who: String,
    rights: Vec<Choice>,
}

fn rights(page: &Page) -> Vec<Choice> {
    let label = |right: Right| page.t2("privacy-right-label", "right", page.t(right.key()), "article", right.article());
    Right::ALL.into_iter().map(|right| Choice::new(right.as_str(), label(right))).collect()
}

async fn choose(page: Page, Signed(officer): Signed, Path(id): Path<String>) -> web::Result {
    let person = person(&page, officer, &id).await?;
    let (form, rights) = (FormState::empty(&page), rights(&page));
    page.clone().html(&Choose { who: known_as(&person), page, form, id, rights })
}

#[derive(Template)]
#[template(path = "privacy/counter_print.html")]
struct Print {
    page: Page,
    id: String,
    who: String,
    by: String,
    at: String,
    lines: Vec<Line>,
    empty: Empty,
}

async fn print(page: Page, Signed(officer): Signed, Path(id): Path<String>, _form: FormData) -> web::Result {
    let person = person(&page, Arc::clone(&officer), &id).await?;
    let person_id = person.id;
    readings::catch_up(page.gov()).await?;
    let readings = page.gov().write(&page.ctx(), move |tx| readings::told_to(tx, person_id, "privacy.readings.printed")).await?;
    let by = officer.post.as_ref().map_or_else(String::new, |post| post.title.clone());
    let empty = Empty::new(page.t("privacy-readings-none"), page.t("privacy-readings-none-why"));
    let (lines, at) = (lines::lines(&page, &readings), page.moment(page.now()));
    page.clone().html(&Print { who: known_as(&person), page, id, by, at, lines, empty })
}

async fn submit(page: Page, Signed(officer): Signed, Path(id): Path<String>, form: FormData) -> web::Result {
    let person = person(&page, officer, &id).await?;
    let mut errors = FieldErrors::default();
    let right = Right::parse(form.get("hak"));
    if right.is_none() {
        errors.add("hak", Message::new("privacy-choose"));
    }
    let detail = rules::text("uraian", form.get("uraian"), 10, 2_000, &mut errors);
    if let (Some(right), true) = (right, errors.is_empty()) {
        let new = NewRequest { right, person: person.id, entry: None, detail, channel: "counter" };
        let gov = Arc::clone(&page.state().gov);
        let case = page.gov().write(&page.ctx(), move |tx| requests::open(tx, &gov, &new)).await?;
        let code = indonesian::Code::parse(&case.code).map_err(|_| Error::Internal("a code of ours".into()))?;
        page.flash_ok(Message::new("privacy-counter-sent").arg("code", code.to_string()));
        return page.redirect(&format!("/data-pribadi/loket/{id}"));
    }
    let (form, rights) = (FormState::wrong(&page, form, errors), rights(&page));
    page.clone().wrong(&Choose { who: known_as(&person), page, form, id, rights })
}
