//! How a government looks: name, crest and two colours. Contrast is computed and enforced here, so no choice of
//! colours can make a page illegible (WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1 for text).

use std::fmt;

use indonesian::LocalWords;

/// The least contrast between text and its ground.
pub const CONTRAST_MIN: f64 = 4.5;

const PAPER: Colour = Colour { red: 0xfb, green: 0xfa, blue: 0xf6 };
const WHITE: Colour = Colour { red: 0xff, green: 0xff, blue: 0xff };
const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };

/// A colour of the screen (sRGB, 8 bits each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

/// A text that is not `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb, not {0:?}")]
pub struct BadColour(pub String);

impl Colour {
    /// The colour written `#rrggbb`.
    ///
    /// # Errors
    /// [`BadColour`] for any other text.
    pub fn parse(text: &str) -> Result<Self, BadColour> {
        let digits = text.strip_prefix('#').filter(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|rest| u32::from_str_radix(rest, 16).ok()).ok_or_else(|| BadColour(text.to_owned()))?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self { red, green, blue })
    }

    /// Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.red) + 0.7152 * part(self.green) + 0.0722 * part(self.blue)
    }

    /// Contrast ratio with `other`, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with `share` (0 to 1) of `other` mixed in.
    #[must_use]
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
        Self { red: mix(self.red, other.red), green: mix(self.green, other.green), blue: mix(self.blue, other.blue) }
    }

    /// The nearest darker colour that can be text on paper and on its own tint, and can carry white text.
    #[must_use]
    pub fn darkened_until_legible(self) -> Self {
        (0..=100)
            .map(|step| self.mixed(BLACK, f64::from(step) / 100.0))
            .find(|colour| [PAPER, colour.tint()].into_iter().all(|ground| colour.contrast(ground) >= CONTRAST_MIN))
            .unwrap_or(BLACK)
    }

    /// A very light form, a ground for text in this colour.
    #[must_use]
    pub fn tint(self) -> Self {
        self.mixed(WHITE, 0.9)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The look of one government.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The government as the masthead says it: `Kabupaten Empat Lawang`.
    pub name: String,
    /// What stands above or below it in smaller type; may be empty.
    pub above: String,
    /// Two or three letters in the placeholder crest, used while there is no picture.
    pub initials: String,
    /// The crest as SVG, shown as a picture file (scripts in it never run).
    pub crest_svg: Option<String>,
    /// The one colour of the government, before contrast is enforced.
    pub colour: Colour,
    /// The thread in the woven band at the top.
    pub thread: Colour,
    /// The words for the lowest units and what lies above them here (data, UU 6/2014 art. 6).
    pub words: LocalWords,
    /// `WIB`, `WITA` or `WIT`.
    pub zone: String,
    /// A line above everything while this is a demonstration ("CONTOH…"); text key or none.
    pub demo: bool,
}

impl Look {
    /// A plain look for a government of this name.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            above: String::new(),
            initials: "CTH".to_owned(),
            crest_svg: None,
            colour: Colour { red: 0x0b, green: 0x5a, blue: 0x47 },
            thread: Colour { red: 0xb5, green: 0x84, blue: 0x2a },
            words: LocalWords::default(),
            zone: "WIB".to_owned(),
            demo: false,
        }
    }

    /// The custom properties that the style sheet takes its colours from.
    #[must_use]
    pub fn css(&self) -> String {
        let main = self.colour.darkened_until_legible();
        format!(
            "@layer look{{:root{{--gov:{main};--gov-ink:#ffffff;--gov-deep:{};--gov-tint:{};--thread:{}}}}}",
            main.mixed(BLACK, 0.4),
            main.tint(),
            self.thread
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_of_black_and_white_is_21() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 0.01);
    }

    #[test]
    fn every_colour_a_government_may_choose_ends_legible() {
        for text in ["#ffff00", "#ffffff", "#00ff00", "#0b5a47", "#ff0000", "#87ceeb", "#000000", "#e8b80c", "#c0c0c0"] {
            let chosen = Colour::parse(text).unwrap();
            let used = chosen.darkened_until_legible();
            for (what, ground) in [("paper", PAPER), ("white", WHITE), ("its tint", used.tint())] {
                let ratio = used.contrast(ground);
                assert!(ratio >= CONTRAST_MIN, "{text} became {used}: {ratio:.2} on {what}");
            }
        }
    }

    #[test]
    fn a_legible_colour_is_left_alone() {
        let green = Colour::parse("#0b5a47").unwrap();
        assert_eq!(green.darkened_until_legible(), green);
        assert_eq!(green.to_string(), "#0b5a47");
    }

    #[test]
    fn other_writings_are_refused() {
        for text in ["", "red", "#fff", "#12345g", "0b5a47", "#0b5a47ff"] {
            assert!(Colour::parse(text).is_err(), "{text}");
        }
    }
}
