//! `/akun`: what everybody sees and changes of the own account.

use std::collections::HashMap;

use askama::Template;
use axum::http::HeaderMap;
use jiff::Timestamp;
use kernel::{
    Error as KernelError, Expect, Id, Message, Value,
    access::{self, Line},
    account::{
        self, Account, DeviceToken, SessionInfo,
        device::{self, Device},
        verify_password,
    },
    schema::FieldErrors,
    signal::{self, Signal},
    throttle::{self, Key},
};
use web::{
    Access, Cursor, Error, FormData, FormState, Page, Routes,
    ui::{Choice, Empty, KeyValues, Tag, Tone},
};

use super::{acting, cost, guard, hashed, officer, session_token, sign_in::wait_words};
use crate::{rules, store, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/akun", Access::Signed, show)
        .get("/akun/sandi", Access::Entering, ask_password)
        .post("/akun/sandi", Access::Entering, change_password)
        .token()
        .post("/akun/sesi", Access::Signed, end_sessions)
        .get("/akun/jabatan", Access::Signed, ask_post)
        .post("/akun/jabatan", Access::Signed, choose_post)
        .get("/akun/aktivitas", Access::Signed, activity)
}

/// Lines of activity on one page.
const LINES: i64 = 50;

#[derive(Template)]
#[template(path = "identity/own.html")]
struct Own {
    page: Page,
    about: KeyValues,
    sessions: Vec<SessionInfo>,
    several_posts: bool,
    /// What the owner was told and has not answered.
    notices: Vec<Signal>,
    browsers: Vec<Device>,
    /// Sentences about own posts a Plh acts for today.
    stood_in: Vec<String>,
}

#[derive(Template)]
#[template(path = "identity/own_password.html")]
struct Password {
    page: Page,
    form: FormState,
    /// Somebody else made the present one.
    temporary: bool,
}

#[derive(Template)]
#[template(path = "identity/own_post.html")]
struct ChoosePost {
    page: Page,
    form: FormState,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "identity/own_activity.html")]
struct Activity {
    page: Page,
    lines: Vec<Line>,
    /// Titles of posts and codes of cases.
    named: HashMap<Id, String>,
    next: Option<String>,
    empty: Empty,
}

async fn show(page: Page, headers: HeaderMap) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let (account_id, token) = (officer.account, session_token(&page, &headers)?);
    let units: Vec<Id> = officer.posts.iter().map(|post| post.unit).collect();
    let person = officer.person;
    let (account, sessions, names, (notices, browsers), stood_in) = page
        .gov()
        .read(move |rx| {
            let account = account::find(rx, account_id)?.ok_or(KernelError::Missing)?;
            let sessions = account::sessions(rx, account_id, &token, now)?;
            let told = (signal::unseen(rx, account_id, guard::NOTICES_MAX)?, device::list(rx, account_id)?);
            let stood_in = person.map_or_else(|| Ok(Vec::new()), |person| store::stood_in(rx, person, now))?;
            Ok::<_, KernelError>((account, sessions, store::unit_names(rx, &units)?, told, stood_in))
        })
        .await?;
    let mut about = KeyValues::new().row(page.t("identity-name"), &account.display_name).row(page.t("web-username"), &account.username);
    for post in &officer.posts {
        let unit = names.get(&post.unit).map_or("", String::as_str);
        about = about.row(page.t("identity-post"), rules::post_at(&post.kind, &post.title, unit));
    }
    let mut roles: Vec<String> = officer.grants.iter().map(|grant| words::role(&page, &grant.role)).collect();
    roles.dedup();
    about = about.row_if(page.t("identity-roles"), roles.join(", "));
    if let (Some(version), Some(at)) = (&account.terms_version, account.terms_accepted_at) {
        about =
            about.row(page.t("identity-terms-title"), page.t2("identity-terms-accepted", "label", version.as_str(), "day", page.day(at)));
    }
    let several_posts = officer.posts.len() > 1;
    let stood_in = stood_in.iter().map(|kept| replaced(&page, kept)).collect();
    page.clone().html(&Own { page, about, sessions, several_posts, notices, browsers, stood_in })
}

