//! Notices: what a post or a person is told, by which channel, with what came of it.
//!
//! In the application to a post; by e-mail through a job that retries; by WhatsApp from the officer's own telephone,
//! which is only written down. Arguments carry no NIK; an address is sealed. The words are the application's.

mod mail;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::{
    Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, Value, cols,
    erasure::{self, Order},
    jobs::{self, NewJob},
    keys::Keys,
    params,
};

pub use mail::{Letter, Mailer, check as check_mail, mail_job};

/// Everything that was told.
pub static NOTICE: Table = Table::audited(
    "kernel_notice",
    &["case_id", "person", "post", "channel", "template", "args", "address_sealed", "state", "created_at", "sent_at", "read_at", "note"],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&NOTICE];

/// How somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    InApp,
    Email,
    /// Sent by an officer from an own telephone, and logged.
    WhatsappManual,
}

impl Channel {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::WhatsappManual => "whatsapp_manual",
        }
    }
}

/// What came of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    Unread,
    Read,
    /// An e-mail that waits for the mail server.
    Queued,
    /// Taken by the mail server.
    Sent,
    /// Kept for the preview; this government sends no mail.
    Previewed,
    /// Given up; the note says why.
    Failed,
    /// An officer said that it was sent by hand.
    Manual,
    /// Not sent any more: consent was withdrawn, or the address erased, while it waited.
    Withdrawn,
}

impl NoticeState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Previewed => "previewed",
            Self::Failed => "failed",
            Self::Manual => "manual",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A notice as a list shows it; without its address.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub id: Id,
    pub case_id: Option<Id>,
    pub person: Option<Id>,
    pub post: Option<Id>,
    pub channel: Channel,
    /// The name of the text.
    pub template: String,
    pub args: Json,
    pub state: NoticeState,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub note: String,
    pub version: i64,
}

const COLUMNS: &str = "id, case_id, person, post, channel, template, args, state, created_at, sent_at, read_at, note, version";

fn read_row(row: &Row) -> Result<Notice> {
    let (channel, args, state): (String, String, String) = (row.get(4)?, row.get(6)?, row.get(7)?);
    Ok(Notice {
        id: row.get(0)?,
        case_id: row.get(1)?,
        person: row.get(2)?,
        post: row.get(3)?,
        channel: match channel.as_str() {
            "email" => Channel::Email,
            "whatsapp_manual" => Channel::WhatsappManual,
            _ => Channel::InApp,
        },
        template: row.get(5)?,
        args: serde_json::from_str(&args).unwrap_or(Json::Null),
        state: match state.as_str() {
            "read" => NoticeState::Read,
            "queued" => NoticeState::Queued,
            "sent" => NoticeState::Sent,
            "previewed" => NoticeState::Previewed,
            "failed" => NoticeState::Failed,
            "manual" => NoticeState::Manual,
            "withdrawn" => NoticeState::Withdrawn,
            _ => NoticeState::Unread,
        },
        created_at: row.get(8)?,
        sent_at: row.get(9)?,
        read_at: row.get(10)?,
        note: row.get(11)?,
        version: row.get(12)?,
    })
}

/// Tells a post in the application. The transaction's own entry covers it.
///
/// # Errors
/// What the database says.
pub fn to_post(tx: &mut Tx<'_>, post: Id, case_id: Option<Id>, template: &str, args: &Json) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "case_id" => case_id, "post" => post, "channel" => Channel::InApp.as_str(), "template" => template, "args" => args.to_string(),
        "state" => NoticeState::Unread.as_str(), "created_at" => now, "note" => "",
    };
    tx.insert(&NOTICE, id, &columns)?;
    Ok(id)
}

/// The event by which the owner of an account is told by e-mail: `account`, `template` and `args` in its body. Whoever keeps the
/// addresses of accounts sends it, to the one the owner gave, if any.
pub const ACCOUNT_TOLD: &str = "kernel.account.told";

/// Tells the owner of an account by e-mail after the commit. The arguments carry no personal value: an event has none.
pub fn to_account(tx: &mut Tx<'_>, account: Id, case_id: Option<Id>, template: &str, args: &Json) {
    tx.emit(ACCOUNT_TOLD, case_id, &json!({ "account": account, "template": template, "args": args }));
}

/// An e-mail to be sent after the commit.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    pub case_id: Option<Id>,
    pub person: Option<Id>,
    /// As [`crate::schema::read_email`] gives it.
    pub address: &'a str,
    pub template: &'a str,
    pub args: &'a Json,
}

