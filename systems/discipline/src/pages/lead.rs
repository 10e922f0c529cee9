//! `/sanksi/pengingat`: how long before a deadline whoever it concerns is reminded.

use askama::Template;
use kernel::{Message, schema::FieldErrors};
use web::{FormData, FormState, Page};

use crate::{model::Lead, store::reminders};

#[derive(Template)]
#[template(path = "discipline/lead.html")]
struct Ask {
    page: Page,
    form: FormState,
}

pub(super) async fn ask(page: Page) -> web::Result {
    let lead = page.gov().read(reminders::lead).await?;
    let form = FormState::filled(&page, FormData::of([("hari", lead.working_days.to_string())]));
    page.clone().html(&Ask { page, form })
}

pub(super) async fn decide(page: Page, form: FormData) -> web::Result {
    let Some(lead) = form.number("hari").and_then(Lead::of) else {
        let mut errors = FieldErrors::default();
        errors.add("hari", Message::new("discipline-lead-wrong").arg("most", Lead::WORKING_DAYS_MAX));
        let form = FormState::wrong(&page, form, errors);
        return page.clone().wrong(&Ask { page, form });
    };
    page.gov().write(&page.ctx_for(&form)?, move |tx| reminders::set_lead(tx, lead)).await?;
    page.flash_ok(Message::new("discipline-lead-set").arg("n", lead.working_days));
    page.redirect("/sanksi")
}
