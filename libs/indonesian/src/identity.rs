//! Numbers that stand for people: NIK, KK and NIP. Their `Debug` form is masked, so that none ends in a log.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Sex as on the identity card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

/// Why a typed number cannot be one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("nothing is typed")]
    Empty,
    /// `position` counts the typed symbols from 1.
    #[error("`{symbol}` at place {position} is no digit")]
    Symbol { symbol: char, position: usize },
    #[error("{digits} digits instead of {expected}")]
    Length { digits: usize, expected: usize },
    /// Only of a NIP: its first eight digits are a birth date.
    #[error("the first eight digits are no date")]
    BirthDate,
}

/// What is odd about a number that has the right form: ask why, and accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Oddity {
    /// The six digits of the date are none: the day as written (women's day + 40), the month, the last two digits of the year.
    DateImpossible { day: u8, month: u8, year: u8 },
    /// The serial is 0000, which is never issued. Numbers of a demonstration end so.
    SerialZero,
}

/// *Nomor Induk Kependudukan*, 16 digits: region of first registration (6), birth date as DDMMYY with 40 added to a woman's
/// day (6), serial (4). The region is where the person was first registered: never take it for an address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik([u8; 16]);

/// *Nomor Kartu Keluarga*, 16 digits: region (6), date of issue as DDMMYY (6), serial (4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kk([u8; 16]);

/// *Nomor Induk Pegawai*, 18 digits: birth date as YYYYMMDD, month of appointment as YYYYMM, sex (1 or 2), serial (3).
/// Contract employees (PPPK) have the same length and birth date, but other digits after it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nip {
    digits: [u8; 18],
    birth_date: Date,
}

impl Nik {
    /// Reads 16 digits; spaces, dots, dashes and the apostrophe of a spreadsheet are ignored.
    pub fn parse(typed: &str) -> Result<Nik, IdentityError> {
        digits(typed).map(Nik)
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// Kemendagri code of the district of first registration: "16.11.02".
    pub fn region(&self) -> String {
        region(&self.0)
    }

    pub fn sex(&self) -> Sex {
        if two(&self.0, 6) > 40 { Sex::Female } else { Sex::Male }
    }

    /// The birth date, if the digits are one. The century is the latest that is not after `today`.
    pub fn birth_date(&self, today: Date) -> Option<Date> {
        date_of(self.birth_day(), two(&self.0, 8), two(&self.0, 10), today)
    }

    /// The last four digits.
    pub fn serial(&self) -> u16 {
        u16::from(two(&self.0, 12)) * 100 + u16::from(two(&self.0, 14))
    }

    pub fn oddities(&self, today: Date) -> Vec<Oddity> {
        oddities(&self.0, self.birth_date(today), self.serial())
    }

    /// Holds the number against the birth date and sex on the papers. A difference is a reason to ask, not to refuse.
    pub fn cross_check(&self, birth_date: Date, sex: Sex) -> CrossCheck {
        let birth_day = birth_date.day().unsigned_abs();
        let arithmetic = (sex == Sex::Female).then_some(Arithmetic { day: birth_day, added: 40, sum: birth_day + 40 });
        let expected_day = arithmetic.map_or(birth_day, |arithmetic| arithmetic.sum);
        let month = birth_date.month().unsigned_abs();
        let year = birth_date.year().rem_euclid(100).unsigned_abs();
        let day_agrees = self.birth_day() == birth_day;
        let month_agrees = two(&self.0, 8) == month;
        let year_agrees = u16::from(two(&self.0, 10)) == year;
        CrossCheck {
            finding: match (day_agrees && month_agrees && year_agrees, self.sex() == sex) {
                (true, true) => Finding::Agrees,
                (true, false) => Finding::SexDiffers,
                (false, true) => Finding::DateDiffers,
                (false, false) => Finding::BothDiffer,
            },
            written: text(&self.0)[6..12].to_owned(),
            expected: format!("{expected_day:02}{month:02}{year:02}"),
            arithmetic,
            day_agrees,
            month_agrees,
            year_agrees,
        }
    }

    /// "161102••••••0001".
    pub fn masked(&self) -> String {
        mask_digits(self.as_str())
    }

    /// The day without the 40 of women.
    fn birth_day(&self) -> u8 {
        let day = two(&self.0, 6);
        if day > 40 { day - 40 } else { day }
    }
}

/// How a NIK and the papers compare, with the sum behind it, to be said in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossCheck {
    pub finding: Finding,
    /// Digits 7 to 12 of the NIK: "570390".
    pub written: String,
    /// What they would be by the papers.
    pub expected: String,
    /// For a woman: 17 + 40 = 57.
    pub arithmetic: Option<Arithmetic>,
    /// The day, after a woman's 40 is taken off.
    pub day_agrees: bool,
    pub month_agrees: bool,
    pub year_agrees: bool,
}

