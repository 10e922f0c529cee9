//! The register of applications as a file: what the officer who asked may see at the moment it is made, applicants masked.

use jiff::Timestamp;
use kernel::{Id, NewEntry, Result, Rx, Tx, blobs};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use web::{
    AppState, Locale, Voice,
    export::{Sheet, Value},
};

use crate::{
    pages::OFFICE_ROLES,
    store::lists::{self, Line, RegisterFilter, RegisterOrder, RegisterPage},
};

/// Most rows of one file; who needs more narrows by date.
pub const ROWS_MAX: usize = 50_000;
/// Rows read in one query.
const PAGE: i64 = 1_000;
/// Up to so many records the entry names each; above, it says how many.
const NAMED_MAX: usize = 500;

/// What somebody asked for; the body of the job. It carries no personal value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// `csv` or `xlsx`.
    pub format: String,
    /// `id` or `en`.
    pub lang: String,
    /// What it is needed for, as the officer wrote it; stands in the audit log.
    pub purpose: String,
    pub kind: Option<String>,
    pub state: Option<String>,
    pub channel: Option<String>,
    pub unit: Option<Id>,
    /// Open applications past their deadline.
    pub late: bool,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Only these: the hits of a search.
    pub cases: Option<Vec<Id>>,
}

impl Order {
    pub(super) fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or(Json::Null)
    }

    pub(super) fn from_json(body: &Json) -> Option<Self> {
        serde_json::from_value(body.clone()).ok()
    }

    fn filter(&self, now: Timestamp) -> RegisterFilter {
        RegisterFilter {
            kind: self.kind.clone(),
            state: self.state.clone(),
            channel: self.channel.clone(),
            unit: self.unit,
            late_at: self.late.then_some(now),
            from: self.from,
            until: self.until,
            cases: self.cases.clone(),
        }
    }
}

/// The file of a finished export, from the job's result.
#[must_use]
pub fn file_of(result: Option<&str>) -> Option<Id> {
    result.and_then(|result| result.parse().ok())
}

/// The rows `account` may see now, newest first.
///
/// # Errors
/// [`kernel::Error::Missing`] when the account is not usable any more.
pub(super) fn rows(rx: &mut Rx<'_>, account: Id, order: &Order, now: Timestamp) -> Result<Vec<Line>> {
    let officer = lists::officer_of(rx, account, now)?;
    let scope = lists::seat(rx, &officer, OFFICE_ROLES, now)?.scope;
    let filter = order.filter(now);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = RegisterPage { order: RegisterOrder::Received, way: "desc", beyond: "<", after, limit: PAGE };
        let lines = lists::register(rx, &scope, &filter, page)?;
        let full = i64::try_from(lines.len()).is_ok_and(|count| count == PAGE);
        after = lines.last().map(|line| (line.order, line.row));
        all.extend(lines);
        if !full || all.len() >= ROWS_MAX {
            all.truncate(ROWS_MAX);
            return Ok(all);
        }
    }
}

/// The rows as a table.
pub(super) fn sheet(state: &AppState, order: &Order, rows: &[Line]) -> Sheet {
    let locale = Locale::from_code(&order.lang).unwrap_or_default();
    let look = &state.look;
    let voice = Voice::new(state.texts.clone(), locale, state.terms(), &look.zone);
    let word = |prefix: &str, word: &str| {
        let key = format!("{prefix}{word}");
        if state.texts.has(Locale::Id, &key) { voice.t(&key) } else { word.to_owned() }
    };
    let heads = ["code", "service", "subject", "unit", "channel", "received", "state", "due", "outcome", "on-time", "desk"];
    let rows = rows.iter().map(|line| {
        let code = indonesian::Code::parse(&line.code).map_or_else(|_| line.code.clone(), |code| code.to_string());
        let on_time = line.on_time.map(|on_time| voice.t(if on_time { "services-export-yes" } else { "services-export-no" }));
        let moment = |at: Timestamp| format!("{} {}", voice.day_of(at), voice.clock(at));
        vec![
            Value::from(code),
            Value::from(line.kind.as_str()),
            Value::from(line.subject.as_str()),
            Value::from(line.unit_name.as_str()),
            Value::from(line.channel.as_str()),
            Value::from(moment(line.received_at)),
            Value::from(word("services-home-state-", &line.state)),
            Value::from(line.due.at.map(moment)),
            Value::from(line.outcome.as_str()),
            Value::from(on_time),
            Value::from(line.at_title.as_str()),
        ]
    });
    Sheet {
        name: voice.t("services-export-sheet"),
        heads: heads.iter().map(|head| voice.t(&format!("services-export-{head}"))).collect(),
        rows: rows.collect(),
    }
}

/// Keeps the file for a day and writes down what left the system, for what, and on whose behalf.
pub(super) fn keep(tx: &mut Tx<'_>, order: &Order, rows: &[Line], staged: &blobs::StagedBlob) -> Result<Id> {
    let ids: Vec<Id> = if rows.len() <= NAMED_MAX { rows.iter().map(|line| line.case_id).collect() } else { Vec::new() };
    let detail = json!({ "rows": rows.len(), "cases": ids, "format": order.format, "purpose": order.purpose });
    tx.entry(NewEntry::new("services.register.exported").object("file", staged.id).detail(detail));
    Ok(blobs::park(tx, staged)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_queue() {
        let order =
            Order { format: "xlsx".into(), state: Some("ready".into()), from: Some(Timestamp::UNIX_EPOCH), late: true, ..Order::default() };
        assert_eq!(Order::from_json(&order.to_json()), Some(order));
        assert_eq!(Order::from_json(&json!({ "format": "csv" })).map(|order| order.format).as_deref(), Some("csv"));
    }
}
