//! Names of persons: folded for search, compared by sound and by one slip of the finger, masked for the public.
//!
//! One name has many spellings: of 1901 (Soekarno, Tjokro, Djoko, Jusuf), of 1947 (oe → u), of 1972 (tj → c, dj → j, j → y, nj → ny,
//! sj → sy, ch → kh), and of Arabic (Achmad, Fadhil, Aisyah, Zainal). [`sound`] maps them to one key; it unites more than it should, so
//! rank what it finds by [`alike`].

use crate::search::fold_text;

/// Before a name, with or without a dot.
const TITLES_BEFORE: [&str; 24] = [
    "h", "hj", "kh", "ir", "dr", "drg", "drh", "drs", "dra", "prof", "apt", "ns", "ust", "ustadz", "ustaz", "ustadzah", "tgk", "sdr",
    "sdri", "bpk", "bapak", "ibu", "alm", "almh",
];

/// After a name, and only with a dot or behind a comma: "Se" and "Ma" are names too.
const TITLES_AFTER: [&str; 62] = [
    "amd", "amdkeb", "amdkep", "amdkom", "ama", "amapd", "bsc", "ba", "lc", "llm", "mag", "map", "mba", "mh", "mhum", "mikom", "mkes",
    "mkom", "mkn", "mm", "mmpd", "mp", "mpd", "mpdi", "ms", "msc", "msi", "msos", "mt", "phd", "sag", "sap", "se", "sei", "sfarm", "sgz",
    "sh", "shi", "shum", "shut", "sikom", "sip", "sik", "sked", "skep", "skm", "skom", "sp", "spd", "spdi", "spdsd", "spi", "spsi", "spt",
    "ssi", "ssos", "sst", "sstp", "st", "sthi", "str", "strkeb",
];

/// The words of a name in lower case without marks, punctuation and titles. A name of nothing but titles keeps them.
pub fn name_words(name: &str) -> Vec<String> {
    let kept: Vec<String> = parts(name).iter().flat_map(|part| folded(part)).collect();
    if kept.is_empty() { folded(name) } else { kept }
}

/// [`name_words`] as one text: "H. Achmad Ma'ruf, S.Pd.I" is "achmad maruf".
pub fn fold_name(name: &str) -> String {
    name_words(name).join(" ")
}

/// "Rahma Hidayat, S.E." is "R•••• H••••••": initials and lengths (at most eight), without titles.
pub fn mask_name(name: &str) -> String {
    let parts = parts(name);
    let words = parts.iter().flat_map(|part| part.split(['.', ' '])).filter(|word| word.chars().any(char::is_alphanumeric));
    let masked: Vec<String> = words
        .map(|word| {
            let mut symbols = word.chars().skip_while(|symbol| !symbol.is_alphanumeric());
            let mut masked: String = symbols.next().into_iter().flat_map(char::to_uppercase).collect();
            masked.extend(symbols.take(7).map(|_| '•'));
            masked
        })
        .collect();
    masked.join(" ")
}

/// The tokens of a name that are no titles, as written.
fn parts(name: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    for (index, section) in name.split(',').enumerate() {
        for token in section.split_whitespace() {
            let letters = fold_text(token).replace(' ', "");
            let dotted = token.contains('.');
            let before = kept.is_empty() && TITLES_BEFORE.contains(&letters.as_str());
            let after = (dotted || index > 0) && TITLES_AFTER.contains(&letters.as_str());
            if !(before || after && !kept.is_empty()) {
                kept.push(token);
            }
        }
    }
    kept
}

