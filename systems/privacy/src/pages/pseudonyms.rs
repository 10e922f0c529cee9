//! Rows without identity, for studies and open data: stable within a purpose, not to be linked between purposes.

use std::sync::Arc;

use askama::Template;
use kernel::{Error as KernelError, schema::FieldErrors, unit};
use web::{
    FormData, FormState, Page, Routes,
    export::{Format, Sheet},
};

use super::OFFICER;
use crate::{rules, store::pseudonyms};

pub(super) fn routes() -> Routes {
    Routes::new().get("/data-pribadi/samaran", OFFICER, ask).post("/data-pribadi/samaran", OFFICER, export).token()
}

#[derive(Template)]
#[template(path = "privacy/pseudonyms.html")]
struct Ask {
    page: Page,
    form: FormState,
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    page.clone().html(&Ask { page, form })
}

const HEADS: [&str; 6] = ["samaran", "kode_desa", "jenis_kelamin", "tahun_lahir", "status_kawin", "pekerjaan"];

async fn export(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    // Written the same, whatever the capitals and blanks: the purpose is the key.
    let purpose = rules::text("tujuan", form.get("tujuan"), 10, 200, &mut errors).to_lowercase();
    let purpose = purpose.split_whitespace().collect::<Vec<_>>().join(" ");
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.clone().wrong(&Ask { page, form });
    }
    let gov = Arc::clone(&page.state().gov);
    let ctx = page.ctx_for(&form)?;
    let rows = page.gov().write(&ctx, move |tx| {
        let root = unit::root(tx)?.ok_or(KernelError::Missing)?;
        pseudonyms::export(tx, &gov, &purpose, root.id)
    });
    let rows = rows.await?.into_iter().map(|row| {
        vec![row.pseudonym.into(), row.village_code.into(), row.sex.into(), row.born.into(), row.marital.into(), row.occupation.into()]
    });
    let sheet = Sheet { name: "samaran".to_owned(), heads: HEADS.map(str::to_owned).to_vec(), rows: rows.collect() };
    page.download("penduduk-tersamar.csv", Format::Csv.media_type(), sheet.bytes(Format::Csv)?)
}
