//! `/pengguna`: accounts, for the administrator and, those of its own unit, for a unit_admin: the list, making one, one of them.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, Message, Value,
    account::{self, Account, AccountKind, NewAccount, TokenInfo},
    grant::{self, Grant},
    party,
    schema::FieldErrors,
};
use web::{
    Access, Cursor, FormData, FormState, ListQuery, PAGE_ROWS, Page, Routes,
    ui::{Cell, Choice, Column, Empty, KeyValues, Table, Tag},
};

use super::{acting, board::period, officer, refused, temporary, top};
use crate::{
    model::{AccountLine, Found},
    rules, store, words,
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/pengguna", super::KEEPERS, list)
        .get("/pengguna/baru", Access::Role("admin"), ask)
        .post("/pengguna/baru", Access::Role("admin"), make)
        .token()
        .get("/pengguna/{account}", super::KEEPERS, show)
}

#[derive(Template)]
#[template(path = "identity/accounts.html")]
struct Accounts {
    page: Page,
    table: Table,
    /// May make accounts and publish terms.
    admin: bool,
}

#[derive(Template)]
#[template(path = "identity/account_new.html")]
struct New {
    page: Page,
    form: FormState,
    person: Option<party::Person>,
    found: Vec<Found>,
    searched: bool,
    kinds: Vec<Choice>,
}

/// One account with everything that can be done to it.
#[derive(Template)]
#[template(path = "identity/account.html")]
struct Show {
    page: Page,
    /// The form of a new token.
    form: FormState,
    /// The form of the last day.
    dated: FormState,
    account: Account,
    state: Tag,
    about: KeyValues,
    grants: Vec<(Grant, String)>,
    tokens: Vec<TokenInfo>,
    machine: bool,
    /// May give roles and tokens.
    admin: bool,
}

/// A secret that is shown once.
#[derive(Template)]
#[template(path = "identity/account_made.html")]
pub(crate) struct Made {
    pub(crate) page: Page,
    pub(crate) whose: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) back: String,
}

async fn list(page: Page, query: ListQuery) -> web::Result {
    let (typed, state, now) = (query.get("cari").to_owned(), query.get("keadaan").to_owned(), page.now());
    let (cursor, backwards) = query.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.into_iter().next() {
        Some(Value::Text(username)) => Some(username),
        _ => None,
    });
    let limit = usize::try_from(PAGE_ROWS + 1).unwrap_or(51);
    let officer = officer(&page)?;
    let admin = officer.holds("admin");
    let rows = page.gov().read(move |rx| store::accounts(rx, &officer, &typed, &state, (after.as_deref(), backwards), now, limit)).await?;
    let slice = query.slice(rows, PAGE_ROWS, |row| Cursor::at(vec![row.account.username.clone().into(), row.account.id.into()]));
    let row = |line: &AccountLine| {
        vec![
            Cell::link(&format!("/pengguna/{}", line.account.id), &line.account.display_name).small(line.account.username.clone()),
            Cell::text(if line.posts.is_empty() { words::account_kind(&page, line.account.kind) } else { line.posts.join("; ") }),
            Cell::component(&words::account_state(&page, &line.account)),
        ]
    };
    let filter = FormState::filled(&page, query.form());
    let states = [
        ("aktif", "identity-state-active"),
        ("mati", "identity-state-disabled"),
        ("lewat", "identity-state-expired"),
        ("mesin", "identity-account-machine"),
        ("pihak-ketiga", "identity-account-third-party"),
    ];
    let states: Vec<Choice> = states.iter().map(|(key, words)| Choice::new(*key, page.t(words))).collect();
    let table = Table::new(&page, &query, page.t("identity-menu-accounts"))
        .caption_unseen()
        .column(Column::new(page.t("identity-name")))
        .column(Column::new(page.t("identity-post")))
        .column(Column::new(page.t("identity-state")))
        .rows(slice.rows.iter().map(row))
        .filter(filter.text("cari").label("identity-account-search"))
        .filter(filter.select("keadaan").label("identity-state").blank("identity-state-any").choices(states))
        .pages(slice.previous, slice.next)
        .empty(
            Empty::new(page.t("identity-accounts-none"), page.t("identity-accounts-none-why"))
                .action(if admin { "/pengguna/baru" } else { "/jabatan" }, page.t("identity-account-new")),
        );
    page.clone().html(&Accounts { page, table, admin })
}

async fn ask(page: Page) -> web::Result {
    let query = page.query();
    let person: Option<Id> = query.get("orang").parse().ok();
    let (typed, now) = (query.get("cari").to_owned(), page.now());
    let searched = !typed.is_empty();
    let (person, found) = page
        .gov()
        .read(move |rx| {
            let person = match person {
                Some(person) => Some(party::find(rx, person)?.ok_or(KernelError::Missing)?),
                None => None,
            };
            let found = if typed.is_empty() { Vec::new() } else { store::find_officials(rx, &typed, now, 20)? };
            Ok::<_, KernelError>((person, found))
        })
        .await?;
    let mut form = query.form();
    form.set("jenis", "person");
    if let Some(person) = &person {
        form.set("nama", person.name.as_str());
        form.set("username", rules::username_for(&person.name));
    }
    let form = FormState::filled(&page, form);
    new_page(&page, form, person, found, searched, false)
}