/// Queues an e-mail. The transaction's own entry covers it.
///
/// # Errors
/// What the database says.
pub fn by_mail(tx: &mut Tx<'_>, keys: &Keys, new: &NewMail<'_>) -> Result<Id> {
    let ctx = tx.ctx();
    let (id, now) = (ctx.new_id(), ctx.now());
    let address = keys.seal(&ctx, "kernel_notice", "address_sealed", id, new.address.as_bytes());
    let columns = cols! {
        "case_id" => new.case_id, "person" => new.person, "channel" => Channel::Email.as_str(), "template" => new.template,
        "args" => new.args.to_string(), "address_sealed" => address, "state" => NoticeState::Queued.as_str(), "created_at" => now, "note" => "",
    };
    tx.insert(&NOTICE, id, &columns)?;
    jobs::add(tx, NewJob::new(mail::JOB, json!({ "notice": id })))?;
    Ok(id)
}

/// Writes down that the actor sent a text by WhatsApp from an own telephone.
///
/// # Errors
/// What the database says.
pub fn by_whatsapp(tx: &mut Tx<'_>, case_id: Id, person: Option<Id>, template: &str, args: &Json) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "case_id" => case_id, "person" => person, "channel" => Channel::WhatsappManual.as_str(), "template" => template,
        "args" => args.to_string(), "state" => NoticeState::Manual.as_str(), "created_at" => now, "sent_at" => now, "note" => "",
    };
    tx.insert(&NOTICE, id, &columns)?;
    tx.entry(NewEntry::new("kernel.notice.manual").case(case_id).object("notice", id));
    Ok(id)
}

/// The post has read a notice. Reading it again changes nothing.
///
/// # Errors
/// [`Error::Missing`] when it is not this post's.
pub fn mark_read(tx: &mut Tx<'_>, post: Id, id: Id) -> Result<()> {
    let row = tx.one("select state from kernel_notice where id = $1 and post = $2", &params![id, post])?.ok_or(Error::Missing)?;
    if row.get::<String>(0)? == NoticeState::Unread.as_str() {
        set_read(tx, &[id])?;
    }
    Ok(())
}

/// The post has read all its notices (at most 500 at once). Says how many were unread.
///
/// # Errors
/// What the database says.
pub fn mark_all_read(tx: &mut Tx<'_>, post: Id) -> Result<usize> {
    let rows =
        tx.all("select id from kernel_notice where post = $1 and state = 'unread' order by created_at, id limit 500", &params![post])?;
    let ids = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<Id>, _>>()?;
    set_read(tx, &ids)?;
    Ok(ids.len())
}

fn set_read(tx: &mut Tx<'_>, ids: &[Id]) -> Result<()> {
    let now = tx.now();
    for id in ids {
        tx.update(&NOTICE, *id, Expect::Any, &cols! { "state" => NoticeState::Read.as_str(), "read_at" => now })?;
    }
    if let Some(first) = ids.first() {
        tx.entry(NewEntry::new("kernel.notice.read").object("notice", *first).detail(json!({ "notices": ids.len() })));
    }
    Ok(())
}

/// The notices of a post, newest first; `before` is the last one of the page before.
///
/// # Errors
/// What the database says.
pub fn of_post(rx: &mut Rx<'_>, post: Id, before: Option<(Timestamp, Id)>, limit: i64) -> Result<Vec<Notice>> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Id::from_bytes([0xff; 16])));
    let sql = format!(
        "select {COLUMNS} from kernel_notice where post = $1 and (created_at < $2 or (created_at = $2 and id < $3)) \
         order by created_at desc, id desc limit $4"
    );
    rx.all(&sql, &params![post, at, id, limit])?.iter().map(read_row).collect()
}

/// How many notices a post has not read; 100 stands for "many".
///
/// # Errors
/// What the database says.
pub fn unread(rx: &mut Rx<'_>, post: Id) -> Result<i64> {
    let sql = "select count(*) from (select id from kernel_notice where post = $1 and state = 'unread' limit 100) unread";
    Ok(rx.count(sql, &params![post])?)
}

/// Everything that was told about a case, newest first.
///
/// # Errors
/// What the database says.
pub fn of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Notice>> {
    let sql = format!("select {COLUMNS} from kernel_notice where case_id = $1 order by created_at desc, id desc");
    rx.all(&sql, &params![case_id])?.iter().map(read_row).collect()
}

