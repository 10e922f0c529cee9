//! What machines may ask of this government, in one document (OpenAPI 3.1), merged from the systems' parts.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, Server,
    security::{Http, HttpAuthScheme, SecurityScheme},
};

use crate::{state::AppState, system::System};

/// Where the document is served.
pub(crate) const PATH: &str = "/api/openapi.json";

const ABOUT: &str = "Dates are ISO 8601 days of the unit, times RFC 3339 with the unit's offset. Errors are problem+json (RFC 9457) in the \
                     language of Accept-Language (id, en). Officers and machine accounts send a bearer token.";

/// The document of these systems, served at `public_url`.
#[must_use]
pub fn openapi(systems: &[&System], government: &str, public_url: &str, version: &str) -> OpenApi {
    let info = InfoBuilder::new()
        .title(format!("SmartGovt · {government}"))
        .version(version)
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    let servers = [Server::new(public_url.trim_end_matches('/'))];
    let mut document = OpenApiBuilder::new().info(info.build()).servers(Some(servers)).build();
    for part in systems.iter().filter_map(|system| system.openapi) {
        document.merge(part());
    }
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document.paths.paths.values_mut().for_each(describe);
    document
}

/// The specification demands a description of every response: what its status means here, where a system says nothing of its own.
fn describe(item: &mut PathItem) {
    let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    for (status, response) in operations.into_iter().flatten().flat_map(|operation| &mut operation.responses.responses) {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            meaning(status).clone_into(&mut response.description);
        }
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "What was asked for",
        "201" => "Recorded",
        "204" => "Done; there is nothing to say",
        "400" => "The request cannot be read",
        "401" => "A bearer token is missing or no longer valid",
        "403" => "Known to the caller, but not theirs to do now",
        "404" => "Nothing here, or nothing the caller may know of",
        "409" => "A rule says no, or somebody else changed it meanwhile",
        "413" => "Larger than is taken here",
        "415" => "Not a file of the kinds taken here",
        "422" => "What was sent has to be corrected; each field is named",
        "429" => "Tried too often: wait as long as Retry-After says",
        _ => "See the status",
    }
}

pub(crate) async fn serve(State(state): State<AppState>) -> crate::Result<Response> {
    let settings = state.gov.settings();
    let document = openapi(&state.systems, &state.look.name, &settings.public_url, state.settings.version);
    let body = serde_json::to_string(&document)?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], body).into_response())
}
