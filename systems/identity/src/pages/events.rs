//! `/keamanan`: what the defence noticed, for the administrator: the list with its filters, the file, the thresholds of alarms.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use jiff::Timestamp;
use kernel::{
    Error as KernelError, Id, Rx, Value, account,
    schema::{FieldErrors, read_date},
    signal::{self, By, Filter, Kind, Signal},
};
use web::{
    Access, Cursor, Error, FormData, FormState, ListQuery, PAGE_ROWS, Page, Routes, Voice,
    ui::{Cell, Choice, Column, Empty, Table, Tag, Tone},
};

use super::acting;
use crate::{
    exports,
    rules::{Edge, moment},
    store::alerts,
    watch::{Threshold, check},
};

const ADMIN: Access = Access::Role("admin");
/// What the list is narrowed by.
const FILTERS: [&str; 5] = ["jenis", "akun", "jaringan", "dari", "sampai"];

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/keamanan", ADMIN, list)
        .post("/keamanan/unduh", ADMIN, export)
        .get("/keamanan/ambang", ADMIN, thresholds)
        .get("/keamanan/ambang/{kind}", ADMIN, ask)
        .post("/keamanan/ambang/{kind}", ADMIN, change)
        .token()
}

pub(crate) type Names = HashMap<Id, (String, String)>;

#[derive(Template)]
#[template(path = "identity/events.html")]
struct Events {
    page: Page,
    table: Table,
    /// What happened since yesterday, by kind.
    counts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "identity/thresholds.html")]
struct Thresholds {
    page: Page,
    list: Vec<Threshold>,
}

#[derive(Template)]
#[template(path = "identity/threshold.html")]
struct Change {
    page: Page,
    form: FormState,
    now: Threshold,
}

pub(crate) fn word(page: &Voice, kind: Kind) -> String {
    page.t(&format!("identity-signal-{}", kind.key()))
}

const fn tone(kind: Kind) -> Tone {
    match kind {
        Kind::SessionForeign | Kind::Disowned | Kind::RevealedMuch | Kind::Alarm => Tone::Late,
        Kind::Delayed | Kind::NewDevice | Kind::PasswordReset | Kind::Restricted | Kind::CaseNews | Kind::CaseDeadline => Tone::Soon,
        Kind::Restored => Tone::Ok,
        Kind::SignInRefused | Kind::SessionMoved => Tone::Plain,
    }
}

/// What a signal says besides its kind.
pub(crate) fn more(page: &Voice, signal: &Signal) -> String {
    let number = |name: &str| signal.detail[name].as_i64().unwrap_or(0);
    match signal.kind {
        Kind::Delayed => {
            let of = match signal.detail["of"].as_str().unwrap_or_default() {
                "account" => "identity-delay-account",
                "address" => "identity-delay-address",
                "network" => "identity-delay-network",
                "device" => "identity-delay-device",
                _ => "identity-delay-other",
            };
            page.t2("identity-signal-delay", "of", page.t(of), "n", number("seconds"))
        }
        Kind::RevealedMuch => page.t1("identity-signal-reveals", "n", number("entries")),
        Kind::Alarm => {
            let kind = signal.detail["of"].as_str().and_then(Kind::parse).map(|kind| word(page, kind)).unwrap_or_default();
            page.tn(
                "identity-signal-alarmed",
                &[("kind", kind.into()), ("n", number("number").into()), ("minutes", number("minutes").into())],
            )
        }
        _ => String::new(),
    }
}

pub(crate) fn whose(page: &Voice, names: &Names, signal: &Signal) -> (String, String) {
    match signal.account.and_then(|account| names.get(&account)) {
        Some((username, name)) => (name.clone(), username.clone()),
        None => (page.t("identity-signal-nobody"), String::new()),
    }
}

/// The filter of the words asked for; an unknown account or date filters nothing away but everything: the list is then empty.
pub(crate) fn filter(rx: &mut Rx<'_>, asked: &dyn Fn(&str) -> String, zone: indonesian::Zone) -> kernel::Result<Filter> {
    let day = |name: &str, edge| {
        let typed = asked(name);
        let known = (!typed.is_empty() && read_date(&typed).is_ok()).then_some(typed)?;
        moment(&|held| (held == name).then_some(known.as_str()), name, zone, edge, &mut FieldErrors::default())
    };
    let account = match asked("akun") {
        typed if typed.is_empty() => None,
        typed => Some(account::by_username(rx, &typed)?.map_or(Id::NIL, |account| account.id)),
    };
    let network = asked("jaringan");
    let network = (!network.is_empty()).then(|| if network.contains('/') { network } else { account::device::network_of(&network) });
    Ok(Filter { kind: Kind::parse(&asked("jenis")), account, network, from: day("dari", Edge::Start), until: day("sampai", Edge::End) })
}

pub(crate) fn zone_of(page: &Voice) -> indonesian::Zone {
    kernel::unit::zone_of(page.zone()).unwrap_or(indonesian::Zone::Wib)
}

