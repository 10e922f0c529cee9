//! Systems become one server: their routes are checked against what they own, then put under the one middleware.

use std::sync::Arc;

use axum::{Router, middleware};
use tower_http::compression::{
    CompressionLayer, CompressionLevel,
    predicate::{NotForContentType, Predicate as _, SizeAbove},
};

use crate::{
    assets, export, log, openapi,
    routes::{Access, RouteInfo, Routes},
    stack::{self, RouteTable, Stack},
    state::AppState,
    system::System,
};

/// Why systems do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    #[error("two systems are called {0}")]
    SameSlug(&'static str),
    #[error("{one} owns {prefix} and {other} owns {other_prefix}")]
    Overlap { one: &'static str, prefix: &'static str, other: &'static str, other_prefix: &'static str },
    #[error("{system} has the route {path}, which it does not own")]
    NotOwned { system: &'static str, path: &'static str },
    #[error("{system} has {method} {path} twice")]
    Twice { system: &'static str, method: String, path: &'static str },
    #[error("{system} lacks a locale file for {locale}")]
    NoLocale { system: &'static str, locale: &'static str },
    #[error("{one} and {other} both bring sessions")]
    TwoSessions { one: &'static str, other: &'static str },
    #[error("the menu of {system} leads to {href}, which has no GET route")]
    DeadMenu { system: &'static str, href: &'static str },
}

/// Every route of these systems, with the system's slug, and those of exports: what whole-platform tests walk.
#[must_use]
pub fn route_list(systems: &[&'static System]) -> Vec<(&'static str, RouteInfo)> {
    let of = |system: &&'static System| {
        let slug = system.slug;
        all_routes(system).infos().map(move |info| (slug, info.clone())).collect::<Vec<_>>()
    };
    let exports = export::routes().infos().map(|info| ("web", info.clone())).collect::<Vec<_>>();
    systems.iter().flat_map(of).chain(exports).collect()
}

/// The server of these systems (those of `state`). The app adds `/healthz`, `/readyz` and `/metrics` beside it.
///
/// # Errors
/// [`AssemblyError`] when systems claim the same or serve what they do not own.
pub fn assemble(state: &AppState) -> Result<Router, AssemblyError> {
    check(&state.systems)?;
    let mut table = RouteTable::new();
    let mut router = Router::new();
    for system in &state.systems {
        for (info, handler) in all_routes(system).into_parts() {
            router = router.route(info.path, handler);
            table.entry(info.path).or_default().push(info);
        }
    }
    for (info, handler) in own_routes().into_parts() {
        router = router.route(info.path, handler);
        table.entry(info.path).or_default().push(info);
    }
    let stack = Stack { state: state.clone(), routes: Arc::new(table) };
    let compressed = SizeAbove::new(600).and(NotForContentType::IMAGES).and(NotForContentType::const_new("application/pdf"));
    Ok(router
        .fallback(|| async { crate::Error::NotFound })
        .method_not_allowed_fallback(|| async { crate::Error::Method })
        .with_state(state.clone())
        .layer(middleware::from_fn_with_state(stack, stack::run))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressed)))
}

/// What is served beside the systems.
fn own_routes() -> Routes {
    Routes::new()
        .get("/aset/{file}", Access::Public, assets::serve)
        .get(openapi::PATH, Access::Public, openapi::serve)
        .and(log::routes())
        .and(export::routes())
}

fn all_routes(system: &System) -> Routes {
    (system.pages)().and((system.api)())
}

fn check(systems: &[&'static System]) -> Result<(), AssemblyError> {
    let sessions: Vec<_> = systems.iter().filter(|system| system.sessions.is_some()).collect();
    if let [one, other, ..] = sessions[..] {
        return Err(AssemblyError::TwoSessions { one: one.slug, other: other.slug });
    }
    for (place, system) in systems.iter().enumerate() {
        for other in &systems[place + 1..] {
            check_pair(system, other)?;
        }
        for locale in ["id", "en"] {
            if !system.locales.iter().any(|(code, _)| *code == locale) {
                return Err(AssemblyError::NoLocale { system: system.slug, locale });
            }
        }
        check_routes(system)?;
    }
    let routes = route_list(systems);
    for system in systems {
        for item in system.menu {
            if !routes.iter().any(|(_, info)| info.method == axum::http::Method::GET && info.path == item.href) {
                return Err(AssemblyError::DeadMenu { system: system.slug, href: item.href });
            }
        }
    }
    Ok(())
}

fn check_pair(one: &System, other: &System) -> Result<(), AssemblyError> {
    if one.slug == other.slug {
        return Err(AssemblyError::SameSlug(one.slug));
    }
    for prefix in one.owns {
        for other_prefix in other.owns {
            if covers(prefix, other_prefix) || covers(other_prefix, prefix) {
                return Err(AssemblyError::Overlap { one: one.slug, prefix, other: other.slug, other_prefix });
            }
        }
    }
    Ok(())
}

fn check_routes(system: &System) -> Result<(), AssemblyError> {
    let api = format!("/api/v1/{}", system.slug);
    let routes = all_routes(system);
    let infos: Vec<&RouteInfo> = routes.infos().collect();
    for (place, info) in infos.iter().enumerate() {
        if !system.owns.iter().any(|prefix| covers(prefix, info.path)) && !covers(&api, info.path) {
            return Err(AssemblyError::NotOwned { system: system.slug, path: info.path });
        }
        if infos[place + 1..].iter().any(|other| other.method == info.method && other.path == info.path) {
            return Err(AssemblyError::Twice { system: system.slug, method: info.method.to_string(), path: info.path });
        }
    }
    Ok(())
}

/// Whether `prefix` owns `path`: itself and what is below it; the root owns only itself.
fn covers(prefix: &str, path: &str) -> bool {
    path == prefix || (prefix != "/" && path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')))
}
