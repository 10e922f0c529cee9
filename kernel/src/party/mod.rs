//! Persons: residents, officers, whoever has a part in a case.
//!
//! NIK, KK number, telephone and e-mail are sealed for their column and row and found by blind index only. Neither
//! `Debug` nor any list shows them: [`reveal`] opens them and writes who did, before anybody sees them. A person
//! without a NIK, or with an odd one, is a person.

mod check;
mod found;
mod merge;

use std::sync::LazyLock;

use indonesian::{Kk, Nik, Phone, Sex};
use jiff::civil::Date;

pub use check::{Change, Checks, NewPerson, PersonForm, Problem};
pub use found::{FoundBy, SEARCH_KIND, index, index_again, index_new};
pub use merge::{Merged, match_person, merge, merge_all};

use crate::{
    Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, Value,
    access::{self, Reading},
    db::DbError,
    erasure::{self, Order},
    keys::{Blind, Keys},
    limit, notice, params, search,
};

/// The audited table of persons.
pub static PERSON: Table = Table::audited(
    "kernel_person",
    &[
        "unit",
        "name",
        "name_folded",
        "nik_sealed",
        "nik_index",
        "nik_tail",
        "nik_state",
        "nik_reason",
        "kk_sealed",
        "kk_index",
        "sex",
        "birth_place",
        "birth_date",
        "religion",
        "marital",
        "occupation",
        "nationality",
        "address",
        "area",
        "rt",
        "rw",
        "phone_sealed",
        "phone_index",
        "email_sealed",
        "email_index",
        "employee_number",
        "source",
    ],
);

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&PERSON];
/// The purpose of opening data for the person they are about, who asked for them.
pub const FOR_SUBJECT: &str = "access_request";
/// The source of a person of whom nothing is known any more.
pub const ERASED: &str = "erased";

/// What is known of a person's NIK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NikState {
    Ok,
    /// Sixteen digits that do not agree with themselves or with the papers; the reason was asked.
    Odd,
    /// There is none.
    None,
}

impl NikState {
    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Odd => "odd",
            Self::None => "none",
        }
    }
}

/// The word a sex is stored as.
#[must_use]
pub const fn sex_key(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

/// The sealed columns of a person. Not shown, not copied out.
#[derive(Clone, PartialEq, Eq)]
struct Sealed {
    nik: Option<Vec<u8>>,
    kk: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(sealed)")
    }
}

/// A person as lists and pages see one: identifiers masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: Id,
    /// Where the person lives.
    pub unit: Option<Id>,
    pub name: String,
    /// The name as it is sorted and looked up.
    pub name_folded: String,
    /// The last four digits.
    pub nik_tail: Option<String>,
    pub nik_state: NikState,
    /// Why it is odd or missing.
    pub nik_reason: Option<String>,
    pub sex: Option<Sex>,
    pub birth_place: Option<String>,
    pub birth_date: Option<Date>,
    pub religion: Option<String>,
    pub marital: Option<String>,
    pub occupation: Option<String>,
    pub nationality: Option<String>,
    pub address: Option<String>,
    /// Dusun, jorong, lingkungan.
    pub area: Option<String>,
    pub rt: Option<String>,
    pub rw: Option<String>,
    /// NIP, NIPD or NIAP.
    pub employee_number: Option<String>,
    /// Where the record comes from: `counter`, `online`, `import`, `office`, …
    pub source: String,
    pub version: i64,
    sealed: Sealed,
}

impl Person {
    /// "••••••••••••0001"; nothing when there is no NIK.
    #[must_use]
    pub fn masked_nik(&self) -> String {
        self.nik_tail.as_ref().map_or_else(String::new, |tail| format!("{}{tail}", "•".repeat(12)))
    }

    /// The name as strangers may see it.
    #[must_use]
    pub fn masked_name(&self) -> String {
        indonesian::mask_name(&self.name)
    }

    /// Whether a KK number is known.
    #[must_use]
    pub const fn has_kk(&self) -> bool {
        self.sealed.kk.is_some()
    }

