//! Reminders: whoever a deadline concerns is told once, some working days before it. That it was done is a row of its own, so a
//! restart does not tell anybody twice; a deadline that moves is another one.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    Id, NewEntry, Result, Rx, Table, Tx,
    account::{self, restriction},
    case,
    clock::CalendarBook,
    cols,
    keys::Keys,
    notice, params, post, setting,
    signal::{self, Kind, NewSignal},
};
use serde_json::json;

use super::{SYSTEM, dossier, own_path};
use crate::{
    model::{About, Dossier, Lead},
    rules,
};

/// The audited table of what was told.
pub(crate) static REMINDER: Table = Table::audited("discipline_reminder", &["case_id", "about", "deadline", "at"]);

/// The name of the setting.
const LEAD: &str = "discipline.reminder";
/// Deadlines looked at in one run; the earliest come first.
const ROWS_MAX: i64 = 500;

/// A deadline nobody was reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nearing {
    case_id: Id,
    about: About,
    deadline: Timestamp,
}

/// How long before a deadline the government reminds.
pub(crate) fn lead(rx: &mut Rx<'_>) -> Result<Lead> {
    setting::of_government(rx, LEAD)
}

/// Decides it.
pub(crate) fn set_lead(tx: &mut Tx<'_>, lead: Lead) -> Result<()> {
    let root = setting::decide(tx, LEAD, &lead)?;
    let detail = json!({ "working_days": lead.working_days });
    tx.entry(NewEntry::new("discipline.reminder.set").unit(root).object("unit", root).detail(detail));
    Ok(())
}

/// The deadlines that are near now and that nobody was reminded of.
pub(crate) fn nearing(rx: &mut Rx<'_>, now: Timestamp) -> Result<Vec<Nearing>> {
    let lead = lead(rx)?;
    let sql = "select s.id, s.about, s.deadline, s.begun from ( \
                 select c.id as id, c.state as about, c.due_at as deadline, c.started_at as begun from kernel_case c \
                 where c.system = $1 and c.closed_at is null and c.due_state = 'running' \
                 union all \
                 select d.id, 'restriction', d.restricted_until, d.decided_at from discipline_case d where d.restricted_until is not null \
               ) s where s.deadline > $2 and s.deadline <= $3 and s.begun is not null \
               order by s.deadline, s.id, s.about limit $4";
    let horizon = now.saturating_add(SignedDuration::from_hours(24 * lead.calendar_days_max())).unwrap_or(now);
    let rows = rx.all(sql, &params![SYSTEM, now, horizon, ROWS_MAX])?;
    let book = CalendarBook::load(rx)?;
    let mut found = Vec::new();
    for row in &rows {
        let (case_id, word, deadline): (Id, String, Timestamp) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(about) = About::of(&word) else { continue };
        let one = Nearing { case_id, about, deadline };
        let office = book.office(&case::find(rx, case_id)?.units);
        if rules::is_near(&office, row.get(3)?, deadline, now, lead) && !is_told(rx, one)? {
            found.push(one);
        }
    }
    Ok(found)
}

fn is_told(rx: &mut Rx<'_>, one: Nearing) -> Result<bool> {
    let sql = "select 1 from discipline_reminder where case_id = $1 and about = $2 and deadline = $3";
    Ok(rx.one(sql, &params![one.case_id, one.about.key(), one.deadline])?.is_some())
}

/// Tells whom a deadline concerns, in the application and by e-mail, once. Says whether anybody was told.
pub(crate) fn remind(tx: &mut Tx<'_>, keys: &Arc<Keys>, one: Nearing) -> Result<bool> {
    let dossier = dossier(tx, keys, one.case_id)?;
    if is_told(tx, one)? || !stands(tx, &dossier, one)? {
        return Ok(false);
    }
    let (ctx, now, id) = (tx.ctx(), tx.now(), dossier.case.id);
    let columns = cols! { "case_id" => id, "about" => one.about.key(), "deadline" => one.deadline, "at" => now };
    tx.insert(&REMINDER, ctx.new_id(), &columns)?;
    let until = super::moment(tx, one.deadline)?;
    let concerned = rules::concerned(&dossier, one.about);
    if let Some(account) = dossier.account.filter(|_| concerned.person) {
        let args = json!({ "path": own_path(id), "until": until });
        notice::to_account(tx, account, Some(id), "discipline-mail-near", &args);
        signal::raise(tx, &NewSignal { case_id: Some(id), ..NewSignal::about(Kind::CaseDeadline, Some(account)).detail(args) })?;
    }
    let code = indonesian::Code::parse(&dossier.case.code).map_or_else(|_| dossier.case.code.clone(), |code| code.to_string());
    let args = json!({ "path": format!("/sanksi/kasus/{id}"), "until": until, "code": code });
    tell_officer(tx, &dossier, concerned.post, one.about, &args)?;
    case::remark(tx, &dossier.case, "reminded", "", "", false)?;
    let detail = json!({ "about": one.about.key(), "deadline": one.deadline.as_microsecond() });
    tx.entry(NewEntry::new("discipline.case.reminded").case(id).unit(dossier.unit).object("case", id).detail(detail));
    Ok(true)
}

/// The post finds it above its list of work; whoever acts for it now gets an e-mail. Never the one the case is about.
fn tell_officer(tx: &mut Tx<'_>, dossier: &Dossier, to: Id, about: About, args: &serde_json::Value) -> Result<()> {
    let now = tx.now();
    let Some(holding) = post::holder(tx, to, now)?.holder else { return Ok(()) };
    if dossier.person == Some(holding.person) {
        return Ok(());
    }
    notice::to_post(tx, to, Some(dossier.case.id), &format!("discipline-notice-{}", about.key().replace('_', "-")), args)?;
    for held in account::of_person(tx, holding.person)?.into_iter().filter(|held| held.is_usable(now)) {
        notice::to_account(tx, held.id, Some(dossier.case.id), "discipline-mail-near-task", args);
    }
    Ok(())
}

/// Whether the deadline is still the one of the case: it may have been decided, moved or lifted since it was looked at.
fn stands(tx: &mut Tx<'_>, dossier: &Dossier, one: Nearing) -> Result<bool> {
    let now = tx.now();
    if one.about == About::Restriction {
        let held = restriction::of_case(tx, one.case_id)?;
        return Ok(held.iter().any(|held| held.until == Some(one.deadline) && !held.is_over(now)));
    }
    Ok(About::of_state(dossier.state) == Some(one.about) && dossier.case.due.at == Some(one.deadline) && one.deadline > now)
}
