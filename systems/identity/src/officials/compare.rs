//! Comparing a list of officials with who is here: new, the same, different, here and not in the file.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use kernel::{
    Id,
    post::{Holding, HoldingKind, Post},
    unit::Unit,
};
use serde::{Deserialize, Serialize};

use super::Official;

/// How a row stands to what is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The post is vacant or not there yet.
    New,
    Same,
    /// Somebody else holds the post, or its dates, kind or decree differ.
    Different,
    /// Here, but not in the file.
    Missing,
    /// Cannot be brought in.
    Wrong,
}

impl Verdict {
    /// Every verdict in the order people work through them.
    pub const ALL: [Self; 5] = [Self::Wrong, Self::Different, Self::Missing, Self::New, Self::Same];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Different => "different",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
        }
    }

    /// The verdict of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// Whether it is taken when nobody chooses otherwise: only what collides with nothing.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::New)
    }
}

/// Who is here.
#[derive(Debug, Clone, Default)]
pub struct Here {
    pub units: Vec<Unit>,
    /// Units the importer keeps.
    pub kept: HashSet<Id>,
    pub posts: Vec<Post>,
    /// Who acts for each post, with name and number.
    pub holders: HashMap<Id, (Holding, String, String)>,
    /// People by their NIP, NIPD or NIAP.
    pub by_number: HashMap<String, Id>,
}

/// A row compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What the file says; none for somebody who is only here.
    pub official: Option<Official>,
    pub unit: Option<Id>,
    pub unit_name: String,
    pub post: Option<Id>,
    /// Known by number, or by name in the same post.
    pub person: Option<Id>,
    /// The holding that is there.
    pub holding: Option<Id>,
    pub holder: String,
    /// Since when, and by which decree, it is held here.
    pub held_from: Option<Date>,
    pub held_by: String,
    /// The post is made.
    pub makes_post: bool,
}

/// Compares every row; then lists who is here in the units of the file and not in it. With the key of what is wrong.
///
/// 1. A unit is found by its code, else by its name when one unit alone has it; the importer keeps it.
/// 2. A post is found by its title in the unit; one that is not there is made.
/// 3. A post stands in the file once for each that the unit has of this title.
/// 4. A person is known by number; without one, by the name of whoever holds the post.
/// 5. The same person with the same kind, first day and decree is the same.
#[must_use]
pub fn compare(rows: &[Official], here: &Here) -> Vec<(Verdict, Compared, &'static str)> {
    let mut found = Vec::with_capacity(rows.len());
    let (mut named, mut units) = (HashSet::new(), HashSet::new());
    for row in rows {
        let one = one(row, here, &named);
        if let (Verdict::New | Verdict::Same | Verdict::Different, compared, _) = &one {
            named.extend(compared.post);
            units.extend(compared.unit);
        }
        found.push(one);
    }
    for post in here.posts.iter().filter(|post| units.contains(&post.unit) && !named.contains(&post.id)) {
        if let Some((holding, name, _)) = here.holders.get(&post.id) {
            let unit = here.units.iter().find(|unit| unit.id == post.unit);
            let compared = Compared {
                official: None,
                unit: Some(post.unit),
                unit_name: unit.map(|unit| unit.name.clone()).unwrap_or_default(),
                post: Some(post.id),
                person: Some(holding.person),
                holding: Some(holding.id),
                holder: format!("{name}, {}", post.title),
                held_from: unit.map(|unit| unit.date(holding.from)),
                held_by: holding.decree.clone(),
                makes_post: false,
            };
            found.push((Verdict::Missing, compared, ""));
        }
    }
    found
}

fn one(row: &Official, here: &Here, named: &HashSet<Id>) -> (Verdict, Compared, &'static str) {
    let mut compared = Compared {
        official: Some(row.clone()),
        unit: None,
        unit_name: row.unit.clone(),
        post: None,
        person: here.by_number.get(&digits(&row.number)).copied().filter(|_| !digits(&row.number).is_empty()),
        holding: None,
        holder: String::new(),
        held_from: None,
        held_by: String::new(),
        makes_post: false,
    };
    let unit = match find_unit(&row.unit, here) {
        Ok(unit) => unit,
        Err(key) => return (Verdict::Wrong, compared, key),
    };
    (compared.unit, compared.unit_name) = (Some(unit.id), unit.name.clone());
    if !here.kept.contains(&unit.id) {
        return (Verdict::Wrong, compared, "identity-import-not-kept");
    }
    let wanted = title_key(&row.title);
    let of_title: Vec<&Post> = here.posts.iter().filter(|post| post.unit == unit.id && title_key(&post.title) == wanted).collect();
    let holds = |post: &&&Post| {
        here.holders.get(&post.id).is_some_and(|(holding, name, number)| is_same_person(row, &compared, holding, name, number))
    };
    let free = |post: &&&Post| !named.contains(&post.id);
    let post = of_title.iter().filter(free).find(holds).or_else(|| of_title.iter().find(free));
    let Some(post) = post else {
        if of_title.is_empty() {
            compared.makes_post = true;
            return if row.holding_kind() == HoldingKind::Plh {
                (Verdict::Wrong, compared, "identity-import-plh-vacant")
            } else {
                (Verdict::New, compared, "")
            };
        }
        return (Verdict::Wrong, compared, "identity-import-twice");
    };
    compared.post = Some(post.id);
    let Some((holding, name, number)) = here.holders.get(&post.id) else {
        return if row.holding_kind() == HoldingKind::Plh {
            (Verdict::Wrong, compared, "identity-import-plh-vacant")
        } else {
            (Verdict::New, compared, "")
        };
    };
    compared.holding = Some(holding.id);
    compared.holder.clone_from(name);
    compared.held_from = Some(unit.date(holding.from));
    compared.held_by.clone_from(&holding.decree);
    if !is_same_person(row, &compared, holding, name, number) {
        return (Verdict::Different, compared, "");
    }
    compared.person = Some(holding.person);
    let same = holding.kind == row.holding_kind() && unit.date(holding.from) == row.from && holding.decree.trim() == row.decree.trim();
    (if same { Verdict::Same } else { Verdict::Different }, compared, "")
}

fn is_same_person(row: &Official, compared: &Compared, holding: &Holding, name: &str, number: &str) -> bool {
    if let Some(person) = compared.person {
        return person == holding.person;
    }
    let (typed, known) = (digits(&row.number), digits(number));
    (typed.is_empty() || known.is_empty() || typed == known) && indonesian::fold_name(&row.name) == indonesian::fold_name(name)
}

fn find_unit<'h>(typed: &str, here: &'h Here) -> Result<&'h Unit, &'static str> {
    if let Some(unit) = here.units.iter().find(|unit| unit.code == typed.trim()) {
        return Ok(unit);
    }
    let key = indonesian::place_key(typed);
    let mut named = here.units.iter().filter(|unit| !key.is_empty() && indonesian::place_key(&unit.name) == key);
    match (named.next(), named.next()) {
        (Some(unit), None) => Ok(unit),
        (Some(first), Some(second)) => {
            // "Kelurahan Pendopo" and "Kecamatan Pendopo": the whole name tells them apart.
            let whole = |unit: &&Unit| unit.name.eq_ignore_ascii_case(typed.trim());
            [first, second].into_iter().find(whole).ok_or("identity-import-unit-several")
        }
        (None, _) => Err("identity-import-unit-unknown"),
    }
}

/// Digits and letters alone, so that "19720615 200701 2 003" is "197206152007012003".
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn title_key(title: &str) -> String {
    title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