/// E-mails of a state, newest first: the preview of a government that sends none, and those that failed.
///
/// # Errors
/// What the database says.
pub fn mails(rx: &mut Rx<'_>, state: NoticeState, limit: i64) -> Result<Vec<Notice>> {
    let sql =
        format!("select {COLUMNS} from kernel_notice where channel = 'email' and state = $1 order by created_at desc, id desc limit $2");
    rx.all(&sql, &params![state.as_str(), limit])?.iter().map(read_row).collect()
}

/// Whose e-mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those told to a person, in whatever case.
    Person(Id),
    /// Those told about a case.
    Case(Id),
}

impl Whose {
    const fn condition(self) -> (&'static str, Id) {
        match self {
            Self::Person(id) => ("person = $1", id),
            Self::Case(id) => ("case_id = $1", id),
        }
    }
}

/// Ends the e-mails that wait or were given up: they are not sent any more, also not by hand. Says how many.
///
/// # Errors
/// What the database says.
pub fn withdraw(tx: &mut Tx<'_>, whose: Whose) -> Result<usize> {
    let (condition, id) = whose.condition();
    let sql = format!("select id from kernel_notice where {condition} and channel = 'email' and state in ('queued', 'failed') order by id");
    let waiting = tx.all(&sql, &params![id])?;
    for row in &waiting {
        let id: Id = row.get(0)?;
        tx.update(&NOTICE, id, Expect::Any, &cols! { "state" => NoticeState::Withdrawn.as_str(), "note" => "" })?;
        tx.entry(NewEntry::new("kernel.notice.withdrawn").object("notice", id));
    }
    Ok(waiting.len())
}

/// Erases where e-mails went and what stood in them; what was not sent yet is not sent any more.
///
/// # Errors
/// What the database says.
pub fn erase(tx: &mut Tx<'_>, whose: Whose, order: &Order) -> Result<()> {
    withdraw(tx, whose)?;
    let (condition, id) = whose.condition();
    for row in
        tx.all(&format!("select id from kernel_notice where {condition} and address_sealed is not null order by id"), &params![id])?
    {
        erase_one(tx, row.get(0)?, order)?;
    }
    Ok(())
}

/// The same of one e-mail.
pub(crate) fn erase_one(tx: &mut Tx<'_>, id: Id, order: &Order) -> Result<()> {
    let held = find(tx, id)?.state;
    let waits = held == NoticeState::Queued || held == NoticeState::Failed;
    let state = if waits { NoticeState::Withdrawn } else { held };
    let columns = cols! { "address_sealed" => Value::Null, "args" => "{}", "state" => state.as_str() };
    Ok(erasure::blank(tx, &NOTICE, id, &columns, order)?)
}

/// One notice.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Notice> {
    let row = rx.one(&format!("select {COLUMNS} from kernel_notice where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    read_row(&row)
}

/// Where an e-mail goes; nothing once that was erased. Showing it to a person is an access that the caller writes down.
///
/// # Errors
/// [`Error::Missing`] when there is no such notice; [`Error::Failed`] when its key is gone.
pub fn address(rx: &mut Rx<'_>, keys: &Keys, id: Id) -> Result<Option<String>> {
    let row = rx.one("select address_sealed from kernel_notice where id = $1", &params![id])?.ok_or(Error::Missing)?;
    let sealed: Option<Vec<u8>> = row.get(0)?;
    let open = |sealed: Vec<u8>| keys.open_text("kernel_notice", "address_sealed", id, &sealed);
    sealed.map(open).transpose().map_err(|error| Error::Failed(error.to_string()))
}

/// Sends a failed e-mail again.
///
/// # Errors
/// [`Error::Missing`]; refused with `notice-not-failed`.
pub fn again(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let notice = find(tx, id)?;
    if notice.state != NoticeState::Failed {
        return Err(Error::refused("notice-not-failed"));
    }
    tx.update(&NOTICE, id, Expect::Version(notice.version), &cols! { "state" => NoticeState::Queued.as_str(), "note" => "" })?;
    tx.entry(NewEntry::new("kernel.notice.again").object("notice", id));
    jobs::add(tx, NewJob::new(mail::JOB, json!({ "notice": id })))?;
    Ok(())
}

#[cfg(test)]
mod tests;
