//! Telling: the owner of an account of what concerns it, the administrators of what passed a threshold.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Error, Expect, Gov, Id, NewEntry, Result, Row, Rx, Table, Tx,
    account::device::family,
    cols,
    keys::Keys,
    notice::{self, NewMail},
    outbox::{self, Event},
    params,
    signal::{self, Kind, NewSignal},
    unit,
};
use serde_json::json;

use super::links;
use crate::watch::{SHIPPED, Threshold, by_key, by_of};

/// The audited table of addresses for security notices.
pub(crate) static CONTACT: Table = Table::audited("identity_contact", &["email_sealed"]);
/// The audited table of thresholds.
pub(crate) static THRESHOLD: Table = Table::audited("identity_threshold", &["kind", "least", "minutes", "counted_by", "active"]);

/// What an e-mail is made with.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(super) keys: Arc<Keys>,
    /// The public address, without a slash at its end.
    url: String,
}

impl Sender {
    /// The government's.
    pub(crate) fn of(gov: &Gov) -> Self {
        Self { keys: Arc::clone(gov.keys()), url: gov.settings().public_url.trim_end_matches('/').to_owned() }
    }
}

/// The address the owner of an account gave.
pub(crate) fn contact(rx: &mut Rx<'_>, keys: &Keys, account: Id) -> Result<Option<String>> {
    let row = rx.one("select email_sealed from identity_contact where id = $1", &params![account])?;
    let sealed = row.map(|row| row.get::<Option<Vec<u8>>>(0)).transpose()?.flatten();
    let open =
        |sealed: Vec<u8>| keys.open_text(CONTACT.name, "email_sealed", account, &sealed).map_err(|error| Error::Failed(error.to_string()));
    sealed.map(open).transpose()
}

/// Whether the owner of an account gave an address.
pub(crate) fn has_contact(rx: &mut Rx<'_>, account: Id) -> Result<bool> {
    Ok(rx.one("select 1 from identity_contact where id = $1 and email_sealed is not null", &params![account])?.is_some())
}

/// Sets or removes it. The address before is told, so that nobody changes it unseen; the new one gets a link to confirm it, again when
/// it is saved again before that.
pub(crate) fn set_contact(tx: &mut Tx<'_>, sender: &Sender, account: Id, email: Option<&str>) -> Result<()> {
    let before = contact(tx, &sender.keys, account)?;
    let same = before.as_deref() == email;
    if same && (email.is_none() || links::confirmed(tx, account)?.is_some()) {
        return Ok(());
    }
    if same {
        let version = tx.one("select version from identity_contact where id = $1", &params![account])?.ok_or(Error::Missing)?.get(0)?;
        tx.entry(NewEntry::new("identity.contact.asked").object("account", account));
        return ask_to_confirm(tx, sender, account, version);
    }
    let ctx = tx.ctx();
    let sealed = email.map(|email| sender.keys.seal(&ctx, CONTACT.name, "email_sealed", account, email.as_bytes()));
    let columns = cols! { "email_sealed" => sealed };
    let version = if tx.one("select 1 from identity_contact where id = $1", &params![account])?.is_some() {
        tx.update(&CONTACT, account, Expect::Any, &columns)?
    } else {
        tx.insert(&CONTACT, account, &columns)?;
        1
    };
    tx.entry(NewEntry::new("identity.contact.changed").object("account", account));
    let args = circumstances(tx, sender)?;
    if let Some(address) = before {
        let mail = NewMail { case_id: None, person: None, address: &address, template: &template("contact"), args: &args };
        notice::by_mail(tx, &sender.keys, &mail)?;
    }
    if email.is_some() { ask_to_confirm(tx, sender, account, version) } else { Ok(()) }
}

fn ask_to_confirm(tx: &mut Tx<'_>, sender: &Sender, account: Id, contact_version: i64) -> Result<()> {
    let link = links::make(tx, &sender.keys, account, links::Purpose::Confirm, contact_version)?;
    mail_link(tx, sender, account, "confirm", link, "/konfirmasi-surel/{}")
}

/// Sends a link to the address of an account.
pub(super) fn mail_link(tx: &mut Tx<'_>, sender: &Sender, account: Id, what: &str, link: Id, path: &str) -> Result<()> {
    let Some(address) = contact(tx, &sender.keys, account)? else { return Ok(()) };
    let args = web::secret::args(json!({ "minutes": links::RESET_MINUTES }), link, path);
    let mail = NewMail { case_id: None, person: None, address: &address, template: &template(what), args: &args };
    notice::by_mail(tx, &sender.keys, &mail)?;
    Ok(())
}

