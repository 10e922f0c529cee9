//! One person of a mutation: found, then said where to.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, Message,
    mutation::{self, Manner},
    party,
    post::HoldingKind,
    schema::FieldErrors,
    unit,
};
use web::{FormData, FormState, Page, Routes, ui::Choice};

use super::{ENTERERS, acting, draft, officer, show};
use crate::{
    model::{Found, PostChoice},
    rules, store,
    store::mutations,
    words,
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/mutasi/{mutation}/orang", ENTERERS, ask)
        .post("/mutasi/{mutation}/orang", ENTERERS, add)
        .token()
        .post("/mutasi/{mutation}/orang/{line}/hapus", ENTERERS, remove)
        .token()
}

/// Names a search shows.
const FOUND_MAX: usize = 20;
/// Posts a list shows.
const POSTS_MAX: usize = 80;

#[derive(Template)]
#[template(path = "identity/mutation_find.html")]
struct Find {
    page: Page,
    mutation: mutation::Mutation,
    form: FormState,
    typed: String,
    found: Vec<Found>,
}

#[derive(Template)]
#[template(path = "identity/mutation_person.html")]
struct Ask {
    page: Page,
    mutation: mutation::Mutation,
    form: FormState,
    person: Option<party::Person>,
    /// What narrows the posts.
    wanted: String,
    held: Vec<Choice>,
    posts: Vec<Choice>,
    /// More posts than the list shows.
    more: bool,
    manners: Vec<Choice>,
    kinds: Vec<Choice>,
}

async fn ask(page: Page, Path(id): Path<Id>) -> web::Result {
    let query = page.query();
    let person: Option<Id> = query.get("orang").parse().ok();
    if person.is_none() && query.get("baru").is_empty() {
        return find(page, id).await;
    }
    let form = FormData::of([("orang", person.map(|id| id.to_string()).unwrap_or_default()), ("nama", query.get("nama").to_owned())]);
    let wanted = query.get("jabatan").to_owned();
    let form = FormState::filled(&page, form);
    view(page, id, form, person, wanted, false).await
}

async fn find(page: Page, id: Id) -> web::Result {
    let mutation = draft(&page, id).await?;
    let (typed, now) = (page.query().get("cari").trim().to_owned(), page.now());
    let wanted = typed.clone();
    let found =
        if wanted.is_empty() { Vec::new() } else { page.gov().read(move |rx| store::find_officials(rx, &wanted, now, FOUND_MAX)).await? };
    let form = FormState::filled(&page, FormData::of([("cari", typed.as_str())]));
    page.clone().html(&Find { page, mutation, form, typed, found })
}

async fn view(page: Page, id: Id, form: FormState, person: Option<Id>, wanted: String, wrong: bool) -> web::Result {
    let (officer, mutation) = (officer(&page)?, draft(&page, id).await?);
    let (at, typed) = (mutation.effective_at, wanted.clone());
    let (person, held, mut posts) = page
        .gov()
        .read(move |rx| {
            let found = match person {
                Some(person) => Some(party::find(rx, person)?.ok_or(KernelError::Missing)?),
                None => None,
            };
            let held = match person {
                Some(person) => mutations::held_posts(rx, person, at)?,
                None => Vec::new(),
            };
            Ok::<_, KernelError>((found, held, mutations::kept_posts(rx, &officer, &typed, at, POSTS_MAX + 1)?))
        })
        .await?;
    let more = posts.len() > POSTS_MAX;
    posts.truncate(POSTS_MAX);
    let choice = |choice: &PostChoice| {
        let holder = choice.holder.clone().unwrap_or_else(|| page.t("identity-vacant"));
        Choice::new(choice.post.to_string(), format!("{} ({holder})", choice.words))
    };
    let manners = Manner::ALL.map(|manner| {
        let hint = page.t(&format!("identity-manner-{}-when", manner.as_str().replace('_', "-")));
        Choice::new(manner.as_str(), show::manner(&page, manner)).hint(hint)
    });
    let kinds = HoldingKind::ALL.map(|kind| Choice::new(kind.key(), words::kind(&page, kind)));
    let shown = Ask {
        held: held.iter().map(|choice| Choice::new(choice.post.to_string(), choice.words.clone())).collect(),
        posts: posts.iter().map(choice).collect(),
        manners: manners.to_vec(),
        kinds: kinds.to_vec(),
        page: page.clone(),
        mutation,
        form,
        person,
        wanted,
        more,
    };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn add(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let mutation = draft(&page, id).await?;
    if form.has("isian") {
        // Without scripts: the fields of the manner that was chosen, with what was typed so far.
        let (person, wanted) = (form.get("orang").parse().ok(), form.get("jabatan").to_owned());
        let form = FormState::filled(&page, form);
        return view(page, id, form, person, wanted, false).await;
    }
    let unit_id = mutation.unit;
    let unit = page.gov().read(move |rx| unit::find(rx, unit_id)).await?.ok_or(KernelError::Missing)?;
    let errors = match rules::mutation::person(&|name| form.raw(name), unit.zone) {
        Ok(new) => {
            let keys = Arc::clone(page.gov().keys());
            match page.gov().write(&ctx, move |tx| mutations::add_person(tx, &keys, &officer, &mutation, &new)).await {
                Ok(()) => return page.redirect(&format!("/mutasi/{id}")),
                Err(KernelError::Refused(message)) => {
                    let mut errors = FieldErrors::default();
                    errors.add(rules::mutation::field_of(&message), message);
                    errors
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(errors) => errors,
    };
    let (person, wanted) = (form.get("orang").parse().ok(), form.get("jabatan").to_owned());
    let form = FormState::wrong(&page, form, errors);
    view(page, id, form, person, wanted, true).await
}

async fn remove(page: Page, Path((id, line)): Path<(Id, Id)>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    draft(&page, id).await?;
    page.gov().write(&ctx, move |tx| mutation::remove_line(tx, id, line)).await?;
    page.flash_ok(Message::new("identity-mutation-line-removed"));
    page.redirect(&format!("/mutasi/{id}"))
}

impl Find {
    fn small(found: &Found) -> String {
        let mut parts: Vec<&str> = found.posts.iter().map(String::as_str).collect();
        parts.extend(found.employee_number.as_deref());
        parts.join(" · ")
    }

    fn new_href(&self) -> String {
        web::ListQuery::new(&format!("/mutasi/{}/orang", self.mutation.id), "").with(&[("baru", "1"), ("nama", &self.typed)])
    }
}

impl Ask {
    /// The manners that ask for a field.
    fn asking(&self, field: &str) -> String {
        rules::mutation::asking(field)
    }

    /// Whether the manner chosen so far, if any, does not ask for a field.
    fn unasked(&self, field: &str) -> bool {
        let manner = self.form.value("cara").parse::<Manner>();
        !manner.is_ok_and(|manner| rules::mutation::asked(manner).contains(&field))
    }

    fn carried(&self) -> String {
        self.person.as_ref().map(|person| person.id.to_string()).unwrap_or_default()
    }
}
