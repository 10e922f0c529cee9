//! The audit log as the Inspektorat reads it: about a record, a person, a post, an account or a unit.

use jiff::Timestamp;
use kernel::{
    DbError, Error, Id, Result, Row, Rx, Value, access,
    grant::{Columns, Scope},
    params,
};

/// What a timeline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Everything within the scope.
    All,
    /// A record or case: what was done to it or in it.
    Record(Id),
    /// A person: what was done to her data, in her cases, on lists she stood on, and by her.
    Person(Id),
    /// What was done as this post.
    Post(Id),
    /// What this account did.
    Account(Id),
    /// What was done as a unit or about it.
    Unit(Id),
}

impl Subject {
    /// The word in addresses, and the id.
    #[must_use]
    pub const fn parts(self) -> (&'static str, Option<Id>) {
        match self {
            Self::All => ("", None),
            Self::Record(id) => ("catatan", Some(id)),
            Self::Person(id) => ("orang", Some(id)),
            Self::Post(id) => ("jabatan", Some(id)),
            Self::Account(id) => ("akun", Some(id)),
            Self::Unit(id) => ("unit", Some(id)),
        }
    }

    /// The subject of these words; everything for others.
    #[must_use]
    pub fn parse(word: &str, id: &str) -> Self {
        let Ok(id) = id.parse() else { return Self::All };
        match word {
            "catatan" => Self::Record(id),
            "orang" => Self::Person(id),
            "jabatan" => Self::Post(id),
            "akun" => Self::Account(id),
            "unit" => Self::Unit(id),
            _ => Self::All,
        }
    }
}

/// Which entries.
#[derive(Debug, Clone)]
pub struct Filter {
    pub subject: Subject,
    /// Actions by group; none is every action.
    pub group: Option<Group>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Done by this account.
    pub by: Option<Id>,
}

/// Actions people look for, by the last word of their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Opened,
    Exported,
    Rights,
    SignIn,
    /// What changed rows.
    Changed,
}

impl Group {
    pub const ALL: [Self; 5] = [Self::Opened, Self::Exported, Self::Rights, Self::SignIn, Self::Changed];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "dibuka",
            Self::Exported => "unduhan",
            Self::Rights => "hak",
            Self::SignIn => "masuk",
            Self::Changed => "diubah",
        }
    }

    /// The group of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Opened => {
                "(e.action like '%.opened' or e.action like '%.read' or e.action like '%.revealed' or e.action like '%.listed' \
                 or e.action like '%.printed' or e.action like '%.downloaded' or e.action like '%.found_by_nik' or e.action like '%.resident')"
            }
            Self::Exported => "(e.action like 'kernel.export.%' or e.action like '%.exported')",
            Self::Rights => {
                "(e.action like 'kernel.grant.%' or e.action like 'kernel.post.%' or e.action like 'kernel.mandate.%' \
                 or e.action like 'kernel.account.%')"
            }
            Self::SignIn => "(e.action like 'kernel.session.%' or e.action like 'identity.sign_in.%')",
            Self::Changed => "e.changes > 0",
        }
    }
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: Id,
    pub at: Timestamp,
    pub action: String,
    /// `public`, `link`, `account`, `system`.
    pub actor_kind: String,
    pub account: Option<Id>,
    pub name: String,
    pub title: String,
    pub unit_name: String,
    pub case_id: Option<Id>,
    pub code: String,
    pub object_kind: String,
    pub object: Option<Id>,
    pub changes: i64,
    /// Rows of the list it tells of; none when it is about one thing.
    pub rows: usize,
    /// Made during a Masa Pemilihan and marked for it.
    pub flagged: bool,
}

const SELECT: &str = "select e.id, e.at, e.action, e.actor_kind, e.account, a.display_name, p.title, u.name, e.case_id, c.code, e.object_kind, \
                      e.object, e.changes, e.detail from kernel_entry e left join kernel_account a on a.id = e.account \
                      left join kernel_post p on p.id = e.post left join kernel_unit u on u.id = coalesce(p.unit, e.unit) left join kernel_case c on c.id = e.case_id";

fn read(row: &Row) -> Result<Line, DbError> {
    let text = |place: usize| Ok::<_, DbError>(row.get::<Option<String>>(place)?.unwrap_or_default());
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        action: row.get(2)?,
        actor_kind: row.get(3)?,
        account: row.get(4)?,
        name: text(5)?,
        title: text(6)?,
        unit_name: text(7)?,
        case_id: row.get(8)?,
        code: text(9)?,
        object_kind: row.get(10)?,
        object: row.get(11)?,
        changes: row.get(12)?,
        rows: super::lists::rows(&text(13)?),
        flagged: text(13)?.contains("\"election\":"),
    })
}

