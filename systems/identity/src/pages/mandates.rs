//! Mandates between posts: a.n. and u.b. (`/jabatan/{unit}/mandat`).

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Expect, Id, Message,
    post::{self, Mandate, MandateForm, NewMandate, Post},
    schema::FieldErrors,
};
use web::{Access, FormData, FormState, Page, Routes, ui::Choice};

use super::{Place, acting, officer, refused};
use crate::{rules, store};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/jabatan/{unit}/mandat", Access::Signed, ask)
        .post("/jabatan/{unit}/mandat", Access::Signed, give)
        .token()
        .get("/jabatan/{unit}/mandat/{mandate}", Access::Signed, ask_end)
        .post("/jabatan/{unit}/mandat/{mandate}", Access::Signed, end)
        .token()
}

#[derive(Template)]
#[template(path = "identity/mandate.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
    posts: Vec<Choice>,
    kinds: Vec<Choice>,
    forms: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "identity/mandate_end.html")]
struct AskEnd {
    page: Page,
    place: Place,
    form: FormState,
    mandate: Mandate,
    /// "Sekretaris Desa menandatangani atas nama Kepala Desa".
    words: String,
}

async fn ask(page: Page, Path(slug): Path<String>) -> web::Result {
    let form = FormData::of([("mulai", page.today().to_string()), ("bentuk", "an".to_owned())]);
    let form = FormState::filled(&page, form);
    show(page, slug, form, false).await
}

async fn show(page: Page, slug: String, form: FormState, wrong: bool) -> web::Result {
    let officer = officer(&page)?;
    let (place, posts, kinds) = page
        .gov()
        .read(move |rx| {
            let place = Place::kept(rx, &officer, &slug)?;
            let posts = post::of_unit(rx, place.unit.id)?;
            let kinds = store::letter_kinds(rx, place.unit.id)?;
            Ok::<_, KernelError>((place, posts, kinds))
        })
        .await?;
    let page = place.page(&page);
    let posts = posts.into_iter().map(|post| Choice::new(post.id.to_string(), post.title)).collect();
    let kinds = kinds.into_iter().map(|(key, title)| Choice::new(key, title)).collect();
    let forms = [("an", "identity-form-an-name", "identity-form-an-when"), ("ub", "identity-form-ub-name", "identity-form-ub-when")];
    let forms = forms.iter().map(|(key, name, when)| Choice::new(*key, page.t(name)).hint(page.t(when))).collect();
    let shown = Ask { page: page.clone(), place, form, posts, kinds, forms };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn give(page: Page, Path(slug): Path<String>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let unit_slug = slug.clone();
    let (place, posts, kinds) = page
        .gov()
        .read(move |rx| {
            let place = Place::kept(rx, &officer, &unit_slug)?;
            let kinds = store::letter_kinds(rx, place.unit.id)?;
            Ok::<_, KernelError>((post::of_unit(rx, place.unit.id)?, place, kinds)).map(|(posts, place, kinds)| (place, posts, kinds))
        })
        .await?;
    let errors = match check(&form, &place, &posts, &kinds) {
        Ok(new) => match page.gov().write(&ctx, move |tx| post::mandate(tx, &new)).await {
            Ok(_) => {
                page.flash_ok(Message::new("identity-mandate-given"));
                return page.redirect(&place.href());
            }
            Err(error) => refused(error)?,
        },
        Err(errors) => errors,
    };
    let form = FormState::wrong(&page, form, errors);
    show(page, slug, form, true).await
}

/// Both posts are of the unit, every kind of letter is one it offers.
fn check(form: &FormData, place: &Place, posts: &[Post], kinds: &[(String, String)]) -> Result<NewMandate, FieldErrors> {
    let mut errors = FieldErrors::default();
    let post = |name: &str| form.get(name).parse::<Id>().ok().filter(|id| posts.iter().any(|post| post.id == *id));
    let (from_post, to_post) = (post("dari"), post("kepada"));
    for (name, found) in [("dari", from_post), ("kepada", to_post)] {
        if found.is_none() {
            errors.add(name, Message::new("identity-post-needed"));
        }
    }
    let kind_of = form.get("bentuk").parse::<MandateForm>();
    if kind_of.is_err() {
        errors.add("bentuk", Message::new("identity-form-needed"));
    }
    let (decree, from, until) = rules::period(&|name| form.raw(name), place.unit.zone, &mut errors);
    if decree.is_empty() {
        errors.add("keputusan", Message::new("kernel-post-decree-needed"));
    }
    let kinds: Vec<String> = form.all("surat").filter(|kind| kinds.iter().any(|(key, _)| key == kind)).map(str::to_owned).collect();
    match (from_post, to_post, kind_of, from) {
        (Some(from_post), Some(to_post), Ok(form), Some(from)) if errors.is_empty() => {
            Ok(NewMandate { from_post, to_post, kinds, form, decree, from, until })
        }
        _ => Err(errors),
    }
}

async fn read_end(page: &Page, slug: String, mandate: Id) -> web::Result<(Place, Mandate, String, String)> {
    let officer = officer(page)?;
    let read = move |rx: &mut kernel::Rx<'_>| {
        let place = Place::kept(rx, &officer, &slug)?;
        let posts = post::of_unit(rx, place.unit.id)?;
        for post in &posts {
            if let Some(found) = post::mandates_of(rx, post.id)?.into_iter().find(|known| known.id == mandate) {
                let title = |id: Id| posts.iter().find(|post| post.id == id).map_or_else(String::new, |post| post.title.clone());
                return Ok((place, title(found.from_post), title(found.to_post), found));
            }
        }
        Err(KernelError::Missing)
    };
    let (place, from, to, found) = page.gov().read(read).await?;
    Ok((place, found, from, to))
}

