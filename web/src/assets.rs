//! Style sheet, scripts and crest, each under a name with the hash of its content: cached for ever, compressed once.

use std::{collections::HashMap, io::Write as _};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{look::Look, state::AppState};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// Where assets are served.
pub const PREFIX: &str = "/aset";

struct Asset {
    media_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
}

/// Everything the browser loads besides pages.
pub struct Assets {
    by_file: HashMap<String, Asset>,
    href_by_name: HashMap<&'static str, String>,
}

impl Assets {
    /// The embedded files, the style sheet in the colours of `look`, and its crest.
    #[must_use]
    pub fn new(look: &Look) -> Self {
        let mut assets = Self { by_file: HashMap::new(), href_by_name: HashMap::new() };
        for (name, file, content) in embedded::FILES {
            assets.add(name, (*file).to_owned(), "text/javascript; charset=utf-8", content.as_bytes());
        }
        let style = format!("{}\n{}", embedded::STYLE, look.css());
        assets.add("smartgovt.css", hashed("smartgovt", style.as_bytes(), "css"), "text/css; charset=utf-8", style.as_bytes());
        if let Some(svg) = &look.crest_svg {
            assets.add("crest.svg", hashed("lambang", svg.as_bytes(), "svg"), "image/svg+xml", svg.as_bytes());
        }
        assets
    }

    /// The address of an asset by its plain name; empty when there is none.
    #[must_use]
    pub fn href(&self, name: &str) -> &str {
        self.href_by_name.get(name).map_or("", String::as_str)
    }

    /// Bytes of an asset as sent to a browser that takes gzip: for size budgets.
    #[must_use]
    pub fn gzip_bytes(&self, name: &str) -> usize {
        let file = self.href(name).rsplit('/').next().unwrap_or_default();
        self.by_file.get(file).map_or(0, |asset| asset.gzip.len())
    }

    fn add(&mut self, name: &'static str, file: String, media_type: &'static str, content: &[u8]) {
        self.href_by_name.insert(name, format!("{PREFIX}/{file}"));
        self.by_file.insert(file, Asset { media_type, plain: Bytes::copy_from_slice(content), gzip: gzip(content) });
    }
}

fn hashed(stem: &str, content: &[u8], ending: &str) -> String {
    let hash: String = Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{stem}-{hash}.{ending}")
}

fn gzip(content: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory does not fail; if it did, the plain form is still there.
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.map_or_else(|_| Bytes::copy_from_slice(content), Bytes::from)
}

pub(crate) async fn serve(State(state): State<AppState>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = state.assets.by_file.get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let takes_gzip = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let common = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if takes_gzip {
        (common, [(header::CONTENT_ENCODING, "gzip")], asset.gzip.clone()).into_response()
    } else {
        (common, asset.plain.clone()).into_response()
    }
}
