//! The way of one request through `web`: host, visitor, origin of forms, size, access, handler; then errors as pages,
//! cookies, headers, log line and measure. One middleware, because the order *is* the meaning.

use std::{
    collections::HashMap,
    future::poll_fn,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Message, Origin, hex::hex};

use crate::{
    csrf::{self, FormToken, TOKEN_COOKIE, Verdict},
    error::{Error, Problem},
    error_page,
    form::{BodyLimit, FormData, content_type, read_body},
    page::{Page, allows, see_other},
    resume,
    routes::{Access, BODY_LIMIT_BYTES, RouteInfo},
    session::{DEVICE_COOKIE, Presented, Resolved, Restricted, SESSION_COOKIE, Session},
    state::AppState,
    visit::{LANGUAGE_COOKIE, Visit, cookie, is_api},
};

/// How much of a body that is too large is read and thrown away, so that the browser sees the answer.
const DRAIN_BYTES_MAX: usize = 64_000_000;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
                      frame-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every route by its path.
pub(crate) type RouteTable = HashMap<&'static str, Vec<RouteInfo>>;

/// What the middleware needs.
#[derive(Clone)]
pub(crate) struct Stack {
    pub(crate) state: AppState,
    pub(crate) routes: Arc<RouteTable>,
}

/// The middleware.
pub(crate) async fn run(State(stack): State<Stack>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let request_id = hex(&stack.state.gov.system_ctx("request").random::<8>());
    let mut response = answer(&stack, request, next, &route, &request_id).await;
    secure(&mut response, &path, stack.state.is_https());
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    if route != "/aset/{file}" {
        let milliseconds = (seconds * 1_000_000.0).round() / 1_000.0;
        tracing::info!(target: "request", id = %request_id, method = %method, route = %route, status, ms = milliseconds);
    }
    metrics::histogram!("http_request_seconds", "method" => method.as_str().to_owned(), "route" => route, "status" => status.to_string())
        .record(seconds);
    response
}

async fn answer(stack: &Stack, request: Request, next: Next, route: &str, request_id: &str) -> Response {
    let state = &stack.state;
    let (parts, body) = request.into_parts();
    let visit = match visit(stack, &parts, route, request_id).await {
        Ok(visit) => Arc::new(visit),
        Err((visit, error)) => return finish(state, Arc::new(visit), error.into_response()),
    };
    let request = Request::from_parts(parts, body);
    if visit.locale_chosen {
        Page::new(state.clone(), Arc::clone(&visit)).set_cookie(LANGUAGE_COOKIE, visit.locale.code(), Some(31_536_000));
    }
    let info = info(stack, request.method(), route);
    if visit.foreign {
        let page = Page::new(state.clone(), Arc::clone(&visit));
        page.set_cookie(SESSION_COOKIE, "", Some(0));
        page.flash_warning(Message::new("web-session-foreign"));
    }
    // A form may be read before its handler runs, for its token: that takes no longer either.
    let time = time_for(state, info, &request);
    let response = match tokio::time::timeout(time, admit(stack, &visit, info, request)).await {
        Ok(Ok(mut request)) => {
            request.extensions_mut().insert(Arc::clone(&visit));
            handled(time, request, next).await
        }
        Ok(Err(Refusal::Error(error))) => error.into_response(),
        Ok(Err(Refusal::Answer(response))) => *response,
        Err(_) => Error::TimedOut.into_response(),
    };
    finish(state, visit, response)
}

/// How long a request may take: a body also gets the time that a slow connection (20 kB/s) needs to send it.
fn time_for(state: &AppState, info: Option<&RouteInfo>, request: &Request) -> Duration {
    let limit_bytes = info.filter(|_| !request.method().is_safe()).map_or(0, |info| info.body_limit_bytes);
    state.settings.timeout + Duration::from_secs(limit_bytes as u64 / 20_000)
}

/// Runs the handler with the time it may take; a panic is an answer like any other.
async fn handled(time: Duration, request: Request, next: Next) -> Response {
    let mut running = Box::pin(next.run(request));
    let caught = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => std::task::Poll::Ready(Err(panic)),
    });
    match tokio::time::timeout(time, caught).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Error::Internal(format!("a handler panicked: {}", text.unwrap_or("without words"))).into_response()
        }
        Err(_) => Error::TimedOut.into_response(),
    }
}