/// The sum that makes a woman's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arithmetic {
    pub day: u8,
    pub added: u8,
    pub sum: u8,
}

/// What a cross-check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    Agrees,
    /// The date is the same, but the 40 is there or missing.
    SexDiffers,
    DateDiffers,
    BothDiffer,
}

impl Kk {
    /// Reads 16 digits as [`Nik::parse`] does.
    pub fn parse(typed: &str) -> Result<Kk, IdentityError> {
        digits(typed).map(Kk)
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// Kemendagri code of the district that issued it.
    pub fn region(&self) -> String {
        region(&self.0)
    }

    /// The date of issue, if the digits are one.
    pub fn issued_on(&self, today: Date) -> Option<Date> {
        date_of(two(&self.0, 6), two(&self.0, 8), two(&self.0, 10), today)
    }

    pub fn oddities(&self, today: Date) -> Vec<Oddity> {
        let serial = u16::from(two(&self.0, 12)) * 100 + u16::from(two(&self.0, 14));
        oddities(&self.0, self.issued_on(today), serial)
    }

    /// "161102••••••0001".
    pub fn masked(&self) -> String {
        mask_digits(self.as_str())
    }
}

impl Nip {
    /// Reads 18 digits as [`Nik::parse`] does; the first eight must be a date.
    pub fn parse(typed: &str) -> Result<Nip, IdentityError> {
        let digits: [u8; 18] = digits(typed)?;
        let year = i16::from(two(&digits, 0)) * 100 + i16::from(two(&digits, 2));
        let (month, day) = (two(&digits, 4), two(&digits, 6));
        let birth_date = date(year, month, day).filter(|date| date.year() >= 1900).ok_or(IdentityError::BirthDate)?;
        Ok(Nip { digits, birth_date })
    }

    /// The 18 digits.
    pub fn as_str(&self) -> &str {
        text(&self.digits)
    }

    pub fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// Year and month of appointment; `None` for a contract employee, whose digits there are no month.
    pub fn appointed(&self) -> Option<(i16, i8)> {
        let year = i16::from(two(&self.digits, 8)) * 100 + i16::from(two(&self.digits, 10));
        let month = i8::try_from(two(&self.digits, 12)).ok()?;
        (year > self.birth_date.year() && (1..=12).contains(&month)).then_some((year, month))
    }

    /// The sex digit, if it is one.
    pub fn sex(&self) -> Option<Sex> {
        match self.digits[14] {
            b'1' => Some(Sex::Male),
            b'2' => Some(Sex::Female),
            _ => None,
        }
    }
}

/// As on letters: "19740324 200604 1 015".
impl fmt::Display for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        write!(f, "{} {} {} {}", &text[..8], &text[8..14], &text[14..15], &text[15..])
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nik({})", self.masked())
    }
}

impl fmt::Debug for Kk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kk({})", self.masked())
    }
}

impl fmt::Debug for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nip({})", mask_digits(self.as_str()))
    }
}

/// Hides the middle of any identifier, well-formed or not: of 14 symbols and more the first six and last four stay, of
/// shorter ones the last two, of four and fewer nothing.
pub fn mask_digits(text: &str) -> String {
    let symbols: Vec<char> = text.chars().collect();
    let (head, tail) = match symbols.len() {
        0..=4 => (0, 0),
        5..=13 => (0, 2),
        _ => (6, 4),
    };
    let hidden = symbols.len() - head - tail;
    let mut masked: String = symbols[..head].iter().collect();
    masked.extend(std::iter::repeat_n('•', hidden));
    masked.extend(&symbols[head + hidden..]);
    masked
}

