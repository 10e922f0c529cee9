//! Erasing what a case keeps of people; the envelope stays: that somebody applied, when, and what came of it.

use super::{ATTACHMENT, CASE, EVENT, PARTY, task::TASK};
use crate::{
    Id, Result, Tx, blobs, cols,
    erasure::{self, Order},
    notice, params, search,
};

/// Erases the files of a case with their names; the encrypted files go with the next broom, within a day. Says how many.
///
/// # Errors
/// What the database says.
pub fn erase_attachments(tx: &mut Tx<'_>, case_id: Id, order: &Order) -> Result<usize> {
    let rows = tx.all("select id, blob from kernel_attachment where case_id = $1 order by id", &params![case_id])?;
    for row in &rows {
        blobs::release(tx, row.get(1)?)?;
        erasure::remove(tx, &ATTACHMENT, row.get(0)?, order)?;
    }
    Ok(rows.len())
}

/// Erases names, remarks and addresses of a case: parties, what was written at each step, the masked line of lists, notices.
///
/// # Errors
/// What the database says.
pub fn erase_people(tx: &mut Tx<'_>, case_id: Id, order: &Order) -> Result<()> {
    for row in tx.all("select id from kernel_case_party where case_id = $1 order by id", &params![case_id])? {
        erasure::remove(tx, &PARTY, row.get(0)?, order)?;
    }
    for row in tx.all("select id from kernel_case_event where case_id = $1 and note <> '' order by id", &params![case_id])? {
        erasure::blank(tx, &EVENT, row.get(0)?, &cols! { "note" => "" }, order)?;
    }
    for row in tx.all("select id from kernel_task where case_id = $1 order by id", &params![case_id])? {
        erasure::blank(tx, &TASK, row.get(0)?, &cols! { "subject" => "" }, order)?;
    }
    notice::erase(tx, notice::Whose::Case(case_id), order)?;
    erasure::blank(tx, &CASE, case_id, &cols! { "subject" => "" }, order)?;
    search::remove(tx, "case", case_id)
}
