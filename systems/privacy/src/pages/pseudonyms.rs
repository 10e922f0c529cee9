//! Rows without identity, for studies and open data: stable within a purpose, not to be linked between purposes.

use askama::Template;
use kernel::schema::FieldErrors;
use web::{FormData, FormState, Page, Routes};

use super::OFFICER;
use crate::{exports, rules};

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

async fn export(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    // Written the same, whatever the capitals and blanks: the purpose is the key.
    let purpose = rules::text("tujuan", form.get("tujuan"), 10, 200, &mut errors).to_lowercase();
    let purpose = purpose.split_whitespace().collect::<Vec<_>>().join(" ");
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.clone().wrong(&Ask { page, form });
    }
    page.export(exports::PSEUDONYMS, serde_json::json!({ "purpose": purpose }), "csv", "/data-pribadi/samaran").await
}
