//! `/akses`: for a record all accounts that can open it, for an account all it can open, with what stands behind it.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, NewEntry, Rx, access,
    grant::sight::{Sight, Watcher},
    post::MandateForm,
    unit,
};
use web::{
    Access, FormState, ListQuery, Page, Routes, Voice,
    export::Format,
    ui::{Cell, Column, Empty, Table},
};

use super::officer;
use crate::{
    exports,
    store::sights::{self, ASKERS, Asked, Numbered, Reach, ReportLine, Seer, Target, Why},
    words,
};

/// Who asks who can see what.
pub(crate) const ASKING: Access = Access::AnyRole(ASKERS);

/// The sight of the register of residents.
pub(crate) const RESIDENTS: &str = "services.resident";
/// The sight of the books of a unit.
pub(crate) const BOOKS: &str = "services.books";

/// Lines of the report on the page; all of them are in the file.
const SHOWN: usize = 100;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/akses", ASKING, index)
        .get("/akses/perkara/{case}", ASKING, of_case)
        .get("/akses/warga/{person}", ASKING, of_resident)
        .get("/akses/nomor/{number}", ASKING, of_number)
        .get("/akses/akun/{account}", ASKING, of_account)
}

#[derive(Template)]
#[template(path = "identity/sights.html")]
struct Index {
    page: Page,
    form: FormState,
    typed: String,
    table: Table,
    n: usize,
    file: String,
    below: Option<unit::Unit>,
    /// Letters of several units that carry the number typed.
    numbers: Vec<Numbered>,
}

#[derive(Template)]
#[template(path = "identity/sight_record.html")]
struct Record {
    page: Page,
    title: String,
    lead: String,
    table: Table,
    file: String,
    /// Who else opens it, and where it is written who did.
    hint: String,
}

#[derive(Template)]
#[template(path = "identity/sight_account.html")]
struct Account {
    page: Page,
    watcher: Watcher,
    posts: Vec<String>,
    reaches: Vec<Reach>,
    /// What its roles let it do, in each system's words.
    allows: Vec<(String, String)>,
}

/// Every kind of record that a system says how it is opened.
fn all_sights(page: &Page) -> Vec<Sight> {
    page.state().systems.iter().flat_map(|system| system.sights).copied().collect()
}

/// The sight of this key; none when its system is not part of this installation.
fn sight(page: &Page, key: &str) -> web::Result<Sight> {
    Ok(all_sights(page).into_iter().find(|sight| sight.key == key).ok_or(KernelError::Missing)?)
}

async fn index(page: Page, query: ListQuery) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let typed = query.get("cari").trim().to_owned();
    let mut numbers = Vec::new();
    if !typed.is_empty() {
        let (asker, wanted) = (officer.clone(), typed.clone());
        let found = page.gov().read(move |rx| sights::find(rx, &asker, &wanted, now)).await?;
        match found {
            Some(Target::Case(id)) => return page.redirect(&format!("/akses/perkara/{id}")),
            Some(Target::Account(id)) => return page.redirect(&format!("/akses/akun/{id}")),
            Some(Target::Numbers(found)) => match found.as_slice() {
                [only] => return page.redirect(&only.href()),
                _ => numbers = found,
            },
            None => {}
        }
    }
    if let Some(format) = Format::parse(query.get("format")) {
        let body = serde_json::json!({ "unit": query.get("unit") });
        return page.export(exports::REPORT, body, format.ending(), &query.with(&[("format", "")])).await;
    }
    let (slug, kinds) = (query.get("unit").to_owned(), all_sights(&page));
    let lines = {
        let kinds = kinds.clone();
        page.gov()
            .disclose(&page.ctx(), move |view| {
                let below = if slug.is_empty() { None } else { unit::by_slug(view, &slug)? };
                let lines = sights::report(view, &officer, below.as_ref(), &kinds, now)?;
                access::record(view, NewEntry::new("identity.access.reported").detail(serde_json::json!({ "accounts": lines.len() })))?;
                Ok::<_, KernelError>((lines, below))
            })
            .await?
    };
    let (lines, below) = lines;
    let n = lines.len();
    let row = |line: &ReportLine| {
        let roles = line.roles.iter().map(|(role, unit)| format!("{}, {unit}", words::role(&page, role))).collect::<Vec<_>>();
        vec![
            Cell::link(&format!("/akses/akun/{}", line.account), &line.name).small(line.username.clone()),
            Cell::text(if line.posts.is_empty() { words::account_kind(&page, line.kind) } else { line.posts.join("; ") }),
            Cell::text(roles.join("; ")),
        ]
    };
    let table = Table::new(&page, &query, page.t("identity-sights-accounts"))
        .caption_unseen()
        .column(Column::new(page.t("identity-name")))
        .column(Column::new(page.t("identity-post")))
        .column(Column::new(page.t("identity-role")))
        .rows(lines.iter().take(SHOWN).map(row))
        .empty(Empty::new(page.t("identity-accounts-none"), page.t("identity-accounts-none-why")));
    let file = query.with(&[("format", "xlsx"), ("cari", "")]);
    let form = FormState::filled(&page, query.form());
    page.clone().html(&Index { page, form, typed, table, n, file, below, numbers })
}

