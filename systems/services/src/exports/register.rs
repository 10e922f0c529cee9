//! The register of applications as a file: what the officer who asked may see at the moment it is made, applicants masked.
//! An application somebody has a part in whose data are restricted is left out; the file says how many.

use jiff::Timestamp;
use kernel::{Error, Id, Result, Rx, limit::Restricted, unit};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use web::export::{Extent, Made, Making, Sheet, Value, left_out};

use crate::{
    pages::OFFICE_ROLES,
    store::lists::{self, Line, RegisterFilter, RegisterOrder, RegisterPage, StateFilter},
};

/// Most rows of one file; who needs more narrows by date.
pub const ROWS_MAX: usize = 50_000;
/// Rows read in one query.
const PAGE: i64 = 1_000;

/// What somebody asked for; the body of the request. It carries no personal value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    pub kind: Option<String>,
    pub state: Option<String>,
    pub channel: Option<String>,
    pub unit: Option<Id>,
    /// This unit and everything below it.
    pub below: Option<Id>,
    /// Open applications past their deadline.
    pub late: bool,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Only these: the hits of a search.
    pub cases: Option<Vec<Id>>,
}

impl Order {
    pub(crate) fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or(Json::Null)
    }

    fn from_json(body: &Json) -> Option<Self> {
        serde_json::from_value(body.clone()).ok()
    }

    fn filter(&self, now: Timestamp) -> RegisterFilter {
        RegisterFilter {
            kind: self.kind.clone(),
            state: self.state.as_deref().and_then(StateFilter::parse),
            channel: self.channel.clone(),
            unit: self.unit,
            below: self.below,
            late_at: self.late.then_some(now),
            from: self.from,
            until: self.until,
            cases: self.cases.clone(),
        }
    }
}

/// Counts what a request would take.
pub(super) fn measure(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let order = Order::from_json(making.body).ok_or(Error::Missing)?;
    let scope = lists::seat(rx, making.officer, OFFICE_ROLES, making.now)?.scope;
    let (records, persons) = lists::register_extent(rx, &scope, &order.filter(making.now))?;
    let widest = scope.units().iter().min_by_key(|(_, depth)| *depth).map(|(unit, _)| *unit);
    let own = making.officer.post.as_ref().map(|post| post.unit);
    let unit = order.unit.or(order.below).or(widest).or(own).ok_or(Error::Missing)?;
    let unit = unit::find(rx, unit)?.ok_or(Error::Missing)?;
    let about = making.voice.t1("services-export-about-register", "unit", unit.name.as_str());
    Ok(Extent { unit: unit.id, about, records, persons })
}

/// The rows the officer may see now, newest first.
pub(super) fn make(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (order, now) = (Order::from_json(making.body).ok_or(Error::Missing)?, making.now);
    let scope = lists::seat(rx, making.officer, OFFICE_ROLES, now)?.scope;
    let filter = order.filter(now);
    let restricted = Restricted::at(rx, now)?;
    let (mut all, mut after, mut without) = (Vec::new(), None, 0);
    loop {
        let page = RegisterPage { order: RegisterOrder::Received, way: "desc", beyond: "<", after, limit: PAGE };
        let lines = lists::register(rx, &scope, &filter, page)?;
        let full = i64::try_from(lines.len()).is_ok_and(|count| count == PAGE);
        after = lines.last().map(|line| (line.order, line.row));
        let cases: Vec<Id> = lines.iter().map(|line| line.case_id).collect();
        let about = restricted.cases(rx, &cases)?;
        without += about.len();
        all.extend(lines.into_iter().filter(|line| !about.contains(&line.case_id)));
        if !full || all.len() >= ROWS_MAX {
            all.truncate(ROWS_MAX);
            let sheet = Sheet { notes: left_out(making.voice, without), ..sheet(making, &all) };
            return Ok(Made { records: all.iter().map(|line| line.case_id).collect(), sheet });
        }
    }
}

/// The rows as a table.
fn sheet(making: &Making<'_>, rows: &[Line]) -> Sheet {
    let voice = making.voice;
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
            Value::from(voice.t(&format!("services-home-state-{}", line.state))),
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
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_queue() {
        let order = Order { state: Some("ready".into()), from: Some(Timestamp::UNIX_EPOCH), late: true, ..Order::default() };
        assert_eq!(Order::from_json(&order.to_json()), Some(order));
        assert_eq!(Order::from_json(&serde_json::json!({ "late": "yes" })), None);
    }
}
