//! The copy of everything kept of a person, in a form other systems can read (UU 27/2022 Pasal 7 and 13).

use kernel::{DbError, Error, Gov, Id, NewEntry, Result, Row, Timestamp, Tx, params, party};
use serde_json::{Value as Json, json};

use super::{readings, requests};
use crate::rules;

/// Everything kept of the person of a request. Her identifiers are opened, which is an entry, and so is the copy.
///
/// # Errors
/// `privacy-copy-not-asked` when the request asks for something else, [`Error::Missing`].
pub fn of_request(tx: &mut Tx<'_>, gov: &Gov, case_id: Id) -> Result<Json> {
    let (request, now) = (requests::find(tx, gov, case_id)?, tx.now());
    if !rules::may_copy(request.right) {
        return Err(Error::refused("privacy-copy-not-asked"));
    }
    let person = party::find(tx, request.person)?.ok_or(Error::Missing)?;
    let opened = party::reveal(tx, gov.keys(), &person, party::FOR_SUBJECT, Some(case_id))?;
    let hidings = super::hidings::of_person(tx, person.id)?;
    let read = rules::told(readings::of_person(tx, person.id)?, &hidings, now);
    let read: Vec<Json> = read
        .iter()
        .map(|line| json!({ "waktu": line.at.to_string(), "jabatan": line.post, "unit": line.unit_name, "tindakan": line.action, "kode": line.case_code }))
        .collect();
    let cases = cases(tx, person.id)?;
    tx.entry(NewEntry::new("privacy.copy.made").case(case_id).object("person", person.id));
    Ok(json!({
        "dibuat": now.to_string(),
        "dasar": format!("UU 27/2022 {}", request.right.article()),
        "orang": {
            "nama": person.name,
            "nik": opened.nik.map(|nik| nik.as_str().to_owned()),
            "kk": opened.kk.map(|kk| kk.as_str().to_owned()),
            "hp": opened.phone.map(|phone| phone.e164()),
            "surel": opened.email,
            "tempat_lahir": person.birth_place,
            "tanggal_lahir": person.birth_date.map(|day| day.to_string()),
            "agama": person.religion,
            "status_kawin": person.marital,
            "pekerjaan": person.occupation,
            "kewarganegaraan": person.nationality,
            "alamat": person.address,
            "dusun": person.area,
            "rt": person.rt,
            "rw": person.rw,
            "sumber": person.source,
        },
        "permohonan": cases,
        "pembukaan": read,
    }))
}

fn cases(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Json>> {
    let sql = "select c.code, c.system, c.kind, u.name, c.received_at, c.state, c.outcome from kernel_case c join kernel_unit u on u.id = c.unit \
               where c.applicant = $1 or c.id in (select case_id from kernel_case_party where person = $1) order by c.received_at, c.id limit 1000";
    let line = |row: &Row| -> Result<Json, DbError> {
        Ok(json!({
            "kode": row.get::<String>(0)?, "sistem": row.get::<String>(1)?, "jenis": row.get::<String>(2)?, "unit": row.get::<String>(3)?,
            "diterima": row.get::<Timestamp>(4)?.to_string(), "keadaan": row.get::<String>(5)?, "hasil": row.get::<String>(6)?,
        }))
    };
    Ok(tx.all(sql, &params![person])?.iter().map(line).collect::<Result<_, _>>()?)
}
