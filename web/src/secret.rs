//! The secret of a link that goes out by e-mail.
//!
//! It follows from the id of the link and the government's key, so it stands nowhere: the table of links keeps its hash, the notice in
//! the queue keeps the id, and the words with the secret in them exist only while the message is handed to the mail server.

use kernel::{Id, keys::Keys};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// What the key signs for.
const PURPOSE: &str = "mail-link";

/// The secret of the link with this id: 40 hexadecimal digits.
#[must_use]
pub fn of(keys: &Keys, link: Id) -> String {
    hexadecimal(&keys.sign(PURPOSE, link.bytes())[..20])
}

/// What a table of links keeps of a secret.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Makes arguments of a notice whose `$url` is `path` with the link's secret in the place of `{}`.
#[must_use]
pub fn args(mut args: Json, link: Id, path: &str) -> Json {
    args["secret_of"] = link.to_string().into();
    args["secret_path"] = path.into();
    args
}

/// The path of [`args`], with the secret, or with what stands for it where people look at the queue.
pub(crate) fn path(args: &Json, keys: Option<&Keys>) -> Option<String> {
    let text = |name: &str| args.get(name).and_then(Json::as_str);
    let link: Id = text("secret_of")?.parse().ok()?;
    let secret = keys.map_or_else(|| "…".to_owned(), |keys| of(keys, link));
    Some(text("secret_path")?.replace("{}", &secret))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
