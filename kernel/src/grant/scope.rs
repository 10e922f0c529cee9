//! One value for lists and for single rows: `list == filter(all, covers)`.

use std::collections::BTreeMap;

use crate::{Id, Officer, Value, unit::DEPTH_MAX};

/// Where a row stands, as a scope looks at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    /// The ancestors of its unit, from the regency down to the unit itself, as many as its table keeps.
    pub units: [Option<Id>; DEPTH_MAX],
    /// The unit whose desk it lies on, when it was routed.
    pub at_unit: Option<Id>,
    /// The post it lies with.
    pub post: Option<Id>,
    /// The person it belongs to.
    pub person: Option<Id>,
    /// What kind of letter it leads to, as mandates name kinds: for a case its own kind.
    pub kind: Option<String>,
}

impl Located {
    /// Something that belongs to a unit and lies nowhere else.
    #[must_use]
    pub fn at(unit: &crate::unit::Unit) -> Self {
        Self { units: unit.ancestors, at_unit: Some(unit.id), ..Self::default() }
    }

    /// A case.
    #[must_use]
    pub fn of_case(case: &crate::case::Case) -> Self {
        Self { units: case.units, at_unit: Some(case.at_unit), post: case.at_post, person: None, kind: Some(case.kind.clone()) }
    }
}

/// Which columns of a table a scope filters by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// How many of u1…u6 it has.
    pub depth: usize,
    /// The unit whose desk the row lies on; also what a grant deeper than `depth` is compared with.
    pub at_unit: Option<&'static str>,
    pub post: Option<&'static str>,
    pub person: Option<&'static str>,
    /// The kind of letter; a table without it shows nothing that a mandate for some kinds reaches.
    pub kind: Option<&'static str>,
}

impl Columns {
    /// `kernel_case`.
    pub const CASE: Self = Self { depth: 6, at_unit: Some("at_unit"), post: Some("at_post"), person: None, kind: Some("kind") };
    /// `kernel_task`.
    pub const TASK: Self = Self { depth: 3, at_unit: Some("unit"), post: Some("post"), person: None, kind: Some("kind") };
    /// `kernel_unit` itself, and whatever is joined to it.
    pub const UNIT: Self = Self { depth: 6, at_unit: None, post: None, person: None, kind: None };
}

/// What somebody reaches as of now: subtrees of units ∪ what lies on their desks ∪ what lies with a post (all of it, or some kinds
/// of letter) ∪ what is one's own.
///
/// A scope of nothing covers nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    all: bool,
    /// Units with their depth.
    units: Vec<(Id, i64)>,
    posts: Vec<Id>,
    /// Posts with the kinds of letter that are reached there, each sorted and never empty.
    kinds: Vec<(Id, Vec<String>)>,
    persons: Vec<Id>,
}

impl Scope {
    /// Everything: for the machine's own work and for administrators.
    #[must_use]
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// What the officer reaches by any of `roles`, besides the posts acted for. `admin` among them, when held, is everything.
    #[must_use]
    pub fn of(officer: &Officer, roles: &[&str]) -> Self {
        let mut scope = Self::of_roles(officer, roles);
        scope.posts = officer.posts.iter().map(|post| post.post).collect();
        scope
    }

    /// What the officer reaches by any of `roles` alone, without the posts acted for.
    #[must_use]
    pub fn of_roles(officer: &Officer, roles: &[&str]) -> Self {
        let mut scope = Self::default();
        for grant in officer.grants.iter().filter(|grant| roles.contains(&grant.role.as_str())) {
            if grant.role == super::ADMIN {
                scope.all = true;
            }
            if !scope.units.contains(&(grant.unit, grant.depth)) {
                scope.units.push((grant.unit, grant.depth));
            }
        }
        scope
    }

    /// The same and the subtree of a unit standing at `depth` (1 = the regency).
    #[must_use]
    pub fn with_unit(mut self, unit: Id, depth: i64) -> Self {
        self.units.push((unit, depth));
        self
    }

    /// The same and what lies with these posts (those acted for by mandate, say).
    #[must_use]
    pub fn with_posts(mut self, posts: impl IntoIterator<Item = Id>) -> Self {
        self.posts.extend(posts);
        self
    }