/// The password of an account was set anew by a link.
pub(super) fn password_reset(tx: &mut Tx<'_>, sender: &Sender, account: Id) -> Result<()> {
    to_owner(tx, sender, account, "reset-done")
}

/// When and from where, without a name.
fn circumstances(tx: &mut Tx<'_>, sender: &Sender) -> Result<serde_json::Value> {
    let ctx = tx.ctx();
    let zone = unit::root(tx)?.map_or(indonesian::Zone::Wib, |unit| unit.zone);
    let at = indonesian::datetime(ctx.now(), zone, indonesian::Lang::Id);
    let url = format!("{}/akun", sender.url);
    Ok(json!({ "at": at, "device": family(&ctx.origin().agent), "address": ctx.origin().address, "url": url }))
}

/// The texts of an e-mail: `…-subject` and `…-body`.
fn template(what: &str) -> String {
    format!("identity-mail-{what}")
}

fn to_owner(tx: &mut Tx<'_>, sender: &Sender, account: Id, what: &str) -> Result<()> {
    let Some(address) = contact(tx, &sender.keys, account)? else { return Ok(()) };
    let args = circumstances(tx, sender)?;
    notice::by_mail(tx, &sender.keys, &NewMail { case_id: None, person: None, address: &address, template: &template(what), args: &args })?;
    tx.entry(NewEntry::new("identity.owner.told").object("account", account));
    Ok(())
}

/// Somebody signed in from a browser the account never used: its owner is told, in the application and by e-mail.
pub(crate) fn new_device(tx: &mut Tx<'_>, sender: &Sender, account: Id) -> Result<()> {
    signal::raise(tx, &NewSignal::about(Kind::NewDevice, Some(account)))?;
    to_owner(tx, sender, account, "device")
}

/// A session of the account was used from elsewhere and has ended.
pub(crate) fn foreign(tx: &mut Tx<'_>, sender: &Sender, account: Id) -> Result<()> {
    to_owner(tx, sender, account, "foreign")
}

/// Sends what another system tells the owner of an account, once, to the address the owner gave.
pub(crate) fn tell_owner(tx: &mut Tx<'_>, sender: &Sender, handler: &str, event: &Event) -> Result<()> {
    if !outbox::once(tx, handler, event.id)? {
        return Ok(());
    }
    let text = |name: &str| event.body[name].as_str().unwrap_or_default().to_owned();
    let Ok(account) = text("account").parse::<Id>() else { return Ok(()) };
    let Some(address) = contact(tx, &sender.keys, account)? else { return Ok(()) };
    let mail = NewMail { case_id: event.case_id, person: None, address: &address, template: &text("template"), args: &event.body["args"] };
    notice::by_mail(tx, &sender.keys, &mail)?;
    tx.entry(NewEntry::new("identity.owner.told").object("account", account));
    Ok(())
}

// Thresholds ----------------------------------------------------------------------------------------------------------

/// Every threshold: what is shipped, and what was changed here.
pub(crate) fn thresholds(rx: &mut Rx<'_>) -> Result<Vec<Threshold>> {
    let rows = rx.all("select kind, least, minutes, counted_by, active from identity_threshold", &[])?;
    let read = |row: &Row| -> Result<Option<Threshold>, DbError> {
        let (kind, by) = (Kind::parse(&row.get::<String>(0)?), by_of(&row.get::<String>(3)?));
        let Some((kind, by)) = kind.zip(by) else { return Ok(None) };
        Ok(Some(Threshold { kind, least: row.get(1)?, minutes: row.get(2)?, by, active: row.get(4)? }))
    };
    let own: Vec<Threshold> = rows.iter().filter_map(|row| read(row).transpose()).collect::<Result<_, _>>()?;
    Ok(SHIPPED.iter().map(|shipped| own.iter().find(|own| own.kind == shipped.kind).copied().unwrap_or(*shipped)).collect())
}

/// Changes a threshold.
pub(crate) fn set_threshold(tx: &mut Tx<'_>, new: Threshold) -> Result<()> {
    let columns = cols! {
        "kind" => new.kind.key(), "least" => new.least, "minutes" => new.minutes, "counted_by" => by_key(new.by), "active" => new.active,
    };
    let held = tx.one("select id from identity_threshold where kind = $1", &params![new.kind.key()])?;
    let id = match held {
        Some(row) => {
            let id = row.get(0)?;
            tx.update(&THRESHOLD, id, Expect::Any, &columns)?;
            id
        }
        None => {
            let id = tx.ctx().new_id();
            tx.insert(&THRESHOLD, id, &columns)?;
            id
        }
    };
    tx.entry(NewEntry::new("identity.threshold.changed").object("threshold", id));
    Ok(())
}

