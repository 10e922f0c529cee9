//! A definition in the words of a region: where a kecamatan is a distrik, the texts of a service say so.

use indonesian::{LocalWords, title_case};
use serde_json::Value;

use super::{Definition, DefinitionError};

/// Keys whose texts people read; everything else names offices, kinds and fields.
const READ: [&str; 7] = ["id", "en", "text", "copies", "addressee", "in_letter", "keywords"];

/// Names of regulations: a law about the desa is called so everywhere.
const NAMED: &str = "legal";

/// `definition` in these words. Texts in the usual ones come back as they are.
///
/// # Errors
/// [`DefinitionError`] when the reworded texts are no definition, which a test of the packages excludes.
pub fn in_words(definition: &Definition, words: &LocalWords) -> Result<Definition, DefinitionError> {
    let usual = LocalWords::default();
    let pairs: Vec<(String, String)> = [
        (&usual.district_secretary, &words.district_secretary),
        (&usual.district_head, &words.district_head),
        (&usual.district, &words.district),
        (&usual.village, &words.village),
        (&usual.hamlet, &words.hamlet),
    ]
    .into_iter()
    .filter(|(usual, own)| usual != own)
    .flat_map(|(usual, own)| [(usual.clone(), own.clone()), (title_case(usual), title_case(own))])
    .collect();
    if pairs.is_empty() {
        return Ok(definition.clone());
    }
    let mut json = serde_json::from_str(&definition.canonical()).unwrap_or_default();
    reword(&mut json, false, &pairs);
    Definition::from_canonical(&json.to_string())
}

fn reword(value: &mut Value, is_read: bool, pairs: &[(String, String)]) {
    match value {
        Value::String(text) if is_read => *text = said(text, pairs),
        Value::Array(list) => list.iter_mut().for_each(|value| reword(value, is_read, pairs)),
        Value::Object(map) => {
            let texts = map.iter_mut().filter(|(key, _)| *key != NAMED);
            texts.for_each(|(key, value)| reword(value, READ.contains(&key.as_str()), pairs));
        }
        _ => {}
    }
}

/// `text` with whole words exchanged; placeholders in braces stay.
fn said(text: &str, pairs: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '{' {
            let end = rest.find('}').map_or(rest.len(), |end| end + 1);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let begins = out.chars().next_back().is_none_or(|last| !last.is_alphanumeric());
        let ends = |word: &str| rest[word.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric());
        match pairs.iter().find(|(usual, _)| begins && rest.starts_with(usual.as_str()) && ends(usual)) {
            Some((usual, own)) => {
                out.push_str(own);
                rest = &rest[usual.len()..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::packages;

    #[test]
    fn a_package_speaks_the_words_of_the_region() {
        let words = LocalWords::of_region("91.03");
        let heirs = packages::all().expect("packages").into_iter().find(|definition| definition.slug == "keterangan-ahli-waris");
        let heirs = heirs.expect("the statement of heirs");
        let text = in_words(&heirs, &words).expect("reworded").canonical();
        assert!(text.contains("diketahui Kepala Distrik dengan nomor register distrik"), "{text}");
        assert!(text.contains("1 hari kerja di kampung/kelurahan"), "{text}");
        assert!(text.contains("{kecamatan}") && text.contains("{camat}"), "placeholders stay: {text}");
        for definition in packages::all().expect("packages") {
            let own = in_words(&definition, &words).expect("reworded").canonical();
            assert_eq!(own.contains("tentang Desa"), definition.canonical().contains("tentang Desa"), "a law keeps its name");
            assert!(!own.contains("tentang Kampung"), "{}", definition.slug);
        }
    }

    #[test]
    fn every_package_stays_a_definition_in_every_regions_words() {
        for region in ["11.01", "13.02", "15.71", "34.01", "34.71", "51.03", "71.02", "81.02", "95.01"] {
            let words = LocalWords::of_region(region);
            for definition in packages::all().expect("packages") {
                let own = in_words(&definition, &words).expect("reworded");
                assert_eq!(own.adopted_by, definition.adopted_by, "{region} {}", definition.slug);
                assert_eq!(
                    own.fields().map(|field| &field.key).collect::<Vec<_>>(),
                    definition.fields().map(|field| &field.key).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn only_whole_words_are_exchanged() {
        let pairs = [("desa".to_owned(), "kampung".to_owned()), ("camat".to_owned(), "kepala distrik".to_owned())];
        assert_eq!(said("desa, pedesaan, camat {desa} kecamatan", &pairs), "kampung, pedesaan, kepala distrik {desa} kecamatan");
    }
}
