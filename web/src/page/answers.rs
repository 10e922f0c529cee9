//! What a page answers with: templates, redirects, files, messages for the next page, sessions.

use askama::Template;
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Id, Message};
use serde::{Deserialize, Serialize};

use super::{Page, see_other};
use crate::{
    csrf::TOKEN_COOKIE,
    error::{Error, Result},
    form::{FormData, encoded},
    resume,
    session::SESSION_COOKIE,
    ui::Tone,
    visit::FLASH_COOKIE,
};

/// Messages for the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FlashTone {
    Ok,
    Soon,
    Late,
}

impl FlashTone {
    pub(super) const fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Ok,
            Self::Soon => Tone::Soon,
            Self::Late => Tone::Late,
        }
    }
}

impl Page {
    /// A page of this template.
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn html(&self, template: &impl Template) -> Result {
        self.html_with(StatusCode::OK, template)
    }

    /// A page with another status: 422 for a form with errors.
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn html_with(&self, status: StatusCode, template: &impl Template) -> Result {
        let body = template.render()?;
        Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
    }

    /// The form again, with what is wrong in it (422).
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn wrong(&self, template: &impl Template) -> Result {
        self.html_with(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    /// On to another page after something was done (303).
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn redirect(&self, path: &str) -> Result {
        Ok(see_other(path))
    }

    /// A file to keep, named `name`. Personal files are never cached or shown inside our pages.
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn download(&self, name: &str, media_type: &str, bytes: impl Into<bytes::Bytes>) -> Result {
        self.file("attachment", name, media_type, bytes.into())
    }

    /// A file to look at in the browser (a PDF preview), in a sandbox.
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn inline(&self, name: &str, media_type: &str, bytes: impl Into<bytes::Bytes>) -> Result {
        self.file("inline", name, media_type, bytes.into())
    }

    fn file(&self, way: &str, name: &str, media_type: &str, bytes: bytes::Bytes) -> Result {
        let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
        let disposition = format!("{way}; filename=\"{ascii}\"; filename*=UTF-8''{}", encoded(name).replace('/', "%2F"));
        // Browsers refuse to show a PDF in a sandbox; ours are made by us, so they need none.
        let policy = if way == "inline" && media_type == "application/pdf" {
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        } else {
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        };
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        for (key, value) in [
            (header::CONTENT_TYPE, media_type),
            (header::CONTENT_DISPOSITION, &disposition),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, policy),
        ] {
            let value = HeaderValue::from_str(value).map_err(|error| Error::Internal(error.to_string()))?;
            headers.insert::<HeaderName>(key, value);
        }
        Ok(response)
    }

    /// problem+json (RFC 9457) with the fields that are wrong, for the API (422).
    #[must_use]
    pub fn problem_fields(&self, errors: &kernel::schema::FieldErrors) -> Response {
        let fields: Vec<_> = errors
            .0
            .iter()
            .map(|(field, message)| serde_json::json!({"field": field, "key": message.key, "message": self.m(message)}))
            .collect();
        let body = serde_json::json!({
            "type": "about:blank", "status": 422, "title": self.t1("web-errors-title", "n", fields.len()), "errors": fields,
        });
        let mut response = (StatusCode::UNPROCESSABLE_ENTITY, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }

    /// Remembers a message for the next page: "Permohonan diteruskan".
    pub fn flash_ok(&self, message: Message) {
        self.flash(FlashTone::Ok, message);
    }

    /// Remembers a warning for the next page.
    pub fn flash_warning(&self, message: Message) {
        self.flash(FlashTone::Soon, message);
    }

    /// Remembers a refusal for the next page.
    pub fn flash_refused(&self, message: Message) {
        self.flash(FlashTone::Late, message);
    }

    fn flash(&self, tone: FlashTone, message: Message) {
        let Ok(text) = serde_json::to_string(&(tone, message)) else { return };
        self.set_cookie(FLASH_COOKIE, &self.state.sealer.seal("flash", &text), Some(300));
    }

    // Sessions ----------------------------------------------------------------------------------------------------

    /// Gives the browser the session token of `account` for `seconds`; the form token changes with it, in this answer too.
    pub fn sign_in(&self, account: Id, token: &str, seconds: i64) {
        self.visit.enter(account);
        self.set_cookie(SESSION_COOKIE, token, Some(seconds));
        self.set_cookie(TOKEN_COOKIE, "", Some(0));
    }

    /// Takes the session's token from the browser.
    pub fn sign_out(&self) {
        self.set_cookie(SESSION_COOKIE, "", Some(0));
        self.set_cookie(TOKEN_COOKIE, "", Some(0));
    }

    /// Sets a cookie of ours: `HttpOnly`, `SameSite=Lax`, over TLS only where the public address is. `seconds` of
    /// nothing ends with the browser, zero removes it.
    pub fn set_cookie(&self, name: &str, value: &str, seconds: Option<i64>) {
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let secure = if self.state.is_https() { "; Secure" } else { "" };
        self.visit.set_cookie(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"));
    }

    /// After a login: where to go, from the form's `lanjut`; only paths of ours.
    #[must_use]
    pub fn after_login<'f>(&self, form: &'f FormData, otherwise: &'f str) -> &'f str {
        resume::own_path(form.get("lanjut")).unwrap_or(otherwise)
    }

    /// After a login: the page that offers to send again what was typed when the session ended, if the login form
    /// carried it (`isian`).
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn resume(&self, form: &FormData) -> Result<Option<Response>> {
        resume::resume(self, form)
    }

    pub(crate) fn sealer(&self) -> &crate::seal::Sealer {
        &self.state.sealer
    }
}
