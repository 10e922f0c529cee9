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
    account::{
        self, DeviceToken, PasswordHash, SessionToken,
        device::{self, Acquaintance, DEVICE_DAYS},
        restriction, verify_password,
    },
    schema::FieldErrors,
    signal::{self, Kind, NewSignal},
    throttle::{self, Key},
};
use web::{Access, DEVICE_COOKIE, Error, FormData, FormState, Page, Routes};

use super::{cost, session_token};
use crate::{
    model::{Pending, Standing},
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
        restricted: bool,
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
    let ctx = page.ctx();
    let browser = page.device().and_then(|device| device.parse::<DeviceToken>().ok());
    let keys = match tried(&page, &username, browser.clone()).await? {
        Ok(keys) => keys,
        Err(free_at) => return wait(&page, form, free_at),
    };
    match check(&page, username, password).await? {
        Found::Wrong { account } => {
            page.gov().write(&ctx, move |tx| refuse(tx, account)).await?;
            errors.add("password", Message::new("identity-sign-in-wrong"));
            again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Found::Right { temporary_over: true, .. } => {
            errors.add("password", Message::new("identity-temporary-over"));
            again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Found::Right { officer, pending, restricted, .. } => {
            let browser = browser.unwrap_or_else(|| DeviceToken::new(&ctx));
            let opened = open(&page, keys, browser.clone(), Arc::clone(&officer)).await;
            let token = match opened {
                Ok(token) => token,
                Err(kernel::Error::Refused(message)) => {
                    errors.add("username", message);
                    return again(&page, form, errors, StatusCode::UNPROCESSABLE_ENTITY);
                }
                Err(other) => return Err(other.into()),
            };
            page.sign_in(officer.account, &token.to_string(), sessions::limits().absolute.as_secs());
            page.set_cookie(DEVICE_COOKIE, &browser.to_string(), Some(DEVICE_DAYS * 86_400));
            if restricted {
                return page.redirect(sessions::RESTRICTION_PAGE);
            }
            onward(&page, &form, pending, officer.posts.is_empty())
        }
    }
}

/// Counts the try, under the keys of [`throttle::sign_in`]; or says when the next one is allowed.
async fn tried(page: &Page, username: &str, browser: Option<DeviceToken>) -> web::Result<Result<Vec<Key>, Timestamp>> {
    let (username, address, now) = (username.to_owned(), page.ctx().origin().address.clone(), page.now());
    let count = move |tx: &mut kernel::Tx<'_>| {
        let known = device::is_known(tx, &username, browser.as_ref(), now)?;
        let named = browser.as_ref().filter(|_| known).map(ToString::to_string);
        let keys = throttle::sign_in(&username, &address, named.as_deref());
        Ok::<_, kernel::Error>(throttle::attempt(tx, &keys, now)?.map(|()| keys))
    };
    Ok(page.gov().write(&page.ctx(), count).await?)
}

/// Writes down a try that failed, in the same way for a name that exists and one that does not.
pub(crate) fn refuse(tx: &mut kernel::Tx<'_>, account: Option<Id>) -> kernel::Result<()> {
    let entry = NewEntry::new("identity.sign_in.refused");
    tx.entry(account.map_or(entry.clone(), |account| entry.object("account", account)));
    signal::raise(tx, &NewSignal::about(Kind::SignInRefused, account))
}

/// What is known of a name: account, password, standing, posts, whether it is restricted.
type Known = (account::Account, Option<PasswordHash>, Standing, Vec<kernel::ActingPost>, bool);

/// What the database knows of a name. Whatever the name, and whoever is behind it, the same questions are asked.
pub(crate) fn known(rx: &mut kernel::Rx<'_>, username: &str, now: Timestamp) -> kernel::Result<Option<Known>> {
    let found = account::credentials(rx, username)?;
    // Nobody's id stands in for an account that does not exist, and for the person behind one without.
    let account = found.as_ref().map_or(Id::NIL, |found| found.account.id);
    let person = found.as_ref().and_then(|found| found.account.person).unwrap_or(Id::NIL);
    let standing = store::standing(rx, account)?;
    let posts = kernel::post::posts_of(rx, person, now)?;
    let restricted = restriction::is_in_force(rx, account, now)?;
    Ok(found.map(|found| (found.account, found.password, standing, posts, restricted)))
}

/// Compares the password off the async threads and outside any transaction; for nobody's name it does the same work: the same
/// questions to the database, the same hash.
async fn check(page: &Page, username: String, password: String) -> web::Result<Found> {
    let now = page.now();
    let found = page.gov().read(move |rx| known(rx, &username, now)).await?;
    let hash: Option<PasswordHash> = found.as_ref().and_then(|(_, password, ..)| password.clone());
    let cost = cost(page);
    let right = tokio::task::spawn_blocking(move || verify_password(&password, hash.as_ref(), cost)).await;
    let right = right.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(match found {
        Some((account, _, standing, posts, restricted)) if right => Found::Right {
            temporary_over: is_temporary_over(standing.temporary_since, now),
            pending: rules::pending(&account, &standing),
            restricted,
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

/// Opens the session in the name of the account: it is the first line of its activity. A browser it never used is told to its owner.
async fn open(page: &Page, keys: Vec<Key>, browser: DeviceToken, officer: Arc<Officer>) -> kernel::Result<SessionToken> {
    let account = officer.account;
    let sender = store::alerts::Sender::of(page.gov());
    page.gov()
        .write(&page.ctx_as(Actor::Account(officer)), move |tx| {
            for key in &keys {
                throttle::clear(tx, key)?;
            }
            let token = account::open_session_on(tx, account, sessions::limits(), Some(&browser))?;
            if device::remember(tx, account, &browser)? == Acquaintance::New {
                store::alerts::new_device(tx, &sender, account)?;
            }
            Ok(token)
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
