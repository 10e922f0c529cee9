//! Words for full-text search: folded, without the smallest words, plain and stemmed.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// As written, folded.
    pub plain: String,
    /// Its stem; equal to `plain` when it is one.
    pub stem: String,
}

/// Lower case without marks; punctuation is a space, apostrophes are nothing, spaces are single.
pub fn fold_text(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut out = String::with_capacity(text.len());
    for symbol in text.nfkd().filter(|symbol| !is_combining_mark(*symbol)).flat_map(char::to_lowercase) {
        if symbol.is_alphanumeric() {
            out.push(symbol);
        } else if !matches!(symbol, '\'' | '’' | '‘' | 'ʼ' | '`' | '\u{307}' | '\u{200b}') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The same where nothing has marks: most of what is typed.
fn fold_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte.to_ascii_lowercase()));
        } else if !matches!(byte, b'\'' | b'`') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Words that stand in every text, sorted.
const STOP_WORDS: [&str; 31] = [
    "ada", "adalah", "agar", "akan", "atas", "atau", "bagi", "dalam", "dan", "dari", "dengan", "di", "dll", "hal", "ini", "itu", "juga",
    "karena", "ke", "kepada", "oleh", "pada", "para", "saya", "sebagai", "secara", "serta", "telah", "tersebut", "untuk", "yang",
];

/// Whether a folded word is too common to look for.
pub fn stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The words of a text without stop words, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let folded = fold_text(text);
    let words = folded.split(' ').filter(|word| !word.is_empty() && !stop_word(word));
    words.map(|word| Token { plain: word.to_owned(), stem: stem(word).into_owned() }).collect()
}

/// What a full-text index keeps of a text: its words in order, then the stems that differ from them, each once.
pub fn index_text(text: &str) -> String {
    let tokens = tokens(text);
    let mut out: Vec<&str> = tokens.iter().map(|token| token.plain.as_str()).collect();
    let words = out.len();
    for token in &tokens {
        let stem = token.stem.as_str();
        if stem != token.plain && !out[words..].contains(&stem) {
            out.push(stem);
        }
    }
    out.join(" ")
}

/// The stem of a folded word: Snowball's Indonesian, mended where it goes wrong on words of government (it takes the k, p, s or t of a root
/// for a part of the prefix, and the -i or -an of a root for a suffix). Words with a digit stay.
pub fn stem(word: &str) -> Cow<'_, str> {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    if let Some(root) = look_up(&WORDS, word) {
        return Cow::Borrowed(root);
    }
    let stemmed = Stemmer::new(Algorithm::Indonesian).stem(word);
    if stemmed == word {
        return Cow::Borrowed(word);
    }
    match look_up(&STEMS, &stemmed) {
        Some(root) => Cow::Borrowed(root),
        None => Cow::Owned(stemmed.into_owned()),
    }
}

fn look_up(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let index = table.binary_search_by_key(&word, |(word, _)| word).ok()?;
    Some(table[index].1)
}

/// Words whose stem would be another word. Sorted.
const WORDS: [(&str, &str); 10] = [
    ("kependudukan", "duduk"),
    ("memohon", "mohon"),
    ("mempertimbangkan", "timbang"),
    ("menempati", "tempat"),
    ("menempatkan", "tempat"),
    ("menerangkan", "terang"),
    ("menyatakan", "nyata"),
    ("pemohon", "mohon"),
    ("penempatan", "tempat"),
    ("pertimbangan", "timbang"),
];