/// Errors become pages, cookies are set.
fn finish(state: &AppState, visit: Arc<Visit>, response: Response) -> Response {
    let status = response.status();
    let problem = response.extensions().get::<Problem>().cloned().or_else(|| {
        let bare = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
        ((status.is_client_error() || status.is_server_error()) && bare).then(|| Problem::of_status(status))
    });
    let problem = problem.map(|problem| {
        // What an officer's post opened is not found without it.
        if problem.status == StatusCode::NOT_FOUND && visit.post_ended() {
            Error::Forbidden(Message::new("web-post-ended")).problem()
        } else {
            problem
        }
    });
    let mut response = match problem {
        Some(problem) => error_page::page(&Page::new(state.clone(), Arc::clone(&visit)), &problem),
        None => response,
    };
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        let cache = if visit.session.is_some() { "no-store" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    visit.write_cookies(response.headers_mut());
    response
}

/// Who comes, and whether to our host.
async fn visit(stack: &Stack, request: &Parts, route: &str, request_id: &str) -> Result<Visit, (Visit, Error)> {
    let (state, headers) = (&stack.state, &request.headers);
    let origin = Origin {
        address: address(state, request),
        agent: short(headers, header::USER_AGENT.as_str(), 200),
        request: request_id.to_owned(),
    };
    let now = state.gov.now();
    let asset = request.uri.path().starts_with(crate::assets::PREFIX);
    let bearer = bearer_token(headers).filter(|_| is_api(request.uri.path()));
    let resolved = match (host_is_ours(state, request), asset) {
        (false, _) => Err(Error::WrongHost),
        (true, true) => Ok((None, false)),
        (true, false) => session(state, headers, bearer, &origin, now).await,
    };
    let (session, foreign, error) = match resolved {
        Ok((session, foreign)) => (session, foreign, None),
        Err(error) => (None, false, Some(error)),
    };
    let account = session.as_ref().map_or(String::new(), |session| session.officer.account.to_string());
    let token = FormToken::of(&state.sealer, &account, cookie(headers, TOKEN_COOKIE), state.gov.system_ctx("request").random());
    let mut visit = Visit::new(now, origin, &request.uri, route.to_owned(), headers, session, bearer.is_some(), token);
    visit.foreign = foreign;
    match error {
        None => Ok(visit),
        Some(error) => Err((visit, error)),
    }
}

/// The session that comes with a request, and whether its cookie came from elsewhere.
async fn session(
    state: &AppState,
    headers: &HeaderMap,
    bearer: Option<&str>,
    origin: &Origin,
    now: jiff::Timestamp,
) -> Result<(Option<Session>, bool), Error> {
    if let Some(token) = bearer {
        let session = state.sessions.bearer(&state.gov, token, now).await?;
        return session.map(|session| (Some(session), false)).ok_or(Error::SignIn);
    }
    let Some(token) = cookie(headers, SESSION_COOKIE).filter(|token| !token.is_empty()) else { return Ok((None, false)) };
    let presented = Presented { token, device: cookie(headers, DEVICE_COOKIE), origin, now };
    Ok(match state.sessions.resolve(&state.gov, presented).await? {
        Resolved::Held(session) => (Some(*session), false),
        Resolved::Nothing => (None, false),
        Resolved::Foreign => (None, true),
    })
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

fn host_is_ours(state: &AppState, request: &Parts) -> bool {
    // Two of them are no host: what stands before us may have looked at the other one.
    if request.headers.get_all(header::HOST).iter().count() > 1 {
        return false;
    }
    let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok()).or_else(|| request.uri.host());
    let host = csrf::host_of(host.unwrap_or_default()).to_ascii_lowercase();
    is_our_host(state, &host)
}

fn is_our_host(state: &AppState, host: &str) -> bool {
    let public = csrf::host_of(&state.gov.settings().public_url);
    host.eq_ignore_ascii_case(public) || state.settings.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host))
}

/// The client's address: the peer's, or the last one a trusted proxy names.
fn address(state: &AppState, request: &Parts) -> String {
    let Some(ConnectInfo(peer)) = request.extensions.get::<ConnectInfo<SocketAddr>>() else { return String::new() };
    let trusted = |address: &std::net::IpAddr| state.settings.trusted_proxies.contains(address);
    if !trusted(&peer.ip()) {
        return peer.ip().to_string();
    }
    let forwarded = request.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut chain: Vec<std::net::IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|part| part.trim().parse().ok()).collect();
    while let Some(last) = chain.pop() {
        if !trusted(&last) {
            return last.to_string();
        }
    }
    peer.ip().to_string()
}

