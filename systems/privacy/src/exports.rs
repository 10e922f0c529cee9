//! The list of this system that may leave as a file: residents under pseudonyms.

use kernel::{Error, Id, Result, Rx, export::Nature, grant, unit};
use web::{
    Access,
    export::{ExportKind, Extent, Made, Making, Sheet, Value, left_out},
};

use crate::store::pseudonyms;

/// Residents under pseudonyms of one purpose. Pseudonymous data are personal data still (UU 27/2022 Pasal 4): they pass the same gate.
pub(crate) const PSEUDONYMS: &str = "privacy.pseudonyms";

/// Every list.
pub(crate) const EXPORTS: &[ExportKind] = &[ExportKind {
    name: PSEUDONYMS,
    title: "privacy-menu-pseudonyms",
    nature: Nature::General,
    access: Access::Role(grant::PRIVACY_OFFICER),
    measure,
    make,
}];

const HEADS: [&str; 6] = ["samaran", "kode_desa", "jenis_kelamin", "tahun_lahir", "status_kawin", "pekerjaan"];

fn root(rx: &mut Rx<'_>) -> Result<Id> {
    Ok(unit::root(rx)?.ok_or(Error::Missing)?.id)
}

fn measure(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let unit = root(rx)?;
    let persons = pseudonyms::count(rx, unit, making.now)?.min(pseudonyms::ROWS_MAX);
    Ok(Extent { unit, about: making.voice.t("privacy-menu-pseudonyms"), records: persons, persons })
}

fn make(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let purpose = making.body["purpose"].as_str().ok_or(Error::Missing)?;
    let unit = root(rx)?;
    let (rows, without) = pseudonyms::list(rx, making.gov, purpose, unit, making.now)?;
    let rows = rows.into_iter().map(|row| {
        let cells = [row.pseudonym, row.village_code, row.sex, row.born, row.marital, row.occupation];
        cells.into_iter().map(Value::from).collect()
    });
    let sheet = Sheet {
        name: "samaran".to_owned(),
        heads: HEADS.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes: left_out(making.voice, without),
    };
    // Which residents stand behind the rows is not written down: it would undo the pseudonyms.
    Ok(Made { sheet, records: Vec::new() })
}
