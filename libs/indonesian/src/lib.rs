#![doc = include_str!("../README.md")]

mod codes;
mod dates;
mod identity;
mod local_words;
mod names;
mod numbers;
mod phone;
mod places;
mod search;
mod words;

pub use codes::{Code, CodeError};
pub use dates::{DateError, Zone, date_full, date_long, date_range, date_short, datetime, month_name, parse_date, time, weekday_name};
pub use identity::{Arithmetic, CrossCheck, Finding, IdentityError, Kk, Nik, Nip, Oddity, Sex, mask_digits};
pub use local_words::{LocalWords, title_case};
pub use names::{Alike, alike, deletions, fold_name, mask_name, name_words, one_edit, sound};
pub use numbers::{decimal, number, percent, roman, roman_value, rupiah, rupiah_short};
pub use phone::{Phone, PhoneError};
pub use places::{place_key, place_name, slug};
pub use search::{Token, fold_text, index_text, stem, stop_word, tokens};
pub use words::{NumberError, terbilang, terbilang_decimal, terbilang_rupiah};

/// The language of a text for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    #[default]
    Id,
    En,
}