fn short(headers: &HeaderMap, name: &str, characters: usize) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().chars().take(characters).collect()
}

fn info<'s>(stack: &'s Stack, method: &Method, route: &str) -> Option<&'s RouteInfo> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    stack.routes.get(route)?.iter().find(|info| info.method == *method)
}

enum Refusal {
    Error(Error),
    Answer(Box<Response>),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Whether the request may reach its handler; gives it back with its body's limit.
async fn admit(stack: &Stack, visit: &Arc<Visit>, info: Option<&RouteInfo>, request: Request) -> Result<Request, Refusal> {
    // No address of ours holds a NUL, and PostgreSQL refuses to be asked for one.
    if request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        return Err(Error::BadRequest.into());
    }
    if let Some(path) = without_slash(visit, &request) {
        return Err(Refusal::Answer(Box::new(see_other(&path))));
    }
    let Some(info) = info else {
        let known =
            stack.routes.get(visit.route.as_str()).is_some_and(|routes| routes.iter().any(|route| allows(route.access, officer(visit))));
        return if visit.route == "-" || known { Ok(request) } else { Err(Error::NotFound.into()) };
    };
    let limit_bytes = info.body_limit_bytes;
    let mut request = request;
    if request.method().is_safe() {
        enter(stack, visit, info, None).await?;
        return Ok(request);
    }
    if declared_bytes(request.headers()) > limit_bytes {
        drain(request.into_body()).await;
        return Err(Error::TooLarge { limit_bytes }.into());
    }
    // Nothing is done for somebody whose session has ended; the form is only kept, and its token went with the session.
    let ended = visit.session.is_none() && needs_session(info);
    let verdict = verdict(&stack.state, visit, info, info.token_required && !ended, &request);
    if verdict == Verdict::Refuse {
        return Err(Error::CrossSite.into());
    }
    if verdict == Verdict::NeedsToken {
        let held = |form: &str| if ended { visit.token.matched_before(form) } else { visit.token.matches(form) };
        request = match with_token_checked(request, limit_bytes, held).await {
            // Whether it was ours cannot be told any more: its values are not carried on, and nothing is done.
            Err(Error::CrossSite) if ended && !visit.is_api() => {
                let page = Page::new(stack.state.clone(), Arc::clone(visit));
                return Err(Refusal::Answer(Box::new(resume::expired(&page, None)?)));
            }
            checked => checked?,
        };
    }
    if allows(info.access, officer(visit)) {
        enter(stack, visit, info, None).await?;
    } else {
        let form = match &visit.session {
            Some(_) if !visit.is_api() => {
                keep_form(visit, request, limit_bytes).await;
                None
            }
            _ => Some(request),
        };
        enter(stack, visit, info, form).await?;
        return Err(Error::NotFound.into());
    }
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(BodyLimit(limit_bytes));
    let mut request = Request::from_parts(parts, Body::new(http_body_util::Limited::new(body, limit_bytes)));
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    Ok(request)
}

/// Reads a form that will not be handled: its sender is told whether it was shown under a post they lost.
async fn keep_form(visit: &Visit, request: Request, limit_bytes: usize) {
    let content_type = content_type(&request);
    if let Ok(bytes) = read_body(request.into_body(), limit_bytes).await
        && let Ok(form) = FormData::parse(&content_type, bytes).await
    {
        visit.keep(&form);
    }
}

/// `/layanan/` is typed by people who mean `/layanan`.
fn without_slash(visit: &Visit, request: &Request) -> Option<String> {
    let (path, query) = (request.uri().path(), request.uri().query());
    let meant = path.strip_suffix('/').filter(|meant| !meant.is_empty() && !meant.ends_with('/'))?;
    let unknown = visit.route == "-" && request.method().is_safe();
    let whole = query.map_or_else(|| meant.to_owned(), |query| format!("{meant}?{query}"));
    resume::own_path(&whole).filter(|_| unknown).map(str::to_owned)
}

fn officer(visit: &Visit) -> Option<&kernel::Officer> {
    visit.session.as_ref().map(|session| &*session.officer)
}

/// Whether only somebody signed in may call the route.
const fn needs_session(info: &RouteInfo) -> bool {
    !matches!(info.access, Access::Public | Access::Link)
}

