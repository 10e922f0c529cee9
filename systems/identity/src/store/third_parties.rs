//! Third parties with the names of their sponsor and unit.

use jiff::{Timestamp, civil::Date};
use kernel::{
    Error, Id, Result, Rx, Tx,
    account::{
        self, Account, AccountKind, NewAccount, PasswordHash,
        agreement::{self, Agreement, NewAgreement},
    },
    grant::{self, Grant},
    post, unit,
};

use crate::{model::ThirdPartyForm, rules};

/// A third party as the list shows it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) account: Account,
    pub(crate) agreement: Agreement,
    /// "Kepala Dinas Kominfo, Dinas Kominfo".
    pub(crate) sponsor: String,
    pub(crate) unit: String,
}

/// A third party with everything on its page.
pub(crate) struct Whole {
    pub(crate) line: Line,
    pub(crate) grants: Vec<(Grant, String)>,
}

/// Every third party, those that wait for an NDA first, then by the end of theirs.
pub(crate) fn all(rx: &mut Rx<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for agreement in agreement::all(rx)? {
        lines.push(line(rx, agreement)?);
    }
    Ok(lines)
}

fn line(rx: &mut Rx<'_>, agreement: Agreement) -> Result<Line> {
    let account = account::find(rx, agreement.account)?.ok_or(Error::Missing)?;
    let sponsor = match post::find(rx, agreement.sponsor)? {
        Some(post) => {
            let unit = unit::find(rx, post.unit)?.map(|unit| unit.name).unwrap_or_default();
            rules::post_at("definitive", &post.title, &unit)
        }
        None => String::new(),
    };
    let unit = unit::find(rx, agreement.unit)?.map(|unit| unit.name).unwrap_or_default();
    Ok(Line { account, agreement, sponsor, unit })
}

/// One third party.
pub(crate) fn whole(rx: &mut Rx<'_>, id: Id) -> Result<Whole> {
    let agreement = agreement::find(rx, id)?.ok_or(Error::Missing)?;
    let line = line(rx, agreement)?;
    let grants = grant::of_account(rx, id)?;
    let units: Vec<Id> = grants.iter().map(|grant| grant.unit).collect();
    let names = super::unit_names(rx, &units)?;
    let grants =
        grants.into_iter().map(|grant| (names.get(&grant.unit).cloned().unwrap_or_default(), grant)).map(|(name, grant)| (grant, name));
    Ok(Whole { line, grants: grants.collect() })
}

/// Makes the account of a third party, shut until its NDA is registered.
pub(crate) fn make(tx: &mut Tx<'_>, new: &ThirdPartyForm, password: &PasswordHash) -> Result<Id> {
    let account = NewAccount {
        username: new.username.clone(),
        person: None,
        kind: AccountKind::ThirdParty,
        display_name: new.display_name.clone(),
        password: Some(password.clone()),
        expires_at: Some(new.until),
    };
    let id = account::create(tx, &account)?;
    super::require_new_password(tx, id)?;
    let agreement = NewAgreement {
        organisation: new.organisation.clone(),
        kind: new.kind,
        purpose: new.purpose.clone(),
        sponsor: new.sponsor,
        unit: new.unit,
    };
    agreement::propose(tx, id, &agreement)?;
    Ok(id)
}

/// Registers an NDA; the account lasts until the day asked for, at the latest until the NDA ends.
pub(crate) fn register(tx: &mut Tx<'_>, id: Id, number: &str, signed_on: Date, until: Timestamp) -> Result<()> {
    let account = account::find(tx, id)?.ok_or(Error::Missing)?;
    let now = tx.now();
    // A first NDA keeps the day that was asked for; a new one in its place prolongs.
    let first = agreement::find(tx, id)?.is_some_and(|known| known.nda.is_none());
    let wanted = account.expires_at.filter(|at| first && now < *at);
    agreement::register(tx, id, number, signed_on, until, wanted)
}