async fn ask_password(page: Page) -> web::Result {
    let form = FormData::of([("lanjut", page.query().get("lanjut"))]);
    let (form, temporary) = (FormState::filled(&page, form), is_temporary(&page).await?);
    page.clone().html(&Password { page, form, temporary })
}

async fn is_temporary(page: &Page) -> web::Result<bool> {
    let account = officer(page)?.account;
    Ok(page.gov().read(move |rx| store::standing(rx, account)).await?.temporary_since.is_some())
}

async fn change_password(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let token = session_token(&page, &headers)?;
    let account_id = officer.account;
    let account = page.gov().read(move |rx| account::find(rx, account_id)).await?.ok_or(Error::NotFound)?;
    if let Err(errors) = rules::new_password(&|name| form.raw(name), &account.username) {
        return password_again(&page, errors).await;
    }
    if let Err(errors) = prove(&page, &account, form.raw("lama").unwrap_or_default()).await? {
        return password_again(&page, errors).await;
    }
    let password = hashed(&page, form.raw("baru").unwrap_or_default().to_owned()).await?;
    page.gov()
        .write(&ctx, move |tx| {
            account::change_password(tx, account_id, Expect::Any, &password, Some(&token))?;
            store::forget_temporary(tx, account_id)
        })
        .await?;
    page.flash_ok(Message::new("identity-password-changed"));
    page.redirect(page.after_login(&form, "/akun"))
}

/// The old password is asked for, with the same delays as a sign-in: an open session is not a proof.
pub(crate) async fn prove(page: &Page, account: &Account, old: &str) -> web::Result<Result<(), FieldErrors>> {
    let (key, now) = (Key::account(&account.username), page.now());
    let counted = key.clone();
    let tried = page.gov().write(&page.ctx(), move |tx| throttle::attempt(tx, std::slice::from_ref(&counted), now)).await?;
    let mut errors = FieldErrors::default();
    if let Err(free_at) = tried {
        errors.add("lama", wait_words(free_at.duration_since(now).as_secs() + 1));
        return Ok(Err(errors));
    }
    let username = account.username.clone();
    let hash = page.gov().read(move |rx| account::credentials(rx, &username)).await?.and_then(|found| found.password);
    let (old, cost) = (old.to_owned(), cost(page));
    let right = tokio::task::spawn_blocking(move || verify_password(&old, hash.as_ref(), cost)).await;
    if !right.map_err(|error| Error::Internal(error.to_string()))? {
        errors.add("lama", Message::new("identity-password-wrong"));
        return Ok(Err(errors));
    }
    page.gov().write(&page.ctx(), move |tx| throttle::clear(tx, &key)).await?;
    Ok(Ok(()))
}

async fn password_again(page: &Page, errors: FieldErrors) -> web::Result {
    // Passwords are never sent back.
    let form = FormState::wrong(page, FormData::default(), errors);
    let temporary = is_temporary(page).await?;
    page.wrong(&Password { page: page.clone(), form, temporary })
}

/// Ends the session named by `sesi`, or every other one.
async fn end_sessions(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let (token, account, key) = (session_token(&page, &headers)?, officer.account, form.get("sesi").to_owned());
    let browser = page.device().and_then(|device| device.parse::<DeviceToken>().ok());
    page.gov()
        .write(&ctx, move |tx| {
            if key.is_empty() {
                account::revoke_sessions(tx, account, Some(&token))?;
                device::forget_others(tx, account, browser.as_ref())?;
                tx.entry(kernel::NewEntry::new("kernel.session.revoked").object("account", account));
            } else {
                account::revoke_session(tx, account, &key)?;
            }
            Ok::<_, KernelError>(())
        })
        .await?;
    page.flash_ok(Message::new("identity-session-ended"));
    page.redirect("/akun")
}

async fn ask_post(page: Page) -> web::Result {
    let officer = officer(&page)?;
    if officer.posts.len() < 2 {
        return page.redirect("/akun");
    }
    let units: Vec<Id> = officer.posts.iter().map(|post| post.unit).collect();
    let names = page.gov().read(move |rx| store::unit_names(rx, &units)).await?;
    let choice = |post: &kernel::ActingPost| {
        let unit = names.get(&post.unit).map_or("", String::as_str);
        Choice::new(post.post.to_string(), rules::post_at(&post.kind, &post.title, "")).hint(unit)
    };
    let choices = officer.posts.iter().map(choice).collect();
    let now = officer.post.as_ref().map(|post| post.post.to_string()).unwrap_or_default();
    let form = FormState::filled(&page, FormData::of([("jabatan", now)]));
    page.clone().html(&ChoosePost { page, form, choices })
}

