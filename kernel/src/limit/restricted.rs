//! Restricted persons on the way out: which rows of a list are about one of them, by the ids a row carries, and by name where a
//! book keeps a free text.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{CHUNK, Kind};
use crate::{DbError, Id, Result, Rx, lasting::Lasting, params, post::in_list};

/// Everybody whose processing is restricted at one moment.
#[derive(Debug, Clone, Default)]
pub struct Restricted {
    persons: HashSet<Id>,
    accounts: HashSet<Id>,
    /// Folded, a space before and behind.
    names: Vec<String>,
}

impl Restricted {
    /// Who it is at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn at(rx: &mut Rx<'_>, now: Timestamp) -> Result<Self> {
        let held = format!("select person from kernel_limit where kind = $1 and {}", Lasting::condition(2));
        let bound = params![Kind::Restricted.as_str(), now];
        let mut restricted = Self::default();
        for row in rx.all(&format!("select id, name_folded from kernel_person where id in ({held}) order by id"), &bound)? {
            restricted.persons.insert(row.get(0)?);
            let name: String = row.get(1)?;
            restricted.names.extend(Some(format!(" {name} ")).filter(|_| !name.is_empty()));
        }
        for row in rx.all(&format!("select id from kernel_account where person in ({held})"), &bound)? {
            restricted.accounts.insert(row.get(0)?);
        }
        Ok(restricted)
    }

    /// Whether a person is.
    #[must_use]
    pub fn has(&self, person: Id) -> bool {
        self.persons.contains(&person)
    }

    /// Whether the person behind an account is.
    #[must_use]
    pub fn has_account(&self, account: Id) -> bool {
        self.accounts.contains(&account)
    }

    /// Whether a free text names one of them, whatever marks and titles stand around the name. Somebody else of the same name is
    /// meant by it too: a text does not say which of the two.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        let within = |text: &str| {
            let text = format!(" {text} ");
            self.names.iter().any(|name| text.contains(name))
        };
        !self.names.is_empty() && (within(&indonesian::fold_text(text)) || within(&indonesian::fold_name(text)))
    }

    /// Which of these cases one of them has a part in.
    ///
    /// # Errors
    /// What the database says.
    pub fn cases(&self, rx: &mut Rx<'_>, cases: &[Id]) -> Result<HashSet<Id>> {
        let sql = "select id, applicant from kernel_case where applicant is not null and id in";
        let mut found = self.among(rx, sql, cases)?;
        found.extend(self.among(rx, "select case_id, person from kernel_case_party where person is not null and case_id in", cases)?);
        Ok(found)
    }

    /// Which of these documents belong to a case one of them has a part in, or are made out to one.
    ///
    /// # Errors
    /// What the database says.
    pub fn documents(&self, rx: &mut Rx<'_>, documents: &[Id]) -> Result<HashSet<Id>> {
        let sql = "select d.id, c.applicant from kernel_document d join kernel_case c on c.id = d.case_id \
                   where c.applicant is not null and d.id in";
        let mut found = self.among(rx, sql, documents)?;
        let sql = "select d.id, p.person from kernel_document d join kernel_case_party p on p.case_id = d.case_id \
                   where p.person is not null and d.id in";
        found.extend(self.among(rx, sql, documents)?);
        Ok(found)
    }

    /// The ids of `(id, person)` that a query finds among these with one of them beside it.
    fn among(&self, rx: &mut Rx<'_>, sql: &str, ids: &[Id]) -> Result<HashSet<Id>> {
        let mut found = HashSet::new();
        if self.persons.is_empty() {
            return Ok(found);
        }
        for chunk in ids.chunks(CHUNK) {
            let (list, bound) = in_list(chunk, 1);
            for row in rx.all(&format!("{sql} {list}"), &bound)? {
                let (id, person): (Id, Id) = (row.get(0)?, row.get(1)?);
                found.extend(Some(id).filter(|_| self.has(person)));
            }
        }
        Ok(found)
    }
}

/// Residents below a unit a restriction holds for at `now`.
///
/// # Errors
/// What the database says.
pub fn count_below(rx: &mut Rx<'_>, unit: Id, now: Timestamp) -> Result<i64, DbError> {
    let sql = format!(
        "select count(*) from kernel_person p join kernel_unit u on u.id = p.unit where $1 in (u.u1, u.u2, u.u3, u.u4, u.u5, u.u6) \
         and p.source <> 'erased' and p.id in (select person from kernel_limit where kind = $2 and {})",
        Lasting::condition(3)
    );
    rx.count(&sql, &params![unit, Kind::Restricted.as_str(), now])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        limit::{NewLimit, set},
        party::tests::somebody,
        unit::tests::Tree,
    };

    #[test]
    fn a_text_names_a_restricted_person_by_whole_words_only() {
        let tree = Tree::new();
        let village = tree.village;
        let person = tree.write(move |tx| somebody(tx, village, "Hj. Siti Rahmawati, S.Pd.")).unwrap();
        let other = tree.write(move |tx| somebody(tx, village, "Budi")).unwrap();
        let nobody = tree.read(|rx| Restricted::at(rx, tree.home.now()));
        assert!(!nobody.has(person) && !nobody.is_named_in("Siti Rahmawati"));
        let new = NewLimit { person, kind: Kind::Restricted, decree: "PDP 7/2026".into(), reason: "x".into(), cause: None, until: None };
        tree.write(move |tx| set(tx, &new)).unwrap();
        let restricted = tree.read(|rx| Restricted::at(rx, tree.home.now()));
        assert!(restricted.has(person) && !restricted.has(other));
        for (text, named) in [
            ("Siti Rahmawati", true),
            ("SITI RAHMAWATI, S.E.", true),
            ("Keterangan usaha a.n. Siti  Rahmawati (Jalan Mawar)", true),
            ("Siti Rahmawatiningsih", false),
            ("Rahmawati Siti", false),
            ("Camat Pendopo", false),
            ("", false),
        ] {
            assert_eq!(restricted.is_named_in(text), named, "{text}");
        }
        assert_eq!(tree.read(|rx| Ok(count_below(rx, village, tree.home.now())?)), 1);
    }
}