async fn of_case(page: Page, Path(id): Path<Id>, query: ListQuery) -> web::Result {
    if let Some(format) = Format::parse(query.get("format")) {
        let body = serde_json::json!({ "case": id });
        return page.export(exports::SEERS, body, format.ending(), &query.with(&[("format", "")])).await;
    }
    let (asker, kinds, now) = (officer(&page)?, all_sights(&page), page.now());
    let (asked, seers) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let asked = sights::asked_case(view, &asker, id)?;
            let sight = asked.sight(&kinds)?;
            access::record(view, NewEntry::new("identity.access.asked").case(id).unit(asked.unit.id).object("case", id))?;
            let seers = sights::seers(view, &sight, &asked.located, now)?;
            Ok::<_, KernelError>((asked, seers))
        })
        .await?;
    let code: Vec<String> = asked.code.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let title = page.t1("identity-sight-case", "code", code.join("-"));
    let hint = page.t("identity-sight-link-hint");
    record(&page, &query, title, hint, &asked, &seers)
}

/// A letter that has no case was written on paper: who opens its line in the Buku Agenda.
async fn of_number(page: Page, Path(id): Path<Id>, query: ListQuery) -> web::Result {
    if let Some(format) = Format::parse(query.get("format")) {
        let body = serde_json::json!({ "number": id });
        return page.export(exports::SEERS, body, format.ending(), &query.with(&[("format", "")])).await;
    }
    let (asker, sight, now) = (officer(&page)?, sight(&page, BOOKS)?, page.now());
    let reader = asker.clone();
    let case = move |rx: &mut Rx<'_>| {
        sights::asked_number(rx, &reader, id)?;
        sights::case_of_number(rx, id)
    };
    if let Some(case) = page.gov().read(case).await? {
        return page.redirect(&format!("/akses/perkara/{case}"));
    }
    let (asked, seers) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let asked = sights::asked_number(view, &asker, id)?;
            access::record(view, NewEntry::new("identity.access.asked").unit(asked.unit.id).object("number", id))?;
            let seers = sights::seers(view, &sight, &asked.located, now)?;
            Ok::<_, KernelError>((asked, seers))
        })
        .await?;
    let title = page.t1("identity-sight-number", "number", asked.code.as_str());
    let hint = page.t("identity-sight-number-hint");
    record(&page, &query, title, hint, &asked, &seers)
}

async fn of_resident(page: Page, Path(id): Path<Id>, query: ListQuery) -> web::Result {
    if let Some(format) = Format::parse(query.get("format")) {
        let body = serde_json::json!({ "person": id });
        return page.export(exports::SEERS, body, format.ending(), &query.with(&[("format", "")])).await;
    }
    let (asker, sight) = (officer(&page)?, sight(&page, RESIDENTS)?);
    let now = page.now();
    let (asked, seers) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let asked = sights::asked_resident(view, &asker, id)?;
            access::record(view, NewEntry::new("identity.access.asked").unit(asked.unit.id).object("person", id))?;
            let seers = sights::seers(view, &sight, &asked.located, now)?;
            Ok::<_, KernelError>((asked, seers))
        })
        .await?;
    let title = page.t1("identity-sight-resident", "unit", asked.unit.name.as_str());
    let hint = page.t("identity-sight-link-hint");
    record(&page, &query, title, hint, &asked, &seers)
}

