//! What is done to one account: password, last day, state by whoever looks after it; roles and tokens of machines by the administrator.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Expect, Id, Message, Officer, Rx,
    account::{self, Account, AccountKind},
    grant::{self, Grantee, Located, NewGrant},
    schema::FieldErrors,
    unit::{Unit, UnitTree},
};
use web::{Access, Error, FormData, FormState, Page, Routes};

use super::{
    KEEPERS,
    accounts::{Made, shown},
    acting, officer, refused,
    roles::{AskRole, choices},
    temporary, top,
};
use crate::{rules, store, words};

pub(crate) fn routes() -> Routes {
    const ADMIN: Access = Access::Role("admin");
    Routes::new()
        .post("/pengguna/{account}/sandi", KEEPERS, reset)
        .token()
        .post("/pengguna/{account}/berakhir", KEEPERS, date)
        .token()
        .post("/pengguna/{account}/keadaan", KEEPERS, switch)
        .token()
        .get("/pengguna/{account}/peran", ADMIN, ask_role)
        .post("/pengguna/{account}/peran", ADMIN, give_role)
        .token()
        .post("/pengguna/{account}/peran/{grant}", ADMIN, revoke_role)
        .token()
        .post("/pengguna/{account}/token", ADMIN, make_token)
        .token()
        .post("/pengguna/{account}/token/{token}", ADMIN, revoke_token)
        .token()
}

#[derive(Template)]
#[template(path = "identity/token_made.html")]
struct TokenMade {
    page: Page,
    label: String,
    token: String,
    back: String,
}

/// The account, for whoever looks after it; nobody else learns that it exists.
async fn find(page: &Page, officer: &Arc<Officer>, id: Id) -> web::Result<Account> {
    let (officer, now) = (Arc::clone(officer), page.now());
    Ok(page.gov().read(move |rx| store::reach::account(rx, &officer, id, now)).await?)
}

fn href(account: Id) -> String {
    format!("/pengguna/{account}")
}

/// The version the page was shown with: two administrators on one account do not overwrite each other.
fn shown_version(form: &FormData) -> i64 {
    form.number("versi").unwrap_or(0)
}

async fn reset(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let account = find(&page, &officer, id).await?;
    if account.kind == AccountKind::Machine {
        return Err(Error::NotFound);
    }
    let (password, hash) = temporary(&page).await?;
    let version = shown_version(&form);
    page.gov().write(&ctx, move |tx| store::reset_password(tx, id, Expect::Version(version), &hash)).await?;
    page.clone().html(&Made { page, whose: account.display_name, username: account.username, password, back: href(id) })
}

async fn date(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    find(&page, &officer, id).await?;
    let zone = page.gov().read(top).await?.zone;
    let mut errors = FieldErrors::default();
    let until = rules::expiry(&|name| form.raw(name), zone, page.now(), &mut errors);
    if errors.is_empty() {
        let version = shown_version(&form);
        match page.gov().write(&ctx, move |tx| account::set_expiry(tx, id, Expect::Version(version), until)).await {
            Ok(_) => {
                page.flash_ok(Message::new("identity-account-dated"));
                return page.redirect(&href(id));
            }
            Err(KernelError::Refused(message)) => errors.add("berakhir", message),
            Err(other) => return Err(other.into()),
        }
    }
    let dated = FormState::wrong(&page, form, errors);
    shown(&page, id, FormState::empty(&page), dated, true).await
}

async fn switch(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    find(&page, &officer, id).await?;
    let on = form.get("keadaan") == "aktif";
    if !on && officer.account == id {
        return Err(Error::refused("identity-not-yourself"));
    }
    let expect = shown_version(&form);
    page.gov()
        .write(&ctx, move |tx| {
            let expect = Expect::Version(expect);
            if on { account::enable(tx, id, expect) } else { account::disable(tx, id, expect) }
        })
        .await?;
    page.flash_ok(Message::new(if on { "identity-account-enabled" } else { "identity-account-disabled" }));
    page.redirect(&href(id))
}

async fn ask_role(page: Page, Path(id): Path<Id>) -> web::Result {
    let account = find(&page, &officer(&page)?, id).await?;
    let form = FormState::filled(&page, FormData::of([("mulai", page.today().to_string())]));
    page.html(&role_form(&page, &account, form)?)
}

fn role_form(page: &Page, account: &Account, form: FormState) -> web::Result<AskRole> {
    let roles = rules::grantable(&*officer(page)?, &Located::default());
    Ok(AskRole {
        roles: choices(page, &roles),
        action: format!("{}/peran", href(account.id)),
        back: href(account.id),
        whose: account.display_name.clone(),
        asks_unit: true,
        page: page.clone(),
        form,
    })
}

