//! What the operator wrote: the TOML file, checked whole, every fault said at once.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use kernel::{
    db::Target,
    gov::{Mail, Settings},
    log::WitnessKey,
};
use serde::Deserialize;
use tlog::{Verifier, note::Algorithm};
use web::{Look, look::Colour};

use crate::government;

/// The file as written; see `smartgovt.example.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    pub government: Government,
    #[serde(default)]
    pub look: LookConfig,
    #[serde(default)]
    pub database: Database,
    #[serde(default)]
    pub keys: KeyFile,
    #[serde(default)]
    pub mail: MailConfig,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub metrics: Metrics,
}

/// Who the government is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Government {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub province: String,
    pub region: String,
    pub zone: String,
    pub public_url: String,
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// How it looks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookConfig {
    colour: Option<String>,
    thread: Option<String>,
    initials: Option<String>,
    crest: Option<PathBuf>,
    village_word: Option<String>,
}

/// Where the rows are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: Option<String>,
}

/// Where the key file is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    pub file: Option<PathBuf>,
}

/// How e-mail leaves.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    smtp: Option<String>,
    from: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Auto,
    Json,
    Words,
}

/// What the log holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
    /// Who cosigns the transparency log.
    witnesses: Vec<Witness>,
}

/// A witness of the transparency log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Witness {
    url: String,
    key: String,
}

impl Log {
    /// The witnesses, with their keys read.
    ///
    /// # Errors
    /// Which key is not one.
    pub fn witnesses(&self) -> Result<Vec<WitnessKey>> {
        let read = |witness: &Witness| {
            let verifier = Verifier::parse(&witness.key).with_context(|| format!("log.witnesses: the key of {}", witness.url))?;
            anyhow::ensure!(verifier.algorithm() == Algorithm::Cosignature, "log.witnesses: {} is not a witness's key", witness.key);
            let known = witness.url.starts_with("https://") || witness.url.starts_with("http://");
            anyhow::ensure!(known, "log.witnesses: {:?} is no URL", witness.url);
            Ok(WitnessKey { url: witness.url.clone(), verifier })
        };
        self.witnesses.iter().map(read).collect()
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, filter: "info".to_owned(), witnesses: Vec::new() }
    }
}

/// Who may read the figures of the process.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    #[serde(default)]
    pub public: bool,
}

impl Config {
    /// Reads the file. `data` is where it lies when it is not named.
    ///
    /// # Errors
    /// Where the file is missing, or the line that is wrong.
    pub fn read(data: &Path, named: Option<&Path>) -> Result<Self> {
        let path = named.map_or_else(|| data.join("smartgovt.toml"), Path::to_owned);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("no configuration at {}: write one (smartgovt.example.toml shows every line) or name it with --config", path.display())
        })?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))?;
        let faults = config.faults(&path);
        anyhow::ensure!(faults.is_empty(), "{}:\n- {}", path.display(), faults.join("\n- "));
        Ok(config)
    }

    /// Everything that is wrong, each in a sentence.
    fn faults(&self, path: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        let government = &self.government;
        let letters = |slug: &str| slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if government.slug.is_empty() || government.slug.len() > 40 || !letters(&government.slug) || government.slug.starts_with('-') {
            faults.push(format!("government.slug is {:?}: 1 to 40 letters a-z, digits and dashes", government.slug));
        }
        if government.name.trim().is_empty() {
            faults.push("government.name is empty".to_owned());
        }
        let code = government.region.split('.').all(|part| part.len() >= 2 && part.chars().all(|c| c.is_ascii_digit()));
        if !code {
            faults.push(format!("government.region is {:?}: a code of Kemendagri such as 16.11", government.region));
        }
        if jiff::tz::TimeZone::get(&government.zone).is_err() {
            faults.push(format!("government.zone is {:?}: Asia/Jakarta, Asia/Makassar or Asia/Jayapura", government.zone));
        }
        faults.extend(public_url_fault(&government.public_url));
        for (name, colour) in [("colour", &self.look.colour), ("thread", &self.look.thread)] {
            if let Some(Err(error)) = colour.as_deref().map(Colour::parse) {
                faults.push(format!("look.{name}: {error}"));
            }
        }
        if let Some(crest) = self.crest_path(path).filter(|crest| !crest.is_file()) {
            faults.push(format!("look.crest: there is no file {}", crest.display()));
        }
        match (&self.mail.smtp, &self.mail.from) {
            (Some(_), None) => faults.push("mail.from is missing: who the letters come from".to_owned()),
            (None, Some(_)) => faults.push("mail.smtp is missing: mail.from alone sends nothing".to_owned()),
            _ => {}
        }
        if let Some(Err(error)) = self.mail().map(|mail| kernel::notice::check_mail(&mail)) {
            faults.push(format!("mail: {error}"));
        }
        if let Err(error) = self.log.witnesses() {
            faults.push(format!("{error:#}"));
        }
        if let Some(url) = &self.database.url
            && !url.starts_with("postgres://")
            && !url.starts_with("postgresql://")
        {
            faults.push("database.url begins with postgres://".to_owned());
        }
        faults
    }

    fn crest_path(&self, path: &Path) -> Option<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.look.crest.as_ref().map(|crest| folder.join(crest))
    }

    fn mail(&self) -> Option<Mail> {
        let (url, from) = (self.mail.smtp.clone()?, self.mail.from.clone()?);
        Some(Mail::Smtp { url, from })
    }

    /// The government's settings, its folder below `data`.
    #[must_use]
    pub fn settings(&self, data: &Path) -> Settings {
        let government = &self.government;
        Settings {
            slug: government.slug.clone(),
            name: government.name.clone(),
            province: government.province.clone(),
            region: government.region.clone(),
            zone: government.zone.clone(),
            public_url: government.public_url.trim_end_matches('/').to_owned(),
            mark: None,
            mail: self.mail().unwrap_or_default(),
            folder: data.join("gov").join(&government.slug),
        }
    }

    /// How the government looks.
    ///
    /// # Errors
    /// When the crest cannot be read.
    pub fn look(&self, data: &Path, named: Option<&Path>) -> Result<Look> {
        let path = named.map_or_else(|| data.join("smartgovt.toml"), Path::to_owned);
        let mut look = Look::plain(&self.government.name);
        look.above.clone_from(&self.government.province);
        look.zone = match self.government.zone.as_str() {
            "Asia/Makassar" | "Asia/Ujung_Pandang" => "WITA",
            "Asia/Jayapura" => "WIT",
            _ => "WIB",
        }
        .to_owned();
        if let Some(colour) = &self.look.colour {
            look.colour = Colour::parse(colour)?;
        }
        if let Some(thread) = &self.look.thread {
            look.thread = Colour::parse(thread)?;
        }
        if let Some(initials) = &self.look.initials {
            look.initials.clone_from(initials);
        }
        if let Some(regency) = regions::regency(&self.government.region) {
            look.words = government::words(&regency);
        }
        if let Some(word) = self.look.village_word.as_ref().filter(|word| **word != look.words.village) {
            look.words = indonesian::LocalWords::called(word);
        }
        if let Some(crest) = self.crest_path(&path) {
            look.crest_svg = Some(std::fs::read_to_string(&crest).with_context(|| format!("reading {}", crest.display()))?);
        }
        Ok(look)
    }
}