    /// Whether a telephone number is known.
    #[must_use]
    pub const fn has_phone(&self) -> bool {
        self.sealed.phone.is_some()
    }

    /// Whether an e-mail address is known.
    #[must_use]
    pub const fn has_email(&self) -> bool {
        self.sealed.email.is_some()
    }

    /// The second proof of an applicant: birth date and the last four digits of the NIK, both right. Throttle who asks.
    #[must_use]
    pub fn is_proved_by(&self, birth_date: Date, nik_tail: &str) -> bool {
        self.birth_date == Some(birth_date) && self.nik_tail.as_deref() == Some(nik_tail.trim())
    }
}

/// The opened identifiers of a person. `Debug` masks them, and there is no way to JSON.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Revealed {
    pub nik: Option<Nik>,
    pub kk: Option<Kk>,
    pub phone: Option<Phone>,
    pub email: Option<String>,
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Revealed(…)")
    }
}

/// Where a page of [`list`] went on from: name and id of the last row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub name_folded: String,
    pub id: Id,
}

/// Makes a person. The caller's own entry tells of it (an import has one for thousands).
///
/// # Errors
/// Whatever the database says.
pub fn create(tx: &mut Tx<'_>, keys: &Keys, new: &NewPerson) -> Result<Id> {
    Ok(created(tx, keys, new)?.id)
}

/// [`create`], and the person as [`find`] would read her.
///
/// # Errors
/// Whatever the database says.
pub fn created(tx: &mut Tx<'_>, keys: &Keys, new: &NewPerson) -> Result<Person> {
    let id = tx.ctx().new_id();
    let columns = columns_of(&tx.ctx(), keys, id, new);
    tx.insert(&PERSON, id, &columns)?;
    let stored = |name: &str| match name {
        "id" => id.into(),
        "version" => Value::Int(1),
        name => columns.iter().find(|(column, _)| *column == name).map_or(Value::Null, |(_, value)| value.clone()),
    };
    Ok(read(&Row(SELECTED.iter().map(|name| stored(name)).collect()))?)
}

/// The columns of a new person's row.
pub(crate) fn columns_of(ctx: &crate::Ctx, keys: &Keys, id: Id, new: &NewPerson) -> Vec<(&'static str, Value)> {
    let mut columns = new.plain_columns();
    columns.extend(new.sealed_columns(ctx, keys, id));
    if new.nik == Change::Keep {
        columns.push(("nik_state", NikState::None.key().into()));
    }
    columns
}

/// Replaces what is known of a person; identifiers to [`Change::Keep`] stay. The caller's own entry tells of it.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn update(tx: &mut Tx<'_>, keys: &Keys, id: Id, expect: Expect, new: &NewPerson) -> Result<i64> {
    let mut columns = new.plain_columns();
    columns.extend(new.sealed_columns(&tx.ctx(), keys, id));
    Ok(tx.update(&PERSON, id, expect, &columns)?)
}

/// Erases what is known of a person, earlier versions too; the row stays, without a value, for what refers to it. The
/// caller's own entry tells of it.
///
/// # Errors
/// [`Error::Missing`].
pub fn erase(tx: &mut Tx<'_>, id: Id, order: &Order) -> Result<()> {
    let mut columns: Vec<(&str, Value)> = PERSON.columns.iter().map(|column| (*column, Value::Null)).collect();
    for (column, value) in &mut columns {
        match *column {
            "name" | "name_folded" => *value = "".into(),
            "nik_state" => *value = NikState::None.key().into(),
            "source" => *value = ERASED.into(),
            _ => {}
        }
    }
    erasure::blank(tx, &PERSON, id, &columns, order)?;
    notice::erase(tx, notice::Whose::Person(id), order)?;
    search::remove(tx, SEARCH_KIND, id)
}

