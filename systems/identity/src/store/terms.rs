//! The versions of the terms of use: publishing, reading, who accepted which.

use kernel::{DbError, Error, Message, NewEntry, Result, Row, Rx, Table, Tx, cols, params};

use super::TERMS;
use crate::{
    TERMS_VERSION,
    model::{Approval, Terms, TermsForm, TermsLine},
    terms,
};

/// The audited table of approvals.
pub(crate) static APPROVAL: Table = Table::audited("identity_terms_approval", &["decree", "decreed_on", "approved_by"]);

const SELECT: &str = "select t.label, t.body_id, t.body_en, t.published_at, p.decree, p.decreed_on, p.approved_by from identity_terms t \
                      left join identity_terms_approval p on p.id = t.id";

fn read(row: &Row) -> Result<Terms, DbError> {
    let decree: Option<String> = row.get(4)?;
    let day: Option<String> = row.get(5)?;
    let approved_by: Option<String> = row.get(6)?;
    let approval = decree.zip(day.and_then(|day| day.parse().ok())).zip(approved_by);
    Ok(Terms {
        label: row.get(0)?,
        body_id: row.get(1)?,
        body_en: row.get(2)?,
        published_at: Some(row.get(3)?),
        approval: approval.map(|((decree, decreed_on), approved_by)| Approval { decree, decreed_on, approved_by }),
    })
}

/// The terms in force: the last published, or the example.
pub(crate) fn in_force(rx: &mut Rx<'_>) -> Result<Terms> {
    let row = rx.one(&format!("{SELECT} order by t.published_at desc, t.id desc limit 1"), &[])?;
    Ok(row.as_ref().map(read).transpose()?.unwrap_or_else(terms::example))
}

/// One version; the example too.
///
/// # Errors
/// [`Error::Missing`] when there is no such version.
pub(crate) fn version(rx: &mut Rx<'_>, label: &str) -> Result<Terms> {
    if label == TERMS_VERSION {
        return Ok(terms::example());
    }
    let row = rx.one(&format!("{SELECT} where t.label = $1"), &params![label])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// Every version, the newest first, with how many accounts accepted it last.
pub(crate) fn versions(rx: &mut Rx<'_>) -> Result<Vec<TermsLine>> {
    let mut all: Vec<Terms> = rx
        .all(&format!("{SELECT} order by t.published_at desc, t.id desc limit 200"), &[])?
        .iter()
        .map(read)
        .collect::<Result<_, DbError>>()?;
    all.push(terms::example());
    let sql =
        "select terms_version, count(*) from kernel_account where terms_version is not null and state = 'active' group by terms_version";
    let mut counts = std::collections::HashMap::new();
    for row in rx.all(sql, &[])? {
        counts.insert(row.get::<String>(0)?, row.get::<i64>(1)?);
    }
    Ok(all.into_iter().map(|terms| TermsLine { accepted: counts.get(&terms.label).copied().unwrap_or(0), terms }).collect())
}

/// How many accounts that can be used have not accepted this version.
pub(crate) fn waiting(rx: &mut Rx<'_>, label: &str) -> Result<i64> {
    let sql = "select count(*) from kernel_account where state = 'active' and kind <> 'machine' and (terms_version is null or terms_version <> $1)";
    Ok(rx.count(sql, &params![label])?)
}

/// Publishes terms; from now on everybody must accept them.
pub(crate) fn publish(tx: &mut Tx<'_>, new: &TermsForm) -> Result<()> {
    let taken = tx.one("select 1 from identity_terms where label = $1", &params![new.label.as_str()])?.is_some();
    if taken || new.label == TERMS_VERSION {
        return Err(Message::new("identity-terms-label-taken").arg("label", new.label.as_str()).into());
    }
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "label" => new.label.as_str(), "body_id" => new.body_id.as_str(), "body_en" => new.body_en.as_str(), "published_at" => now,
    };
    tx.insert(&TERMS, id, &columns)?;
    let approval = &new.approval;
    let columns = cols! {
        "decree" => approval.decree.as_str(), "decreed_on" => approval.decreed_on.to_string(), "approved_by" => approval.approved_by.as_str(),
    };
    tx.insert(&APPROVAL, id, &columns)?;
    tx.entry(NewEntry::new("identity.terms.published").object("terms", id));
    Ok(())
}