fn digits<const N: usize>(typed: &str) -> Result<[u8; N], IdentityError> {
    let mut found = [b'0'; N];
    let mut count = 0;
    for (index, symbol) in typed.chars().enumerate() {
        if symbol.is_ascii_digit() {
            if let Some(slot) = found.get_mut(count) {
                *slot = symbol as u8;
            }
            count += 1;
        } else if !(symbol.is_whitespace() || matches!(symbol, '.' | '-' | '–' | '\'' | '’' | '\u{200b}')) {
            return Err(IdentityError::Symbol { symbol, position: index + 1 });
        }
    }
    match count {
        0 => Err(IdentityError::Empty),
        digits if digits == N => Ok(found),
        digits => Err(IdentityError::Length { digits, expected: N }),
    }
}

/// ASCII digits, by construction.
fn text(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or("")
}

fn two(digits: &[u8], at: usize) -> u8 {
    (digits[at] - b'0') * 10 + (digits[at + 1] - b'0')
}

fn region(digits: &[u8]) -> String {
    let text = text(digits);
    format!("{}.{}.{}", &text[..2], &text[2..4], &text[4..6])
}

fn date(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The latest such date that is not after `today`.
fn date_of(day: u8, month: u8, year: u8, today: Date) -> Option<Date> {
    let century = today.year() - today.year().rem_euclid(100);
    [century, century - 100].into_iter().filter_map(|century| date(century + i16::from(year), month, day)).find(|date| *date <= today)
}

fn oddities(digits: &[u8; 16], date: Option<Date>, serial: u16) -> Vec<Oddity> {
    let impossible = date.is_none().then(|| Oddity::DateImpossible { day: two(digits, 6), month: two(digits, 8), year: two(digits, 10) });
    let zero = (serial == 0).then_some(Oddity::SerialZero);
    impossible.into_iter().chain(zero).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 22);

    fn nik(typed: &str) -> Nik {
        Nik::parse(typed).unwrap()
    }

    #[test]
    fn a_nik_tells_region_birth_and_sex() {
        let woman = nik("1611025703900001");
        assert_eq!(woman.region(), "16.11.02");
        assert_eq!(woman.sex(), Sex::Female);
        assert_eq!(woman.birth_date(TODAY), Some(date(1990, 3, 17)));
        assert_eq!(woman.serial(), 1);
        assert_eq!(woman.oddities(TODAY), []);
        let man = nik(" 16.11.02-170390 0001 ");
        assert_eq!((man.sex(), man.birth_date(TODAY)), (Sex::Male, Some(date(1990, 3, 17))));
        assert_eq!(nik("'1611022211260001").birth_date(TODAY), Some(date(2026, 11, 22)));
        assert_eq!(nik("1611022311260001").birth_date(TODAY), Some(date(1926, 11, 23)), "not born tomorrow");
        assert_eq!(nik("1611022902000001").birth_date(TODAY), Some(date(2000, 2, 29)));
    }

    #[test]
    fn a_nik_of_15_digits_is_refused() {
        for (typed, error) in [
            ("161102570390001", IdentityError::Length { digits: 15, expected: 16 }),
            ("16110257039000011", IdentityError::Length { digits: 17, expected: 16 }),
            ("16110257O3900001", IdentityError::Symbol { symbol: 'O', position: 9 }),
            ("1,61E+15", IdentityError::Symbol { symbol: ',', position: 2 }),
            ("", IdentityError::Empty),
            (" - ", IdentityError::Empty),
        ] {
            assert_eq!(Nik::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn an_odd_nik_is_accepted_and_told() {
        let impossible = |day, month, year| Oddity::DateImpossible { day, month, year };
        for (typed, oddities) in [
            ("1611021703900000", vec![Oddity::SerialZero]),
            ("1611023202900001", vec![impossible(32, 2, 90)]),
            ("1611027102900001", vec![impossible(71, 2, 90)]),
            ("1611024003900001", vec![impossible(40, 3, 90)]),
            ("1611028003900001", vec![impossible(80, 3, 90)]),
            ("1611029703900001", vec![impossible(97, 3, 90)]),
            ("0000000000000000", vec![impossible(0, 0, 0), Oddity::SerialZero]),
        ] {
            assert_eq!(nik(typed).oddities(TODAY), oddities, "{typed}");
        }
    }

    #[test]
    fn a_cross_check_shows_its_sum() {
        let birth = date(1990, 3, 17);
        let check = |typed: &str, sex| nik(typed).cross_check(birth, sex);
        let woman = check("1611025703900001", Sex::Female);
        assert_eq!(woman.finding, Finding::Agrees);
        assert_eq!(woman.arithmetic, Some(Arithmetic { day: 17, added: 40, sum: 57 }));
        let marked_a_man = check("1611021703900001", Sex::Female);
        assert_eq!(marked_a_man.finding, Finding::SexDiffers);
        assert_eq!((&*marked_a_man.written, &*marked_a_man.expected), ("170390", "570390"));
        let other_day = check("1611021803900001", Sex::Male);
        assert_eq!((other_day.finding, other_day.arithmetic), (Finding::DateDiffers, None));
        assert_eq!((other_day.day_agrees, other_day.month_agrees, other_day.year_agrees), (false, true, true));
        assert_eq!(check("1611025704900001", Sex::Male).finding, Finding::BothDiffer);
    }

    #[test]
    fn a_family_card_has_a_date_of_issue() {
        let card = Kk::parse("1611021402190003").unwrap();
        assert_eq!(card.issued_on(TODAY), Some(date(2019, 2, 14)));
        assert_eq!(card.region(), "16.11.02");
        assert_eq!(card.masked(), "161102••••••0003");
        assert_eq!(Kk::parse("1611025402190000").unwrap().oddities(TODAY).len(), 2);
        assert!(Kk::parse("123").is_err());
    }

    #[test]
    fn a_nip_is_shown_in_four_parts() {
        let nip = Nip::parse("197403242006041015").unwrap();
        assert_eq!(nip.to_string(), "19740324 200604 1 015");
        assert_eq!(nip.birth_date(), date(1974, 3, 24));
        assert_eq!((nip.appointed(), nip.sex()), (Some((2006, 4)), Some(Sex::Male)));
        assert_eq!(Nip::parse("19740324 200604 1 015").unwrap(), nip);
        let contract = Nip::parse("198805122023212034").unwrap();
        assert_eq!((contract.appointed(), contract.sex()), (None, Some(Sex::Female)));
        assert_eq!(Nip::parse("197413242006041015"), Err(IdentityError::BirthDate));
        assert_eq!(Nip::parse("19740324200604101"), Err(IdentityError::Length { digits: 17, expected: 18 }));
    }

    #[test]
    fn nothing_is_shown_by_accident() {
        assert_eq!(format!("{:?}", nik("1611025703900001")), "Nik(161102••••••0001)");
        assert_eq!(format!("{:?}", Nip::parse("197403242006041015").unwrap()), "Nip(197403••••••••1015)");
        for (text, masked) in [("", ""), ("1234", "••••"), ("12345", "•••45"), ("161102570390001", "161102•••••0001")]
        {
            assert_eq!(mask_digits(text), masked);
        }
    }

    proptest! {
        #[test]
        fn every_person_is_read_back(days in 0_i32..36_000, female in any::<bool>(), serial in 0_u16..10_000) {
            let birth = TODAY - jiff::Span::new().days(days);
            let sex = if female { Sex::Female } else { Sex::Male };
            let day = birth.day().unsigned_abs() + if female { 40 } else { 0 };
            let nik = nik(&format!("161102{day:02}{:02}{:02}{serial:04}", birth.month(), birth.year() % 100));
            prop_assert_eq!(nik.birth_date(TODAY), Some(birth));
            prop_assert_eq!((nik.sex(), nik.serial()), (sex, serial));
            prop_assert_eq!(nik.cross_check(birth, sex).finding, Finding::Agrees);
            prop_assert_eq!(nik.oddities(TODAY).is_empty(), serial != 0);
        }

        #[test]
        fn sixteen_digits_are_always_answered(typed in "[0-9]{16}", days in 0_i32..36_000) {
            let nik = nik(&typed);
            prop_assert_eq!(nik.as_str(), typed);
            prop_assert_eq!(nik.birth_date(TODAY).is_none(), nik.oddities(TODAY).iter().any(|odd| *odd != Oddity::SerialZero));
            let birth = TODAY - jiff::Span::new().days(days);
            let check = nik.cross_check(birth, Sex::Female);
            prop_assert_eq!(check.finding == Finding::Agrees, check.written == check.expected);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = (Nik::parse(&text), Kk::parse(&text), Nip::parse(&text), mask_digits(&text));
        }
    }
}
