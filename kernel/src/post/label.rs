//! The lines above a signature: which post signs, and for whom (Permendagri 1/2023 on official scripts).

use jiff::Timestamp;

use super::{HoldingKind, Right, find, holding::definitive_posts, office};
use crate::{Error, Id, Result, Rx, unit};

/// A post as a label names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelPost {
    /// "Kepala Desa", "Sekretaris Desa".
    pub title: String,
    /// The unit's name when the post leads it ("Desa Batu Jungul" or "Batu Jungul"); empty for the others.
    pub unit_name: String,
    pub kind: HoldingKind,
}

impl LabelPost {
    /// Title and unit in one, each word once: "Kepala Desa" + "Desa X" → "Kepala Desa X"; "Lurah" + "Kelurahan X" → "Lurah X".
    #[must_use]
    pub fn name(&self) -> String {
        let title: Vec<&str> = self.title.split_whitespace().collect();
        let unit: Vec<&str> = self.unit_name.split_whitespace().collect();
        let same = |a: &[&str], b: &[&str]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_lowercase() == b.to_lowercase());
        let shared = (0..=title.len().min(unit.len())).rev().find(|n| same(&title[title.len() - n..], &unit[..*n])).unwrap_or(0);
        let rest = match unit.first() {
            Some(word) if shared == 0 && unit.len() > 1 && title.last().is_some_and(|title| is_led_by(word, title)) => &unit[1..],
            _ => &unit[shared..],
        };
        let covered = !rest.is_empty() && title.len() >= rest.len() && same(&title[title.len() - rest.len()..], rest);
        let mut words = title;
        if !covered {
            words.extend(rest);
        }
        words.join(" ")
    }
}

/// Whether a unit of this word is led by somebody with this title: "Camat X", not "Camat Kecamatan X".
fn is_led_by(word: &str, title: &str) -> bool {
    const TITLES: [(&str, &str); 8] = [
        ("kabupaten", "bupati"),
        ("kecamatan", "camat"),
        ("distrik", "camat"),
        ("kapanewon", "panewu"),
        ("kelurahan", "lurah"),
        ("kalurahan", "lurah"),
        ("gampong", "keuchik"),
        ("gampong", "geuchik"),
    ];
    TITLES.iter().any(|(unit, head)| word.eq_ignore_ascii_case(unit) && title.eq_ignore_ascii_case(head))
}

/// The lines above the signature of `signer`.
///
/// `own_office` is a Plh's own definitive office. `via` are the posts signed for, from the top: none by own right,
/// one for a.n., two for u.b.
///
/// | right | lines |
/// |---|---|
/// | definitive | `KEPALA DESA X,` |
/// | Pj., Plt. | `Pj. KEPALA DESA X,` |
/// | Plh. | `Plh. KEPALA DESA X,` · `Sekretaris Desa` |
/// | a.n. | `a.n. KEPALA DESA X` · `SEKRETARIS DESA,` |
/// | u.b. | `a.n. KEPALA DESA X` · `SEKRETARIS DESA` · `u.b.` · `KEPALA SEKSI PELAYANAN,` |
#[must_use]
pub fn signature_label(signer: &LabelPost, own_office: Option<&str>, via: &[LabelPost]) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, giver) in via.iter().enumerate() {
        if place == 0 {
            lines.push(format!("a.n. {}", giver.name().to_uppercase()));
        } else {
            lines.push(giver.name().to_uppercase());
            lines.push("u.b.".to_owned());
        }
    }
    lines.push(format!("{}{},", signer.kind.prefix(), signer.name().to_uppercase()));
    if signer.kind == HoldingKind::Plh {
        lines.extend(own_office.map(str::to_owned));
    }
    lines
}

/// The label of somebody acting by `right` at `at`.
///
/// # Errors
/// [`Error::Missing`] when a post of the right is gone.
pub fn label_of(rx: &mut Rx<'_>, right: &Right, at: Timestamp) -> Result<Vec<String>> {
    let signer = named(rx, right.own_post, right.kind)?;
    let mut via = Vec::with_capacity(right.via.len());
    for mandate in &right.via {
        via.push(named(rx, mandate.from_post, HoldingKind::Definitive)?);
    }
    let mut own_office = None;
    if right.kind == HoldingKind::Plh {
        let own = definitive_posts(rx, right.person, at)?.into_iter().find(|post| *post != right.own_post);
        if let Some(own) = own {
            own_office = Some(named(rx, own, HoldingKind::Definitive)?.name());
        }
    }
    Ok(signature_label(&signer, own_office.as_deref(), &via))
}

fn named(rx: &mut Rx<'_>, post: Id, kind: HoldingKind) -> Result<LabelPost> {
    let post = find(rx, post)?.ok_or(Error::Missing)?;
    let unit_name = if office::leads(&post.office) { unit::find(rx, post.unit)?.ok_or(Error::Missing)?.name } else { String::new() };
    Ok(LabelPost { title: post.title, unit_name, kind })
}
