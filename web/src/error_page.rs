//! A problem as a page in the visitor's language, or as problem+json for machines.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::Arg;

use crate::{
    error::Problem,
    page::Page,
    ui::{Notice, Tone},
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    page: &'p Page,
    title: &'p str,
    why: &'p str,
    next: &'p str,
    slug: &'static str,
    /// What was typed and is not saved.
    typed: Vec<String>,
}

pub(crate) fn page(page: &Page, problem: &Problem) -> Response {
    let number = match problem.slug {
        "too-large" => page.size(i64::try_from(problem.number).unwrap_or(i64::MAX)),
        _ => page.number(i64::try_from(problem.number).unwrap_or(i64::MAX)),
    };
    let say = |part: &str| page.tn(&format!("web-error-{}-{part}", problem.slug), &[("number", Arg::Text(number.clone()))]);
    let why = problem.message.as_ref().map_or_else(|| say("why"), |message| page.m(message));
    let (title, next) = (say("title"), say("next"));
    let mut response = if page.path().starts_with("/api/") || page.path() == "/api" {
        // A sentence of the handler says what to do; the general next step speaks of pages.
        let detail = if problem.message.is_some() { why.clone() } else { format!("{why} {next}") };
        let body = serde_json::json!({
            "type": "about:blank", "status": problem.status.as_u16(), "title": title, "detail": detail,
            "code": problem.message.as_ref().map_or(problem.slug, |message| &*message.key), "request": page.request_id(),
        });
        ([(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    } else if page.is_partial() {
        axum::response::Html(Notice::new(Tone::Late, &title).text(format!("{why} {next}")).alert().to_string()).into_response()
    } else {
        let template = ErrorPage { page, title: &title, why: &why, next: &next, slug: problem.slug, typed: page.typed() };
        match template.render() {
            Ok(body) => axum::response::Html(body).into_response(),
            Err(error) => format!("{title}. {why} {next} ({error})").into_response(),
        }
    };
    *response.status_mut() = problem.status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
