//! A submitted form, urlencoded or multipart, in the order it was sent.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::{Method, header},
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use jiff::civil::Date;

use kernel::schema::FieldErrors;

use crate::{error::Error, routes::BODY_LIMIT_BYTES, state::AppState, visit::Visit};

/// More fields than any form of ours has.
const FIELDS_MAX: usize = 2_000;

/// A file sent with a form. Its name and media type are the sender's claims; sniff the bytes before use.
#[derive(Debug, Clone)]
pub struct FileField {
    pub field: String,
    pub name: String,
    pub media_type: String,
    pub bytes: Bytes,
}

/// The fields and files of a submitted form. Extract it last: it takes the body.
#[derive(Debug, Clone, Default)]
pub struct FormData {
    fields: Vec<(String, String)>,
    files: Vec<FileField>,
}

/// Three inputs, or one, that make no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date")]
pub struct BadDate;

impl FormData {
    /// A form with these fields.
    #[must_use]
    pub fn of<N: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { fields: fields.into_iter().map(|(n, v)| (n.into(), v.into())).collect(), files: Vec::new() }
    }

    /// The first value of `name` without surrounding blanks; empty when it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).unwrap_or_default().trim()
    }

    /// The first value of `name` as it was sent.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name` (checkboxes), in order, without the empty ones.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(held, _)| held == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// Whether `name` was sent with a value (a ticked box).
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// The value of `name`, or nothing when it is empty.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// The value of `name`; adds the error `key` there when it is empty.
    pub fn required<'f>(&'f self, name: &str, key: &'static str, errors: &mut FieldErrors) -> &'f str {
        if !self.has(name) {
            errors.add(name, kernel::Message::new(key));
        }
        self.get(name)
    }

    /// A whole number as people write it (`1.500`, `1 500`); nothing when it is not one.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        let digits: String = self.get(name).chars().filter(|c| !matches!(c, '.' | ' ' | '\u{a0}')).collect();
        digits.parse().ok()
    }

    /// A date from one input (`2026-11-22`, `22-11-2026`, `22/11/2026`) or from three (`name-day`, `name-month`, `name-year`).
    ///
    /// # Errors
    /// [`BadDate`] when something was typed that is no date.
    pub fn date(&self, name: &str) -> Result<Option<Date>, BadDate> {
        let parts = ["day", "month", "year"].map(|part| self.get(&format!("{name}-{part}")));
        let (day, month, year) = if parts.iter().any(|part| !part.is_empty()) {
            (parts[0], parts[1], parts[2])
        } else {
            let text = self.get(name);
            if text.is_empty() {
                return Ok(None);
            }
            let mut split = text.split(['-', '/', '.', ' ']);
            let (Some(a), Some(b), Some(c), None) = (split.next(), split.next(), split.next(), split.next()) else {
                return Err(BadDate);
            };
            if a.len() == 4 { (c, b, a) } else { (a, b, c) }
        };
        if year.len() != 4 {
            return Err(BadDate);
        }
        let (Ok(day), Ok(month), Ok(year)) = (day.parse(), month.parse(), year.parse()) else { return Err(BadDate) };
        Date::new(year, month, day).map(Some).map_err(|_| BadDate)
    }

    /// The first file of `field` that has a name or bytes.
    #[must_use]
    pub fn file(&self, field: &str) -> Option<&FileField> {
        self.files.iter().find(|file| file.field == field)
    }

    /// All files of `field`.
    pub fn files<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a FileField> {
        self.files.iter().filter(move |file| file.field == field)
    }

    /// Puts `value` in the place of what was sent for `name`.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(held, _)| held != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// The idempotency key of the form (`page.form_fields()` puts it there): pass it to the kernel's request log.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.some("_key").filter(|key| key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric()))
    }

    /// The acting post the form was shown under, as its id.
    #[must_use]
    pub fn acting_post(&self) -> Option<kernel::Id> {
        self.some("_post")?.parse().ok()
    }

    /// What the person typed: every field except our own hidden ones (`_token`, `_key`, …).
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().filter(|(name, _)| !name.starts_with('_')).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    // Files that were received before are one value to whoever reads by name: their ids, separated by commas.
    fn join_kept(&mut self) {
        let names: Vec<String> = self.fields.iter().filter_map(|(name, _)| name.strip_suffix("-kept").map(str::to_owned)).collect();
        for name in names {
            if self.raw(&name).is_none() {
                let ids = self.all(&format!("{name}-kept")).collect::<Vec<_>>().join(",");
                self.fields.push((name, ids));
            }
        }
    }

    // Three inputs of a date are one value to whoever reads by name (`17-3-1981`; empty when all three are).
    fn join_dates(&mut self) {
        let names: Vec<String> = self.fields.iter().filter_map(|(name, _)| name.strip_suffix("-year").map(str::to_owned)).collect();
        for name in names {
            if self.raw(&name).is_none() {
                let parts = ["day", "month", "year"].map(|part| self.get(&format!("{name}-{part}")).to_owned());
                let value = if parts.iter().all(String::is_empty) { String::new() } else { parts.join("-") };
                self.fields.push((name, value));
            }
        }
    }

    /// Whether files were sent.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    pub(crate) fn token(&self) -> &str {
        self.get("_token")
    }

    /// Reads a body of this content type.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for other types and for broken bodies.
    pub async fn parse(content_type: &str, bytes: Bytes) -> Result<Self, Error> {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut form = match kind.as_str() {
            "application/x-www-form-urlencoded" => Self { fields: urlencoded(&bytes)?, files: Vec::new() },
            "multipart/form-data" => multipart(content_type, bytes).await?,
            "" if bytes.is_empty() => Self::default(),
            _ => return Err(Error::BadRequest),
        };
        if form.fields.len() > FIELDS_MAX || form.fields.iter().any(|(n, v)| n.contains('\0') || v.contains('\0')) {
            return Err(Error::BadRequest);
        }
        form.join_dates();
        form.join_kept();
        for (_, value) in &mut form.fields {
            if value.contains('\r') {
                *value = value.replace("\r\n", "\n").replace('\r', "\n");
            }
        }
        Ok(form)
    }
}

