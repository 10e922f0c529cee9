//! `/jabatan`: who acts today for the posts of a unit, and as what.

use askama::Template;
use axum::extract::Path;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Error as KernelError, Id, Officer,
    account::{self, Account},
    grant::{self, Grant, Located},
    party,
    post::{self, Acting, Holding, HoldingKind, Mandate, MandateForm, Post, PostLine},
    unit::{Unit, UnitTree},
};
use web::{
    Access, FormState, Page, Routes,
    ui::{Cell, Column, Html, Notice, Table, Tag, Tone},
};

use super::{Place, VACANCY_ROLES, officer, top};
use crate::{
    model::SignedMeanwhile,
    rules, store,
    words::{self, before},
};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/jabatan", Access::Signed, index).get("/jabatan/{unit}", Access::Signed, board).get(
        "/jabatan/{unit}/{post}",
        Access::Signed,
        show,
    )
}

/// A decree entered later than this after its effect is told.
const LATE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "identity/units.html")]
struct Units {
    page: Page,
    form: FormState,
    own: Vec<Unit>,
    /// From the top down to the unit whose parts are listed.
    path: Vec<Unit>,
    listed: Vec<(Unit, bool)>,
    searched: bool,
    everywhere: bool,
    vacancies: bool,
}

#[derive(Template)]
#[template(path = "identity/board.html")]
struct Board {
    page: Page,
    place: Place,
    table: Table,
    vacant: Option<Notice>,
    mandates: Vec<MandateLine>,
    keeps: bool,
    several: bool,
}

/// A mandate with the titles of its posts.
pub(crate) struct MandateLine {
    pub(crate) mandate: Mandate,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kinds: String,
    pub(crate) active: bool,
}

#[derive(Template)]
#[template(path = "identity/post.html")]
struct Show {
    page: Page,
    place: Place,
    post: Post,
    /// Who acts now, in one sentence.
    today: Notice,
    history: Vec<Past>,
    grants: Vec<Grant>,
    account: Option<Account>,
    vacant: bool,
    keeps: bool,
    admin: bool,
    gives_roles: bool,
    holder: Option<Holding>,
    username: String,
}

/// A line of a post's history.
struct Past {
    holding: Holding,
    name: String,
    active: bool,
    /// Can still be ended.
    open: bool,
    /// Entered long after it took effect; the letters signed meanwhile.
    meanwhile: Option<Vec<SignedMeanwhile>>,
}

async fn index(page: Page) -> web::Result {
    let officer = officer(&page)?;
    let query = page.query();
    let (typed, at) = (query.get("cari").to_owned(), query.get("di").to_owned());
    let reader = officer.clone();
    let (own, path, listed, searched) = page
        .gov()
        .read(move |rx| {
            let root = top(rx)?;
            let tree = UnitTree::read(rx, root.id)?;
            let mut own: Vec<Id> = reader.posts.iter().map(|post| post.unit).collect();
            own.extend(reader.grants.iter().filter(|grant| grant.role == grant::UNIT_ADMIN).map(|grant| grant.unit));
            own.sort_unstable();
            own.dedup();
            let own: Vec<Unit> = own.iter().filter_map(|id| tree.get(*id)).cloned().collect();
            let wanted = indonesian::place_key(&typed);
            let seen = |unit: &&Unit| rules::may_see(&reader, unit);
            let has_parts = |unit: &Unit| tree.children(unit.id).next().is_some();
            if !wanted.is_empty() {
                let named = |unit: &&Unit| indonesian::place_key(&unit.name).contains(&wanted) || unit.code == typed.trim();
                let found = tree.units().iter().filter(named).filter(seen).take(60);
                return Ok((own, Vec::new(), found.map(|unit| (unit.clone(), false)).collect(), true));
            }
            let parent = tree.units().iter().find(|unit| unit.slug == at).unwrap_or(&root);
            let path: Vec<Unit> = parent.ancestors.iter().flatten().filter_map(|id| tree.get(*id)).cloned().collect();
            let listed = std::iter::once((parent, false)).chain(tree.children(parent.id).map(|unit| (unit, has_parts(unit))));
            let listed: Vec<(Unit, bool)> = listed.filter(|(unit, _)| seen(unit)).map(|(unit, parts)| (unit.clone(), parts)).collect();
            Ok::<_, KernelError>((own, path, listed, false))
        })
        .await?;
    let everywhere = sees_all(&officer) || officer.holds(grant::UNIT_ADMIN);
    // Whoever has one unit and nothing else to choose from is there at once.
    if let ([only], false) = (&own[..], sees_all(&officer)) {
        return page.redirect(&format!("/jabatan/{}", only.slug));
    }
    let vacancies = VACANCY_ROLES.iter().any(|role| officer.holds(role));
    let form = FormState::filled(&page, query.form());
    page.clone().html(&Units { page, form, own, path, listed, searched, everywhere, vacancies })
}

