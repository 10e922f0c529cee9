//! Names of places: abbreviations written out, keys to compare them, slugs for addresses.

use crate::numbers::roman_value;
use crate::search::fold_text;

/// Abbreviations in the official lists and on letters. Those of one or two letters that could be another word need their dot.
const ABBREVIATIONS: [(&str, &str, bool); 36] = [
    ("bkt", "Bukit", false),
    ("btg", "Batang", false),
    ("ds", "Desa", false),
    ("dsn", "Dusun", false),
    ("gg", "Gang", false),
    ("gn", "Gunung", false),
    ("gng", "Gunung", false),
    ("jl", "Jalan", false),
    ("jln", "Jalan", false),
    ("kab", "Kabupaten", false),
    ("kec", "Kecamatan", false),
    ("kel", "Kelurahan", false),
    ("kp", "Kampung", false),
    ("kpg", "Kampung", false),
    ("kt", "Kota", false),
    ("lb", "Lubuk", false),
    ("lbk", "Lubuk", false),
    ("ma", "Muara", true),
    ("mr", "Muara", true),
    ("mns", "Meunasah", false),
    ("p", "Pulau", true),
    ("pd", "Padang", true),
    ("pdg", "Padang", false),
    ("perk", "Perkebunan", true),
    ("prov", "Provinsi", false),
    ("ps", "Pasar", false),
    ("psr", "Pasar", false),
    ("s", "Sungai", true),
    ("sei", "Sungai", true),
    ("sp", "Simpang", true),
    ("spg", "Simpang", false),
    ("tg", "Tanjung", false),
    ("tj", "Tanjung", false),
    ("tjg", "Tanjung", false),
    ("tl", "Talang", false),
    ("tlg", "Talang", false),
];

/// Stay as they are in capitals.
const ACRONYMS: [&str; 6] = ["RT", "RW", "SP", "UPT", "DKI", "DI"];

/// A place name with its abbreviations written out and in ordinary capitals: "PS. TEBING TINGGI" is "Pasar Tebing Tinggi", "Lb.Buntak" is "Lubuk
/// Buntak". Roman numerals stay. For reading; where a law wants the registered name, print that.
pub fn place_name(name: &str) -> String {
    let mut words = Vec::new();
    for token in name.split_whitespace() {
        let mut rest = token;
        while let Some((head, tail)) = rest.split_once('.') {
            words.extend(written_out(head, true));
            rest = tail;
        }
        words.extend(written_out(rest, false));
    }
    words.join(" ")
}

fn written_out(word: &str, dotted: bool) -> Option<String> {
    if word.is_empty() {
        return None;
    }
    let lower = word.to_lowercase();
    let known = ABBREVIATIONS.iter().find(|(short, _, needs_dot)| *short == lower && (dotted || !needs_dot));
    Some(match known {
        Some((_, long, _)) => (*long).to_owned(),
        None => capitalised(word, &lower),
    })
}

fn capitalised(word: &str, lower: &str) -> String {
    let upper = word.to_uppercase();
    let numeral = upper.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X')) && roman_value(&upper).is_some();
    if numeral || (word == upper && ACRONYMS.contains(&word)) {
        return upper;
    }
    // Written with care already: McDermott, Pa'o.
    if word != upper && word != lower {
        return word.to_owned();
    }
    let mut out = String::with_capacity(lower.len());
    let mut begins = true;
    for symbol in lower.chars() {
        if begins {
            out.extend(symbol.to_uppercase());
        } else {
            out.push(symbol);
        }
        begins = matches!(symbol, '-' | '(' | '/');
    }
    out
}

/// What kind of place it is, said before the name.
const KINDS: [&str; 6] = ["desa", "kelurahan", "nagari", "kecamatan", "kabupaten", "provinsi"];

/// The key under which writings of one place meet: "Ds. Tj. Raman", "TANJUNG RAMAN" and "Tanjungraman" are "tanjungraman".
pub fn place_key(name: &str) -> String {
    let folded = fold_text(&place_name(name));
    let words: Vec<&str> = folded.split(' ').map(|word| if word == "sei" { "sungai" } else { word }).collect();
    match words.as_slice() {
        [kind, rest @ ..] if !rest.is_empty() && KINDS.contains(kind) => rest.concat(),
        all => all.concat(),
    }
}

/// A text as a part of an address: "Surat Keterangan Usaha (SKU)" is "surat-keterangan-usaha-sku". Only a–z, 0–9 and single dashes; may be empty.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for symbol in fold_text(text).chars() {
        if symbol.is_ascii_alphanumeric() {
            out.push(symbol);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn abbreviations_are_written_out() {
        for (name, long) in [
            ("Ps. TEBING TINGGI", "Pasar Tebing Tinggi"),
            ("Gn. Meraksa Baru", "Gunung Meraksa Baru"),
            ("Gn Meraksa Lama", "Gunung Meraksa Lama"),
            ("Lb. Buntak", "Lubuk Buntak"),
            ("Lb.Buntak", "Lubuk Buntak"),
            ("Tj. Kupang", "Tanjung Kupang"),
            ("Tl. Padang", "Talang Padang"),
            ("PASEMAH AIR KERUH", "Pasemah Air Keruh"),
            ("Koto Gadang VI", "Koto Gadang VI"),
            ("tebing tinggi iv", "Tebing Tinggi IV"),
            ("Nan VII", "Nan VII"),
            ("Kab. Empat Lawang", "Kabupaten Empat Lawang"),
            ("RT 03 RW 01", "RT 03 RW 01"),
            ("P. Panggung", "Pulau Panggung"),
            ("Ma Sungai", "Ma Sungai"),
            ("Sei Rampah", "Sei Rampah"),
            ("MUARA-BELITI", "Muara-Beliti"),
            ("Pa'o", "Pa'o"),
            ("", ""),
        ] {
            assert_eq!(place_name(name), long, "{name}");
        }
    }

    #[test]
    fn writings_of_one_place_meet() {
        for group in [
            &["Tanjung Raman", "Ds. Tj. Raman", "TANJUNGRAMAN", "Desa Tanjung Raman", " tjg  raman"][..],
            &["Sei Rampah", "Sungai Rampah", "S. Rampah"],
            &["Kab. Empat Lawang", "KABUPATEN EMPAT LAWANG", "Empat Lawang"],
            &["Kelurahan Ps. Tebing Tinggi", "Pasar Tebing Tinggi"],
        ] {
            for name in group {
                assert_eq!(place_key(name), place_key(group[0]), "{name}");
            }
        }
        assert_eq!(place_key("Desa"), "desa");
        assert_ne!(place_key("Kota Jambi"), place_key("Jambi"), "a city may lie beside a regency of its name");
    }

    #[test]
    fn slugs() {
        for (text, slugged) in [
            ("Surat Keterangan Usaha (SKU)", "surat-keterangan-usaha-sku"),
            ("  Désa -- Baru! ", "desa-baru"),
            ("Ma'ruf", "maruf"),
            ("***", ""),
        ] {
            assert_eq!(slug(text), slugged, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_slug_is_an_address(text in "\\PC{0,30}") {
            let slugged = slug(&text);
            prop_assert!(slugged.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')));
            prop_assert!(!slugged.starts_with('-') && !slugged.ends_with('-') && !slugged.contains("--"));
            prop_assert_eq!(&slug(&slugged), &slugged);
        }

        #[test]
        fn writing_out_again_changes_nothing(name in "[A-Za-z. ]{0,30}") {
            let long = place_name(&name);
            prop_assert_eq!(place_name(&long), long);
        }
    }
}