fn words(page: &Page, mandate: &Mandate, from: &str, to: &str) -> String {
    let form = page.t(match mandate.form {
        MandateForm::An => "identity-form-an",
        MandateForm::Ub => "identity-form-ub",
    });
    format!("{to} {form} {from}")
}

async fn ask_end(page: Page, Path((slug, mandate)): Path<(String, Id)>) -> web::Result {
    let (place, mandate, from, to) = read_end(&page, slug, mandate).await?;
    let page = place.page(&page);
    let hour = page.clock(page.now()).replace('.', ":");
    let form = FormData::of([("saat", page.today().to_string()), ("saat-jam", hour), ("versi", mandate.version.to_string())]);
    let (form, words) = (FormState::filled(&page, form), words(&page, &mandate, &from, &to));
    page.clone().html(&AskEnd { page, place, form, mandate, words })
}

async fn end(page: Page, Path((slug, mandate)): Path<(String, Id)>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let (place, mandate, from, to) = read_end(&page, slug, mandate).await?;
    let page = place.page(&page);
    let mut errors = FieldErrors::default();
    let at = rules::moment(&|name| form.raw(name), "saat", place.unit.zone, rules::Edge::End, &mut errors);
    if at.is_none() {
        errors.add("saat", Message::new("identity-day-needed"));
    }
    if let (Some(at), true) = (at, errors.is_empty()) {
        let (id, version) = (mandate.id, form.number("versi").unwrap_or(0));
        match page.gov().write(&ctx, move |tx| post::end_mandate(tx, id, Expect::Version(version), at)).await {
            Ok(_) => {
                page.flash_ok(Message::new("identity-mandate-ended").arg("at", page.moment(at)));
                return page.redirect(&place.href());
            }
            Err(KernelError::Refused(message)) => errors.add("saat", message),
            Err(other) => return Err(other.into()),
        }
    }
    let (form, words) = (FormState::wrong(&page, form, errors), words(&page, &mandate, &from, &to));
    page.clone().wrong(&AskEnd { page, place, form, mandate, words })
}