fn new_page(page: &Page, form: FormState, person: Option<party::Person>, found: Vec<Found>, searched: bool, wrong: bool) -> web::Result {
    // A third party comes in under an agreement: `/pihak-ketiga`.
    let kinds = [AccountKind::Person, AccountKind::Machine];
    let kinds = kinds.into_iter().filter(|kind| person.is_none() || *kind != AccountKind::Machine);
    let kinds = kinds.map(|kind| Choice::new(kind.key(), words::account_kind(page, kind))).collect();
    let shown = New { page: page.clone(), form, person, found, searched, kinds };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn make(page: Page, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let zone = page.gov().read(top).await?.zone;
    let person: Option<Id> = form.get("orang").parse().ok();
    let checked = match rules::new_account(&|name| form.raw(name), zone, page.now()) {
        Ok(checked) => checked,
        Err(errors) => return again(&page, form, person, errors).await,
    };
    let machine = checked.kind == AccountKind::Machine;
    let secret = if machine { None } else { Some(temporary(&page).await?) };
    let new = NewAccount {
        username: checked.username.clone(),
        person: person.filter(|_| !machine),
        kind: checked.kind,
        display_name: checked.display_name.clone(),
        password: secret.as_ref().map(|(_, hash)| hash.clone()),
        expires_at: checked.expires_at,
    };
    let made = page
        .gov()
        .write(&ctx, move |tx| {
            let account = account::create(tx, &new)?;
            if new.password.is_some() {
                store::require_new_password(tx, account)?;
            }
            Ok::<_, KernelError>(account)
        })
        .await;
    let account = match made {
        Ok(account) => account,
        Err(error) => {
            let errors = refused(error)?;
            return again(&page, form, person, errors).await;
        }
    };
    let back = format!("/pengguna/{account}");
    match secret {
        Some((password, _)) => page.clone().html(&Made { page, whose: checked.display_name, username: checked.username, password, back }),
        None => {
            page.flash_ok(Message::new("identity-machine-made"));
            page.redirect(&back)
        }
    }
}

async fn again(page: &Page, form: FormData, person: Option<Id>, errors: FieldErrors) -> web::Result {
    let person = match person {
        Some(person) => page.gov().read(move |rx| party::find(rx, person)).await?,
        None => None,
    };
    let form = FormState::wrong(page, form, errors);
    new_page(page, form, person, Vec::new(), false, true)
}

async fn show(page: Page, Path(account): Path<Id>) -> web::Result {
    let (form, dated) = (FormState::empty(&page), FormState::empty(&page));
    shown(&page, account, form, dated, false).await
}

/// The page of one account, with its forms as they are.
pub(crate) async fn shown(page: &Page, id: Id, form: FormState, dated: FormState, wrong: bool) -> web::Result {
    let now = page.now();
    let officer = officer(page)?;
    let admin = officer.holds("admin");
    let (account, posts, grants, tokens, standing) = page
        .gov()
        .read(move |rx| {
            let account = store::reach::account(rx, &officer, id, now)?;
            let posts = match account.person {
                Some(person) => store::posts_of(rx, &[person], now)?.remove(&person).unwrap_or_default(),
                None => Vec::new(),
            };
            let grants = grant::of_account(rx, id)?;
            let units: Vec<Id> = grants.iter().map(|grant| grant.unit).collect();
            let names = store::unit_names(rx, &units)?;
            let grants: Vec<(Grant, String)> = grants
                .into_iter()
                .map(|grant| (names.get(&grant.unit).cloned().unwrap_or_default(), grant))
                .map(|(name, grant)| (grant, name))
                .collect();
            Ok::<_, KernelError>((account, posts, grants, account::tokens(rx, id)?, store::standing(rx, id)?))
        })
        .await?;
    let mut about = KeyValues::new()
        .row(page.t("web-username"), &account.username)
        .row(page.t("identity-account-kind"), words::account_kind(page, account.kind));
    for post in &posts {
        about = about.row(page.t("identity-post"), post);
    }
    if account.kind != AccountKind::Machine {
        let terms = match (&account.terms_version, account.terms_accepted_at) {
            (Some(label), Some(at)) => page.t2("identity-terms-accepted", "label", label.as_str(), "day", page.day(at)),
            _ => page.t("identity-terms-not-yet"),
        };
        about = about.row(page.t("identity-terms-title"), terms);
    }
    if let Some(since) = standing.temporary_since {
        about = about.row(page.t("web-password"), page.t1("identity-temporary-since", "at", page.moment(since)));
    }
    let machine = account.kind == AccountKind::Machine;
    let state = words::account_state(page, &account);
    let view = Show { page: page.clone(), form, dated, account, state, about, grants, tokens, machine, admin };
    if wrong { page.wrong(&view) } else { page.html(&view) }
}

impl Show {
    fn role(&self, grant: &Grant) -> String {
        words::role(&self.page, &grant.role)
    }

    fn span(&self, grant: &Grant) -> String {
        period(&self.page, grant.from, grant.until)
    }

    fn open(&self, grant: &Grant) -> bool {
        grant.until.is_none_or(|until| self.page.now() < until)
    }

    fn until(&self, token: &TokenInfo) -> String {
        match token.expires_at {
            Some(end) => self.page.t1("identity-state-until", "day", self.page.day(words::before(end))),
            None => self.page.t("identity-token-forever"),
        }
    }
}
