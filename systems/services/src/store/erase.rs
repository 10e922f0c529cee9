//! What of finished applications is erased when its time is over; the envelope and issued letters stay.

use jiff::Timestamp;
use kernel::{
    DbError, Gov, Id, Result, Row, Rx, Tx, Value, case, cols, draft,
    erasure::{self, Order},
    notice, params, party,
    retention::{Ripe, Rule},
};

use super::{APPLICATION, SYSTEM, links};

/// How long what this system keeps of people is kept.
pub const RULES: &[Rule] = &[
    Rule {
        key: "services.files",
        words: "services-retention-files-",
        keep_days: 365,
        basis: "UU 27/2022 Pasal 16 ayat (2) huruf g dan Pasal 43 ayat (1); jadwal retensi arsip daerah",
        verified: false,
        find: ripe_files,
        erase: |tx, _, ids, order| {
            for id in ids {
                case::erase_attachments(tx, *id, order)?;
            }
            Ok(())
        },
    },
    Rule {
        key: "services.refused",
        words: "services-retention-refused-",
        keep_days: 730,
        basis: "UU 27/2022 Pasal 43 ayat (1) huruf a; UU 30/2014 Pasal 77 (keberatan dan banding telah lewat)",
        verified: false,
        find: ripe_refused,
        erase,
    },
    Rule {
        key: "services.contacts",
        words: "services-retention-contacts-",
        keep_days: 180,
        basis: "UU 27/2022 Pasal 16 ayat (2) huruf b dan g",
        verified: false,
        find: ripe_contacts,
        erase: |tx, _, ids, order| {
            for id in ids {
                erase_contact(tx, *id, order)?;
            }
            Ok(())
        },
    },
];

const BELONGS: &str = "c.id, c.applicant, a.subject_person from services_application a join kernel_case c on c.id = a.id";

fn ripe(row: &Row) -> Result<Ripe, DbError> {
    let (id, applicant, subject): (Id, Option<Id>, Id) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Ripe { id, belongs_to: [Some(id), applicant, Some(subject)].into_iter().flatten().collect() })
}

fn found(rx: &mut Rx<'_>, condition: &str, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let sql = format!("select {BELONGS} where c.system = $1 and c.closed_at < $2 and c.id > $3 and {condition} order by c.id limit $4");
    Ok(rx.all(&sql, &params![SYSTEM, before, after, limit])?.iter().map(ripe).collect::<Result<_, _>>()?)
}

fn ripe_files(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    found(rx, "exists (select 1 from kernel_attachment f where f.case_id = c.id)", before, after, limit)
}

/// Refused and withdrawn applications that still hold what was written in them.
fn ripe_refused(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    found(rx, "c.outcome in ('refused', 'cancelled') and c.subject <> ''", before, after, limit)
}

fn ripe_contacts(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    found(rx, "(a.phone_sealed is not null or a.email_sealed is not null)", before, after, limit)
}

/// What is written in one application of people: answers, contacts, notes, and whom its links were sent to.
///
/// # Errors
/// What the database says.
pub fn forget(tx: &mut Tx<'_>, gov: &Gov, id: Id, order: &Order) -> Result<()> {
    let nothing = gov.keys().seal(&tx.ctx(), APPLICATION.name, "answers_sealed", id, b"{}");
    let columns = cols! {
        "answers_sealed" => nothing, "identity_note" => "", "proxy_name" => "", "proxy_basis" => "", "phone_sealed" => Value::Null,
        "email_sealed" => Value::Null, "refusal" => "",
    };
    erasure::blank(tx, &APPLICATION, id, &columns, order)?;
    for link in tx.all("select id from services_link where case_id = $1 order by id", &params![id])? {
        erasure::blank(tx, &links::LINK, link.get(0)?, &cols! { "name" => "", "office" => "" }, order)?;
    }
    Ok(())
}

/// What rests on the applicant's consent alone: how she wanted to hear of her applications, and forms begun with her NIK.
///
/// # Errors
/// What the database says.
pub fn withdraw(tx: &mut Tx<'_>, gov: &Gov, person: Id, order: &Order) -> Result<()> {
    let sql = "select a.id from services_application a join kernel_case c on c.id = a.id where c.applicant = $1 \
               and (a.phone_sealed is not null or a.email_sealed is not null) order by a.id";
    for row in tx.all(sql, &params![person])? {
        erase_contact(tx, row.get(0)?, order)?;
    }
    let Some(person) = party::find(tx, person)? else { return Ok(()) };
    let Some(nik) = party::reveal(tx, gov.keys(), &person, party::FOR_SUBJECT, order.cause)?.nik else { return Ok(()) };
    draft::forget(tx, gov.keys(), |body| names(body, nik.as_str()))?;
    Ok(())
}

/// How an applicant wanted to hear of an application, and where e-mails about it went: what still waits is not sent.
fn erase_contact(tx: &mut Tx<'_>, id: Id, order: &Order) -> Result<()> {
    erasure::blank(tx, &APPLICATION, id, &cols! { "phone_sealed" => Value::Null, "email_sealed" => Value::Null }, order)?;
    notice::erase(tx, notice::Whose::Case(id), order)
}

/// Whether a draft has this NIK among what was typed.
fn names(body: &serde_json::Value, nik: &str) -> bool {
    let typed = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.chars().filter(char::is_ascii_digit).eq(nik.chars()));
    body["fields"].as_object().is_some_and(|fields| fields.values().any(typed))
}

/// Everything of people in applications that led to no letter: answers, contacts, files, names, and the records of strangers
/// made for them alone.
fn erase(tx: &mut Tx<'_>, gov: &Gov, ids: &[Id], order: &Order) -> Result<()> {
    for id in ids {
        let application = super::application(tx, *id)?;
        let case = case::find(tx, *id)?;
        case::erase_attachments(tx, *id, order)?;
        forget(tx, gov, *id, order)?;
        case::erase_people(tx, *id, order)?;
        let mut persons: Vec<Id> = case.applicant.into_iter().chain([application.subject_person]).collect();
        persons.dedup();
        for person in persons {
            if is_strangers(tx, person, *id)? {
                party::erase(tx, person, order)?;
            }
        }
    }
    Ok(())
}

/// Whether a person was typed by a stranger for this application and is nowhere else.
fn is_strangers(rx: &mut Rx<'_>, person: Id, case_id: Id) -> Result<bool> {
    let sql = "select 1 from kernel_person p where p.id = $1 and p.source = 'online' \
               and not exists (select 1 from kernel_case c where c.applicant = p.id and c.id <> $2) \
               and not exists (select 1 from services_application a where a.subject_person = p.id and a.id <> $2)";
    Ok(rx.one(sql, &params![person, case_id])?.is_some())
}