/// Signals accounts that opened more personal data than usual within the hour, once an hour each.
pub(crate) fn notice_reveals(tx: &mut Tx<'_>, least: i64) -> Result<usize> {
    let since = tx.now() - SignedDuration::from_hours(1);
    let first = Id::from_parts(u64::try_from(since.as_millisecond()).unwrap_or(0), &[0; 10]);
    let sql = "select e.account, count(*) from kernel_entry e where e.id >= $1 and e.action = 'kernel.person.revealed' and e.account is not null \
               and not exists (select 1 from kernel_signal s where s.account = e.account and s.kind = 'revealed-much' and s.at >= $2) \
               group by e.account having count(*) >= $3 order by e.account";
    let rows = tx.all(sql, &params![first, since, least])?;
    for row in &rows {
        let detail = json!({ "entries": row.get::<i64>(1)? });
        signal::raise(tx, &NewSignal::about(Kind::RevealedMuch, Some(row.get(0)?)).detail(detail))?;
    }
    Ok(rows.len())
}

/// Tells the administrators of every threshold that was reached, each once within its own time. Says how many.
pub(crate) fn raise_alarms(tx: &mut Tx<'_>, sender: &Sender) -> Result<usize> {
    let now = tx.now();
    let mut raised = 0;
    for threshold in thresholds(tx)?.into_iter().filter(|threshold| threshold.active) {
        let since = now - SignedDuration::from_mins(threshold.minutes);
        for (account, network, many) in signal::gathered(tx, threshold.kind, threshold.by, since, threshold.least)? {
            if is_told(tx, threshold.kind, account, &network, since)? {
                continue;
            }
            let detail = json!({ "of": threshold.kind.key(), "number": many, "minutes": threshold.minutes, "network": network });
            signal::raise(tx, &NewSignal::about(Kind::Alarm, account).detail(detail))?;
            tell_admins(tx, sender, &threshold, many)?;
            tx.entry(NewEntry::new("identity.alarm.raised").detail(json!({ "of": threshold.kind.key(), "number": many })));
            raised += 1;
        }
    }
    Ok(raised)
}

/// Whether this alarm was raised already within its time.
fn is_told(rx: &mut Rx<'_>, kind: Kind, account: Option<Id>, network: &str, since: Timestamp) -> Result<bool> {
    let filter = signal::Filter { kind: Some(Kind::Alarm), from: Some(since), ..signal::Filter::default() };
    let alarms = signal::list(rx, &filter, None, false, 500)?;
    Ok(alarms.iter().any(|alarm| alarm.account == account && alarm.detail["of"] == kind.key() && alarm.detail["network"] == network))
}

fn tell_admins(tx: &mut Tx<'_>, sender: &Sender, threshold: &Threshold, many: i64) -> Result<()> {
    let sql = "select distinct a.id from kernel_account a join kernel_grant g on g.account = a.id where g.role = 'admin' and a.state = 'active' \
               and g.effective_from <= $1 and (g.effective_until is null or g.effective_until > $1) order by a.id limit 50";
    let now = tx.now();
    let admins: Vec<Id> = tx.all(sql, &params![now])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    let url = format!("{}/keamanan?jenis={}", sender.url, threshold.kind.key());
    let args = json!({ "kind": threshold.kind.key(), "number": many, "minutes": threshold.minutes, "url": url });
    for admin in admins {
        if let Some(address) = contact(tx, &sender.keys, admin)? {
            let mail = NewMail { case_id: None, person: None, address: &address, template: &template("alarm"), args: &args };
            notice::by_mail(tx, &sender.keys, &mail)?;
        }
    }
    Ok(())
}

/// The names of accounts by id, for a page of signals.
pub(crate) fn names(rx: &mut Rx<'_>, ids: &[Id]) -> Result<HashMap<Id, (String, String)>> {
    let mut names = HashMap::new();
    for some in ids.chunks(400) {
        let numbers: Vec<String> = (1..=some.len()).map(|number| format!("${number}")).collect();
        let bound: Vec<kernel::Value> = some.iter().map(|id| kernel::Value::from(*id)).collect();
        let sql = format!("select id, username, display_name from kernel_account where id in ({})", numbers.join(","));
        for row in rx.all(&sql, &bound)? {
            names.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
    }
    Ok(names)
}
