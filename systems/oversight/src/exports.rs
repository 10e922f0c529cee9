//! The timeline as a file, through the same gate as every list. A log has no holes: a line of somebody whose data are restricted
//! stays, without the name.

use jiff::Timestamp;
use kernel::{
    Error, Id, Result, Rx,
    export::Nature,
    grant::{INSPECTOR, Scope},
    limit::Restricted,
    unit,
};
use serde_json::{Value as Json, json};
use web::export::{ExportKind, Extent, Made, Making, Sheet, mask, masked};

use crate::{
    INSPECTORS,
    store::timeline::{self, Filter, Group, Subject},
};

/// The timeline.
pub const TIMELINE: &str = "oversight.timeline";
/// Most rows of one file.
const ROWS_MAX: i64 = 50_000;
const PAGE: i64 = 1_000;

/// Every list.
pub const EXPORTS: &[ExportKind] =
    &[ExportKind { name: TIMELINE, title: "oversight-menu-timeline", nature: Nature::General, access: INSPECTORS, measure, make }];

/// The body of a request.
pub fn body(filter: &Filter) -> Json {
    let (word, id) = filter.subject.parts();
    json!({ "subject": word, "id": id, "group": filter.group.map(Group::as_str), "from": filter.from, "until": filter.until, "by": filter.by })
}

fn filter_of(body: &Json) -> Filter {
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    Filter {
        subject: Subject::parse(text("subject"), text("id")),
        group: Group::parse(text("group")),
        from: text("from").parse::<Timestamp>().ok(),
        until: text("until").parse::<Timestamp>().ok(),
        by: text("by").parse::<Id>().ok(),
    }
}

fn measure(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let (scope, filter) = (Scope::of_roles(making.officer, &[INSPECTOR]), filter_of(making.body));
    let (name, unit) = timeline::name(rx, &scope, filter.subject)?;
    let (records, persons) = timeline::count(rx, &scope, &filter, ROWS_MAX)?;
    let widest = scope.units().iter().min_by_key(|(_, depth)| *depth).map(|(unit, _)| *unit);
    let unit = unit.or(widest).ok_or(Error::Missing)?;
    let about = if name.is_empty() { unit::find(rx, unit)?.map_or_else(String::new, |unit| unit.name) } else { name };
    Ok(Extent { unit, about: making.voice.t1("oversight-export-about", "name", about), records, persons })
}

fn make(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (scope, filter, voice) = (Scope::of_roles(making.officer, &[INSPECTOR]), filter_of(making.body), making.voice);
    timeline::name(rx, &scope, filter.subject)?;
    let heads = [
        "oversight-when",
        "oversight-who",
        "oversight-post",
        "oversight-unit",
        "oversight-what",
        "oversight-case",
        "oversight-record",
        "oversight-changes",
    ];
    let (mut rows, mut records) = (Vec::new(), Vec::new());
    let (restricted, mut without) = (Restricted::at(rx, making.now)?, 0);
    let mut after = None;
    while i64::try_from(rows.len()).is_ok_and(|count| count < ROWS_MAX) {
        let page = timeline::page(rx, &scope, &filter, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for mut line in page {
            records.push(line.id);
            if line.account.is_some_and(|account| restricted.has_account(account)) {
                line.name = mask(voice);
                without += 1;
            }
            let object = line.object.map(|id| format!("{} {id}", line.object_kind));
            rows.push(vec![
                format!("{} {}", voice.day_of(line.at), voice.clock(line.at)).into(),
                line.name.into(),
                line.title.into(),
                line.unit_name.into(),
                line.action.into(),
                line.code.into(),
                object.into(),
                line.changes.into(),
            ]);
        }
    }
    let heads = heads.iter().map(|key| voice.t(key)).collect();
    let sheet = Sheet { name: voice.t("oversight-menu-timeline"), heads, rows, notes: masked(voice, without) };
    Ok(Made { sheet, records })
}
