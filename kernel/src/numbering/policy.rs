//! How a unit numbers its letters.

use serde::{Deserialize, Serialize};

use super::Template;
use crate::{Error, Expect, Id, Message, Result, Rx, Tx, cols, params, setting::store};

/// The value of this setting is a [`Policy`] as JSON.
const NAME: &str = "numbering";
const ABBREVIATION: &str = "numbering.abbreviation";

/// Which letters share a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One agenda for all letters of the unit.
    Agenda,
    /// One book per classification.
    Classification,
}

/// How a unit numbers its letters; a unit without its own follows the nearest unit above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub scope: Scope,
    pub template: Template,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    scope: Scope,
    template: String,
}

impl Policy {
    /// Checks a policy.
    ///
    /// # Errors
    /// As [`Template::parse`]; `number-template-without-classification` where two books would write the same number.
    pub fn new(scope: Scope, template: &str) -> Result<Self, Message> {
        let template = Template::parse(template)?;
        if scope == Scope::Classification && !template.names_classification() {
            return Err(Message::new("number-template-without-classification"));
        }
        Ok(Self { scope, template })
    }

    /// The policy of a unit: its own, the nearest above it, or one agenda with [`Template::USUAL`].
    ///
    /// # Errors
    /// What the database says.
    pub fn of(rx: &mut Rx<'_>, unit: Id) -> Result<Self> {
        let row = rx.one(
            "select s.value from kernel_unit me join kernel_unit a on a.id in (me.u1, me.u2, me.u3, me.u4, me.u5, me.u6) \
             join kernel_setting s on s.unit = a.id and s.name = $2 where me.id = $1 order by a.depth desc, a.id limit 1",
            &params![unit, NAME],
        )?;
        let Some(row) = row else { return Ok(Self::new(Scope::Agenda, Template::USUAL)?) };
        let stored: Stored =
            serde_json::from_str(&row.get::<String>(0)?).map_err(|error| Error::Failed(format!("the setting {NAME}: {error}")))?;
        Ok(Self::new(stored.scope, &stored.template)?)
    }

    /// Makes this the unit's policy. Series of `year` and later take the template at once; numbers issued stay as written.
    ///
    /// # Errors
    /// `number-scope-in-use` when the scope would change in a year that has numbers already.
    pub fn set(&self, tx: &mut Tx<'_>, unit: Id, year: i64) -> Result<()> {
        let open = tx.all("select id, book from kernel_series where unit = $1 and year >= $2 order by id", &params![unit, year])?;
        for row in &open {
            let (id, book): (Id, String) = (row.get(0)?, row.get(1)?);
            if (book == "agenda") != (self.scope == Scope::Agenda) {
                return Err(Message::new("number-scope-in-use").into());
            }
            tx.update(&super::SERIES, id, Expect::Any, &cols! { "template" => self.template.source() })?;
        }
        let stored = Stored { scope: self.scope, template: self.template.source().to_owned() };
        let value = serde_json::to_string(&stored).map_err(|error| Error::Failed(error.to_string()))?;
        store(tx, unit, NAME, &value)
    }
}

/// The unit's short form in numbers: what it has set, or the initials of its name (`Tanjung Baru` → `TB`, `Pendopo` → `PND`).
pub(super) fn abbreviation(rx: &mut Rx<'_>, unit: Id) -> Result<String> {
    let row = rx.one(
        "select u.short_name, s.value from kernel_unit u left join kernel_setting s on s.unit = u.id and s.name = $2 where u.id = $1",
        &params![unit, ABBREVIATION],
    )?;
    let row = row.ok_or(Error::Missing)?;
    let name: String = row.get(0)?;
    Ok(row.get::<Option<String>>(1)?.unwrap_or_else(|| initials(&name)))
}

/// Sets the unit's short form in numbers issued from now on.
///
/// # Errors
/// `number-abbreviation{max}` when it is empty, too long or holds anything but letters, digits, dots and dashes.
pub fn set_abbreviation(tx: &mut Tx<'_>, unit: Id, text: &str) -> Result<()> {
    let text = text.trim();
    let fits = (1..=12).contains(&text.chars().count());
    if !fits || !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-')) {
        return Err(Message::new("number-abbreviation").arg("max", 12_i64).into());
    }
    store(tx, unit, ABBREVIATION, text)
}

fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [word] => {
            let mut letters = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase);
            let first = letters.next();
            first.into_iter().chain(letters.filter(|c| !"AEIOU".contains(*c)).take(2)).collect()
        }
        words => words.iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_what_villages_write() {
        for (name, short) in [("Tanjung Baru", "TB"), ("Pendopo", "PND"), ("Ulu Musi", "UM"), ("Ajan", "AJN")] {
            assert_eq!(initials(name), short);
        }
    }
}
