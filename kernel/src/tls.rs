//! The way to a PostgreSQL server: plain, or over TLS with a certificate that was checked (rustls with ring).

use std::{path::Path, pin::Pin, sync::Arc, time::Duration};

use postgres::{Client, NoTls};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::DbError;

/// Where the server is and how it is spoken to.
#[derive(Clone)]
pub(crate) struct Way {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Way {
    /// Reads a database URL. `sslmode=require` and `verify-full` ask for TLS with a certificate that is trusted and names
    /// the host; `sslrootcert` names a PEM file of those who are trusted, instead of the authorities of the web.
    /// Without `sslmode`, or with `disable`, nothing is encrypted: for a server on the same machine or network.
    ///
    /// # Errors
    /// [`DbError::Broken`] with a sentence about the part that is wrong.
    pub(crate) fn read(url: &str) -> Result<Self, DbError> {
        let (plain, asked) = taken_apart(url);
        let mut config: Config = plain.parse().map_err(|error| wrong(&format!("it is not valid: {error}")))?;
        config.connect_timeout(Duration::from_secs(5)).application_name("smartgovt");
        let tls = match asked.mode.as_deref() {
            None | Some("disable") if asked.roots.is_none() => None,
            Some("require" | "verify-full") => Some(MakeRustlsConnect::new(client(asked.roots.as_deref())?)),
            None | Some("disable") => return Err(wrong("sslrootcert stands without sslmode=verify-full")),
            Some(other) => return Err(wrong(&format!("sslmode={other} is not offered; write verify-full, require or disable"))),
        };
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        Ok(Self { config, tls })
    }

    /// A new session, one statement after the other: for loading in bulk.
    ///
    /// # Errors
    /// [`DbError::Away`] when the server cannot be reached, or its certificate is not trusted.
    pub(crate) fn connect(&self) -> Result<Client, DbError> {
        let config = postgres::Config::from(self.config.clone());
        let client = match &self.tls {
            Some(tls) => config.connect(tls.clone()),
            None => config.connect(NoTls),
        };
        client.map_err(|error| DbError::Away(with_causes(&error)))
    }

    /// A new session whose statements may be sent together, and what drives it.
    ///
    /// # Errors
    /// As [`Way::connect`].
    pub(crate) async fn open(&self) -> Result<(tokio_postgres::Client, Driver), DbError> {
        let away = |error: tokio_postgres::Error| DbError::Away(with_causes(&error));
        Ok(match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(away)?;
                (client, Box::pin(connection))
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(away)?;
                (client, Box::pin(connection))
            }
        })
    }
}

/// Carries what a session's client asks to the server and the answers back; ends with the session.
pub(crate) type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// What the URL says of TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    mode: Option<String>,
    roots: Option<String>,
}

/// The URL without its words about TLS, and these. Both spellings are read: `postgres://…?a=b` and `a=b c=d`.
fn taken_apart(url: &str) -> (String, Asked) {
    let mut asked = Asked::default();
    let mut take = |pair: &str| {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = Some(mode.to_owned()),
            Some(("sslrootcert", path)) => asked.roots = Some(decoded(path)),
            _ => return false,
        }
        true
    };
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), asked) };
        let rest: Vec<&str> = query.split('&').filter(|pair| !take(pair)).collect();
        return (if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) }, asked);
    }
    let rest: Vec<&str> = url.split(' ').filter(|pair| !take(pair)).collect();
    (rest.join(" "), asked)
}

/// `%20` and the like read back.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let (byte, after) = match (first, hex) {
            (b'%', Some(byte)) => (byte, &after[2..]),
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn client(roots: Option<&str>) -> Result<ClientConfig, DbError> {
    let mut trusted = RootCertStore::empty();
    match roots {
        None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let unread = |error: &dyn std::fmt::Display| wrong(&format!("sslrootcert={path} cannot be read: {error}"));
            for certificate in CertificateDer::pem_file_iter(Path::new(path)).map_err(|error| unread(&error))? {
                trusted.add(certificate.map_err(|error| unread(&error))?).map_err(|error| unread(&error))?;
            }
            if trusted.is_empty() {
                return Err(unread(&"there is no certificate in it"));
            }
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| wrong(&error.to_string()))?;
    Ok(builder.with_root_certificates(trusted).with_no_client_auth())
}

fn wrong(what: &str) -> DbError {
    DbError::Broken(format!("the database URL: {what}"))
}

/// "error performing TLS handshake: invalid peer certificate: UnknownIssuer": the cause is what an operator can act on.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mode: Option<&str>, roots: Option<&str>) -> Asked {
        Asked { mode: mode.map(str::to_owned), roots: roots.map(str::to_owned) }
    }

    #[test]
    fn words_about_tls_are_taken_out_of_the_url() {
        for (url, plain, words) in [
            ("postgres://a@h/db", "postgres://a@h/db", asked(None, None)),
            ("postgres://a@h/db?sslmode=verify-full", "postgres://a@h/db", asked(Some("verify-full"), None)),
            (
                "postgresql://a@h/db?sslmode=require&connect_timeout=3&sslrootcert=/etc/ca%20a.pem",
                "postgresql://a@h/db?connect_timeout=3",
                asked(Some("require"), Some("/etc/ca a.pem")),
            ),
            ("host=h user=a sslmode=disable", "host=h user=a", asked(Some("disable"), None)),
        ] {
            assert_eq!(taken_apart(url), (plain.to_owned(), words), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_promised_is_refused_in_a_sentence() {
        for (url, part) in [
            ("postgres://a@h/db?sslmode=prefer", "sslmode=prefer is not offered"),
            ("postgres://a@h/db?sslmode=verify-ca", "sslmode=verify-ca is not offered"),
            ("postgres://a@h/db?sslrootcert=/etc/ca.pem", "stands without sslmode=verify-full"),
            ("postgres://a@h/db?sslmode=verify-full&sslrootcert=/nowhere.pem", "sslrootcert=/nowhere.pem cannot be read"),
            ("postgres://a@h/db?sslmode=verify-full&sslrootcert=/dev/null", "no certificate"),
        ] {
            let error = Way::read(url).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(part), "{url}: {error}");
        }
        assert!(Way::read("postgres://a@h/db?sslmode=require").unwrap().tls.is_some(), "the authorities of the web");
        assert!(Way::read("postgres://a@h/db").unwrap().tls.is_none());
    }
}
