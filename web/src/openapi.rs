//! `/api/openapi.json`: what machines may ask, described by the systems themselves (OpenAPI 3.1).

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use utoipa::openapi::{
    Info, OpenApi, Server,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{
    routes::{Access, RouteInfo, Routes},
    state::AppState,
};

pub(crate) const PATH: &str = "/api/openapi.json";

/// The route, for the table of routes and the router.
pub(crate) fn route() -> (RouteInfo, MethodRouter<AppState>) {
    let mut parts = Routes::new().get(PATH, Access::Public, serve).into_parts();
    #[expect(clippy::expect_used, reason = "one route was put in the line above")]
    parts.pop().expect("one route was put in the line above")
}

async fn serve(State(state): State<AppState>) -> crate::Result<Response> {
    let body = serde_json::to_string(&document(&state))?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], body).into_response())
}

/// The parts of all systems in one document.
fn document(state: &AppState) -> OpenApi {
    let mut info = Info::new(format!("SmartGovt · {}", state.look.name), state.settings.version.to_owned());
    info.description = Some(
        "Dates are ISO 8601 days of the unit, times RFC 3339 with the unit's offset. Errors are problem+json (RFC 9457) in the language of \
         Accept-Language (id, en). Officers and machine accounts send a bearer token."
            .to_owned(),
    );
    let mut all = OpenApi::new(info, utoipa::openapi::Paths::new());
    all.servers = Some(vec![Server::new(state.gov.settings().public_url.trim_end_matches('/'))]);
    let mut components = utoipa::openapi::Components::new();
    components.add_security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    all.components = Some(components);
    for part in state.systems.iter().filter_map(|system| system.openapi) {
        all.merge(part());
    }
    all
}