/// The unit somebody named: by code, else by its whole name; the regency when nothing was typed.
fn unit_named(rx: &mut Rx<'_>, typed: &str) -> kernel::Result<Result<Unit, Message>> {
    let root = top(rx)?;
    if typed.is_empty() {
        return Ok(Ok(root));
    }
    let tree = UnitTree::read(rx, root.id)?;
    if let Some(unit) = tree.by_code(typed) {
        return Ok(Ok(unit.clone()));
    }
    let wanted = indonesian::place_key(typed);
    let same = |unit: &&Unit| indonesian::place_key(&unit.name) == wanted || indonesian::place_key(&unit.short_name) == wanted;
    let found: Vec<&Unit> = tree.units().iter().filter(same).collect();
    Ok(match found[..] {
        [only] => Ok(only.clone()),
        [] => Err(Message::new("identity-unit-unknown")),
        _ => {
            let codes = found.iter().map(|unit| format!("{} ({})", unit.name, unit.code)).collect::<Vec<_>>().join(", ");
            Err(Message::new("identity-unit-several").arg("units", codes))
        }
    })
}

async fn give_role(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let account = find(&page, &officer, id).await?;
    let typed = form.get("unit").to_owned();
    let unit = page.gov().read(move |rx| unit_named(rx, &typed)).await?;
    let errors = match unit {
        Err(message) => {
            let mut errors = FieldErrors::default();
            errors.add("unit", message);
            errors
        }
        Ok(unit) => {
            let allowed = rules::grantable(&officer, &Located::at(&unit));
            match rules::role_gift(&|name| form.raw(name), unit.zone, &allowed) {
                Err(errors) => errors,
                Ok(gift) => {
                    let to = Grantee::Account(id);
                    let new = NewGrant { to, role: gift.role, unit: unit.id, from: gift.from, until: gift.until, decree: gift.decree };
                    match page.gov().write(&ctx, move |tx| grant::grant(tx, &new)).await {
                        Ok(_) => {
                            page.flash_ok(Message::new("identity-role-given").arg("role", words::role(&page, gift.role)));
                            return page.redirect(&href(id));
                        }
                        Err(error) => refused(error)?,
                    }
                }
            }
        }
    };
    let form = FormState::wrong(&page, form, errors);
    page.wrong(&role_form(&page, &account, form)?)
}

async fn revoke_role(page: Page, Path((id, grant_id)): Path<(Id, Id)>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let now = page.now();
    let find = move |rx: &mut Rx<'_>| Ok::<_, KernelError>(grant::of_account(rx, id)?.into_iter().find(|held| held.id == grant_id));
    let held = page.gov().read(find).await?.ok_or(Error::NotFound)?;
    if officer.account == id && held.role == grant::ADMIN {
        return Err(Error::refused("identity-not-yourself"));
    }
    page.gov().write(&ctx, move |tx| grant::revoke(tx, held.id, Expect::Version(held.version), now)).await?;
    page.flash_ok(Message::new("identity-role-revoked").arg("role", words::role(&page, &held.role)));
    page.redirect(&href(id))
}

async fn make_token(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    if find(&page, &officer, id).await?.kind != AccountKind::Machine {
        return Err(Error::NotFound);
    }
    let zone = page.gov().read(top).await?.zone;
    let mut errors = FieldErrors::default();
    let label = rules::line(&|name| form.raw(name), "label", &mut errors);
    if label.is_empty() {
        errors.add("label", Message::new("kernel-token-label-needed"));
    }
    let until = rules::expiry(&|name| form.raw(name), zone, page.now(), &mut errors);
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return shown(&page, id, form, FormState::empty(&page), true).await;
    }
    let named = label.clone();
    let (_, token) = page.gov().write(&ctx, move |tx| account::create_token(tx, id, &named, until)).await?;
    page.clone().html(&TokenMade { page, label, token: token.to_string(), back: href(id) })
}

async fn revoke_token(page: Page, Path((id, token)): Path<(Id, Id)>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let find = move |rx: &mut Rx<'_>| Ok::<_, KernelError>(account::tokens(rx, id)?.into_iter().find(|known| known.id == token));
    let known = page.gov().read(find).await?.ok_or(Error::NotFound)?;
    page.gov().write(&ctx, move |tx| account::revoke_token(tx, known.id, Expect::Version(known.version))).await?;
    page.flash_ok(Message::new("identity-token-revoked"));
    page.redirect(&href(id))
}
