//! `/akun/pembatasan`: what a restricted account still opens. It says what, until when, by which decree, and how to answer.

use askama::Template;
use kernel::account::restriction::{self, Restriction};
use web::{
    Access, Page, Routes,
    ui::{KeyValues, Tag, Tone},
};

use super::officer;
use crate::sessions::RESTRICTION_PAGE;

pub(crate) fn routes() -> Routes {
    Routes::new().get(RESTRICTION_PAGE, Access::Entering, show)
}

#[derive(Template)]
#[template(path = "identity/restriction.html")]
struct Show {
    page: Page,
    held: Option<Restriction>,
    about: KeyValues,
    past: Vec<Restriction>,
}

async fn show(page: Page) -> web::Result {
    let (account, now) = (officer(&page)?.account, page.now());
    let (held, all) = page
        .gov()
        .read(move |rx| Ok::<_, kernel::Error>((restriction::in_force(rx, account, now)?, restriction::of_account(rx, account)?)))
        .await?;
    let past = all.into_iter().filter(|one| held.as_ref().is_none_or(|held| held.id != one.id)).collect();
    let about = held.as_ref().map_or_else(KeyValues::new, |held| facts(&page, held));
    page.clone().html(&Show { page, held, about, past })
}

fn facts(page: &Page, held: &Restriction) -> KeyValues {
    let until = held.until.map_or_else(|| page.t("identity-restriction-for-good"), |until| page.moment(until));
    KeyValues::new()
        .row(page.t("identity-decree"), &held.decree)
        .row(page.t("identity-restriction-from"), page.moment(held.from))
        .row(page.t("identity-restriction-until"), until)
        .row_if(page.t("identity-restriction-reason"), &held.reason)
}

impl Show {
    fn span(&self, one: &Restriction) -> String {
        let end = one.lifted_at.or(one.until);
        let end = end.map_or_else(|| self.page.t("identity-restriction-for-good"), |end| self.page.day(end));
        self.page.t2("identity-from-until", "from", self.page.day(one.from), "until", end)
    }

    fn state(&self, one: &Restriction) -> Tag {
        let (tone, key) = if one.lifted_at.is_some() {
            (Tone::Ok, "identity-restriction-lifted")
        } else if one.is_over(self.page.now()) {
            (Tone::Plain, "identity-restriction-over")
        } else if one.holds(self.page.now()) {
            (Tone::Late, "identity-in-effect")
        } else {
            (Tone::Soon, "identity-to-come")
        };
        Tag::new(tone, self.page.t(key))
    }
}