    /// The same and what leads to these kinds of letter and lies with this post; no kind is nothing more.
    #[must_use]
    pub fn with_kinds(mut self, post: Id, kinds: &[String]) -> Self {
        if !kinds.is_empty() {
            let mut kinds = kinds.to_vec();
            kinds.sort();
            kinds.dedup();
            self.kinds.push((post, kinds));
        }
        self
    }

    /// The same and what a post acted for by mandate lets one reach: all that lies with it, or the kinds of letter it is given for.
    #[must_use]
    pub fn with_mandate(self, given: &crate::post::MandatedPost) -> Self {
        if given.kinds.is_empty() { self.with_posts([given.post]) } else { self.with_kinds(given.post, &given.kinds) }
    }

    /// The same and what belongs to this person.
    #[must_use]
    pub fn with_person(mut self, person: Id) -> Self {
        self.persons.push(person);
        self
    }

    /// Whether it is everything.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.all
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.units.is_empty() && self.posts.is_empty() && self.kinds.is_empty() && self.persons.is_empty()
    }

    /// The units whose subtrees it reaches, with their depth.
    #[must_use]
    pub fn units(&self) -> &[(Id, i64)] {
        &self.units
    }

    /// The posts whose desks it reaches whole.
    #[must_use]
    pub fn posts(&self) -> &[Id] {
        &self.posts
    }

    /// The posts where it reaches some kinds of letter only, with these.
    #[must_use]
    pub fn kinds(&self) -> &[(Id, Vec<String>)] {
        &self.kinds
    }

    /// Whether it reaches one row.
    #[must_use]
    pub fn covers(&self, row: &Located) -> bool {
        let unit = |(unit, depth): &(Id, i64)| {
            let ancestor = usize::try_from(*depth - 1).ok().and_then(|place| row.units.get(place).copied().flatten());
            ancestor == Some(*unit) || row.at_unit == Some(*unit)
        };
        self.all
            || self.units.iter().any(unit)
            || row.post.is_some_and(|post| self.posts.contains(&post))
            || row
                .post
                .zip(row.kind.as_ref())
                .is_some_and(|(at, kind)| self.kinds.iter().any(|(post, kinds)| *post == at && kinds.contains(kind)))
            || row.person.is_some_and(|person| self.persons.contains(&person))
    }

    /// The same as a condition on the rows of `alias`, with parameters numbered from `first`.
    ///
    /// It stands in brackets and is never empty, so it can follow `where` or `and`.
    #[must_use]
    pub fn filter(&self, columns: &Columns, alias: &str, first: usize) -> (String, Vec<Value>) {
        if self.all {
            return ("(1 = 1)".to_owned(), Vec::new());
        }
        let mut by_column: BTreeMap<String, Vec<Id>> = BTreeMap::new();
        let mut add = |column: String, id: Id| {
            let ids = by_column.entry(column).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        };
        for (unit, depth) in &self.units {
            if usize::try_from(*depth).is_ok_and(|depth| (1..=columns.depth).contains(&depth)) {
                add(format!("u{depth}"), *unit);
            }
            if let Some(column) = columns.at_unit {
                add(column.to_owned(), *unit);
            }
        }
        for (column, ids) in [(columns.post, &self.posts), (columns.person, &self.persons)] {
            if let Some(column) = column {
                ids.iter().for_each(|id| add(column.to_owned(), *id));
            }
        }
        let mut parts = Vec::new();
        let mut values = Vec::new();
        for (column, ids) in by_column {
            let (list, bound) = crate::post::in_list(&ids, first + values.len());
            parts.push(format!("{alias}.{column} in {list}"));
            values.extend(bound);
        }
        if let (Some(at), Some(kind)) = (columns.post, columns.kind) {
            for (post, kinds) in &self.kinds {
                values.push((*post).into());
                let place = first + values.len() - 1;
                let marks: Vec<String> = (place + 1..=place + kinds.len()).map(|place| format!("${place}")).collect();
                values.extend(kinds.iter().map(|kind| Value::from(kind.as_str())));
                parts.push(format!("({alias}.{at} = ${place} and {alias}.{kind} in ({}))", marks.join(", ")));
            }
        }
        if parts.is_empty() {
            return ("(1 = 0)".to_owned(), Vec::new());
        }
        (format!("({})", parts.join(" or ")), values)
    }
}
