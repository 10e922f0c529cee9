//! `/ketentuan`: the terms of use, accepting them, publishing others.

use askama::Template;
use axum::extract::Path;
use kernel::{Message, account, schema::FieldErrors};
use web::{Access, Error, FormData, FormState, Page, Routes};

use super::acting;
use crate::{
    model::{Approval, Terms, TermsLine},
    rules, store,
    terms::{Block, blocks},
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/ketentuan", Access::Public, show)
        .post("/ketentuan", Access::Entering, accept)
        .token()
        .get("/ketentuan/versi", Access::Public, versions)
        .get("/ketentuan/versi/{label}", Access::Public, version)
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

#[derive(Template)]
#[template(path = "identity/terms_versions.html")]
struct Versions {
    page: Page,
    lines: Vec<TermsLine>,
    /// How many have not accepted the version in force; for the administrator.
    waiting: Option<i64>,
}

impl Show {
    fn since(&self, at: &jiff::Timestamp) -> String {
        self.page.t2("identity-terms-since", "label", self.terms.label.as_str(), "day", self.page.day(*at))
    }

    fn approved(&self, approval: &Approval) -> String {
        approved(&self.page, approval)
    }
}

fn approved(page: &Page, approval: &Approval) -> String {
    let args = [
        ("decree", approval.decree.as_str().into()),
        ("day", page.date(approval.decreed_on).into()),
        ("who", approval.approved_by.as_str().into()),
    ];
    page.tn("identity-terms-approved", &args)
}

impl Versions {
    fn said(&self, line: &TermsLine) -> String {
        let page = &self.page;
        let since = match line.terms.published_at {
            Some(at) => page.t2("identity-terms-since", "label", line.terms.label.as_str(), "day", page.day(at)),
            None => page.t1("identity-terms-example", "label", line.terms.label.as_str()),
        };
        match &line.terms.approval {
            Some(approval) => format!("{since} {}", approved(page, approval)),
            None => since,
        }
    }

    fn waits(&self, n: &i64) -> String {
        self.page.t1("identity-terms-waiting", "n", *n)
    }

    fn accepted(&self, line: &TermsLine) -> String {
        self.page.t1("identity-terms-accepted-by", "n", line.accepted)
    }
}

/// Every version that was in force; how many accepted which is the administrator's.
async fn versions(page: Page) -> web::Result {
    let admin = page.officer().is_some_and(|officer| officer.holds("admin"));
    let (lines, waiting) = page
        .gov()
        .read(move |rx| {
            let lines = store::terms::versions(rx)?;
            let newest = lines.first().map_or("", |line| line.terms.label.as_str()).to_owned();
            let waiting = if admin { Some(store::terms::waiting(rx, &newest)?) } else { None };
            Ok::<_, kernel::Error>((lines, waiting))
        })
        .await?;
    page.clone().html(&Versions { page, lines, waiting })
}

/// One version as it was, also when another is in force: whoever accepted it can read it again.
async fn version(page: Page, Path(label): Path<String>) -> web::Result {
    let terms = page.gov().read(move |rx| store::terms::version(rx, &label)).await?;
    let (form, blocks) = (FormState::empty(&page), blocks(page.pick(&terms.body_id, &terms.body_en)));
    page.clone().html(&Show { page, form, terms, blocks, asked: false, may_publish: false })
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
            let terms = store::terms::in_force(rx)?;
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
            let terms = store::terms::in_force(tx)?;
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
    let terms = page.gov().read(store::terms::in_force).await?;
    let form = FormData::of([("teks", terms.body_id.as_str()), ("teks-en", terms.body_en.as_str())]);
    let form = FormState::filled(&page, form);
    page.clone().html(&New { page, form })
}

async fn publish(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    if !officer.holds("admin") {
        return Err(Error::NotFound);
    }
    let new = match rules::new_terms(&|name| form.raw(name), page.today()) {
        Ok(new) => new,
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            return page.clone().wrong(&New { page, form });
        }
    };
    let saved = page.gov().write(&ctx, move |tx| store::terms::publish(tx, &new)).await;
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
