//! `/masuk` and `/keluar`.

use std::sync::Arc;

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use jiff::Timestamp;
use kernel::{
    Actor, Id, Message, NewEntry, Officer,
    account::{self, PasswordHash, SessionToken, verify_password},
    schema::FieldErrors,
    throttle::{self, Key},
};
use web::{Access, Error, FormData, FormState, Page, Routes};

use super::{cost, session_token};
use crate::{
    model::Pending,
    rules, sessions,
    store::{self, is_temporary_over},
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/masuk", Access::Public, show)
        .post("/masuk", Access::Public, enter)
        .token()
        // A login form may carry what was typed when the session ended.
        .limit_bytes(1_000_000)
        .get("/keluar", Access::Entering, ask)
        .post("/keluar", Access::Entering, leave)
}

#[derive(Template)]
#[template(path = "identity/sign_in.html")]
struct SignIn {
    page: Page,
    form: FormState,
}

#[derive(Template)]
#[template(path = "identity/sign_out.html")]
struct SignOut {
    page: Page,
}

async fn show(page: Page) -> web::Result {
    let next = FormData::of([("lanjut", page.query().get("lanjut"))]);
    if let Some(officer) = page.officer() {
        let home = home(officer.posts.is_empty());
        return page.redirect(page.after_login(&next, home));
    }
    let form = FormState::filled(&page, next);
    page.clone().html(&SignIn { page, form })
}

/// Where work begins: whoever has no post has an account to look after.
const fn home(without_post: bool) -> &'static str {
    if without_post { "/akun" } else { "/tugas" }
}

/// What a sign-in found.
enum Found {
    /// The password is right.
    Right {
        officer: Arc<Officer>,
        temporary_over: bool,
        pending: Option<Pending>,
    },
    Wrong {
        account: Option<Id>,
    },
}

async fn enter(page: Page, form: FormData) -> web::Result {
    let username = form.get("username").to_ascii_lowercase();
    let password = form.raw("password").unwrap_or_default().to_owned();
    let mut errors = FieldErrors::default();
    form.required("username", "identity-username-needed", &mut errors);
    if password.is_empty() {
        errors.add("password", Message::new("identity-password-needed"));
    }
    if !errors.is_empty() {
        return again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let keys = [Key::account(&username), Key::address(&page.ctx().origin().address)];
    let (ctx, now) = (page.ctx(), page.now());
    let counted = keys.clone();
    let tried = page.gov().write(&ctx, move |tx| throttle::attempt(tx, &counted, now)).await?;
    if let Err(free_at) = tried {
        return wait(&page, form, free_at);
    }
    match check(&page, username, password).await? {
        Found::Wrong { account } => {
            let entry = move || {
                let entry = NewEntry::new("identity.sign_in.refused");
                account.map_or(entry.clone(), |account| entry.object("account", account))
            };
            page.gov()
                .write(&ctx, move |tx| {
                    tx.entry(entry());
                    Ok::<_, kernel::Error>(())
                })
                .await?;
            errors.add("password", Message::new("identity-sign-in-wrong"));
            again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Found::Right { temporary_over: true, .. } => {
            errors.add("password", Message::new("identity-temporary-over"));
            again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Found::Right { officer, pending, .. } => {
            let opened = open(&page, keys, Arc::clone(&officer)).await;
            let token = match opened {
                Ok(token) => token,
                Err(kernel::Error::Refused(message)) => {
                    errors.add("username", message);
                    return again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY);
                }
                Err(other) => return Err(other.into()),
            };
            page.sign_in(officer.account, &token.to_string(), sessions::limits().absolute.as_secs());
            onward(&page, &form, pending, officer.posts.is_empty())
        }
    }
}

/// Compares the password off the async threads and outside any transaction; for nobody's name it works as long.
async fn check(page: &Page, username: String, password: String) -> web::Result<Found> {
    let now = page.now();
    let found = page
        .gov()
        .read(move |rx| {
            let Some(found) = account::credentials(rx, &username)? else { return Ok(None) };
            let standing = store::standing(rx, found.account.id)?;
            let posts = match found.account.person {
                Some(person) => kernel::post::posts_of(rx, person, now)?,
                None => Vec::new(),
            };
            Ok::<_, kernel::Error>(Some((found.account, found.password, standing, posts)))
        })
        .await?;
    let hash: Option<PasswordHash> = found.as_ref().and_then(|(_, password, ..)| password.clone());
    let cost = cost(page);
    let right = tokio::task::spawn_blocking(move || verify_password(&password, hash.as_ref(), cost)).await;
    let right = right.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(match found {
        Some((account, _, standing, posts)) if right => Found::Right {
            temporary_over: is_temporary_over(standing.temporary_since, now),
            pending: rules::pending(&account, &standing),
            officer: Arc::new(Officer {
                account: account.id,
                person: account.person,
                name: account.display_name,
                post: posts.first().cloned(),
                posts,
                // A sign-in needs no right; what the officer may do is read anew at each request.
                grants: Vec::new(),
            }),
        },
        found => Found::Wrong { account: found.map(|(account, ..)| account.id) },
    })
}

/// Opens the session in the name of the account: it is the first line of its activity.
async fn open(page: &Page, keys: [Key; 2], officer: Arc<Officer>) -> kernel::Result<SessionToken> {
    let account = officer.account;
    page.gov()
        .write(&page.ctx_as(Actor::Account(officer)), move |tx| {
            for key in &keys {
                throttle::clear(tx, key)?;
            }
            account::open_session(tx, account, sessions::limits())
        })
        .await
}

/// To what was asked for, over what must be done first.
fn onward(page: &Page, form: &FormData, pending: Option<Pending>, without_post: bool) -> web::Result {
    let next = page.after_login(form, home(without_post));
    match pending {
        Some(pending) => page.redirect(&format!("{}?lanjut={}", pending.path(), encoded(next))),
        None => match page.resume(form)? {
            Some(answer) => Ok(answer),
            None => page.redirect(next),
        },
    }
}

/// A path as a value in an address.
pub(crate) fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('#', "%23").replace(' ', "%20")
}

fn again(page: &Page, form: FormData, errors: FieldErrors, status: StatusCode) -> web::Result {
    let mut form = form;
    form.set("password", "");
    let form = FormState::wrong(page, form, errors);
    page.html_with(status, &SignIn { page: page.clone(), form })
}

/// Tried too often: how long to wait, the same for names that exist and names that do not.
fn wait(page: &Page, form: FormData, free_at: Timestamp) -> web::Result {
    let seconds = (free_at.duration_since(page.now()).as_secs() + 1).max(1);
    let mut errors = FieldErrors::default();
    errors.add("password", wait_words(seconds));
    let answer = again(page, form, errors, StatusCode::TOO_MANY_REQUESTS)?;
    Ok(([("retry-after", seconds.to_string())], answer).into_response())
}

/// "Wait 9 seconds", "Wait 4 minutes".
pub(crate) fn wait_words(seconds: i64) -> Message {
    if seconds < 60 {
        Message::new("identity-sign-in-wait-seconds").arg("n", seconds)
    } else {
        Message::new("identity-sign-in-wait-minutes").arg("n", (seconds + 59) / 60)
    }
}

async fn ask(page: Page) -> web::Result {
    page.clone().html(&SignOut { page })
}

async fn leave(page: Page, headers: HeaderMap) -> web::Result {
    if let Ok(token) = session_token(&page, &headers) {
        page.gov().write(&page.ctx(), move |tx| account::sign_out(tx, &token)).await?;
    }
    page.sign_out();
    page.flash_ok(Message::new("identity-signed-out"));
    page.redirect("/masuk")
}