/// Broken stems and the roots they come from; only for words that were cut, so that the fish *nila* stays one. Sorted.
const STEMS: [(&str, &str); 47] = [
    ("agih", "tagih"),
    ("anam", "tanam"),
    ("andatangan", "tandatangan"),
    ("awasi", "awas"),
    ("awin", "kawin"),
    ("berla", "laku"),
    ("bupat", "bupati"),
    ("cera", "cerai"),
    ("domisil", "domisili"),
    ("elit", "teliti"),
    ("eliti", "teliti"),
    ("erbit", "terbit"),
    ("erima", "terima"),
    ("esah", "sah"),
    ("gawa", "pegawai"),
    ("gawai", "pegawai"),
    ("iksa", "periksa"),
    ("ila", "nilai"),
    ("ilai", "nilai"),
    ("ima", "terima"),
    ("inggal", "tinggal"),
    ("intah", "perintah"),
    ("kelaku", "laku"),
    ("luarga", "keluarga"),
    ("meni", "nikah"),
    ("nduduk", "duduk"),
    ("nelay", "nelayan"),
    ("nila", "nilai"),
    ("olak", "tolak"),
    ("paka", "pakai"),
    ("pakam", "makam"),
    ("pilik", "milik"),
    ("pinta", "minta"),
    ("puda", "muda"),
    ("rama", "ramai"),
    ("sabilitas", "disabilitas"),
    ("sampa", "sampai"),
    ("seko", "sekolah"),
    ("selesa", "selesai"),
    ("siun", "pensiun"),
    ("spensasi", "dispensasi"),
    ("tandatang", "tandatangan"),
    ("ubur", "kubur"),
    ("ugas", "tugas"),
    ("ulis", "tulis"),
    ("umah", "rumah"),
    ("utup", "tutup"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
        assert!(WORDS.is_sorted());
        assert!(STEMS.is_sorted());
    }

    #[test]
    fn families_of_words_share_a_stem() {
        for (root, family) in [
            ("layan", "pelayanan melayani dilayani layanan"),
            ("daftar", "pendaftaran mendaftar terdaftar"),
            ("duduk", "kependudukan penduduk penduduknya"),
            ("terang", "menerangkan keterangan"),
            ("usaha", "berusaha perusahaan pengusaha"),
            ("domisili", "domisili berdomisili"),
            ("miskin", "kemiskinan"),
            ("hilang", "kehilangan menghilangkan"),
            ("ramai", "ramai keramaian"),
            ("nikah", "menikah pernikahan"),
            ("waris", "pewaris warisan kewarisan"),
            ("dispensasi", "dispensasi"),
            ("izin", "perizinan mengizinkan"),
            ("mohon", "permohonan memohon pemohon dimohon"),
            ("tinggal", "meninggal peninggalan"),
            ("sekolah", "sekolah persekolahan menyekolahkan"),
            ("milik", "kepemilikan pemilik memiliki"),
            ("makam", "pemakaman memakamkan"),
            ("teliti", "penelitian meneliti peneliti"),
            ("keluarga", "keluarga berkeluarga kekeluargaan"),
            ("terbit", "penerbitan menerbitkan"),
            ("perintah", "perintah pemerintah pemerintahan memerintah"),
            ("tagih", "tagihan menagih penagihan"),
            ("pegawai", "pegawai kepegawaian"),
            ("nilai", "nilai menilai penilaian"),
            ("periksa", "periksa memeriksa pemeriksaan diperiksa"),
            ("tolak", "tolak menolak penolakan ditolak"),
            ("terima", "terima menerima penerimaan penerima diterima"),
            ("minta", "meminta permintaan diminta"),
            ("laku", "berlaku kelakuan berkelakuan"),
            ("tempat", "tempat penempatan bertempat"),
            ("nila", "nila"),
            ("rt03", "rt03"),
        ] {
            for word in family.split(' ') {
                assert_eq!(stem(word), root, "{word}");
            }
        }
    }

    #[test]
    fn a_text_is_indexed_plain_and_stemmed() {
        assert_eq!(
            index_text("Surat Keterangan Usaha untuk pendaftaran dan Pelayanan di Désa"),
            "surat keterangan usaha pendaftaran pelayanan desa terang daftar layan"
        );
        assert_eq!(index_text("500.3/214/TR/XI/2026"), "500 3 214 tr xi 2026");
        assert_eq!(index_text("di dan ke"), "");
        assert_eq!(tokens("Menikah!"), [Token { plain: "menikah".into(), stem: "nikah".into() }]);
        assert_eq!(fold_text("  Ma’ruf —  ÉTÉ/2026 "), "maruf ete 2026");
        assert_eq!(fold_text("  Ma'ruf -  ETE/2026\t"), "maruf ete 2026");
    }

    proptest! {
        #[test]
        fn plain_letters_are_folded_like_any(text in "[ -~\\t\\n]{0,40}") {
            // Anything beyond ASCII goes the long way; the last word is taken off again.
            let long = fold_text(&format!("{text} é"));
            prop_assert_eq!(fold_text(&text), long.strip_suffix('e').map_or("", str::trim_end));
        }

        #[test]
        fn any_text_has_tokens(text in "\\PC{0,60}") {
            let folded = fold_text(&text);
            prop_assert_eq!(&fold_text(&folded), &folded);
            for token in tokens(&text) {
                prop_assert!(!token.plain.is_empty() && !token.stem.is_empty());
                prop_assert!(!token.plain.contains(' ') && !token.stem.contains(' '));
            }
        }
    }
}
