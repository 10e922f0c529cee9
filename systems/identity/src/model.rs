//! What the pages of this system speak of, besides the kernel's nouns.

use jiff::{Timestamp, civil::Date};
use kernel::{
    Id,
    account::{Account, AccountKind, agreement::PartyKind},
    post::{HoldingKind, Post},
    unit::Unit,
};

/// A version of the terms of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Its name, which accounts accept: "2026-1".
    pub label: String,
    pub body_id: String,
    /// Empty: the Indonesian text holds for everybody.
    pub body_en: String,
    /// None for the example that is shipped.
    pub published_at: Option<Timestamp>,
    /// None for the example, and for versions of before approvals were kept.
    pub approval: Option<Approval>,
}

/// By what a version of the terms was approved locally: it prevails over every other reading (000 §10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// "Peraturan Bupati Nomor 12 Tahun 2026".
    pub decree: String,
    pub decreed_on: Date,
    /// Whose office approved it: "Bupati Empat Lawang".
    pub approved_by: String,
}

/// A version of the terms in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsLine {
    pub terms: Terms,
    /// How many accounts that can be used accepted it last.
    pub accepted: i64,
}

/// New terms, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsForm {
    pub label: String,
    pub body_id: String,
    pub body_en: String,
    pub approval: Approval,
}

/// What an account must still do before it may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Read and accept the terms of use in force.
    Terms,
    /// Change a password that somebody else made.
    Password,
}

impl Pending {
    /// The page on which it is done.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Terms => "/ketentuan",
            Self::Password => "/akun/sandi",
        }
    }
}

/// What decides whether an account must do something first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The terms in force.
    pub terms_label: String,
    /// When a temporary password was made for it, while it is still in use.
    pub temporary_since: Option<Timestamp>,
}

/// A person found for a post or an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub person: Id,
    pub name: String,
    /// NIP, NIPD or NIAP.
    pub employee_number: Option<String>,
    /// "Sekretaris Desa, Desa X" for each post held now; empty for a resident.
    pub posts: Vec<String>,
    /// Where a resident lives, to tell namesakes apart.
    pub area: Option<String>,
}

/// Who is to hold a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Known(Id),
    /// Somebody not on record: a name and perhaps a NIP, NIPD or NIAP.
    New {
        name: String,
        employee_number: String,
    },
}

/// An appointment that will do as typed; the kernel judges it against the holdings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    pub who: Who,
    pub kind: HoldingKind,
    pub decree: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// A role that is to be given, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGift {
    pub role: &'static str,
    pub decree: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// An account to be made, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountForm {
    pub username: String,
    pub display_name: String,
    pub kind: AccountKind,
    pub expires_at: Option<Timestamp>,
}

/// A vacant post with its unit and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    pub post: Post,
    pub unit: Unit,
    /// The name of the unit above.
    pub above: String,
    /// The end of the last holding; none when it was never held.
    pub since: Option<Timestamp>,
}

/// A line of the list of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    pub account: Account,
    /// "Sekretaris Desa, Desa X" for each post held now.
    pub posts: Vec<String>,
}

/// A third party, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdPartyForm {
    pub username: String,
    pub display_name: String,
    pub organisation: String,
    pub kind: PartyKind,
    pub purpose: String,
    /// The post that asks for the account.
    pub sponsor: Id,
    /// Where it is to work.
    pub unit: Id,
    pub until: Timestamp,
}

/// A post to choose, as people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostChoice {
    pub post: Id,
    /// "Kepala Desa, Desa X".
    pub words: String,
    /// The name of who acts for it.
    pub holder: Option<String>,
}

/// A letter signed for a post between the effect and the entry of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMeanwhile {
    pub title: String,
    pub number: String,
    pub signer: String,
    pub at: Timestamp,
}
