//! `/lupa-sandi` and `/konfirmasi-surel`: a link to the address an account confirmed, good once and for a short while. Whoever has no such
//! address is told on the same page whom to ask; nobody is told whether an account exists.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::IntoResponse};
use kernel::{Error as KernelError, Message, schema::FieldErrors};
use web::{Access, FormData, FormState, Page, Routes};

use super::{hashed, sign_in::wait_words};
use crate::{
    rules,
    store::{
        alerts::Sender,
        links::{self, Purpose, RESET_MINUTES},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/lupa-sandi", Access::Public, ask)
        .post("/lupa-sandi", Access::Public, send)
        .token()
        .get("/lupa-sandi/terkirim", Access::Public, sent)
        .get("/lupa-sandi/{secret}", Access::Public, choose)
        .post("/lupa-sandi/{secret}", Access::Public, change)
        .token()
        .get("/konfirmasi-surel/{secret}", Access::Public, ask_confirm)
        .post("/konfirmasi-surel/{secret}", Access::Public, confirm)
        .token()
}

#[derive(Template)]
#[template(path = "identity/forgotten.html")]
struct Ask {
    page: Page,
    form: FormState,
}

#[derive(Template)]
#[template(path = "identity/forgotten_sent.html")]
struct Sent {
    page: Page,
    minutes: i64,
}

#[derive(Template)]
#[template(path = "identity/forgotten_choose.html")]
struct Choose {
    page: Page,
    form: FormState,
    secret: String,
}

#[derive(Template)]
#[template(path = "identity/link_over.html")]
struct Over {
    page: Page,
    /// What may have happened, as a text key.
    why: &'static str,
    /// Where it goes on, and the words of the button.
    again: &'static str,
    words: &'static str,
}

#[derive(Template)]
#[template(path = "identity/mail_confirm.html")]
struct Confirm {
    page: Page,
    secret: String,
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::filled(&page, FormData::of([("username", page.query().get("username"))]));
    page.clone().html(&Ask { page, form })
}

async fn send(page: Page, form: FormData) -> web::Result {
    let username = form.get("username").to_ascii_lowercase();
    let mut errors = FieldErrors::default();
    form.required("username", "identity-username-needed", &mut errors);
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.clone().wrong(&Ask { page, form });
    }
    let asked = page.gov().write(&page.ctx(), move |tx| links::ask(tx, &username)).await?;
    let Some(until) = asked else { return page.redirect("/lupa-sandi/terkirim") };
    let seconds = (until.duration_since(page.now()).as_secs() + 1).max(1);
    errors.add("username", wait_words(seconds));
    let form = FormState::wrong(&page, form, errors);
    let answer = page.html_with(StatusCode::TOO_MANY_REQUESTS, &Ask { page: page.clone(), form })?;
    Ok(([("retry-after", seconds.to_string())], answer).into_response())
}

async fn sent(page: Page) -> web::Result {
    page.clone().html(&Sent { page, minutes: RESET_MINUTES })
}

/// A link for a new password that cannot be used, whatever the reason.
fn over(page: &Page) -> web::Result {
    let (why, words) = ("identity-link-over-why", "identity-link-again");
    page.html_with(StatusCode::GONE, &Over { page: page.clone(), why, again: "/lupa-sandi", words })
}

/// The same of a link that confirms an address: whoever pressed the button twice has nothing left to do.
fn confirmed_or_over(page: &Page) -> web::Result {
    let (why, words) = ("identity-mail-over-why", "identity-mail-over-again");
    page.html_with(StatusCode::GONE, &Over { page: page.clone(), why, again: "/akun/surel", words })
}

/// Opening a link uses nothing up: a mail reader may do it by itself.
async fn choose(page: Page, Path(secret): Path<String>) -> web::Result {
    let (typed, now) = (secret.clone(), page.now());
    match page.gov().read(move |rx| links::username(rx, &typed, now)).await {
        Ok(_) => page.clone().html(&Choose { form: FormState::empty(&page), page, secret }),
        Err(KernelError::Refused(_)) => over(&page),
        Err(other) => Err(other.into()),
    }
}

async fn change(page: Page, Path(secret): Path<String>, form: FormData) -> web::Result {
    let (typed, now) = (secret.clone(), page.now());
    let username = match page.gov().read(move |rx| links::username(rx, &typed, now)).await {
        Ok(username) => username,
        Err(KernelError::Refused(_)) => return over(&page),
        Err(other) => return Err(other.into()),
    };
    if let Err(errors) = rules::new_password(&|name| form.raw(name), &username) {
        // Passwords are never sent back.
        let form = FormState::wrong(&page, FormData::default(), errors);
        return page.clone().wrong(&Choose { page, form, secret });
    }
    let password = hashed(&page, form.raw("baru").unwrap_or_default().to_owned()).await?;
    let sender = Sender::of(page.gov());
    match page.gov().write(&page.ctx(), move |tx| links::reset(tx, &sender, &secret, &password)).await {
        Ok(()) => {
            page.sign_out();
            page.flash_ok(Message::new("identity-forgotten-done"));
            page.redirect("/masuk")
        }
        Err(KernelError::Refused(_) | KernelError::Stale) => over(&page),
        Err(other) => Err(other.into()),
    }
}

async fn ask_confirm(page: Page, Path(secret): Path<String>) -> web::Result {
    let (typed, now) = (secret.clone(), page.now());
    match page.gov().read(move |rx| links::find(rx, &typed, Purpose::Confirm, now)).await {
        Ok(_) => page.clone().html(&Confirm { page, secret }),
        Err(KernelError::Refused(_)) => confirmed_or_over(&page),
        Err(other) => Err(other.into()),
    }
}

async fn confirm(page: Page, Path(secret): Path<String>) -> web::Result {
    match page.gov().write(&page.ctx(), move |tx| links::confirm(tx, &secret)).await {
        Ok(()) => {
            page.flash_ok(Message::new("identity-mail-confirmed"));
            page.redirect(if page.is_signed_in() { "/akun" } else { "/masuk" })
        }
        Err(KernelError::Refused(_) | KernelError::Stale) => confirmed_or_over(&page),
        Err(other) => Err(other.into()),
    }
}
