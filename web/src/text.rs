//! Every sentence a person reads, by key, in Indonesian first and English second (Fluent files of each system).
//!
//! `TERM("village")` inside a text becomes the local word of the unit the page is about (desa, nagari, kelurahan);
//! `TERM("Village")` the same with a capital; `TERM("district")` likewise is kecamatan or distrik. Numbers passed as numbers are grouped as the locale does;
//! pass years and codes as text.

use std::{cell::RefCell, collections::BTreeSet, fmt, sync::Arc};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use indonesian::{LocalWords, title_case};
use kernel::{Arg, Message};
use unic_langid::LanguageIdentifier;

use crate::format;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    #[default]
    Id,
    En,
}

impl Locale {
    /// Both languages, the default first.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// `id` or `en`, as in `lang=""`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The locale of a code such as `id`, `in`, `en` or `en-GB`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "id" | "in" | "ms" => Some(Self::Id),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The best of both for an `Accept-Language` header (RFC 9110 §12.5.4); Indonesian when nothing fits.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for item in accept_language.split(',') {
            let mut parts = item.split(';');
            let Some(locale) = parts.next().and_then(Self::from_code) else { continue };
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(held, _)| quality > held) {
                best = Some((quality, locale));
            }
        }
        best.map_or(Self::Id, |(_, locale)| locale)
    }

    const fn index(self) -> usize {
        match self {
            Self::Id => 0,
            Self::En => 1,
        }
    }
}

/// The local words of the unit a page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    words: Arc<[(&'static str, String, String)]>,
    local: Arc<LocalWords>,
}

impl Terms {
    /// The words of a region.
    #[must_use]
    pub fn local(local: LocalWords) -> Self {
        Self::made(&local.village.clone(), Arc::new(local))
    }

    /// The words that go with `desa`, `kelurahan`, `nagari` or another word for a village.
    #[must_use]
    pub fn of(village_word: &str) -> Self {
        Self::local(LocalWords::default()).about(village_word)
    }

    /// The same region's words on a page about a village of this word; empty is the region's own.
    #[must_use]
    pub fn about(&self, village_word: &str) -> Self {
        Self::made(if village_word.is_empty() { &self.local.village } else { village_word }, Arc::clone(&self.local))
    }

    fn made(village_word: &str, local: Arc<LocalWords>) -> Self {
        let mut words: Vec<(&str, String, String)> = Vec::with_capacity(9);
        let mut say = |name, id: &str, en: &str| words.push((name, id.to_owned(), en.to_owned()));
        match village_word {
            "kelurahan" => {
                say("village", "kelurahan", "kelurahan");
                say("village_head", "lurah", "lurah");
                say("village_secretary", "sekretaris kelurahan", "kelurahan secretary");
                say("village_office", "kantor lurah", "kelurahan office");
                say("hamlet", "lingkungan", "neighbourhood");
                say("hamlet_head", "kepala lingkungan", "head of neighbourhood");
            }
            word => {
                let own = if word == local.village { (*local).clone() } else { LocalWords::called(word) };
                let plain = LocalWords::default();
                // English has words for the usual ones only.
                let en = |id: &str, usual: &str, en: &str| if id == usual { en.to_owned() } else { id.to_owned() };
                let office = if word == "nagari" { "kantor wali nagari".to_owned() } else { format!("kantor {word}") };
                say("village", word, &en(word, "desa", "village"));
                say("village_head", &own.village_head, &en(&own.village_head, &plain.village_head, "village head"));
                say(
                    "village_secretary",
                    &own.village_secretary,
                    &en(&own.village_secretary, &plain.village_secretary, "village secretary"),
                );
                say("village_office", &office, &format!("{} office", en(word, "desa", "village")));
                say("hamlet", &own.hamlet, &en(&own.hamlet, &plain.hamlet, "hamlet"));
                say("hamlet_head", &own.hamlet_head, &en(&own.hamlet_head, &plain.hamlet_head, "head of hamlet"));
            }
        }
        say("villages", &local.villages, &local.villages.replace("desa", "villages").replace(" dan ", " and "));
        say("district", &local.district, &local.district);
        say("district_head", &local.district_head, &local.district_head);
        Self { words: words.into(), local }
    }

