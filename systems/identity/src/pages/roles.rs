//! Roles that go with a post: `/jabatan/{unit}/{post}/peran`.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Expect, Id, Message, Officer,
    grant::{self, Grantee, Located, NewGrant, Role},
    post::Post,
};
use web::{Access, FormData, FormState, Page, Routes, ui::Choice};

use super::{Place, acting, officer, refused};
use crate::{rules, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/jabatan/{unit}/{post}/peran", Access::Signed, ask)
        .post("/jabatan/{unit}/{post}/peran", Access::Signed, give)
        .token()
        .post("/jabatan/{unit}/{post}/peran/{grant}", Access::Signed, revoke)
        .token()
}

/// The form of a role for a post or an account.
#[derive(Template)]
#[template(path = "identity/post_role.html")]
pub(crate) struct AskRole {
    pub(crate) page: Page,
    pub(crate) form: FormState,
    pub(crate) roles: Vec<Choice>,
    pub(crate) action: String,
    pub(crate) back: String,
    /// "Sekretaris Desa, Desa X" or the account's name.
    pub(crate) whose: String,
    /// Whether the unit is asked too.
    pub(crate) asks_unit: bool,
}

/// Roles as choices with what each lets somebody do.
pub(crate) fn choices(page: &Page, roles: &[&'static Role]) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(role.key, words::role(page, role.key)).hint(words::role_hint(page, role.key))).collect()
}

fn form_of(page: &Page, place: &Place, post: &Post, officer: &Officer, form: FormState) -> AskRole {
    let roles = rules::grantable(officer, &Located::at(&place.unit));
    let roles: Vec<&'static Role> = roles.into_iter().filter(|role| !role.top_only || place.unit.depth == 1).collect();
    AskRole {
        roles: choices(page, &roles),
        action: format!("{}/peran", place.post_href(post.id)),
        back: place.post_href(post.id),
        whose: format!("{}, {}", post.title, place.unit.name),
        asks_unit: false,
        page: page.clone(),
        form,
    }
}

async fn ask(page: Page, Path((slug, post)): Path<(String, Id)>) -> web::Result {
    let officer = officer(&page)?;
    let reader = officer.clone();
    let (place, post) = page.gov().read(move |rx| Place::kept_post(rx, &reader, &slug, post)).await?;
    let page = place.page(&page);
    let form = FormState::filled(&page, FormData::of([("mulai", page.today().to_string())]));
    page.html(&form_of(&page, &place, &post, &officer, form))
}

async fn give(page: Page, Path((slug, post)): Path<(String, Id)>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let reader = officer.clone();
    let (place, post) = page.gov().read(move |rx| Place::kept_post(rx, &reader, &slug, post)).await?;
    let page = place.page(&page);
    let allowed = rules::grantable(&officer, &Located::at(&place.unit));
    let errors = match rules::role_gift(&|name| form.raw(name), place.unit.zone, &allowed) {
        Ok(gift) => {
            let new = NewGrant {
                to: Grantee::Post(post.id),
                role: gift.role,
                unit: place.unit.id,
                from: gift.from,
                until: gift.until,
                decree: gift.decree,
            };
            match page.gov().write(&ctx, move |tx| grant::grant(tx, &new)).await {
                Ok(_) => {
                    page.flash_ok(Message::new("identity-role-given").arg("role", words::role(&page, gift.role)));
                    return page.redirect(&place.post_href(post.id));
                }
                Err(error) => refused(error)?,
            }
        }
        Err(errors) => errors,
    };
    let form = FormState::wrong(&page, form, errors);
    page.wrong(&form_of(&page, &place, &post, &officer, form))
}

async fn revoke(page: Page, Path((slug, post, grant_id)): Path<(String, Id, Id)>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let now = page.now();
    let reader = officer.clone();
    let (place, post, held) = page
        .gov()
        .read(move |rx| {
            let (place, post) = Place::kept_post(rx, &reader, &slug, post)?;
            let held = grant::of_post(rx, post.id)?.into_iter().find(|held| held.id == grant_id).ok_or(KernelError::Missing)?;
            // Whoever may give a role may take it back; others do not learn that they may not.
            if !grant::may_grant(&reader, &held.role, &Located::at(&place.unit)) {
                return Err(KernelError::Missing);
            }
            Ok::<_, KernelError>((place, post, held))
        })
        .await?;
    page.gov().write(&ctx, move |tx| grant::revoke(tx, held.id, Expect::Version(held.version), now)).await?;
    page.flash_ok(Message::new("identity-role-revoked").arg("role", words::role(&page, &held.role)));
    page.redirect(&place.post_href(post.id))
}
