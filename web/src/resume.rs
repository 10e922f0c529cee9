//! A session that ended while somebody was typing loses nothing: the form travels, sealed, through the login page and
//! is offered for sending again.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    form::{FormData, FormState},
    page::Page,
};

/// More than this does not fit through a login form; such forms are uploads.
const KEPT_BYTES_MAX: usize = 400_000;

/// Stands in every form that asks for a password.
pub(crate) const SECRET: &str = "_rahasia";

/// Where an officer goes on.
const AFTER: &str = "/tugas";

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    action: String,
    fields: Vec<(String, String)>,
    files: bool,
}

#[derive(Template)]
#[template(path = "expired.html")]
struct Expired<'p> {
    page: &'p Page,
    form: FormState,
    files: bool,
    /// What becomes of what was typed.
    why: &'static str,
}

#[derive(Template)]
#[template(path = "resume.html")]
struct Resume<'p> {
    page: &'p Page,
    kept: Kept,
}

/// The answer to a form whose session has ended (401): sign in here, and what you typed comes along. A password does not:
/// its form is asked for again, empty. Without a form there is only the sign-in.
pub(crate) fn expired(page: &Page, form: Option<&FormData>) -> Result {
    let typed = form.map(|form| Kept {
        action: page.path().to_owned(),
        fields: form.typed().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        files: form.has_files(),
    });
    let files = typed.as_ref().is_some_and(|kept| kept.files);
    let secret = form.is_some_and(|form| form.has(SECRET));
    let text = typed.filter(|_| !secret).map(|kept| serde_json::to_string(&kept)).transpose()?;
    let sealed = text.filter(|text| text.len() <= KEPT_BYTES_MAX).map(|text| page.sealer().seal("kept form", &text));
    let (next, why) = match (&sealed, secret) {
        (_, true) => (page.path(), "web-expired-secret"),
        (Some(_), false) => (AFTER, "web-expired-kept"),
        (None, false) => (AFTER, "web-expired-lost"),
    };
    let values = FormData::of([("lanjut", next), ("isian", sealed.as_deref().unwrap_or_default())]);
    page.html_with(StatusCode::UNAUTHORIZED, &Expired { page, form: FormState::filled(page, values), files, why })
}

/// After the login: the page with what was typed, ready to be sent; nothing when the login carried no form.
pub(crate) fn resume(page: &Page, form: &FormData) -> Result<Option<Response>> {
    let text = page.sealer().open("kept form", form.get("isian"));
    let Some(kept) = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok()) else { return Ok(None) };
    let body = Resume { page, kept }.render()?;
    Ok(Some(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()))
}

/// `path` when it is one of ours: it cannot lead to another host.
pub(crate) fn own_path(path: &str) -> Option<&str> {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']);
    ours.then_some(path).filter(|path| path.len() <= 2_000)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn no_path_leads_away() {
        for path in ["//jahat.example", "https://jahat.example", "/\\jahat.example", "javascript:x", "", "/a\n/b"] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
        assert_eq!(own_path("/tugas?x=1"), Some("/tugas?x=1"));
    }
}