    /// The word for `name`; a capital in the name gives the word capitals (`Village_head` → `Kepala Desa`).
    #[must_use]
    pub fn word(&self, locale: Locale, name: &str) -> Option<String> {
        let wanted = name.to_lowercase();
        let (_, id, en) = self.words.iter().find(|(held, ..)| *held == wanted)?;
        let word = if locale == Locale::Id { id } else { en };
        Some(if name.starts_with(char::is_uppercase) { title_case(word) } else { word.clone() })
    }
}

thread_local! {
    // The words of the page being rendered, for `TERM()`: Fluent functions see only their own arguments.
    static SPEAKING: RefCell<Option<Terms>> = const { RefCell::new(None) };
}

/// A locale file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not Fluent syntax.
    #[error("{system}/{locale}.ftl: {what}")]
    Syntax { system: String, locale: String, what: String },
    /// A key of another system, or twice in one file.
    #[error("{system}/{locale}.ftl: the key {key} stands in two files or twice")]
    Twice { system: String, locale: String, key: String },
}

/// What happens when a key has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingKey {
    /// Panic, so that a test fails.
    Panic,
    /// Show the key and log it once a page.
    Show,
}

/// The texts of all systems.
pub struct Texts {
    bundles: [FluentBundle<FluentResource>; 2],
    missing: MissingKey,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl Texts {
    /// Loads the files of `(system, [(locale code, text of the file)])`, and those of `web` itself.
    ///
    /// # Errors
    /// [`TextError`] for bad syntax and for keys that stand in two files.
    pub fn load<'a>(
        systems: impl IntoIterator<Item = (&'a str, &'a [(&'a str, &'a str)])>,
        missing: MissingKey,
    ) -> Result<Self, TextError> {
        let mut bundles = Locale::ALL.map(new_bundle);
        let own: [(&str, &[(&str, &str)]); 2] = [("web", crate::LOCALES), ("kernel", crate::KERNEL_LOCALES)];
        for (system, files) in own.into_iter().chain(systems) {
            for (code, source) in files {
                let Some(locale) = Locale::from_code(code) else { continue };
                let resource = FluentResource::try_new((*source).to_owned()).map_err(|(_, errors)| TextError::Syntax {
                    system: system.into(),
                    locale: (*code).into(),
                    what: format!("{errors:?}"),
                })?;
                bundles[locale.index()].add_resource(resource).map_err(|errors| TextError::Twice {
                    system: system.into(),
                    locale: (*code).into(),
                    key: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
                })?;
            }
        }
        Ok(Self { bundles, missing })
    }

    /// Whether there is a text for `key`.
    #[must_use]
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        self.bundles[locale.index()].has_message(key)
    }

    /// The text of `key` with its arguments.
    #[must_use]
    pub fn say(&self, locale: Locale, terms: &Terms, key: &str, args: &[(&str, Arg)]) -> String {
        let found = [locale, Locale::Id].into_iter().find_map(|locale| self.try_say(locale, terms, key, args));
        found.unwrap_or_else(|| {
            assert!(self.missing == MissingKey::Show, "no text for the key {key:?} ({})", locale.code());
            tracing::error!(key, locale = locale.code(), "no text for this key");
            key.to_owned()
        })
    }

    /// The text of a message.
    #[must_use]
    pub fn message(&self, locale: Locale, terms: &Terms, message: &Message) -> String {
        let args: Vec<(&str, Arg)> = message.args.iter().map(|(name, value)| (&**name, value.clone())).collect();
        self.say(locale, terms, &message.key, &args)
    }

    fn try_say(&self, locale: Locale, terms: &Terms, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let bundle = &self.bundles[locale.index()];
        let pattern = bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            match value {
                // A year is a name, not an amount.
                Arg::Number(n) if *name == "year" => values.set(*name, n.to_string()),
                Arg::Number(n) => values.set(*name, FluentValue::from(*n)),
                Arg::Text(text) => values.set(*name, FluentValue::from(text.as_str())),
            }
        }
        let before = SPEAKING.with_borrow_mut(|speaking| speaking.replace(terms.clone()));
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        SPEAKING.with_borrow_mut(|speaking| *speaking = before);
        if !errors.is_empty() {
            assert!(self.missing == MissingKey::Show, "the text {key:?} ({}): {errors:?}", locale.code());
            tracing::error!(key, locale = locale.code(), ?errors, "a text could not be completed");
        }
        Some(text)
    }
}