/// What is wrong with a public URL: it needs https, except on loopback.
fn public_url_fault(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name = if host.starts_with('[') { host.split(']').next().unwrap_or(host) } else { host.split(':').next().unwrap_or(host) };
    let here = matches!(name, "localhost" | "127.0.0.1" | "[::1");
    match scheme {
        _ if name.is_empty() || host.contains(['@', ' ', '?', '#']) => Some(format!("government.public_url is {url:?}: https://HOST")),
        _ if !path.is_empty() => Some("government.public_url ends after the host: SmartGovt lives at the root of its own host".to_owned()),
        "https" => None,
        "http" if here => None,
        "http" => Some("government.public_url needs https: cookies and personal data would travel in the open".to_owned()),
        _ => Some(format!("government.public_url is {url:?}: https://HOST")),
    }
}

/// Where the rows of a government are.
#[must_use]
pub fn target(settings: &Settings, url: Option<&str>) -> Target {
    url.map_or_else(|| Target::Sqlite(settings.folder.join("smartgovt.db")), |url| Target::Postgres(url.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_read_as_it_stands() {
        let config: Config = toml::from_str(include_str!("../smartgovt.example.toml")).unwrap();
        assert_eq!(config.faults(Path::new("smartgovt.toml")), Vec::<String>::new());
        let settings = config.settings(Path::new("/srv"));
        assert_eq!(settings.folder, Path::new("/srv/gov/empat-lawang"));
        assert_eq!(settings.mail, Mail::Preview);
    }

    #[test]
    fn every_fault_is_said_at_once() {
        let text = include_str!("../smartgovt.example.toml")
            .replace("slug = \"empat-lawang\"", "slug = \"Empat Lawang\"")
            .replace("Asia/Jakarta\"\n", "Asia/Lahat\"\n")
            .replace("https://layanan", "http://layanan")
            .replace("#0b5a47", "hijau")
            .replace("# smtp =", "smtp =");
        let faults = toml::from_str::<Config>(&text).unwrap().faults(Path::new("smartgovt.toml"));
        for named in ["slug", "zone", "public_url needs https", "look.colour", "mail.from"] {
            assert!(faults.iter().any(|fault| fault.contains(named)), "{named}: {faults:#?}");
        }
    }

    #[test]
    fn a_misspelled_line_is_refused() {
        let text = include_str!("../smartgovt.example.toml").replace("trusted_proxies", "trusted_proxy");
        assert!(toml::from_str::<Config>(&text).unwrap_err().to_string().contains("trusted_proxy"));
    }

    #[test]
    fn public_urls() {
        for good in ["https://a.example", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "https://a.example:8443/"] {
            assert_eq!(public_url_fault(good), None, "{good}");
        }
        for bad in ["a.example", "http://a.example", "https://a.example/portal", "https://", "ftp://a.example", "https://u@a.example", ""] {
            assert!(public_url_fault(bad).is_some(), "{bad}");
        }
    }
}