/// Erases telephone and e-mail of a person, earlier versions too, and where e-mails to her went: what still waits is not sent.
///
/// # Errors
/// [`Error::Missing`].
pub fn erase_contact(tx: &mut Tx<'_>, id: Id, order: &Order) -> Result<()> {
    let none = ["phone_sealed", "phone_index", "email_sealed", "email_index"].map(|column| (column, Value::Null));
    erasure::blank(tx, &PERSON, id, &none, order)?;
    notice::erase(tx, notice::Whose::Person(id), order)
}

/// The person with this id, identifiers masked.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Person>> {
    let row = rx.one(&format!("{SELECT} where p.id = $1"), &params![id])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The persons with these ids, in no order; ids of nobody are left out.
///
/// # Errors
/// Whatever the database says.
pub fn find_all(rx: &mut Rx<'_>, ids: &[Id]) -> Result<Vec<Person>> {
    let (list, bound) = crate::post::in_list(ids, 1);
    let rows = rx.all(&format!("{SELECT} where p.id in {list}"), &bound)?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The persons of a NIK as typed, and the entry that somebody looked. Several when the number was used wrongly before.
///
/// # Errors
/// [`Error::Refused`] when it is no NIK (`kernel-nik-length`, `kernel-nik-symbol`).
pub fn find_by_nik(tx: &mut Tx<'_>, keys: &Keys, typed: &str) -> Result<Vec<Person>> {
    let nik = Nik::parse(typed).map_err(|error| check::nik_message(&error))?;
    let found = with_nik(tx, keys, &nik)?;
    let ids: Vec<Id> = found.iter().map(|person| person.id).collect();
    let mut entry = NewEntry::new("kernel.person.found_by_nik").detail(serde_json::json!({ "persons": ids }));
    if let Some(first) = ids.first() {
        entry = entry.object("person", *first);
    }
    access::record(tx, entry)?;
    Ok(found)
}

/// The persons of a NIK, without an entry: for matching inside an action that has its own.
///
/// # Errors
/// Whatever the database says.
pub fn with_nik(rx: &mut Rx<'_>, keys: &Keys, nik: &Nik) -> Result<Vec<Person>> {
    let rows = rx.all(&format!("{SELECT} where p.nik_index = $1 order by p.id"), &params![keys.blind(Blind::Nik, nik.as_str())])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A page of a unit's people by name, whose folded name begins with `beginning` (folded here), after `after`.
///
/// # Errors
/// Whatever the database says.
pub fn list(rx: &mut Rx<'_>, unit: Id, beginning: &str, after: Option<&Cursor>, limit: i64) -> Result<Vec<Person>> {
    let beginning = indonesian::fold_name(beginning);
    // The greatest character stands behind every name with this beginning, on both databases.
    let end = format!("{beginning}\u{10FFFF}");
    let (name, id) = after.map_or((beginning.as_str(), Id::NIL), |cursor| (cursor.name_folded.as_str(), cursor.id));
    let rows = rx.all(
        &format!(
            "{SELECT} where p.unit = $1 and p.name_folded >= $2 and p.name_folded < $3 and (p.name_folded > $4 or p.id > $5) \
             order by p.name_folded, p.id limit $6"
        ),
        // The row of the cursor bounds the names too, so that the index is entered there.
        &params![unit, name, end, name, id, limit],
    )?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// How many people a unit has on record.
///
/// # Errors
/// Whatever the database says.
pub fn count(rx: &mut Rx<'_>, unit: Id) -> Result<i64> {
    Ok(rx.count("select count(*) from kernel_person where unit = $1", &params![unit])?)
}

/// Opens the identifiers of a person and writes that it was done, for what (`letter`, `page`, `notice` …) and for which case.
/// Repeats by one account within ten minutes are one entry.
///
/// # Errors
/// `kernel-limit-restricted` for an officer, outside an open case of a person whose processing is restricted; [`Error::Failed`] when a
/// sealed value does not open.
pub fn reveal<'c>(
    reading: &mut impl Reading<'c>,
    keys: &Keys,
    person: &Person,
    purpose: &'static str,
    case_id: Option<Id>,
) -> Result<Revealed> {
    if purpose != FOR_SUBJECT {
        limit::require_opening(reading, person.id, case_id)?;
    }
    let mut entry = NewEntry::new("kernel.person.revealed").object("person", person.id).detail(serde_json::json!({ "purpose": purpose }));
    if let Some(case_id) = case_id {
        entry = entry.case(case_id);
    }
    access::record(reading, entry)?;
    open(keys, person)
}

fn open(keys: &Keys, person: &Person) -> Result<Revealed> {
    let text = |column: &str, sealed: &Option<Vec<u8>>| {
        sealed.as_ref().map(|sealed| keys.open_text(PERSON.name, column, person.id, sealed)).transpose()
    };
    let damaged = |what: &str| Error::Failed(format!("the {what} of person {} is not one", person.id));
    let sealed = &person.sealed;
    Ok(Revealed {
        nik: text("nik_sealed", &sealed.nik)?.map(|nik| Nik::parse(&nik).map_err(|_| damaged("NIK"))).transpose()?,
        kk: text("kk_sealed", &sealed.kk)?.map(|kk| Kk::parse(&kk).map_err(|_| damaged("KK"))).transpose()?,
        phone: text("phone_sealed", &sealed.phone)?.map(|phone| Phone::parse(&phone).map_err(|_| damaged("phone"))).transpose()?,
        email: text("email_sealed", &sealed.email)?,
    })
}

/// Persons as [`read`] reads them; behind it the blind indexes.
const SELECT: &str = "select p.id, p.unit, p.name, p.name_folded, p.nik_tail, p.nik_state, p.nik_reason, p.sex, p.birth_place, p.birth_date, \
                      p.religion, p.marital, p.occupation, p.nationality, p.address, p.area, p.rt, p.rw, p.employee_number, p.source, \
                      p.version, p.nik_sealed, p.kk_sealed, p.phone_sealed, p.email_sealed, p.nik_index, p.kk_index, p.phone_index, \
                      p.email_index from kernel_person p";
/// Where the blind indexes stand in [`SELECT`].
const INDEXES: usize = 25;
/// The columns of [`SELECT`], in its order.
static SELECTED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let columns = SELECT.split_once(" from ").map_or(SELECT, |(columns, _)| columns).trim_start_matches("select ");
    columns.split(", ").map(|column| column.trim_start_matches("p.")).collect()
});