fn new_bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match locale {
        Locale::Id => |value, _| number_text(Locale::Id, value),
        Locale::En => |value, _| number_text(Locale::En, value),
    }));
    let added = bundle.add_function("TERM", move |positional, _| {
        let Some(FluentValue::String(name)) = positional.first() else { return FluentValue::Error };
        let word = SPEAKING.with_borrow(|speaking| speaking.as_ref()?.word(locale, name));
        word.map_or(FluentValue::Error, FluentValue::from)
    });
    debug_assert!(added.is_ok(), "TERM is added once");
    bundle
}

fn number_text(locale: Locale, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => Some(format::whole(locale, number.value as i64)),
        _ => None,
    }
}

/// What two locale files of one system disagree about: missing keys, placeables that differ. Empty when they agree.
#[must_use]
pub fn disagreements(id: &str, en: &str) -> Vec<String> {
    let (id, en) = (placeables(id), placeables(en));
    let mut found = Vec::new();
    for (key, names) in &id {
        match en.iter().find(|(held, _)| held == key) {
            None => found.push(format!("{key} is missing in en")),
            Some((_, other)) if other != names => found.push(format!("{key}: id uses {names:?}, en uses {other:?}")),
            Some(_) => {}
        }
    }
    found.extend(en.iter().filter(|(key, _)| !id.iter().any(|(held, _)| held == key)).map(|(key, _)| format!("{key} is missing in id")));
    found
}

/// The keys of a locale file, in its order.
#[must_use]
pub fn keys(source: &str) -> Vec<String> {
    placeables(source).into_iter().map(|(key, _)| key).collect()
}

fn placeables(source: &str) -> Vec<(String, BTreeSet<String>)> {
    use fluent_syntax::ast::{Entry, Resource};
    let resource: Resource<&str> = match fluent_syntax::parser::parse(source) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut found = Vec::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut names = BTreeSet::new();
            if let Some(pattern) = &message.value {
                collect(pattern, &mut names);
            }
            found.push((message.id.name.to_owned(), names));
        }
    }
    found
}