fn folded(text: &str) -> Vec<String> {
    fold_text(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Abbreviations of the commonest name, after folding by sound.
const MUHAMMAD: [&str; 9] = ["moh", "mohd", "muh", "muhd", "mhd", "mohammad", "mohamad", "mohammed", "mochamad"];

/// Ordered: a longer spelling before its parts.
const DIGRAPHS: [(&str, &str); 27] = [
    ("oe", "u"),
    ("oo", "u"),
    ("ie", "i"),
    ("tj", "c"),
    ("dj", "j"),
    ("dz", "j"),
    ("sj", "s"),
    ("sy", "s"),
    ("sh", "s"),
    ("ts", "s"),
    ("kh", "h"),
    ("dh", "d"),
    ("th", "t"),
    ("bh", "b"),
    ("gh", "g"),
    ("zh", "j"),
    ("ph", "p"),
    ("ck", "k"),
    ("chr", "kr"),
    ("chand", "cand"),
    ("chy", "ci"),
    ("che", "ce"),
    ("ch", "h"),
    ("q", "k"),
    ("x", "ks"),
    ("v", "p"),
    ("f", "p"),
];

/// The key under which spellings of one word sound alike: "soekarno" and "sukarno", "jusuf" and "yusup", "achmad" and "ahmad".
/// Takes one folded word; any other text is folded first and its words run together.
pub fn sound(word: &str) -> String {
    let word = fold_text(word).replace(' ', "");
    if MUHAMMAD.contains(&word.as_str()) {
        return "muhamad".to_owned();
    }
    let mut key = word;
    for (spelling, sound) in DIGRAPHS {
        if key.contains(spelling) {
            key = key.replace(spelling, sound);
        }
    }
    let symbols: Vec<char> = key.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(symbols.len());
    for (index, symbol) in symbols.iter().enumerate() {
        let next = symbols.get(index + 1);
        let glide = next.is_some_and(|next| is_vowel(*next) && *next != 'i');
        let sounded = match symbol {
            'z' if next.is_none() => 's',
            'z' | 'j' => 'j',
            // j, y and i before a vowel were one letter or the other in every spelling.
            'y' | 'i' if glide && !out.last().is_some_and(|last| *last != 'i' && is_vowel(*last) && *symbol == 'i') => 'j',
            'y' if next.is_some_and(|next| *next == 'i') => 'j',
            'y' => 'i',
            'h' if next.is_none() && out.last().is_some_and(|last| is_vowel(*last)) => continue,
            other => *other,
        };
        if out.last() != Some(&sounded) {
            out.push(sounded);
        }
    }
    out.into_iter().collect()
}

fn is_vowel(symbol: char) -> bool {
    matches!(symbol, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// How near two words are, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alike {
    /// The same letters after folding.
    Same,
    /// The same sound.
    Sounds,
    /// One slip apart, in letters or in sound; only for words of four letters and more.
    OneEdit,
}

/// How near two words of names are, if they are.
pub fn alike(a: &str, b: &str) -> Option<Alike> {
    let (a, b) = (fold_text(a), fold_text(b));
    if a == b {
        return Some(Alike::Same);
    }
    let (sound_a, sound_b) = (sound(&a), sound(&b));
    if sound_a == sound_b {
        return Some(Alike::Sounds);
    }
    let long = |word: &str| word.chars().count() >= 4;
    let near = long(&a) && long(&b) && one_edit(&a, &b);
    let sounds_near = long(&sound_a) && long(&sound_b) && one_edit(&sound_a, &sound_b);
    (near || sounds_near).then_some(Alike::OneEdit)
}

/// Whether at most one letter is added, missing, wrong, or exchanged with its neighbour.
pub fn one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    if long.is_empty() {
        return true;
    }
    if short.len() < long.len() {
        return short == &long[1..];
    }
    short[1..] == long[1..] || (short.len() >= 2 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..])
}

/// A word and each way to leave one of its letters out, sorted. Two words within [`one_edit`] share one of them, so that an index of these finds
/// slips without reading all words; hold what it finds against [`one_edit`].
pub fn deletions(word: &str) -> Vec<String> {
    let symbols: Vec<char> = word.chars().collect();
    let without = |left_out: usize| {
        let kept = symbols.iter().enumerate().filter(|(index, _)| *index != left_out);
        kept.map(|(_, symbol)| *symbol).collect::<String>()
    };
    let mut all: Vec<String> = (0..=symbols.len()).map(without).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_and_marks_are_left_out() {
        for (name, folded) in [
            ("H. Achmad Ma'ruf, S.Pd.I", "achmad maruf"),
            ("Hj. SITI AMINAH", "siti aminah"),
            ("Prof. Dr. Ir. H. Joko Susilo, M.Si., Ph.D.", "joko susilo"),
            ("drg. Rina Wati, M.Kes", "rina wati"),
            ("Ahmad Fauzi S.H.", "ahmad fauzi"),
            ("Budi Santoso SE", "budi santoso se"),
            ("Moh.Yusuf", "moh yusuf"),
            ("M. Ali", "m ali"),
            ("A.Rahman", "a rahman"),
            ("Se Ma", "se ma"),
            ("Siti-Aminah", "siti aminah"),
            ("Renée  Désirée", "renee desiree"),
            ("Nur’aini binti H. Umar", "nuraini binti h umar"),
            ("Haji", "haji"),
            ("Ir", "ir"),
            ("S.E.", "s e"),
            ("", ""),
        ] {
            assert_eq!(fold_name(name), folded, "{name}");
        }
    }

    #[test]
    fn old_and_new_spellings_sound_alike() {
        for group in [
            &["Soekarno", "Sukarno"][..],
            &["Soeharto", "Suharto"],
            &["Yusuf", "Jusuf", "Yusup", "Joesoef", "Yusuff"],
            &["Achmad", "Ahmad", "Akhmad", "Ahmadd"],
            &["Muhammad", "Mohammad", "Muhamad", "Mochamad", "Moh", "Muh.", "Mhd", "Muchammad"],
            &["Tjokroaminoto", "Cokroaminoto"],
            &["Djoko", "Joko"],
            &["Njoman", "Nyoman"],
            &["Sjahrir", "Syahrir", "Sahrir"],
            &["Chairul", "Khairul", "Hairul"],
            &["Chandra", "Candra"],
            &["Christina", "Kristina"],
            &["Fadhil", "Fadil", "Padil"],
            &["Zainal", "Jainal", "Zaenal"][..2],
            &["Dzulfikar", "Zulfikar", "Julfikar", "Zulpikar"],
            &["Azis", "Aziz"],
            &["Fatimah", "Fatima", "Fathimah", "Patimah"],
            &["Aisyah", "Aisah", "Aisya"],
            &["Arief", "Arif"],
            &["Noer", "Nur", "Noor"],
            &["Yahya", "Jahja", "Yahja"],
            &["Suryadi", "Soerjadi", "Suriadi"],
            &["Sulistyo", "Sulistio"],
            &["Widya", "Widia"],
            &["Wahyu", "Wahjoe", "Wahyoe"],
            &["Vivi", "Fifi", "Pipi"],
            &["Thalib", "Talib"],
        ] {
            for name in group {
                assert_eq!(sound(name), sound(group[0]), "{name} and {}", group[0]);
            }
        }
    }

    #[test]
    fn different_names_stay_apart() {
        for (a, b) in [
            ("Aziz", "Aji"),
            ("Siti", "Sita"),
            ("Budi", "Rudi"),
            ("Ahmad", "Hamid"),
            ("Dian", "Dan"),
            ("Nur", "Nor"),
            ("Rahma", "Rama"),
            ("Hasan", "Husin"),
        ] {
            assert_ne!(sound(a), sound(b), "{a} and {b}");
        }
    }

    #[test]
    fn near_names_are_ranked() {
        for (a, b, near) in [
            ("Siti", "SITI", Some(Alike::Same)),
            ("Jusuf", "Yusuf", Some(Alike::Sounds)),
            ("Hidayat", "Hidyaat", Some(Alike::OneEdit)),
            ("Hidayat", "Hidayet", Some(Alike::OneEdit)),
            ("Soekarno", "Sukarna", Some(Alike::OneEdit)),
            ("Ali", "Adi", None),
            ("Hidayat", "Hadiyet", None),
        ] {
            assert_eq!(alike(a, b), near, "{a} and {b}");
        }
    }

    #[test]
    fn masked_for_the_public() {
        for (name, masked) in [
            ("Rahma Hidaya", "R•••• H•••••"),
            ("Hj. Siti Aminah, S.Pd", "S••• A•••••"),
            ("Tjokroaminotonegoro", "T•••••••"),
            ("M. Ali", "M A••"),
            ("élodie", "É•••••"),
            ("", ""),
        ] {
            assert_eq!(mask_name(name), masked, "{name}");
        }
    }

    /// The definition of the distance, slowly.
    fn within_one(a: &[char], b: &[char]) -> bool {
        let deletes = |from: &[char], to: &[char]| (0..from.len()).any(|at| [&from[..at], &from[at + 1..]].concat() == to);
        a == b
            || deletes(a, b)
            || deletes(b, a)
            || (a.len() == b.len() && a.iter().zip(b).filter(|(x, y)| x != y).count() == 1)
            || (1..a.len()).any(|at| {
                let mut swapped = a.to_vec();
                swapped.swap(at - 1, at);
                swapped == b
            })
    }

    proptest! {
        #[test]
        fn one_edit_is_what_it_says(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            let symbols = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(one_edit(&a, &b), within_one(&symbols(&a), &symbols(&b)));
            prop_assert_eq!(one_edit(&a, &b), one_edit(&b, &a));
            if one_edit(&a, &b) {
                let others = deletions(&b);
                prop_assert!(deletions(&a).iter().any(|word| others.contains(word)));
            }
        }

        #[test]
        fn folding_again_changes_nothing(name in "\\PC{0,30}|[A-Za-z.,' ]{0,30}") {
            let folded = fold_text(&name);
            prop_assert_eq!(&fold_text(&folded), &folded);
            prop_assert_eq!(sound(&folded), sound(&name));
            prop_assert!(!mask_name(&name).contains("  "));
        }
    }
}