fn read(row: &Row) -> Result<Person, DbError> {
    let sex = match row.get::<Option<String>>(7)?.as_deref() {
        Some("male") => Some(Sex::Male),
        Some("female") => Some(Sex::Female),
        _ => None,
    };
    let nik_state = match row.get::<String>(5)?.as_str() {
        "ok" => NikState::Ok,
        "odd" => NikState::Odd,
        _ => NikState::None,
    };
    Ok(Person {
        id: row.get(0)?,
        unit: row.get(1)?,
        name: row.get(2)?,
        name_folded: row.get(3)?,
        nik_tail: row.get(4)?,
        nik_state,
        nik_reason: row.get(6)?,
        sex,
        birth_place: row.get(8)?,
        birth_date: row.get(9)?,
        religion: row.get(10)?,
        marital: row.get(11)?,
        occupation: row.get(12)?,
        nationality: row.get(13)?,
        address: row.get(14)?,
        area: row.get(15)?,
        rt: row.get(16)?,
        rw: row.get(17)?,
        employee_number: row.get(18)?,
        source: row.get(19)?,
        version: row.get(20)?,
        sealed: Sealed { nik: row.get(21)?, kk: row.get(22)?, phone: row.get(23)?, email: row.get(24)? },
    })
}

/// The stored blind index of NIK, KK, phone or e-mail (0 to 3), to see whether an import brings another.
fn stored_index(row: &Row, which: usize) -> Result<Value, DbError> {
    row.get(INDEXES + which)
}

#[cfg(test)]
pub(crate) mod tests;