async fn list(page: Page, query: ListQuery) -> web::Result {
    let (cursor, backwards) = query.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(at), Value::Bytes(id)] => Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let (asked, zone, now) = (query.clone(), zone_of(&page), page.now());
    let (rows, names, counts) = page
        .gov()
        .read(move |rx| {
            let filter = filter(rx, &|name| asked.get(name).to_owned(), zone)?;
            let rows = signal::list(rx, &filter, after, backwards, PAGE_ROWS + 1)?;
            let ids: Vec<Id> = rows.iter().filter_map(|row| row.account).collect();
            let counts = signal::counts(rx, now - jiff::SignedDuration::from_hours(24))?;
            Ok::<_, KernelError>((rows, alerts::names(rx, &ids)?, counts))
        })
        .await?;
    let slice = query.slice(rows, PAGE_ROWS, |row| Cursor::at(vec![Value::Int(row.at.as_microsecond()), row.id.into()]));
    let cells = slice.rows.iter().map(|row| {
        let (name, username) = whose(&page, &names, row);
        let account = match row.account.filter(|account| names.contains_key(account)) {
            Some(account) => Cell::link(&format!("/pengguna/{account}"), name).small(username),
            None => Cell::text(name),
        };
        let place = [row.address.as_str(), row.agent.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
        vec![
            Cell::text(page.moment_short(row.at, now)),
            Cell::component(&Tag::new(tone(row.kind), word(&page, row.kind))).small(more(&page, row)),
            account,
            Cell::text(place),
        ]
    });
    let form = FormState::filled(&page, query.form());
    let kinds: Vec<Choice> = Kind::ALL.into_iter().map(|kind| Choice::new(kind.key(), word(&page, kind))).collect();
    let table = Table::new(&page, &query, page.t("identity-events-title"))
        .caption_unseen()
        .filter(form.select("jenis").label("identity-signal-kind").blank("web-all").choices(kinds))
        .filter(form.text("akun").label("web-username"))
        .filter(form.text("jaringan").label("identity-signal-network"))
        .filter(form.day("dari").label("identity-signal-from"))
        .filter(form.day("sampai").label("identity-signal-until"))
        .column(Column::new(page.t("identity-when")))
        .column(Column::new(page.t("identity-signal-kind")))
        .column(Column::new(page.t("identity-signal-account")))
        .column(Column::new(page.t("identity-signal-place")))
        .rows(cells)
        .pages(slice.previous, slice.next)
        .empty(Empty::new(page.t("identity-events-none"), page.t("identity-events-none-why")))
        .export("/keamanan/unduh", page.form_fields());
    let counts = counts.into_iter().map(|(kind, many)| (word(&page, kind), page.number(many))).collect();
    page.clone().html(&Events { page, table, counts })
}

/// The same rows as a file.
async fn export(page: Page, form: FormData) -> web::Result {
    let asked: serde_json::Map<String, serde_json::Value> =
        FILTERS.iter().map(|name| ((*name).to_owned(), form.get(name).into())).collect();
    page.export(exports::EVENTS, asked.into(), form.get("format"), "/keamanan").await
}

async fn thresholds(page: Page) -> web::Result {
    let list = page.gov().read(alerts::thresholds).await?;
    page.clone().html(&Thresholds { page, list })
}

async fn find(page: &Page, kind: &str) -> web::Result<Threshold> {
    let kind = Kind::parse(kind).ok_or(Error::NotFound)?;
    let all = page.gov().read(alerts::thresholds).await?;
    all.into_iter().find(|threshold| threshold.kind == kind).ok_or(Error::NotFound)
}

async fn ask(page: Page, Path(kind): Path<String>) -> web::Result {
    let now = find(&page, &kind).await?;
    let (least, minutes) = (now.least.to_string(), now.minutes.to_string());
    let form = FormData::of([("jumlah", least.as_str()), ("menit", minutes.as_str()), ("aktif", if now.active { "1" } else { "" })]);
    let form = FormState::filled(&page, form);
    page.clone().html(&Change { page, form, now })
}

async fn change(page: Page, Path(kind): Path<String>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let now = find(&page, &kind).await?;
    match check(&|name| form.has(name).then(|| form.get(name).to_owned()), now) {
        Ok(new) => {
            page.gov().write(&ctx, move |tx| alerts::set_threshold(tx, new)).await?;
            page.flash_ok(kernel::Message::new("identity-threshold-saved"));
            page.redirect("/keamanan/ambang")
        }
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            page.clone().wrong(&Change { page, form, now })
        }
    }
}

impl Thresholds {
    fn rule(&self, threshold: &Threshold) -> String {
        let by = match threshold.by {
            By::All => "identity-threshold-all",
            By::Account => "identity-threshold-account",
            By::Network => "identity-threshold-network",
        };
        let args = [("n", threshold.least.into()), ("minutes", threshold.minutes.into()), ("by", self.page.t(by).into())];
        self.page.tn("identity-threshold-rule", &args)
    }

    fn kind(&self, threshold: &Threshold) -> String {
        word(&self.page, threshold.kind)
    }

    fn state(&self, threshold: &Threshold) -> Tag {
        if threshold.active {
            Tag::new(Tone::Ok, self.page.t("identity-threshold-on"))
        } else {
            Tag::new(Tone::Plain, self.page.t("identity-threshold-off"))
        }
    }
}

impl Change {
    fn kind(&self) -> String {
        word(&self.page, self.now.kind)
    }
}