/// Conditions and their values, those of the scope first. Entries that belong to no unit (the public's, the machine's, those of
/// accounts without a post) are seen from the top of the tree only.
fn condition(scope: &Scope, filter: &Filter) -> (String, Vec<Value>) {
    let (within, mut bound) = scope.filter(&Columns::UNIT, "u", 1);
    let top = scope.is_all() || scope.units().iter().any(|(_, depth)| *depth == 1);
    let mut sql = if top { format!("({within} or e.unit is null)") } else { within };
    let mut mark = |value: Value| {
        bound.push(value);
        format!("${}", bound.len())
    };
    match filter.subject {
        Subject::All => {}
        Subject::Record(id) => {
            let id = mark(id.into());
            sql.push_str(&format!(" and ({} or e.case_id = {id})", access::of_object(&id)));
        }
        Subject::Person(id) => {
            let id = mark(id.into());
            sql.push_str(&format!(
                " and ({} or e.case_id in (select pc.id from kernel_case pc where pc.applicant = {id}) \
                 or e.account in (select pa.id from kernel_account pa where pa.person = {id}) \
                 or e.id in (select l.entry from oversight_listed l where l.person = {id}))",
                access::of_object(&id)
            ));
        }
        Subject::Post(id) => {
            // Whoever ever held it: the log has an index of accounts.
            let id = mark(id.into());
            sql.push_str(&format!(
                " and ({} or (e.post = {id} and e.account in (select ha.id from kernel_account ha \
                 join kernel_holding h on h.person = ha.person where h.post = {id})))",
                access::of_object(&id)
            ));
        }
        Subject::Account(id) => {
            let id = mark(id.into());
            sql.push_str(&format!(" and e.account = {id}"));
        }
        Subject::Unit(id) => {
            let id = mark(id.into());
            sql.push_str(&format!(" and e.unit = {id}"));
        }
    }
    if let Some(by) = filter.by {
        let by = mark(by.into());
        sql.push_str(&format!(" and e.account = {by}"));
    }
    // Ids begin with the moment they were made: the primary key finds the days.
    if let Some(from) = filter.from {
        let from = mark(first_id(from).into());
        sql.push_str(&format!(" and e.id >= {from}"));
    }
    if let Some(until) = filter.until {
        let until = mark(first_id(until).into());
        sql.push_str(&format!(" and e.id < {until}"));
    }
    if let Some(group) = filter.group {
        sql.push_str(&format!(" and {}", group.condition()));
    }
    (sql, bound)
}

/// The smallest id of a moment.
fn first_id(at: Timestamp) -> Id {
    let mut bytes = [0; 16];
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0).to_be_bytes();
    bytes[..6].copy_from_slice(&millis[2..]);
    Id::from_bytes(bytes)
}

/// A page of the timeline, newest first, after (older than) an entry.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, scope: &Scope, filter: &Filter, after: Option<Id>, limit: i64) -> Result<Vec<Line>> {
    let (mut sql, mut bound) = condition(scope, filter);
    if let Some(id) = after {
        bound.push(id.into());
        sql.push_str(&format!(" and e.id < ${}", bound.len()));
    }
    bound.push(limit.into());
    let sql = format!("{SELECT} where {sql} order by e.id desc limit ${}", bound.len());
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// How many entries there are, up to `most`, and how many accounts did them.
///
/// # Errors
/// What the database says.
pub fn count(rx: &mut Rx<'_>, scope: &Scope, filter: &Filter, most: i64) -> Result<(i64, i64)> {
    let (sql, mut bound) = condition(scope, filter);
    bound.push(most.into());
    let sql = format!(
        "select count(*), count(distinct account) from (select e.account as account from kernel_entry e left join kernel_unit u on u.id = e.unit \
         where {sql} order by e.id desc limit ${}) counted",
        bound.len()
    );
    let row = rx.one(&sql, &bound)?.ok_or(Error::Missing)?;
    Ok((row.get(0)?, row.get(1)?))
}