impl FromRequest<AppState> for FormData {
    type Rejection = Error;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Error> {
        let content_type = content_type(&request);
        let limit_bytes = request.extensions().get::<BodyLimit>().map_or(BODY_LIMIT_BYTES, |limit| limit.0);
        let visit = request.extensions().get::<Arc<Visit>>().cloned();
        let bytes = read_body(request.into_body(), limit_bytes).await?;
        let form = Self::parse(&content_type, bytes).await?;
        if let Some(visit) = visit {
            visit.keep(&form);
        }
        Ok(form)
    }
}

/// How much the body of this request may weigh; put there by the middleware.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

pub(crate) fn content_type(request: &Request) -> String {
    request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

/// The whole body, or [`Error::TooLarge`].
pub(crate) async fn read_body(body: Body, limit_bytes: usize) -> Result<Bytes, Error> {
    match http_body_util::Limited::new(body, limit_bytes).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_too_large(&*error) => Err(Error::TooLarge { limit_bytes }),
        Err(_) => Err(Error::BadRequest),
    }
}

/// Whether a limit was met, here or in the middleware.
fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

async fn multipart(content_type: &str, bytes: Bytes) -> Result<FormData, Error> {
    let request = Request::builder()
        .method(Method::POST)
        .header(header::CONTENT_TYPE, content_type)
        .extension(())
        .body(Body::from(bytes))
        .map_err(|_| Error::BadRequest)?;
    let mut parts = Multipart::from_request(without_limit(request), &()).await.map_err(|_| Error::BadRequest)?;
    let mut form = FormData::default();
    while let Some(part) = parts.next_field().await.map_err(|_| Error::BadRequest)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(file_name) else {
            form.fields.push((field, part.text().await.map_err(|_| Error::BadRequest)?));
            continue;
        };
        let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = part.bytes().await.map_err(|_| Error::BadRequest)?;
        if !(name.is_empty() && bytes.is_empty()) {
            form.files.push(FileField { field, name, media_type, bytes });
        }
    }
    Ok(form)
}