async fn choose_post(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let token = session_token(&page, &headers)?;
    let post: Id = form.get("jabatan").parse().map_err(|_| Error::BadRequest)?;
    let chosen = page.gov().write(&page.ctx(), move |tx| account::choose_post(tx, &token, post)).await?;
    page.flash_ok(Message::new("identity-post-chosen").arg("post", chosen.title));
    page.redirect("/tugas")
}

async fn activity(page: Page) -> web::Result {
    let account = officer(&page)?.account;
    let (cursor, _) = page.query().cursor();
    let before = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(at), Value::Bytes(id)] => Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let (mut lines, named) = page
        .gov()
        .read(move |rx| {
            let lines = access::of_account(rx, account, before, LINES + 1)?;
            let named = store::named(rx, lines.iter().filter_map(|line| line.post), lines.iter().filter_map(|line| line.case_id))?;
            Ok::<_, KernelError>((lines, named))
        })
        .await?;
    let more = lines.len() > usize::try_from(LINES).unwrap_or(0);
    lines.truncate(usize::try_from(LINES).unwrap_or(0));
    let last = lines.last().filter(|_| more).map(|line| Cursor::at(vec![line.at.into(), line.id.into()]).to_string());
    let next = last.map(|last| page.query().with(&[("setelah", &last)]));
    let empty = Empty::new(page.t("identity-activity-none"), page.t("identity-activity-none-why"));
    page.clone().html(&Activity { page, lines, named, next, empty })
}

/// Why the owner of a post sees none of its work.
fn replaced(page: &Page, kept: &store::StoodIn) -> String {
    let (post, by) = (rules::post_at("", &kept.title, &kept.unit), kept.by.clone());
    match kept.until {
        Some(until) => {
            let blanks = [("post", post.into()), ("by", by.into()), ("until", page.moment(until).into())];
            page.tn("identity-stood-in-until", &blanks)
        }
        None => page.t2("identity-stood-in", "post", post, "by", by),
    }
}

impl Own {
    fn device(&self, session: &SessionInfo) -> String {
        words::device(&self.page, &session.agent)
    }

    fn since(&self, session: &SessionInfo) -> String {
        let page = &self.page;
        let args = [
            ("since", page.moment(session.created_at).into()),
            ("seen", page.moment_short(session.seen_at, page.now()).into()),
            ("address", session.address.as_str().into()),
        ];
        page.tn("identity-session-since", &args)
    }

    fn told(&self, signal: &Signal) -> String {
        guard::said(&self.page, signal)
    }

    /// Where the news is, when it has a page of ours.
    fn path(&self, signal: &Signal) -> Option<String> {
        signal.detail["path"].as_str().filter(|path| path.starts_with('/') && !path.starts_with("//")).map(str::to_owned)
    }

    fn asked(&self) -> bool {
        self.notices.iter().any(|signal| guard::is_asked(signal.kind))
    }

    fn browser(&self, device: &Device) -> String {
        if device.family.is_empty() { self.page.t("identity-device-unknown") } else { device.family.clone() }
    }

    fn met(&self, device: &Device) -> String {
        let page = &self.page;
        page.t2("identity-browser-since", "first", page.day(device.first_at), "seen", page.moment_short(device.seen_at, page.now()))
    }

    fn here(&self) -> Tag {
        Tag::new(Tone::Ok, self.page.t("identity-session-here"))
    }
}

impl Activity {
    fn when(&self, line: &Line) -> String {
        self.page.moment_short(line.at, self.page.now())
    }

    /// As which post, and in which application.
    fn as_what(&self, line: &Line) -> String {
        let name = |id: Option<Id>| id.and_then(|id| self.named.get(&id)).map(String::as_str).unwrap_or_default();
        let parts = [name(line.post), name(line.case_id)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn did(&self, line: &Line) -> String {
        self.page.deed(&line.action)
    }
}
