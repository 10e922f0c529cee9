//! Telephone numbers as E.164, from what people write.

use std::fmt;

/// An Indonesian telephone number. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    /// Digits after +62.
    national: String,
}

/// Why a typed number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("nothing is typed")]
    Empty,
    #[error("`{0}` does not belong in a telephone number")]
    Symbol(char),
    #[error("a number of another country")]
    Foreign,
    #[error("the number has too few digits")]
    Short,
    #[error("the number has too many digits")]
    Long,
    #[error("a number begins with 08 (mobile) or an area code such as 0702")]
    Prefix,
}

impl Phone {
    /// Reads `0812-3456-7890`, `+62 812…`, `62812…`, `0062812…`, `812…`, `(0702) 123456`. Mobile numbers have 10 to 13 digits
    /// with their 0, landlines an area code and 5 to 8 digits.
    pub fn parse(typed: &str) -> Result<Phone, PhoneError> {
        let typed = typed.trim();
        let (plus, rest) = match typed.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, typed),
        };
        let mut digits = String::new();
        for symbol in rest.chars() {
            match symbol {
                '0'..='9' => digits.push(symbol),
                '-' | '–' | '.' | '(' | ')' | '/' | '\'' | '\u{200b}' => {}
                _ if symbol.is_whitespace() => {}
                _ => return Err(PhoneError::Symbol(symbol)),
            }
        }
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        // "+62 (0)812" is written too.
        let international = match digits.strip_prefix("00") {
            Some(rest) => Some(rest),
            None => plus.then_some(digits.as_str()),
        };
        let national = match international {
            Some(rest) => rest.strip_prefix("62").ok_or(PhoneError::Foreign)?,
            None => match digits.strip_prefix("62") {
                Some(rest) if rest.len() >= 8 => rest,
                _ => &digits,
            },
        };
        let trunk = national.strip_prefix('0');
        let written_national = international.is_none() && national.len() == digits.len();
        let significant = trunk.unwrap_or(national);
        let mobile = significant.starts_with('8');
        if !mobile && (written_national && trunk.is_none() || !significant.starts_with(|first| matches!(first, '2'..='7' | '9'))) {
            return Err(PhoneError::Prefix);
        }
        let lengths = if mobile { 9..=12 } else { 7..=11 };
        match significant.len() {
            length if length < *lengths.start() => Err(PhoneError::Short),
            length if length > *lengths.end() => Err(PhoneError::Long),
            _ => Ok(Phone { national: significant.to_owned() }),
        }
    }

    pub fn is_mobile(&self) -> bool {
        self.national.starts_with('8')
    }

    /// "+6281234567890".
    pub fn e164(&self) -> String {
        format!("+62{}", self.national)
    }

    /// "081234567890".
    pub fn local(&self) -> String {
        format!("0{}", self.national)
    }

    /// "0812•••••890".
    pub fn masked(&self) -> String {
        let local = self.local();
        let hidden = local.len() - 7;
        format!("{}{}{}", &local[..4], "•".repeat(hidden), &local[4 + hidden..])
    }
}

/// For people: "0812-3456-7890", landlines undivided (the length of their area code is not known here).
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local();
        if self.is_mobile() { write!(f, "{}-{}-{}", &local[..4], &local[4..8], &local[8..]) } else { f.write_str(&local) }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_ways_to_write_one_number() {
        for typed in [
            "081234567890",
            "0812-3456-7890",
            "0812 3456 7890",
            "+62 812-3456-7890",
            "+62 (0) 812 3456 7890",
            "6281234567890",
            "006281234567890",
            "81234567890",
            "'081234567890",
        ] {
            assert_eq!(Phone::parse(typed).map(|phone| phone.e164()).as_deref(), Ok("+6281234567890"), "{typed}");
        }
        let phone = Phone::parse("081234567890").unwrap();
        assert_eq!(phone.to_string(), "0812-3456-7890");
        assert_eq!(phone.masked(), "0812•••••890");
        let landline = Phone::parse("(0702) 821234").unwrap();
        assert_eq!((landline.e164().as_str(), landline.is_mobile()), ("+62702821234", false));
        assert_eq!(Phone::parse("0628123456").unwrap().e164(), "+62628123456", "an area code of North Sumatra");
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (typed, error) in [
            ("", PhoneError::Empty),
            ("0812345", PhoneError::Short),
            ("08123456789012", PhoneError::Long),
            ("+65 6123 4567", PhoneError::Foreign),
            ("0812x", PhoneError::Symbol('x')),
            ("12345678", PhoneError::Prefix),
            ("0112345678", PhoneError::Prefix),
        ] {
            assert_eq!(Phone::parse(typed), Err(error), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tail in "8[0-9]{8,11}") {
            let phone = Phone::parse(&format!("0{tail}")).unwrap();
            for text in [phone.e164(), phone.local(), phone.to_string()] {
                prop_assert_eq!(&Phone::parse(&text).unwrap(), &phone);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[+0-9 ()\\-]{0,20}|\\PC{0,20}") {
            if let Ok(phone) = Phone::parse(&text) {
                let _ = (phone.to_string(), phone.masked());
                prop_assert_eq!(Phone::parse(&phone.e164()).unwrap(), phone);
            }
        }
    }
}