/// Whether the officer has more units to choose from than the own.
fn sees_all(officer: &Officer) -> bool {
    [grant::ADMIN, grant::VILLAGE_AFFAIRS, grant::OVERSEER].iter().any(|role| officer.holds(role))
}

async fn board(page: Page, Path(slug): Path<String>) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let reader = officer.clone();
    let (place, lines, mandates) = page
        .gov()
        .read(move |rx| {
            let place = Place::seen(rx, &reader, &slug)?;
            let lines = post::board(rx, place.unit.id, now)?;
            let kinds = store::letter_kinds(rx, place.unit.id)?;
            let mut mandates: Vec<Mandate> = Vec::new();
            for line in &lines {
                for mandate in post::mandates_of(rx, line.post.id)? {
                    if !mandates.iter().any(|known| known.id == mandate.id) {
                        mandates.push(mandate);
                    }
                }
            }
            let line = |mandate: Mandate| mandate_line(mandate, &lines, &kinds, now);
            let mandates: Vec<MandateLine> = mandates.into_iter().map(line).collect();
            Ok::<_, KernelError>((place, lines, mandates))
        })
        .await?;
    let page = place.page(&page);
    let keeps = rules::may_keep(&officer, &place.unit);
    let table = table(&page, &place, &lines);
    let empty: Vec<&PostLine> = lines.iter().filter(|line| line.acting.is_vacant()).collect();
    let vacant = (!empty.is_empty()).then(|| {
        let names = empty.iter().map(|line| line.post.title.as_str()).collect::<Vec<_>>().join(", ");
        Notice::new(Tone::Soon, page.t1("identity-vacant-here", "n", empty.len())).text(names)
    });
    let several = officer.posts.iter().any(|post| post.unit != place.unit.id) || sees_all(&officer);
    page.clone().html(&Board { page, place, table, vacant, mandates, keeps, several })
}

fn table(page: &Page, place: &Place, lines: &[PostLine]) -> Table {
    let row = |line: &PostLine| {
        let title = Cell::link(&place.post_href(line.post.id), &line.post.title);
        let Some(holding) = &line.acting.holder else {
            return vec![title, Cell::component(&Tag::new(Tone::Late, page.t("identity-vacant"))), Cell::text(""), Cell::text("")];
        };
        let name = line.holder.clone().unwrap_or_default();
        let mut as_what = words::kind(page, holding.kind);
        if let Some(keeps) = &line.keeps {
            as_what = page.t2("identity-stands-in", "kind", as_what, "name", keeps.as_str());
        }
        vec![title, Cell::text(name).small(as_what), Cell::text(span(page, holding)), Cell::text(&holding.decree)]
    };
    Table::new(page, &page.query(), page.t("identity-board"))
        .caption_unseen()
        .column(Column::new(page.t("identity-post")))
        .column(Column::new(page.t("identity-acts-today")))
        .column(Column::new(page.t("identity-since-until")))
        .column(Column::new(page.t("identity-decree")))
        .rows(lines.iter().map(row))
}

/// "sejak 3 Oktober 2026", "3 Oktober 2026 – 30 November 2026".
fn span(page: &Page, holding: &Holding) -> String {
    period(page, holding.from, holding.until)
}

/// A span of time in words; hours only when it does not begin or end at midnight.
pub(crate) fn period(page: &Page, from: Timestamp, until: Option<Timestamp>) -> String {
    let start = point(page, from, from);
    match until {
        None => page.t1("identity-since", "from", start),
        Some(until) => page.t2("identity-from-until", "from", start, "until", point(page, until, before(until))),
    }
}

fn point(page: &Page, at: Timestamp, day: Timestamp) -> String {
    if matches!(page.clock(at).as_str(), "00.00" | "00:00" | "12:00 AM") { page.day(day) } else { page.moment(at) }
}

fn mandate_line(mandate: Mandate, lines: &[PostLine], kinds: &[(String, String)], now: Timestamp) -> MandateLine {
    let title = |id: Id| lines.iter().find(|line| line.post.id == id).map_or_else(String::new, |line| line.post.title.clone());
    let named = |kind: &String| kinds.iter().find(|(key, _)| key == kind).map_or_else(|| kind.clone(), |(_, title)| title.clone());
    let kinds = mandate.kinds.iter().map(named).collect::<Vec<_>>().join(", ");
    let active = mandate.from <= now && mandate.until.is_none_or(|until| now < until);
    MandateLine { from: title(mandate.from_post), to: title(mandate.to_post), kinds, active, mandate }
}