// The size was checked when the body was read; axum's own default of 2 MB would be in the way.
fn without_limit(mut request: Request) -> Request {
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    request
}

/// The last part of a path, without control characters, at most 120 characters.
fn file_name(claimed: &str) -> String {
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// The pairs of `a=1&b=2`.
pub(crate) fn urlencoded(bytes: &[u8]) -> Result<Vec<(String, String)>, Error> {
    serde_urlencoded(bytes).ok_or(Error::BadRequest)
}

fn serde_urlencoded(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || (rest.next()? as char).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A text as part of a URL's query (RFC 3986: unreserved characters stay).
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => {
                let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0').to_ascii_uppercase();
                out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parsed(content_type: &str, body: &'static str) -> Result<FormData, Error> {
        FormData::parse(content_type, Bytes::from_static(body.as_bytes())).await
    }

    #[tokio::test]
    async fn urlencoded_bodies_keep_order_and_repeats() {
        let form = parsed("application/x-www-form-urlencoded", "a=1&b=dua+kata&a=%C3%A9&c=&_token=x&d=%0D%0A").await.unwrap();
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1", "é"]);
        assert_eq!(form.get("b"), "dua kata");
        assert_eq!(form.some("c"), None);
        assert_eq!(form.raw("d"), Some("\n"));
        assert_eq!(form.typed().map(|(n, _)| n).collect::<Vec<_>>(), ["a", "b", "a", "c", "d"]);
    }

    #[tokio::test]
    async fn broken_bodies_are_refused() {
        for body in ["a=%zz", "a=%", "a=%ff", "a=%00"] {
            assert!(parsed("application/x-www-form-urlencoded", body).await.is_err(), "{body}");
        }
        assert!(parsed("text/plain", "a=1").await.is_err());
        assert!(parsed("multipart/form-data; boundary=x", "--y\r\n").await.is_err());
    }

    #[tokio::test]
    async fn multipart_bodies_give_fields_and_files() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nsatu\r\n--x\r\nContent-Disposition: form-data; \
                    name=\"foto\"; filename=\"C:\\foto\\usaha.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nJPEG\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"kosong\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n";
        let form = parsed("multipart/form-data; boundary=x", body).await.unwrap();
        assert_eq!(form.get("a"), "satu");
        let file = form.file("foto").unwrap();
        assert_eq!((file.name.as_str(), file.media_type.as_str(), &*file.bytes), ("usaha.jpg", "image/jpeg", &b"JPEG"[..]));
        assert!(form.file("kosong").is_none());
    }

    #[test]
    fn dates_come_from_one_input_or_three() {
        let day = jiff::civil::date(1981, 3, 17);
        let three = FormData::of([("lahir-day", "17"), ("lahir-month", "3"), ("lahir-year", "1981")]);
        assert_eq!(three.date("lahir"), Ok(Some(day)));
        for text in ["1981-03-17", "17-03-1981", "17/3/1981", "17.3.1981"] {
            assert_eq!(FormData::of([("lahir", text)]).date("lahir"), Ok(Some(day)), "{text}");
        }
        assert_eq!(FormData::default().date("lahir"), Ok(None));
        for text in ["31-02-1981", "17-03-81", "kemarin", "17"] {
            assert_eq!(FormData::of([("lahir", text)]).date("lahir"), Err(BadDate), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(FormData::of([("n", " 1.500.000 ")]).number("n"), Some(1_500_000));
        assert_eq!(FormData::of([("n", "-3")]).number("n"), Some(-3));
        assert_eq!(FormData::of([("n", "1,5")]).number("n"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in "\\PC*") {
            proptest::prop_assert_eq!(decoded(&encoded(&text)), Some(text));
        }
    }
}
