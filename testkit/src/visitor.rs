//! Somebody with a browser: keeps cookies, sends what browsers send, follows where the server leads.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::page::Page;

const REDIRECTS_MAX: usize = 10;

/// What every visitor of an app shares.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) router: Router,
    pub(crate) origin: String,
}

#[derive(Debug, Default)]
struct Jar {
    cookies: BTreeMap<String, String>,
    /// The form token of the page seen last.
    token: String,
}

/// A file to send.
#[derive(Debug, Clone)]
pub struct Attached<'a> {
    pub field: &'a str,
    pub name: &'a str,
    pub media_type: &'a str,
    pub bytes: &'a [u8],
}

/// Somebody with a browser or a machine with a token. Clones share the cookies.
#[derive(Clone)]
pub struct Visitor {
    inner: Inner,
    jar: Arc<Mutex<Jar>>,
    bearer: Option<String>,
    headers: HeaderMap,
    address: SocketAddr,
    follows: bool,
    modern: bool,
}

/// How a body is sent.
pub(crate) struct Sent {
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Visitor {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner,
            jar: Arc::default(),
            bearer: None,
            headers: HeaderMap::new(),
            address: SocketAddr::from(([10, 0, 0, 7], 40_000)),
            follows: true,
            modern: true,
        }
    }

    /// The same with a cookie.
    #[must_use]
    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        self.jar().cookies.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn with_bearer(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self.follows = false;
        self
    }

    /// The same with a header in every request.
    ///
    /// # Panics
    /// When it is no header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }

    /// The same, whose requests htmx makes.
    #[must_use]
    pub fn with_htmx(self) -> Self {
        self.with_header("hx-request", "true")
    }

    /// The same, stopping at redirects.
    #[must_use]
    pub const fn staying(mut self) -> Self {
        self.follows = false;
        self
    }

    /// The same in an old web view: it says neither `Sec-Fetch-Site` nor `Origin`.
    #[must_use]
    pub const fn in_old_browser(mut self) -> Self {
        self.modern = false;
        self
    }

    /// The same from another address.
    ///
    /// # Panics
    /// When it is no address.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.address = SocketAddr::new(address.parse().expect("an IP address"), 40_000);
        self
    }

    /// The value of a cookie the browser holds.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().cookies.get(name).cloned()
    }

    /// Loses a cookie, as when a session ended.
    pub fn forget_cookie(&self, name: &str) {
        self.jar().cookies.remove(name);
    }

    /// The form token of the page seen last; empty when none had one.
    #[must_use]
    pub fn form_token(&self) -> String {
        self.jar().token.clone()
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form by hand, with the form token of the page seen last.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = self.with_token(fields);
        self.send(Method::POST, path, Some(urlencoded(&fields))).await
    }

    /// Sends a form with files by hand, with the form token of the page seen last.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[Attached<'_>]) -> Page {
        let fields = self.with_token(fields);
        self.send(Method::POST, path, Some(multipart(&fields, files))).await
    }

    /// Sends JSON.
    pub async fn post_json(&self, path: &str, body: &Value) -> Page {
        self.send(Method::POST, path, Some(json(body))).await
    }

    /// Sends JSON to be put there.
    pub async fn put_json(&self, path: &str, body: &Value) -> Page {
        self.send(Method::PUT, path, Some(json(body))).await
    }

    /// Sends bytes to be put there (a part of an upload).
    pub async fn put(&self, path: &str, bytes: &[u8]) -> Page {
        let sent = Sent { media_type: "application/octet-stream".to_owned(), bytes: bytes.to_vec() };
        self.send(Method::PUT, path, Some(sent)).await
    }

    /// Asks to remove something.
    pub async fn delete(&self, path: &str) -> Page {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends bytes as they are (a file by API).
    pub async fn post_bytes(&self, path: &str, bytes: &[u8]) -> Page {
        let sent = Sent { media_type: "application/octet-stream".to_owned(), bytes: bytes.to_vec() };
        self.send(Method::POST, path, Some(sent)).await
    }

    /// A form with nothing in it but the form token of the page seen last, by any method.
    pub async fn sends_nothing(&self, method: &Method, path: &str) -> Page {
        let fields = self.with_token(&[]);
        self.send(method.clone(), path, Some(urlencoded(&fields))).await
    }

    /// Any method, without a body: for tests that walk every route.
    pub async fn call(&self, method: Method, path: &str) -> Page {
        self.send(method, path, None).await
    }

    fn with_token(&self, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let token = self.form_token();
        if !token.is_empty() && !all.iter().any(|(name, _)| name == "_token") {
            all.push(("_token".to_owned(), token));
        }
        all
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Sent>) -> Page {
        let (mut method, mut path, mut body) = (method, path.to_owned(), body);
        let mut way = Vec::new();
        loop {
            let (status, headers, bytes) = self.once(&method, &path, body).await;
            let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
            match to {
                Some(to) if self.follows && status.is_redirection() && way.len() < REDIRECTS_MAX => {
                    way.push((status, to.clone()));
                    path = to.strip_prefix(&self.inner.origin).map_or(to.clone(), str::to_owned);
                    (method, body) = (Method::GET, None);
                }
                _ => return Page::new(self.clone(), path, status, headers, bytes, way),
            }
        }
    }

    async fn once(&self, method: &Method, path: &str, body: Option<Sent>) -> (StatusCode, HeaderMap, Vec<u8>) {
        // The fragment stays in the browser.
        let path = path.split('#').next().unwrap_or_default();
        let host = self.inner.origin.split("://").nth(1).unwrap_or_default();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, host).header(header::USER_AGENT, "testkit");
        let cookies: Vec<String> = self.jar().cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        } else {
            if !cookies.is_empty() {
                request = request.header(header::COOKIE, cookies.join("; "));
            }
            if self.modern {
                request = request.header("sec-fetch-site", if method.is_safe() { "none" } else { "same-origin" });
                if !method.is_safe() {
                    request = request.header(header::ORIGIN, &self.inner.origin);
                }
            }
        }
        let sent = body.unwrap_or(Sent { media_type: String::new(), bytes: Vec::new() });
        if !sent.media_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, sent.media_type).header(header::CONTENT_LENGTH, sent.bytes.len());
        }
        let mut request = request.extension(ConnectInfo(self.address)).body(Body::from(sent.bytes)).expect("a request");
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let Ok(response) = self.inner.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body arrives whole").to_bytes().to_vec();
        self.learn(&parts.headers, &bytes);
        (parts.status, parts.headers, bytes)
    }

    /// Keeps cookies and the form token.
    fn learn(&self, headers: &HeaderMap, bytes: &[u8]) {
        let mut jar = self.jar();
        for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                jar.cookies.remove(name);
            } else {
                jar.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = String::from_utf8_lossy(bytes);
        if let Some((_, rest)) = text.split_once("name=\"_token\" value=\"")
            && let Some((token, _)) = rest.split_once('"')
        {
            jar.token = token.to_owned();
        }
    }
}

pub(crate) fn urlencoded(fields: &[(String, String)]) -> Sent {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    Sent { media_type: "application/x-www-form-urlencoded".to_owned(), bytes: pairs.join("&").into_bytes() }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub(crate) fn multipart(fields: &[(String, String)], files: &[Attached<'_>]) -> Sent {
    const BOUNDARY: &str = "testkit-2f9c41d07be8";
    let quoted = |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut bytes = Vec::new();
    for (name, value) in fields {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n", quoted(name));
        bytes.extend_from_slice(head.as_bytes());
    }
    for file in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(file.field),
            quoted(file.name),
            file.media_type
        );
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(file.bytes);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Sent { media_type: format!("multipart/form-data; boundary={BOUNDARY}"), bytes }
}

fn json(body: &Value) -> Sent {
    Sent { media_type: "application/json".to_owned(), bytes: body.to_string().into_bytes() }
}
