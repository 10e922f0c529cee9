//! `/pihak-ketiga`: vendors, auditors and students under an NDA, with what ends soon.

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, account::agreement::PartyKind, grant::Grant, schema::FieldErrors, unit::UnitTree};
use web::{
    Access, FormData, FormState, ListQuery, Page, Routes,
    ui::{Cell, Choice, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::{accounts::Made, acting, board::period, officer, temporary, top};
use crate::{
    rules::{
        self,
        third_party::{SOON_DAYS, Standing},
    },
    store::{
        mutations,
        third_parties::{self, Line},
    },
    words,
};

pub(crate) fn routes() -> Routes {
    const ADMIN: Access = Access::Role("admin");
    Routes::new()
        .get("/pihak-ketiga", ADMIN, list)
        .get("/pihak-ketiga/baru", ADMIN, ask)
        .post("/pihak-ketiga/baru", ADMIN, make)
        .token()
        .get("/pihak-ketiga/{account}", ADMIN, show)
        .post("/pihak-ketiga/{account}/nda", ADMIN, register)
        .token()
}

/// Posts and units a list shows.
const CHOICES_MAX: usize = 2_000;

#[derive(Template)]
#[template(path = "identity/third_parties.html")]
struct List {
    page: Page,
    table: Table,
    soon: i64,
}

#[derive(Template)]
#[template(path = "identity/third_party_new.html")]
struct Ask {
    page: Page,
    form: FormState,
    kinds: Vec<Choice>,
    sponsors: Vec<Choice>,
    units: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "identity/third_party.html")]
struct Show {
    page: Page,
    line: Line,
    state: Tag,
    about: KeyValues,
    grants: Vec<(Grant, String)>,
    form: FormState,
    renews: bool,
}

fn tag(page: &Page, standing: Standing) -> Tag {
    let (tone, key) = match standing {
        Standing::NoNda => (Tone::Wait, "identity-third-no-nda"),
        Standing::InForce => (Tone::Ok, "identity-third-in-force"),
        Standing::EndsSoon => (Tone::Soon, "identity-third-soon"),
        Standing::Ended => (Tone::Late, "identity-third-ended"),
        Standing::Shut => (Tone::Late, "identity-state-disabled"),
    };
    Tag::new(tone, page.t(key))
}

fn kind(page: &Page, kind: PartyKind) -> String {
    page.t(&format!("identity-third-kind-{}", kind.key()))
}

async fn list(page: Page, query: ListQuery) -> web::Result {
    let now = page.now();
    let lines = page.gov().read(third_parties::all).await?;
    let standing = |line: &Line| rules::third_party::standing(&line.account, &line.agreement, now);
    let soon = lines.iter().filter(|line| standing(line) == Standing::EndsSoon).count();
    let row = |line: &Line| {
        let until = line.agreement.nda.as_ref().map_or_else(
            || page.t("identity-third-no-nda-yet"),
            |nda| page.t2("identity-third-nda", "number", nda.number.as_str(), "day", page.day(words::before(nda.until))),
        );
        vec![
            Cell::link(&format!("/pihak-ketiga/{}", line.account.id), &line.account.display_name).small(format!(
                "{}, {}",
                line.agreement.organisation,
                kind(&page, line.agreement.kind)
            )),
            Cell::text(until),
            Cell::text(&line.sponsor).small(line.unit.clone()),
            Cell::component(&tag(&page, standing(line))),
        ]
    };
    let table = Table::new(&page, &query, page.t("identity-menu-third-parties"))
        .caption_unseen()
        .column(Column::new(page.t("identity-name")))
        .column(Column::new(page.t("identity-third-nda-head")))
        .column(Column::new(page.t("identity-third-sponsor")))
        .column(Column::new(page.t("identity-state")))
        .rows(lines.iter().map(row))
        .empty(
            Empty::new(page.t("identity-third-none"), page.t("identity-third-none-why"))
                .action("/pihak-ketiga/baru", page.t("identity-third-new")),
        );
    let soon = i64::try_from(soon).unwrap_or(0);
    page.clone().html(&List { page, table, soon })
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    view(page, form, false).await
}

async fn view(page: Page, form: FormState, wrong: bool) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let (posts, units) = page
        .gov()
        .read(move |rx| {
            let root = top(rx)?;
            let units = UnitTree::read(rx, root.id)?.units().to_vec();
            Ok::<_, KernelError>((mutations::kept_posts(rx, &officer, "", now, CHOICES_MAX)?, units))
        })
        .await?;
    let sponsors = posts.iter().filter(|post| post.holder.is_some()).map(|post| Choice::new(post.post.to_string(), post.words.clone()));
    let kinds = PartyKind::ALL.map(|known| Choice::new(known.key(), kind(&page, known)));
    let shown = Ask {
        kinds: kinds.to_vec(),
        sponsors: sponsors.collect(),
        units: units.iter().take(CHOICES_MAX).map(|unit| Choice::new(unit.id.to_string(), unit.name.clone())).collect(),
        page: page.clone(),
        form,
    };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn make(page: Page, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let zone = page.gov().read(top).await?.zone;
    let errors = match rules::third_party::third_party(&|name| form.raw(name), zone, page.now()) {
        Ok(new) => {
            let (password, hash) = temporary(&page).await?;
            let (whose, username) = (new.display_name.clone(), new.username.clone());
            match page.gov().write(&ctx, move |tx| third_parties::make(tx, &new, &hash)).await {
                Ok(account) => {
                    let back = format!("/pihak-ketiga/{account}");
                    return page.clone().html(&Made { page, whose, username, password, back });
                }
                Err(KernelError::Refused(message)) => {
                    let mut errors = FieldErrors::default();
                    errors.add(rules::third_party::field_of(&message), message);
                    errors
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(errors) => errors,
    };
    let form = FormState::wrong(&page, form, errors);
    view(page, form, true).await
}

async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    let form = FormState::empty(&page);
    one(page, id, form, false).await
}

async fn one(page: Page, id: Id, form: FormState, wrong: bool) -> web::Result {
    let whole = page.gov().read(move |rx| third_parties::whole(rx, id)).await?;
    let (line, grants) = (whole.line, whole.grants);
    let mut about = KeyValues::new()
        .row(page.t("web-username"), &line.account.username)
        .row(page.t("identity-third-organisation"), &line.agreement.organisation)
        .row(page.t("identity-third-kind"), kind(&page, line.agreement.kind))
        .row(page.t("identity-third-purpose"), &line.agreement.purpose)
        .row(page.t("identity-third-sponsor"), &line.sponsor)
        .row(page.t("identity-third-unit"), &line.unit);
    if let Some(nda) = &line.agreement.nda {
        about = about
            .row(page.t("identity-third-nda-number"), &nda.number)
            .row(page.t("identity-third-nda-signed"), page.date(nda.signed_on))
            .row(page.t("identity-third-nda-until"), page.day(words::before(nda.until)));
    }
    if let Some(until) = line.account.expires_at {
        about = about.row(page.t("identity-account-until"), page.day(words::before(until)));
    }
    let state = tag(&page, rules::third_party::standing(&line.account, &line.agreement, page.now()));
    let renews = line.agreement.nda.is_some();
    let shown = Show { page: page.clone(), line, state, about, grants, form, renews };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn register(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let zone = page.gov().read(top).await?.zone;
    let errors = match rules::third_party::nda(&|name| form.raw(name), zone) {
        Ok((number, signed_on, until)) => {
            match page.gov().write(&ctx, move |tx| third_parties::register(tx, id, &number, signed_on, until)).await {
                Ok(()) => {
                    page.flash_ok(Message::new("identity-third-registered").arg("day", page.day(words::before(until))));
                    return page.redirect(&format!("/pihak-ketiga/{id}"));
                }
                Err(KernelError::Refused(message)) => {
                    let mut errors = FieldErrors::default();
                    errors.add(rules::third_party::field_of(&message), message);
                    errors
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(errors) => errors,
    };
    let form = FormState::wrong(&page, form, errors);
    one(page, id, form, true).await
}

impl List {
    const fn soon_days() -> i64 {
        SOON_DAYS
    }
}

impl Show {
    fn role(&self, grant: &Grant) -> String {
        words::role(&self.page, &grant.role)
    }

    fn span(&self, grant: &Grant) -> String {
        period(&self.page, grant.from, grant.until)
    }
}