/// What a subject is called, and the unit it belongs to when it has one.
///
/// # Errors
/// [`Error::Missing`] when there is nothing of that id within the scope.
pub fn name(rx: &mut Rx<'_>, scope: &Scope, subject: Subject) -> Result<(String, Option<Id>)> {
    let within = |rx: &mut Rx<'_>, unit: Option<Id>| -> Result<()> {
        let unit = match unit {
            Some(unit) => kernel::unit::find(rx, unit)?,
            None => None,
        };
        let top = scope.is_all() || scope.units().iter().any(|(_, depth)| *depth == 1);
        let covered = unit.map_or(top, |unit| scope.covers(&kernel::grant::Located::at(&unit)));
        if covered { Ok(()) } else { Err(Error::Missing) }
    };
    let (sql, id) = match subject {
        Subject::All => return Ok((String::new(), None)),
        Subject::Record(id) => {
            let code = rx.one("select code, unit from kernel_case where id = $1", &params![id])?;
            return Ok(match code {
                Some(row) => {
                    let unit: Id = row.get(1)?;
                    within(rx, Some(unit))?;
                    (row.get(0)?, Some(unit))
                }
                // Whatever else has an id; its entries are filtered by the scope.
                None => (id.to_string(), None),
            });
        }
        Subject::Person(id) => {
            let person = kernel::party::find(rx, id)?.ok_or(Error::Missing)?;
            let unit = match person.unit {
                Some(unit) => Some(unit),
                None => officer_unit(rx, id)?,
            };
            within(rx, unit)?;
            return Ok((person.masked_name(), unit));
        }
        Subject::Post(id) => ("select p.title, p.unit from kernel_post p where p.id = $1", id),
        Subject::Account(id) => (
            "select a.display_name, (select p.unit from kernel_holding h join kernel_post p on p.id = h.post where h.person = a.person \
             order by h.effective_from desc, h.id desc limit 1) from kernel_account a where a.id = $1",
            id,
        ),
        Subject::Unit(id) => ("select name, id from kernel_unit where id = $1", id),
    };
    let row = rx.one(sql, &params![id])?.ok_or(Error::Missing)?;
    let unit: Option<Id> = row.get(1)?;
    within(rx, unit)?;
    Ok((row.get(0)?, unit))
}

/// The unit of the post an officer held last.
fn officer_unit(rx: &mut Rx<'_>, person: Id) -> Result<Option<Id>> {
    let sql = "select p.unit from kernel_holding h join kernel_post p on p.id = h.post where h.person = $1 order by h.effective_from desc, h.id desc limit 1";
    Ok(rx.one(sql, &params![person])?.map(|row| row.get(0)).transpose()?)
}

/// Something a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub subject: Subject,
    pub name: String,
    pub place: String,
}

/// Accounts, posts and units within a scope whose name holds the words; and the case of a tracking code.
///
/// # Errors
/// What the database says.
pub fn search(rx: &mut Rx<'_>, scope: &Scope, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    if let Ok(code) = indonesian::Code::parse(words)
        && let Some(row) = rx.one("select id from kernel_case where code = $1", &params![code.as_str()])?
    {
        let subject = Subject::Record(row.get(0)?);
        if name(rx, scope, subject).is_ok() {
            hits.push(Hit { subject, name: code.to_string(), place: String::new() });
        }
    }
    let (within, bound) = scope.filter(&Columns::UNIT, "u", 3);
    let like: String = words.to_lowercase().chars().filter(|c| !"%_\\".contains(*c)).collect();
    let mut bound = [params![format!("%{like}%"), limit].to_vec(), bound].concat();
    let accounts = format!(
        "select distinct a.id, a.display_name, p.title, u.name from kernel_account a join kernel_holding h on h.person = a.person \
         join kernel_post p on p.id = h.post join kernel_unit u on u.id = p.unit where (lower(a.display_name) like $1 or a.username like $1) and {within} \
         order by a.display_name, a.id limit $2"
    );
    for row in rx.all(&accounts, &bound)? {
        let place = format!("{}, {}", row.get::<String>(2)?, row.get::<String>(3)?);
        hits.push(Hit { subject: Subject::Account(row.get(0)?), name: row.get(1)?, place });
    }
    let units =
        format!("select u.id, u.name from kernel_unit u where u.name_folded like $1 and {within} order by u.depth, u.name, u.id limit $2");
    for row in rx.all(&units, &bound)? {
        hits.push(Hit { subject: Subject::Unit(row.get(0)?), name: row.get(1)?, place: String::new() });
    }
    let posts = format!(
        "select p.id, p.title, u.name from kernel_post p join kernel_unit u on u.id = p.unit where lower(p.title) like $1 and {within} \
         order by u.depth, u.name, p.place, p.id limit $2"
    );
    bound[1] = 10_i64.into();
    for row in rx.all(&posts, &bound)? {
        hits.push(Hit { subject: Subject::Post(row.get(0)?), name: row.get(1)?, place: row.get(2)? });
    }
    Ok(hits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_moment_lies_after_the_first_one() {
        let at: Timestamp = "2026-11-20T02:00:00Z".parse().unwrap();
        let made = Id::from_parts(u64::try_from(at.as_millisecond()).unwrap(), &[0; 10]);
        assert!(first_id(at) <= made && made < first_id(at + jiff::SignedDuration::from_millis(1)));
    }

    #[test]
    fn subjects_and_groups_survive_the_address() {
        let id = Id::from_bytes([7; 16]);
        for subject in [Subject::Record(id), Subject::Person(id), Subject::Post(id), Subject::Account(id), Subject::Unit(id)] {
            let (word, id) = subject.parts();
            assert_eq!(Subject::parse(word, &id.unwrap().to_string()), subject);
        }
        assert_eq!(Subject::parse("orang", "x"), Subject::All);
        assert!(Group::ALL.into_iter().all(|group| Group::parse(group.as_str()) == Some(group)));
    }
}
