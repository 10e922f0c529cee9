//! What a handler answers when it cannot do what was asked. Every case becomes a page that says what is so, why and
//! what to do next; under `/api/` it becomes problem+json (RFC 9457).
//!
//! Use `web::Error` in handlers and nowhere else: rules have their own small enums, stores return [`kernel::Error`].

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{DbError, Message};

/// The result of a handler.
pub type Result<T = Response, E = Error> = std::result::Result<T, E>;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404. Nothing here, or nothing this person may know of.
    #[error("not found")]
    NotFound,
    /// 410. It was here and ended (a withdrawn service, a used link); the message says what to do instead.
    #[error("gone: {}", .0.key)]
    Gone(Message),
    /// 403. Known to the person, but not theirs to do now; the message says whose it is.
    #[error("forbidden: {}", .0.key)]
    Forbidden(Message),
    /// 401 under `/api/`, the login page elsewhere.
    #[error("not signed in")]
    SignIn,
    /// 409. A rule says no; the message says what to do next.
    #[error("refused: {}", .0.key)]
    Refused(Message),
    /// 409. Somebody else changed it since the page was shown.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// 400. A request no page of ours sends.
    #[error("bad request")]
    BadRequest,
    /// 400. A program's request wants something; the message says what.
    #[error("malformed: {}", .0.key)]
    Malformed(Message),
    /// 403. Another website sent the form, or the form is too old.
    #[error("cross-site request")]
    CrossSite,
    /// 413. The body weighs more than the form takes.
    #[error("larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    /// 415. Not a file of the kinds asked for; the message names them.
    #[error("unsupported file: {}", .0.key)]
    WrongFile(Message),
    /// 429. Tried too often.
    #[error("too many tries, wait {retry_after_seconds} s")]
    TooMany { retry_after_seconds: u64 },
    /// 421. The host is not ours.
    #[error("host not ours")]
    WrongHost,
    /// 405.
    #[error("method not allowed")]
    Method,
    /// 503. Away for a while; it recovers by itself.
    #[error("unavailable: {what}")]
    Unavailable { what: String, retry_after_seconds: u64 },
    /// 504 would be a gateway's; ours is 503: it took too long.
    #[error("took too long")]
    TimedOut,
    /// 507. No room on the disk.
    #[error("the disk is full")]
    Full,
    /// 500. A defect. The text goes to the log, never to the page.
    #[error("internal: {0}")]
    Internal(String),
}

/// The problem a response stands for; the middleware turns it into a page in the visitor's language.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// The part of the text keys: `web-error-{slug}-title`, `-why`, `-next`.
    pub(crate) slug: &'static str,
    /// A sentence of the handler, shown instead of the general why.
    pub(crate) message: Option<Message>,
    /// For texts with a number: bytes or seconds.
    pub(crate) number: u64,
}

impl Error {
    /// A refusal (409) with the text of `key`.
    #[must_use]
    pub const fn refused(key: &'static str) -> Self {
        Self::Refused(Message::new(key))
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone(_) => StatusCode::GONE,
            Self::Forbidden(_) | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Refused(_) | Self::Stale => StatusCode::CONFLICT,
            Self::BadRequest | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongFile(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable { .. } | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn problem(&self) -> Problem {
        let (slug, message, number) = match self {
            Self::NotFound => ("not-found", None, 0),
            Self::Gone(message) => ("gone", Some(message.clone()), 0),
            Self::Forbidden(message) => ("forbidden", Some(message.clone()), 0),
            Self::SignIn => ("sign-in", None, 0),
            Self::Refused(message) => ("refused", Some(message.clone()), 0),
            Self::Stale => ("stale", None, 0),
            Self::BadRequest => ("bad-request", None, 0),
            Self::Malformed(message) => ("bad-request", Some(message.clone()), 0),
            Self::CrossSite => ("cross-site", None, 0),
            Self::TooLarge { limit_bytes } => ("too-large", None, *limit_bytes as u64),
            Self::WrongFile(message) => ("wrong-file", Some(message.clone()), 0),
            Self::TooMany { retry_after_seconds } => ("too-many", None, *retry_after_seconds),
            Self::WrongHost => ("wrong-host", None, 0),
            Self::Method => ("method", None, 0),
            Self::Unavailable { retry_after_seconds, .. } => ("unavailable", None, *retry_after_seconds),
            Self::TimedOut => ("timed-out", None, 10),
            Self::Full => ("full", None, 60),
            Self::Internal(_) => ("internal", None, 0),
        };
        Problem { status: self.status(), slug, message, number }
    }
}

impl Problem {
    /// The problem of a bare status, for answers of axum itself (no such path, wrong method, unreadable path).
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let error = match status {
            StatusCode::NOT_FOUND => Error::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Error::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { limit_bytes: crate::routes::BODY_LIMIT_BYTES },
            StatusCode::UNAUTHORIZED => Error::SignIn,
            StatusCode::SERVICE_UNAVAILABLE => Error::Unavailable { what: String::new(), retry_after_seconds: 5 },
            status if status.is_client_error() => Error::BadRequest,
            _ => Error::Internal(String::new()),
        };
        Self { status, ..error.problem() }
    }

    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        matches!(self.slug, "too-many" | "unavailable" | "timed-out" | "full").then_some(self.number.max(1))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(what) => tracing::error!(what, "a request failed"),
            Self::Unavailable { what, .. } => tracing::warn!(what, "a request found something away"),
            _ => {}
        }
        let problem = self.problem();
        let mut response = (self.status(), [(header::CACHE_CONTROL, "no-store")]).into_response();
        response.extensions_mut().insert(problem);
        response
    }
}

impl From<kernel::Error> for Error {
    fn from(error: kernel::Error) -> Self {
        match error {
            kernel::Error::Db(error) => error.into(),
            kernel::Error::Missing => Self::NotFound,
            kernel::Error::Stale => Self::Stale,
            kernel::Error::Refused(message) => Self::Refused(message),
            kernel::Error::Failed(what) => Self::Internal(what),
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Missing => Self::NotFound,
            DbError::Stale => Self::Stale,
            DbError::Full => Self::Full,
            error if error.is_temporary() => Self::Unavailable { what: error.to_string(), retry_after_seconds: 5 },
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<Message> for Error {
    fn from(message: Message) -> Self {
        Self::Refused(message)
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("a template failed: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}
