//! `/ketentuan`: the terms of use, accepting them, publishing others.

use askama::Template;
use kernel::{Message, account, schema::FieldErrors};
use web::{Access, Error, FormData, FormState, Page, Routes};

use super::acting;
use crate::{
    model::Terms,
    rules, store,
    terms::{Block, blocks},
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/ketentuan", Access::Public, show)
        .post("/ketentuan", Access::Entering, accept)
        .token()
        .get("/ketentuan/baru", Access::Role("admin"), ask)
        .post("/ketentuan/baru", Access::Role("admin"), publish)
        .token()
}

#[derive(Template)]
#[template(path = "identity/terms.html")]
struct Show {
    page: Page,
    form: FormState,
    terms: Terms,
    blocks: Vec<Block>,
    /// Signed in and not accepted yet.
    asked: bool,
    may_publish: bool,
}

#[derive(Template)]
#[template(path = "identity/terms_new.html")]
struct New {
    page: Page,
    form: FormState,
}

impl Show {
    fn since(&self, at: &jiff::Timestamp) -> String {
        self.page.t2("identity-terms-since", "label", self.terms.label.as_str(), "day", self.page.day(*at))
    }
}

async fn show(page: Page) -> web::Result {
    let form = FormData::of([("lanjut", page.query().get("lanjut"))]);
    let form = FormState::filled(&page, form);
    answer(page, form, false).await
}

async fn answer(page: Page, form: FormState, wrong: bool) -> web::Result {
    let account = page.officer().map(|officer| officer.account);
    let (terms, asked) = page
        .gov()
        .read(move |rx| {
            let terms = store::terms_in_force(rx)?;
            let asked = match account {
                Some(account) => account::find(rx, account)?.is_some_and(|account| !account.has_accepted(&terms.label)),
                None => false,
            };
            Ok::<_, kernel::Error>((terms, asked))
        })
        .await?;
    let blocks = blocks(page.pick(&terms.body_id, &terms.body_en));
    let may_publish = !asked && page.officer().is_some_and(|officer| officer.holds("admin"));
    let shown = Show { page: page.clone(), form, terms, blocks, asked, may_publish };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn accept(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    if !form.has("setuju") {
        let mut errors = FieldErrors::default();
        errors.add("setuju", Message::new("identity-terms-tick"));
        let form = FormState::wrong(&page, form, errors);
        return answer(page, form, true).await;
    }
    let (account, label) = (officer.account, form.get("versi").to_owned());
    let accepted = page
        .gov()
        .write(&ctx, move |tx| {
            let terms = store::terms_in_force(tx)?;
            // Other terms were published while these were read: show them first.
            if terms.label != label {
                return Ok(false);
            }
            if !account::find(tx, account)?.ok_or(kernel::Error::Missing)?.has_accepted(&label) {
                account::accept_terms(tx, account, &label)?;
            }
            Ok::<_, kernel::Error>(true)
        })
        .await?;
    if !accepted {
        page.flash_warning(Message::new("identity-terms-changed"));
        return page.redirect("/ketentuan");
    }
    let home = if officer.posts.is_empty() { "/akun" } else { "/tugas" };
    page.redirect(page.after_login(&form, home))
}

async fn ask(page: Page) -> web::Result {
    let terms = page.gov().read(store::terms_in_force).await?;
    let form = FormData::of([("teks", terms.body_id.as_str()), ("teks-en", terms.body_en.as_str())]);
    let form = FormState::filled(&page, form);
    page.clone().html(&New { page, form })
}

async fn publish(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    if !officer.holds("admin") {
        return Err(Error::NotFound);
    }
    let (label, body, body_en) = match rules::new_terms(&|name| form.raw(name)) {
        Ok(terms) => terms,
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            return page.clone().wrong(&New { page, form });
        }
    };
    let saved = page.gov().write(&ctx, move |tx| store::publish_terms(tx, &label, &body, &body_en)).await;
    match saved {
        Ok(()) => {
            page.flash_ok(Message::new("identity-terms-published"));
            page.redirect("/ketentuan")
        }
        Err(kernel::Error::Refused(message)) => {
            let mut errors = FieldErrors::default();
            errors.add("versi", message);
            let form = FormState::wrong(&page, form, errors);
            page.clone().wrong(&New { page, form })
        }
        Err(other) => Err(other.into()),
    }
}
