//! A voice says things in one language, with the words of one place, at one clock.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{Arg, Message};

use crate::{
    format,
    text::{Locale, Terms, Texts},
};

/// Language, local words and time zone of a page. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Voice {
    texts: Arc<Texts>,
    locale: Locale,
    terms: Terms,
    zone: Arc<str>,
}

impl Voice {
    /// A voice in `locale` with the words of `terms`, telling time in `zone` (`WIB`, `WITA`, `WIT`).
    #[must_use]
    pub fn new(texts: Arc<Texts>, locale: Locale, terms: Terms, zone: &str) -> Self {
        Self { texts, locale, terms, zone: zone.into() }
    }

    /// The same voice speaking of another place.
    #[must_use]
    pub fn about(&self, village_word: &str, zone: &str) -> Self {
        Self { texts: Arc::clone(&self.texts), locale: self.locale, terms: self.terms.about(village_word), zone: zone.into() }
    }

    /// The language.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// `id` or `en`.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.locale.code()
    }

    /// `WIB`, `WITA` or `WIT`.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The text of `key`.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.texts.say(self.locale, &self.terms, key, &[])
    }

    /// The text of `key` with arguments: `voice.tn("key", &[("n", 3.into())])`.
    #[must_use]
    pub fn tn(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.texts.say(self.locale, &self.terms, key, args)
    }

    /// The text of `key` with one argument.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl Into<Arg>) -> String {
        self.tn(key, &[(name, value.into())])
    }

    /// The text of `key` with two arguments.
    #[must_use]
    pub fn t2(&self, key: &str, name: &str, value: impl Into<Arg>, name2: &str, value2: impl Into<Arg>) -> String {
        self.tn(key, &[(name, value.into()), (name2, value2.into())])
    }

    /// The text of a message.
    #[must_use]
    pub fn m(&self, message: &Message) -> String {
        self.texts.message(self.locale, &self.terms, message)
    }

    /// The local word: `term("village")` → `desa`, `term("Village")` → `Desa`.
    #[must_use]
    pub fn term(&self, name: &str) -> String {
        self.terms.word(self.locale, name).unwrap_or_else(|| name.to_owned())
    }

    /// The text in the language of the page out of a pair of texts (labels made by officers: `{id, en?}`).
    #[must_use]
    pub fn pick<'a>(&self, id: &'a str, en: &'a str) -> &'a str {
        if self.locale == Locale::En && !en.is_empty() { en } else { id }
    }

    /// `1.234`.
    #[must_use]
    pub fn number(&self, number: i64) -> String {
        format::whole(self.locale, number)
    }

    /// Tenths: 862 → `86,2`.
    #[must_use]
    pub fn tenths(&self, tenths: i64) -> String {
        format::tenths(self.locale, tenths)
    }

    /// `93 %`; a dash when `of` is zero.
    #[must_use]
    pub fn percent(&self, part: i64, of: i64) -> String {
        format::percent(self.locale, part, of)
    }

    /// `Rp 15.000`.
    #[must_use]
    pub fn rupiah(&self, rupiah: i64) -> String {
        format::rupiah(self.locale, rupiah)
    }

    /// `212 kB`.
    #[must_use]
    pub fn size(&self, bytes: i64) -> String {
        format::size(self.locale, bytes)
    }

    /// `22 November 2026`.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        format::date(self.locale, date)
    }

    /// `Minggu, 22 November 2026`.
    #[must_use]
    pub fn date_long(&self, date: Date) -> String {
        format::date_long(self.locale, date)
    }

    /// `November 2026`.
    #[must_use]
    pub fn month(&self, date: Date) -> String {
        format::month(self.locale, date)
    }

    /// The day `at` falls on here.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        format::day_of(at, &self.zone)
    }

    /// `22 November 2026` of a moment.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.date(self.day_of(at))
    }

    /// `14.55`.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        format::clock(self.locale, at, &self.zone)
    }

    /// `22 November 2026 pukul 14.55 WIB`.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        format::moment(self.locale, at, &self.zone)
    }

    /// `09.38` when `at` is the same day as `now`, else `21 Nov 09.38`.
    #[must_use]
    pub fn moment_short(&self, at: Timestamp, now: Timestamp) -> String {
        let (day, today) = (self.day_of(at), self.day_of(now));
        if day == today { self.clock(at) } else { format!("{} {}", format::date_short(self.locale, day, today), self.clock(at)) }
    }

    /// `21 Nov`, with the year when it is another one.
    #[must_use]
    pub fn date_short(&self, at: Timestamp, now: Timestamp) -> String {
        format::date_short(self.locale, self.day_of(at), self.day_of(now))
    }

    /// `12 menit`, `3 jam`, `5 hari`.
    #[must_use]
    pub fn duration(&self, length: SignedDuration) -> String {
        format::duration(self.locale, length)
    }
}
