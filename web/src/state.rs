//! What every handler may reach: the government, the systems, texts, assets, look and the renderer of papers.

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use kernel::{Actor, Ctx, Db, Gov, Origin, log::WitnessKey, runner::Host};

use crate::{
    assets::Assets,
    error::{Error, Result},
    look::Look,
    seal::Sealer,
    session::{NoSessions, Sessions},
    system::{MenuItem, System},
    text::{Locale, MissingKey, Terms, TextError, Texts},
};

/// Turns papers into PDF, outside this process. `letter::Renderer` is the real one; tests may bring another.
pub trait PaperRenderer: Send + Sync {
    /// Renders one paper as PDF. Blocks; call it through [`AppState::render`].
    ///
    /// # Errors
    /// Why there is no PDF; see [`letter::RenderError::is_transient`].
    fn render(&self, paper: &letter::Paper) -> Result<Vec<u8>, letter::RenderError>;
}

impl PaperRenderer for letter::Renderer {
    fn render(&self, paper: &letter::Paper) -> Result<Vec<u8>, letter::RenderError> {
        Self::render(self, paper)
    }
}

/// What the operator decides about the web side.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Hosts (without port) that are ours besides that of the public URL. Others get 421.
    pub hosts: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long a request may take.
    pub timeout: Duration,
    /// What happens when a text is missing.
    pub missing_key: MissingKey,
    /// Shown on `/tentang` and in the footer.
    pub version: &'static str,
    /// Who cosigns the transparency log, with the keys their signatures are verified with.
    pub witnesses: Vec<WitnessKey>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            timeout: Duration::from_secs(30),
            missing_key: MissingKey::Show,
            version: env!("CARGO_PKG_VERSION"),
            witnesses: Vec::new(),
        }
    }
}

/// The state of the server. Cheap to clone; dereferences to [`Shared`].
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What [`AppState`] holds.
pub struct Shared {
    pub gov: Arc<Gov>,
    pub systems: Vec<&'static System>,
    pub texts: Arc<Texts>,
    pub assets: Assets,
    pub look: Look,
    pub settings: WebSettings,
    pub sealer: Sealer,
    pub sessions: Arc<dyn Sessions>,
    pub renderer: Option<Arc<dyn PaperRenderer>>,
    /// Every menu line of every system, by place and order.
    pub menu: Vec<&'static MenuItem>,
    /// The words of the script on the device, as JSON by language.
    pub script_words: [String; 2],
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Host for AppState {
    fn db(&self) -> &Db {
        self.gov.db()
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        Gov::ctx(&self.gov, actor, Origin::default())
    }
}

impl AppState {
    /// The state over a government and its systems.
    ///
    /// # Errors
    /// [`TextError`] when a locale file cannot be used.
    pub fn new(
        gov: Arc<Gov>,
        systems: &[&'static System],
        look: Look,
        settings: WebSettings,
        renderer: Option<Arc<dyn PaperRenderer>>,
    ) -> Result<Self, TextError> {
        // Every process of the government signs form tokens and flash messages alike.
        let sealer = Sealer::new(gov.keys().sign("web forms", b""));
        let files = systems.iter().map(|system| (system.slug, system.locales));
        let texts = Arc::new(Texts::load(files, settings.missing_key)?);
        let script_words = Locale::ALL.map(|locale| script_words(&texts, locale, &Terms::local(look.words.clone())));
        let sessions = systems.iter().find_map(|system| system.sessions).map_or_else(|| Arc::new(NoSessions) as _, |make| make());
        let mut menu: Vec<&'static MenuItem> = systems.iter().flat_map(|system| system.menu).chain([&crate::export::MENU]).collect();
        menu.sort_by_key(|item| (item.place, item.order));
        Ok(Self(Arc::new(Shared {
            gov,
            systems: systems.to_vec(),
            texts,
            assets: Assets::new(&look),
            look,
            settings,
            sealer,
            sessions,
            renderer,
            menu,
            script_words,
        })))
    }

    /// Renders a paper as PDF on a blocking thread.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it may succeed later, [`Error::Internal`] when the paper itself is at fault.
    pub async fn render(&self, paper: letter::Paper) -> Result<Vec<u8>> {
        let Some(renderer) = self.renderer.clone() else {
            return Err(Error::Unavailable { what: "no renderer is set up".into(), retry_after_seconds: 60 });
        };
        let result = tokio::task::spawn_blocking(move || renderer.render(&paper)).await;
        match result.map_err(|error| Error::Internal(error.to_string()))? {
            Ok(pdf) => Ok(pdf),
            Err(error) if error.is_transient() => Err(Error::Unavailable { what: error.to_string(), retry_after_seconds: 10 }),
            Err(error) => Err(Error::Internal(error.to_string())),
        }
    }

    /// The absolute address of a path: for QR codes, mail and links that leave the server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.gov.settings().public_url.trim_end_matches('/'))
    }

    /// Whether cookies must be sent over TLS only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.gov.settings().public_url.starts_with("https://")
    }
}

fn script_words(texts: &Texts, locale: Locale, terms: &Terms) -> String {
    let keys = [
        "saved-here",
        "saved-there",
        "restored",
        "offline",
        "not-sent",
        "saving",
        "save-failed",
        "sending",
        "sent",
        "send-failed",
        "shrunk",
        "too-large",
    ];
    let words = keys.map(|key| (key, texts.say(locale, terms, &format!("web-script-{key}"), &[])));
    serde_json::Value::from_iter(words).to_string()
}