async fn show(page: Page, Path((slug, post_id)): Path<(String, Id)>) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let reader = officer.clone();
    let read = page
        .gov()
        .read(move |rx| {
            let place = Place::seen(rx, &reader, &slug)?;
            let post = post::find(rx, post_id)?.filter(|post| post.unit == place.unit.id).ok_or(KernelError::Missing)?;
            let holdings = post::holdings(rx, post.id)?;
            let acting = post::acting(&holdings, now);
            let ids: Vec<Id> = holdings.iter().map(|holding| holding.person).collect();
            let people = party::find_all(rx, &ids)?;
            let name = |id: Id| people.iter().find(|person| person.id == id).map_or_else(String::new, |person| person.name.clone());
            let mut history = Vec::new();
            for holding in holdings {
                let late = holding.entered_at.duration_since(holding.from) > LATE;
                let meanwhile = if late { Some(store::signed_between(rx, &post, holding.from, holding.entered_at)?) } else { None };
                let open = holding.until.is_none_or(|until| now < until);
                history.push(Past { name: name(holding.person), active: holding.is_active(now), open, meanwhile, holding });
            }
            let grants = grant::of_post(rx, post.id)?;
            let account = match &acting.holder {
                Some(holder) => account::of_person(rx, holder.person)?.into_iter().next(),
                None => None,
            };
            let names = (acting.holder.as_ref().map(|h| name(h.person)), acting.keeps.as_ref().map(|h| name(h.person)));
            Ok::<_, KernelError>((place, post, acting, names, history, grants, account))
        })
        .await?;
    let (place, post, acting, (holder, keeper), history, grants, account) = read;
    let page = place.page(&page);
    let keeps = rules::may_keep(&officer, &place.unit);
    let today = today(&page, &acting, holder.as_deref(), keeper.as_deref());
    let gives_roles = keeps && !rules::grantable(&officer, &Located::at(&place.unit)).is_empty();
    page.clone().html(&Show {
        today,
        vacant: acting.is_vacant(),
        username: holder.as_deref().map(rules::username_for).unwrap_or_default(),
        holder: acting.holder,
        admin: officer.holds(grant::ADMIN),
        page,
        place,
        post,
        history,
        grants,
        account,
        keeps,
        gives_roles,
    })
}

/// Who acts today and as what, in one sentence.
fn today(page: &Page, acting: &Acting, holder: Option<&str>, keeper: Option<&str>) -> Notice {
    let Some(holding) = &acting.holder else {
        return Notice::new(Tone::Late, page.t("identity-today-nobody")).text(page.t("identity-today-nobody-why"));
    };
    let kind = words::kind(page, holding.kind);
    let name = holder.unwrap_or_default();
    let title = page.t2("identity-today-acts", "name", name, "kind", kind);
    let tone = if holding.kind == HoldingKind::Definitive { Tone::Ok } else { Tone::Soon };
    let text = match keeper {
        Some(keeper) => page.t2("identity-today-keeps", "name", keeper, "span", span(page, holding)),
        None => page.t1("identity-today-span", "span", span(page, holding)),
    };
    Notice::new(tone, title).text(text)
}

impl Board {
    fn form_words(&self, line: &MandateLine) -> String {
        self.page.t(match line.mandate.form {
            MandateForm::An => "identity-form-an",
            MandateForm::Ub => "identity-form-ub",
        })
    }

    fn mandate_span(&self, line: &MandateLine) -> String {
        period(&self.page, line.mandate.from, line.mandate.until)
    }
}

impl Show {
    fn span(&self, past: &Past) -> String {
        span(&self.page, &past.holding)
    }

    fn kind(&self, past: &Past) -> String {
        words::kind(&self.page, past.holding.kind)
    }

    fn tag(&self, past: &Past) -> Html {
        let tag = if past.active {
            Tag::new(Tone::Ok, self.page.t("identity-in-effect"))
        } else if past.open {
            Tag::new(Tone::Wait, self.page.t("identity-to-come"))
        } else {
            return Html::default();
        };
        Html::of(&tag)
    }

    fn late(&self, past: &Past) -> String {
        let gap = past.holding.entered_at.duration_since(past.holding.from);
        let n = past.meanwhile.as_ref().map_or(0, Vec::len);
        let args = [
            ("from", self.page.moment(past.holding.from).into()),
            ("entered", self.page.moment(past.holding.entered_at).into()),
            ("gap", self.page.duration(gap).into()),
            ("n", n.into()),
        ];
        self.page.tn("identity-entered-late", &args)
    }

    fn day(&self, letter: &SignedMeanwhile) -> String {
        self.page.day(letter.at)
    }

    fn role(&self, grant: &Grant) -> String {
        words::role(&self.page, &grant.role)
    }

    fn grant_span(&self, grant: &Grant) -> String {
        period(&self.page, grant.from, grant.until)
    }

    fn grant_open(&self, grant: &Grant) -> bool {
        grant.until.is_none_or(|until| self.page.now() < until)
    }
}