fn record(page: &Page, query: &ListQuery, title: String, hint: String, asked: &Asked, seers: &[Seer]) -> web::Result {
    let row = |seer: &Seer| {
        let why = seer.why.iter().map(|why| say(page, why)).collect::<Vec<_>>().join("; ");
        vec![
            Cell::link(&format!("/akses/akun/{}", seer.account), &seer.name).small(seer.username.clone()),
            Cell::text(seer.posts.join("; ")),
            Cell::text(why),
        ]
    };
    let table = Table::new(page, query, title.clone())
        .caption_unseen()
        .column(Column::new(page.t("identity-name")))
        .column(Column::new(page.t("identity-post")))
        .column(Column::new(page.t("identity-sight-why")))
        .rows(seers.iter().map(row))
        .empty(Empty::new(page.t("identity-sight-nobody"), page.t("identity-sight-nobody-why")));
    let lead = page.tn("identity-sight-lead", &[("n", seers.len().into()), ("unit", asked.unit.name.as_str().into())]);
    let file = query.with(&[("format", "xlsx")]);
    page.html(&Record { page: page.clone(), title, lead, table, file, hint })
}

async fn of_account(page: Page, Path(id): Path<Id>) -> web::Result {
    let (officer, kinds, now) = (officer(&page)?, all_sights(&page), page.now());
    let (watcher, posts, reaches) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let found = sights::reaches_of(view, &officer, id, &kinds, now)?;
            access::record(view, NewEntry::new("identity.access.asked").object("account", id))?;
            Ok::<_, KernelError>(found)
        })
        .await?;
    let mut allows = Vec::new();
    for system in page.state().systems.iter() {
        for permission in system.permissions.iter().filter(|permission| watcher.officer.holds(permission.role)) {
            allows.push((words::role(&page, permission.role), page.t(permission.allows)));
        }
    }
    page.clone().html(&Account { page, watcher, posts, reaches, allows })
}

/// One reason, said.
pub(crate) fn say(page: &Voice, why: &Why) -> String {
    match why {
        Why::Role { role, unit, post, decree } => {
            let role = words::role(page, role);
            let mut said = match post {
                Some(post) => page
                    .tn("identity-why-post-role", &[("role", role.into()), ("unit", unit.as_str().into()), ("post", post.as_str().into())]),
                None => page.t2("identity-why-own-role", "role", role, "unit", unit.as_str()),
            };
            if !decree.is_empty() {
                said.push_str(&format!(" ({decree})"));
            }
            said
        }
        Why::Desk { post } => page.t1("identity-why-desk", "post", post.as_str()),
        Why::Mandate { from, own, form, letters } => {
            let form = if *form == MandateForm::An { "a.n." } else { "u.b." };
            let mut args = vec![("form", form.into()), ("from", from.as_str().into()), ("own", own.as_str().into())];
            if letters.is_empty() {
                return page.tn("identity-why-mandate", &args);
            }
            args.push(("letters", letters.join(", ").into()));
            page.tn("identity-why-mandate-only", &args)
        }
    }
}

impl Numbered {
    fn href(&self) -> String {
        match self.case {
            Some(case) => format!("/akses/perkara/{case}"),
            None => format!("/akses/nomor/{}", self.id),
        }
    }
}

impl Account {
    fn reach_title(&self, reach: &Reach) -> String {
        self.page.t(reach.sight.title)
    }

    fn count(&self, reach: &Reach) -> String {
        reach.count.map(|n| self.page.tn("identity-sight-count", &[("n", n.into())])).unwrap_or_default()
    }

    fn say(&self, why: &Why) -> String {
        say(&self.page, why)
    }

    fn kind(&self) -> String {
        words::account_kind(&self.page, self.watcher.kind)
    }
}