fn collect(pattern: &fluent_syntax::ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    use fluent_syntax::ast::{Expression, InlineExpression, PatternElement};
    fn inline(expression: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
        match expression {
            InlineExpression::VariableReference { id } => {
                names.insert(id.name.to_owned());
            }
            InlineExpression::FunctionReference { arguments, .. } => {
                for argument in &arguments.positional {
                    inline(argument, names);
                }
            }
            InlineExpression::Placeable { expression } => both(expression, names),
            _ => {}
        }
    }
    fn both(expression: &Expression<&str>, names: &mut BTreeSet<String>) {
        match expression {
            Expression::Inline(expression) => inline(expression, names),
            Expression::Select { selector, variants } => {
                inline(selector, names);
                for variant in variants {
                    collect(&variant.value, names);
                }
            }
        }
    }
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            both(expression, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(id: &'static str, en: &'static str) -> Texts {
        let files = [("id", id), ("en", en)];
        Texts::load([("test", &files[..])], MissingKey::Panic).unwrap()
    }

    #[test]
    fn the_local_word_stands_in_every_text() {
        let texts = texts("t-a = Kantor { TERM(\"Village_head\") } { $n } { TERM(\"village\") }", "t-a = { TERM(\"village\") } { $n }");
        let say = |locale, word| texts.say(locale, &Terms::of(word), "t-a", &[("n", Arg::Number(12_345))]);
        assert_eq!(say(Locale::Id, "desa"), "Kantor Kepala Desa 12.345 desa");
        assert_eq!(say(Locale::Id, "nagari"), "Kantor Wali Nagari 12.345 nagari");
        assert_eq!(say(Locale::En, "kelurahan"), "kelurahan 12,345");
    }

    #[test]
    #[should_panic(expected = "no text for the key")]
    fn a_missing_key_fails_a_test() {
        let _ = texts("t-a = x", "t-a = x").say(Locale::Id, &Terms::of("desa"), "t-b", &[]);
    }

    #[test]
    fn a_key_stands_in_one_file_only() {
        let files: [(&str, &str); 1] = [("id", "same = a")];
        let result = Texts::load([("one", &files[..]), ("two", &files[..])], MissingKey::Panic);
        assert!(matches!(result, Err(TextError::Twice { .. })));
    }

    #[test]
    fn accept_language_is_read_by_quality() {
        for (header, wanted) in [
            ("", Locale::Id),
            ("en-GB,en;q=0.9,id;q=0.8", Locale::En),
            ("id-ID,id;q=0.9,en;q=0.8", Locale::Id),
            ("de,fr;q=0.5", Locale::Id),
            ("en;q=0.3,id;q=0.7", Locale::Id),
            ("de,en;q=0.1", Locale::En),
            ("en;q=0", Locale::Id),
        ] {
            assert_eq!(Locale::negotiate(header), wanted, "{header}");
        }
    }

    #[test]
    fn disagreements_name_the_key() {
        let found = disagreements("a = { $x }\nb = 1", "a = { $y }\nc = 1");
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(disagreements("a = { $n -> \n [1] satu\n *[other] { $n } { $m }\n }", "a = { $m } { $n }").is_empty());
    }

    #[test]
    fn our_own_files_agree() {
        for files in [crate::LOCALES, crate::KERNEL_LOCALES] {
            let [(_, id), (_, en)] = files else { panic!("two locales") };
            assert_eq!(disagreements(id, en), Vec::<String>::new());
        }
    }

    #[test]
    fn every_message_of_the_kernel_has_a_text() {
        let texts = texts("", "");
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../kernel/src");
        let mut keys = BTreeSet::new();
        message_keys(&folder, &mut keys);
        assert!(keys.len() > 100, "found only {keys:?}");
        let missing: Vec<_> = keys.iter().filter(|key| !texts.has(Locale::Id, key)).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }

    #[test]
    fn no_text_of_ours_is_left_unused() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = String::new();
        for folder in ["src", "templates", "examples", "../systems"] {
            read_all(&root.join(folder), &mut all);
        }
        let purposes: Vec<String> = kernel::export::PURPOSES.iter().map(|purpose| format!("web-export-purpose-{purpose}")).collect();
        let dynamic =
            |key: &str| key.starts_with("web-error-") || key.starts_with("web-script-") || purposes.iter().any(|named| named == key);
        let unused: Vec<_> = keys(crate::LOCALES[0].1).into_iter().filter(|key| !dynamic(key) && !all.contains(key.as_str())).collect();
        assert_eq!(unused, Vec::<String>::new());
        let texts = texts("", "");
        let used = all.split("\"web-").skip(1).filter_map(|rest| rest.split('"').next()).map(|rest| format!("web-{rest}"));
        let missing: Vec<_> =
            used.filter(|key| !key.contains(['{', '\\', '/', ' ']) && !key.ends_with('-') && !texts.has(Locale::Id, key)).collect();
        assert_eq!(missing, Vec::<String>::new());
    }

    fn read_all(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => read_all(&path, all),
                Some("rs" | "html") => all.push_str(&std::fs::read_to_string(&path).unwrap_or_default()),
                _ => {}
            }
        }
    }

    /// The literals of `Message::new("…")` and `refused("…")` outside tests.
    fn message_keys(folder: &std::path::Path, keys: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                message_keys(&path, keys);
                continue;
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            if !name.ends_with(".rs") || name == "tests.rs" {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for before in ["Message::new(\"", "refused(\""] {
                let found = source.split(before).skip(1).filter_map(|rest| rest.split('"').next());
                keys.extend(found.map(str::to_owned));
            }
        }
    }
}