/// Enforces the route's access. `form` is an unsafe request whose typed values are kept when the session has ended.
async fn enter(stack: &Stack, visit: &Arc<Visit>, info: &RouteInfo, form: Option<Request>) -> Result<(), Refusal> {
    let pending = visit.session.as_ref().and_then(|session| session.pending);
    let needs_session = needs_session(info);
    if let Some(restricted) = visit.session.as_ref().and_then(|session| session.restricted.as_ref()) {
        // Before the role is asked for: whoever is restricted holds none, and is told why.
        if visit.bearer || (needs_session && info.access != Access::Entering) {
            return Err(refused(&Page::new(stack.state.clone(), Arc::clone(visit)), restricted));
        }
    }
    match &visit.session {
        None if needs_session => {
            let page = Page::new(stack.state.clone(), Arc::clone(visit));
            let answer = match form {
                _ if visit.is_api() => return Err(Error::SignIn.into()),
                Some(request) => ended(&page, request, info.body_limit_bytes).await?,
                None if visit.partial => ([("hx-redirect", page.login_href())], StatusCode::NO_CONTENT).into_response(),
                None => see_other(&page.login_href()),
            };
            Err(Refusal::Answer(Box::new(answer)))
        }
        Some(_) if !allows(info.access, officer(visit)) => Err(Error::NotFound.into()),
        Some(_) if needs_session && info.access != Access::Entering && !visit.bearer => match pending {
            Some(path) => Err(Refusal::Answer(Box::new(see_other(path)))),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What a restricted account gets instead of its work: the page that says why; a machine gets the sentence.
fn refused(page: &Page, restricted: &Restricted) -> Refusal {
    if page.visit().is_api() {
        let message = match restricted.until {
            Some(until) => Message::new("web-restricted-until").arg("until", page.moment(until)),
            None => Message::new("web-restricted"),
        };
        return Error::Forbidden(message.arg("decree", restricted.decree.as_str())).into();
    }
    Refusal::Answer(Box::new(if page.is_partial() {
        ([("hx-redirect", restricted.page)], StatusCode::NO_CONTENT).into_response()
    } else {
        see_other(restricted.page)
    }))
}

async fn ended(page: &Page, request: Request, limit_bytes: usize) -> Result<Response, Error> {
    let content_type = content_type(&request);
    let bytes = read_body(request.into_body(), limit_bytes).await?;
    let form = FormData::parse(&content_type, bytes).await?;
    resume::expired(page, Some(&form))
}

fn verdict(state: &AppState, visit: &Visit, info: &RouteInfo, token_required: bool, request: &Request) -> Verdict {
    if visit.bearer || info.cross_site {
        return Verdict::Pass;
    }
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_ours = |origin: &str| is_our_host(state, csrf::host_of(origin));
    csrf::judge(text("sec-fetch-site"), text("origin"), is_ours, token_required)
}

/// Reads the body, looks for the form token in it (or in the header our script sends) and puts it back.
async fn with_token_checked(request: Request, limit_bytes: usize, held: impl Fn(&str) -> bool) -> Result<Request, Error> {
    if let Some(token) = request.headers().get("x-form-token").and_then(|value| value.to_str().ok()) {
        return if held(token) { Ok(request) } else { Err(Error::CrossSite) };
    }
    let content_type = content_type(&request);
    let (parts, body) = request.into_parts();
    let bytes = read_body(body, limit_bytes).await?;
    let form = FormData::parse(&content_type, bytes.clone()).await.map_err(|_| Error::CrossSite)?;
    if held(form.token()) { Ok(Request::from_parts(parts, Body::from(bytes))) } else { Err(Error::CrossSite) }
}

fn declared_bytes(headers: &HeaderMap) -> usize {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// Reads a body to nowhere: a connection cut in mid-sending shows as a network error instead of our page.
async fn drain(body: Body) {
    let read = read_body(body, DRAIN_BYTES_MAX);
    // Whether it came to its end does not matter: the answer is the same.
    let _ = tokio::time::timeout(Duration::from_secs(60), read).await;
}

/// The headers that every answer has.
fn secure(response: &mut Response, path: &str, https: bool) {
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(self), geolocation=(), microphone=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", if headers_allow_frame(headers) { "SAMEORIGIN" } else { "DENY" }),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if is_api(path) {
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    }
}

fn headers_allow_frame(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(|policy| policy.as_bytes().ends_with(b"frame-ancestors 'self'"))
}

/// The limit of routes that nobody declared (404 pages).
const _: () = assert!(BODY_LIMIT_BYTES < DRAIN_BYTES_MAX);
