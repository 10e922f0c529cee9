//! One line of the audit log. It is written in the transaction it tells of.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{Actor, Ctx, Id, Value, params};

/// The columns of an entry, in the order of [`Sealed::row`].
pub(crate) const COLUMNS: [&str; 18] = [
    "id",
    "at",
    "action",
    "actor_kind",
    "account",
    "person",
    "post",
    "unit",
    "case_id",
    "object_kind",
    "object",
    "cause",
    "origin",
    "detail",
    "changes",
    "changes_digest",
    "salt",
    "digest",
];

/// What an action says of itself. Who, when and from where come from the [`Ctx`].
///
/// `detail` never carries personal values, only ids, states and counts.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub(crate) action: &'static str,
    pub(crate) case_id: Option<Id>,
    pub(crate) unit: Option<Id>,
    pub(crate) object_kind: &'static str,
    pub(crate) object: Option<Id>,
    pub(crate) detail: Json,
}

impl NewEntry {
    /// An entry of `action`, named `system.noun.verb`.
    #[must_use]
    pub const fn new(action: &'static str) -> Self {
        Self { action, case_id: None, unit: None, object_kind: "", object: None, detail: Json::Null }
    }

    /// The case it happened in.
    #[must_use]
    pub fn case(mut self, case_id: Id) -> Self {
        self.case_id = Some(case_id);
        self
    }

    /// The unit it concerns, when not the acting post's own.
    #[must_use]
    pub fn unit(mut self, unit: Id) -> Self {
        self.unit = Some(unit);
        self
    }

    /// What it was done to or read of.
    #[must_use]
    pub fn object(mut self, kind: &'static str, id: Id) -> Self {
        self.object_kind = kind;
        self.object = Some(id);
        self
    }

    /// One more fact beside those of [`NewEntry::detail`].
    #[must_use]
    pub fn marked(mut self, name: &str, value: Json) -> Self {
        match &mut self.detail {
            Json::Object(facts) => drop(facts.insert(name.to_owned(), value)),
            _ => self.detail = Json::Object([(name.to_owned(), value)].into_iter().collect()),
        }
        self
    }

    /// More, without personal values.
    #[must_use]
    pub fn detail(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }
}

/// An entry with everything the log keeps, ready to be stored.
pub(crate) struct Sealed {
    pub(crate) id: Id,
    pub(crate) at: jiff::Timestamp,
    pub(crate) new: NewEntry,
    pub(crate) account: Option<Id>,
    pub(crate) person: Option<Id>,
    pub(crate) post: Option<Id>,
    pub(crate) unit: Option<Id>,
    pub(crate) cause: Option<Id>,
    pub(crate) origin: String,
    pub(crate) detail: String,
    pub(crate) salt: [u8; 16],
}

impl Sealed {
    pub(crate) fn new(ctx: &Ctx, id: Id, new: NewEntry) -> Self {
        let (mut account, mut person, mut post, mut unit, mut cause) = (None, None, None, new.unit, None);
        let mut detail = new.detail.clone();
        match ctx.actor() {
            Actor::Account(officer) => {
                account = Some(officer.account);
                person = officer.person;
                post = officer.post.as_ref().map(|p| p.post);
                unit = unit.or_else(|| officer.post.as_ref().map(|p| p.unit));
            }
            Actor::System { job, on_behalf_of, cause: event } => {
                account = *on_behalf_of;
                cause = *event;
                if detail.is_null() {
                    detail = serde_json::json!({ "job": job });
                }
            }
            Actor::Public | Actor::Link { .. } => {}
        }
        let origin = ctx.origin();
        let origin = if origin.address.is_empty() && origin.request.is_empty() {
            String::new()
        } else {
            format!("{} {}", origin.address, origin.request)
        };
        let detail = if detail.is_null() { String::new() } else { detail.to_string() };
        Self { id, at: ctx.now(), new, account, person, post, unit, cause, origin, detail, salt: ctx.random() }
    }

    /// The row as it is stored, in the order of [`COLUMNS`].
    pub(crate) fn row(self, ctx: &Ctx, changes: i64, changes_digest: Option<&[u8]>) -> [Value; 18] {
        let digest = self.digest(ctx, changes, changes_digest);
        let Self { id, at, new, account, person, post, unit, cause, origin, detail, salt } = self;
        params![
            id,
            at,
            new.action,
            ctx.actor().kind(),
            account,
            person,
            post,
            unit,
            new.case_id,
            new.object_kind,
            new.object,
            cause,
            origin,
            detail,
            changes,
            changes_digest,
            salt,
            digest
        ]
    }

    /// H(salt ‖ every field ‖ digest of the changes): the commitment the transparency log takes as its leaf.
    fn digest(&self, ctx: &Ctx, changes: i64, changes_digest: Option<&[u8]>) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        let id = |id: &Option<Id>| id.map(|id| id.bytes().to_vec()).unwrap_or_default();
        part(&self.salt);
        part(self.id.bytes());
        part(&self.at.as_microsecond().to_be_bytes());
        part(self.new.action.as_bytes());
        part(ctx.actor().kind().as_bytes());
        for field in [&self.account, &self.person, &self.post, &self.unit, &self.new.case_id, &self.new.object, &self.cause] {
            part(&id(field));
        }
        part(self.new.object_kind.as_bytes());
        part(self.origin.as_bytes());
        part(self.detail.as_bytes());
        part(&changes.to_be_bytes());
        part(changes_digest.unwrap_or_default());
        hash.finalize().into()
    }
}
