//! The SQL of this system: its own two tables, and reading the kernel's together where a page needs it.

pub(crate) mod alerts;
pub(crate) mod heads;
pub(crate) mod imports;
pub(crate) mod links;
pub(crate) mod mutations;
pub(crate) mod reach;
pub(crate) mod reviews;
pub(crate) mod sights;
pub(crate) mod terms;
pub(crate) mod third_parties;

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Error, Expect, Id, NewEntry, Officer, Result, Row, Rx, Table, Tx, Value,
    account::{self, Account, PasswordHash},
    cols,
    keys::Keys,
    params,
    party::{self, Checks, PersonForm},
    post::{self, NewHolding, Post},
    unit::{self, Unit, UnitTree},
};

use crate::{
    model::{AccountLine, Appointment, Found, SignedMeanwhile, Standing, Vacancy, Who},
    rules,
};

/// The audited table of published terms.
pub(crate) static TERMS: Table = Table::audited("identity_terms", &["label", "body_id", "body_en", "published_at"]);
/// The audited table of accounts with a temporary password.
pub(crate) static TEMPORARY: Table = Table::audited("identity_temporary", &["made_at"]);

pub(crate) const TABLES: &[&Table] = &[
    &TERMS,
    &TEMPORARY,
    &terms::APPROVAL,
    &alerts::CONTACT,
    &links::LINK,
    &alerts::THRESHOLD,
    &reviews::REVIEW,
    &reviews::LINE,
    &imports::IMPORT,
    &imports::ROW,
    &imports::EFFECT,
];

/// How long a temporary password lets somebody in.
pub const TEMPORARY_DAYS: i64 = 7;

/// Most officials looked through for a name.
const OFFICIALS_MAX: i64 = 20_000;

// Terms and passwords -------------------------------------------------------------------------------------------------

/// What decides whether the account must do something first, in one query.
pub(crate) fn standing(rx: &mut Rx<'_>, account: Id) -> Result<Standing> {
    let sql = "select t.label, (select made_at from identity_temporary where id = $1) from (select 1 as one) o \
               left join (select label from identity_terms order by published_at desc, id desc limit 1) t on 1 = 1";
    let row = rx.one(sql, &params![account])?.ok_or(Error::Missing)?;
    let label: Option<String> = row.get(0)?;
    Ok(Standing { terms_label: label.unwrap_or_else(|| crate::TERMS_VERSION.to_owned()), temporary_since: row.get(1)? })
}

/// Marks the password of an account as made by somebody else: its owner changes it at the next sign-in, within [`TEMPORARY_DAYS`].
///
/// # Errors
/// Whatever the database says.
pub fn require_new_password(tx: &mut Tx<'_>, account: Id) -> Result<()> {
    let now = tx.now();
    if tx.one("select 1 from identity_temporary where id = $1", &params![account])?.is_some() {
        tx.update(&TEMPORARY, account, Expect::Any, &cols! { "made_at" => now })?;
    } else {
        tx.insert(&TEMPORARY, account, &cols! { "made_at" => now })?;
    }
    tx.entry(NewEntry::new("identity.password.temporary").object("account", account));
    Ok(())
}

/// The account's password is its owner's own now.
pub(crate) fn forget_temporary(tx: &mut Tx<'_>, account: Id) -> Result<()> {
    if tx.one("select 1 from identity_temporary where id = $1 and made_at is not null", &params![account])?.is_some() {
        tx.update(&TEMPORARY, account, Expect::Any, &cols! { "made_at" => None::<Timestamp> })?;
        tx.entry(NewEntry::new("identity.password.owned").object("account", account));
    }
    Ok(())
}

/// Whether a temporary password made at `since` lets nobody in any more.
pub(crate) fn is_temporary_over(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| since.saturating_add(SignedDuration::from_hours(24 * TEMPORARY_DAYS)).is_ok_and(|end| end <= now))
}

/// Gives an account another temporary password; its sessions end.
pub(crate) fn reset_password(tx: &mut Tx<'_>, account: Id, expect: Expect, password: &PasswordHash) -> Result<()> {
    account::change_password(tx, account, expect, password, None)?;
    require_new_password(tx, account)
}

// People --------------------------------------------------------------------------------------------------------------

/// Officials whose name has words beginning with each of `typed`'s, or whose NIP begins with its digits; at most `limit`.
pub(crate) fn find_officials(rx: &mut Rx<'_>, typed: &str, at: Timestamp, limit: usize) -> Result<Vec<Found>> {
    let sql = "select p.id, p.name, p.name_folded, p.employee_number from kernel_person p where p.id in \
               (select person from kernel_holding union select person from kernel_account where person is not null) \
               order by p.name_folded, p.id limit $1";
    let (folded, digits) = (indonesian::fold_name(typed), typed.chars().filter(char::is_ascii_digit).collect::<String>());
    let mut found = Vec::new();
    for row in rx.all(sql, &params![OFFICIALS_MAX])? {
        let (name, number): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        let by_number = digits.len() >= 4 && number.as_deref().is_some_and(|number| number.replace(' ', "").starts_with(&digits));
        if by_number || has_words(&name, &folded) {
            found.push(Found { person: row.get(0)?, name: row.get(1)?, employee_number: number, posts: Vec::new(), area: None });
        }
        if found.len() == limit {
            break;
        }
    }
    let ids: Vec<Id> = found.iter().map(|found| found.person).collect();
    let mut posts = posts_of(rx, &ids, at)?;
    for found in &mut found {
        found.posts = posts.remove(&found.person).unwrap_or_default();
    }
    Ok(found)
}

/// Whether every word of `wanted` begins some word of `name`, both folded.
fn has_words(name: &str, wanted: &str) -> bool {
    let mut words = wanted.split_whitespace().peekable();
    words.peek().is_some() && words.all(|wanted| name.split_whitespace().any(|word| word.starts_with(wanted)))
}

/// "Sekretaris Desa, Desa X" for each post each of `persons` acts for at `at`, in one query.
pub(crate) fn posts_of(rx: &mut Rx<'_>, persons: &[Id], at: Timestamp) -> Result<HashMap<Id, Vec<String>>> {
    let mut posts: HashMap<Id, Vec<String>> = HashMap::new();
    if persons.is_empty() {
        return Ok(posts);
    }
    let numbers: Vec<String> = (2..2 + persons.len()).map(|number| format!("${number}")).collect();
    let mut bound: Vec<Value> = vec![at.into()];
    bound.extend(persons.iter().map(|id| Value::from(*id)));
    let sql = format!(
        "select h.person, h.kind, p.title, u.name from kernel_holding h join kernel_post p on p.id = h.post join kernel_unit u on u.id = p.unit \
         where h.person in ({}) and h.effective_from <= $1 and (h.effective_until is null or h.effective_until > $1) \
         order by u.depth, p.place, h.id",
        numbers.join(",")
    );
    for row in rx.all(&sql, &bound)? {
        let words = rules::post_at(&row.get::<String>(1)?, &row.get::<String>(2)?, &row.get::<String>(3)?);
        posts.entry(row.get(0)?).or_default().push(words);
    }
    Ok(posts)
}

/// A post its holder keeps while a Plh acts for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoodIn {
    pub title: String,
    pub unit: String,
    /// Who acts, with the abbreviation before the name.
    pub by: String,
    pub until: Option<Timestamp>,
}

/// The posts of `person` for which somebody else acts at `at`.
pub(crate) fn stood_in(rx: &mut Rx<'_>, person: Id, at: Timestamp) -> Result<Vec<StoodIn>> {
    let sql = "select h.post from kernel_holding h where h.person = $1 and h.effective_from <= $2 \
               and (h.effective_until is null or h.effective_until > $2)";
    let posts = rx.all(sql, &params![person, at])?.iter().map(|row| row.get(0)).collect::<Result<Vec<Id>, DbError>>()?;
    let mut found = Vec::new();
    for (id, acting) in post::holders(rx, &posts, at)? {
        let (Some(stand_in), Some(_)) = (acting.holder, acting.keeps.filter(|keeps| keeps.person == person)) else { continue };
        let sql = "select p.title, u.name, s.name from kernel_post p join kernel_unit u on u.id = p.unit, kernel_person s \
                   where p.id = $1 and s.id = $2";
        let Some(row) = rx.one(sql, &params![id, stand_in.person])? else { continue };
        let by = format!("{}{}", stand_in.kind.prefix(), row.get::<String>(2)?);
        found.push(StoodIn { title: row.get(0)?, unit: row.get(1)?, by, until: stand_in.until });
    }
    found.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(found)
}

/// Residents of `unit` whose name begins as typed, and the entry that somebody looked.
pub(crate) fn find_residents(tx: &mut Tx<'_>, unit: &Unit, typed: &str, limit: i64) -> Result<Vec<Found>> {
    if indonesian::fold_name(typed).chars().count() < 3 {
        return Ok(Vec::new());
    }
    let people = party::list(tx, unit.id, typed, None, limit)?;
    let ids: Vec<Id> = people.iter().map(|person| person.id).collect();
    if !ids.is_empty() {
        let entry = NewEntry::new("identity.person.found").unit(unit.id).object("unit", unit.id);
        tx.entry(entry.detail(serde_json::json!({ "persons": ids })));
    }
    let found = |person: party::Person| {
        let born = person.birth_date.map(|born| born.year().to_string());
        let area = [person.area, born].into_iter().flatten().collect::<Vec<_>>().join(", ");
        Found {
            person: person.id,
            name: person.name,
            employee_number: person.employee_number,
            posts: Vec::new(),
            area: Some(area).filter(|area| !area.is_empty()),
        }
    };
    Ok(people.into_iter().map(found).collect())
}

/// Enters an appointment; makes the person first when nobody knows them.
pub(crate) fn appoint(tx: &mut Tx<'_>, keys: &Keys, post: &Post, unit: &Unit, new: &Appointment) -> Result<Id> {
    let person = match &new.who {
        Who::Known(person) => *person,
        Who::New { name, employee_number } => official(tx, keys, unit, name, employee_number)?,
    };
    let holding = NewHolding { post: post.id, person, kind: new.kind, decree: new.decree.clone(), from: new.from, until: new.until };
    post::appoint(tx, &holding)
}

/// A person known by name and number only; no NIK is asked of an official.
pub(crate) fn official(tx: &mut Tx<'_>, keys: &Keys, unit: &Unit, name: &str, employee_number: &str) -> Result<Id> {
    let form = PersonForm {
        unit: unit.kind.governs_itself().then_some(unit.id),
        name: name.to_owned(),
        employee_number: employee_number.to_owned(),
        source: "office".to_owned(),
        ..PersonForm::default()
    };
    let today = unit::date_in(unit.zone, tx.now());
    let checked = form.check(Checks::on(today)).map_err(|problems| match problems.into_iter().next() {
        Some(problem) => Error::Refused(problem.message),
        None => Error::Failed("a person was refused without a reason".to_owned()),
    })?;
    let person = party::create(tx, keys, &checked)?;
    tx.entry(NewEntry::new("identity.person.created").unit(unit.id).object("person", person));
    Ok(person)
}

// Posts ---------------------------------------------------------------------------------------------------------------

/// The vacant posts below `top`: of villages only, or of every unit; of one office, or of all. Heads first, then by unit.
pub(crate) fn vacancies(rx: &mut Rx<'_>, top: &Unit, villages_only: bool, office: Option<&str>, at: Timestamp) -> Result<Vec<Vacancy>> {
    let tree = UnitTree::read(rx, top.id)?;
    let posts = post::vacant_posts(rx, top, office, at, 5_000)?;
    let ids: Vec<Id> = posts.iter().map(|post| post.id).collect();
    let ends = last_ends(rx, &ids)?;
    let mut found: Vec<Vacancy> = posts
        .into_iter()
        .filter_map(|post| {
            let unit = tree.get(post.unit).filter(|unit| !villages_only || unit.kind.is_village())?.clone();
            let above = unit.parent.and_then(|parent| tree.get(parent)).map_or_else(String::new, |parent| parent.name.clone());
            Some(Vacancy { since: ends.get(&post.id).copied(), post, unit, above })
        })
        .collect();
    found.sort_by_key(|vacancy| !post::office::leads(&vacancy.post.office));
    Ok(found)
}

/// How many posts of villages below `top` nobody acts for: what the menu says.
pub(crate) fn count_vacant_heads(rx: &mut Rx<'_>, top: Id, depth: i64, at: Timestamp) -> Result<i64> {
    let sql = format!(
        "select count(*) from kernel_post p join kernel_unit u on u.id = p.unit where u.u{} = $1 and u.valid_until is null \
         and p.valid_until is null and p.office = 'kepala' and u.kind in ('desa', 'nagari', 'kelurahan') \
         and not exists (select 1 from kernel_holding h where h.post = p.id and h.effective_from <= $2 \
         and (h.effective_until is null or h.effective_until > $2))",
        depth.clamp(1, 6)
    );
    Ok(rx.count(&sql, &params![top, at])?)
}

/// When the last holding of each post ended.
fn last_ends(rx: &mut Rx<'_>, posts: &[Id]) -> Result<HashMap<Id, Timestamp>> {
    let mut ends = HashMap::new();
    for some in posts.chunks(500) {
        let numbers: Vec<String> = (1..=some.len()).map(|number| format!("${number}")).collect();
        let sql = format!(
            "select post, max(effective_until) from kernel_holding where post in ({}) and effective_until is not null group by post",
            numbers.join(",")
        );
        let bound: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        for row in rx.all(&sql, &bound)? {
            ends.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(ends)
}

/// The letters signed for `post` between two moments: what a decree that arrived late says about.
pub(crate) fn signed_between(rx: &mut Rx<'_>, post: &Post, from: Timestamp, until: Timestamp) -> Result<Vec<SignedMeanwhile>> {
    let sql = "select title, number, signer_label, signed_at from kernel_document where unit = $1 and signer_post = $2 \
               and signed_at >= $3 and signed_at < $4 order by signed_at, id limit 50";
    let read = |row: &Row| {
        Ok(SignedMeanwhile {
            title: row.get(0)?,
            number: row.get::<Option<String>>(1)?.unwrap_or_default(),
            signer: row.get::<Option<String>>(2)?.unwrap_or_default(),
            at: row.get(3)?,
        })
    };
    Ok(rx.all(sql, &params![post.unit, post.id, from, until])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The kinds of letters a unit offers, with their titles: what a mandate may be limited to.
pub(crate) fn letter_kinds(rx: &mut Rx<'_>, unit: Id) -> Result<Vec<(String, String)>> {
    let sql = "select kind, title from kernel_offering where unit = $1 order by title, id";
    let rows = rx.all(sql, &params![unit])?;
    Ok(rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

/// The names of units by id.
pub(crate) fn unit_names(rx: &mut Rx<'_>, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if !names.contains_key(id)
            && let Some(unit) = unit::find(rx, *id)?
        {
            names.insert(*id, unit.name);
        }
    }
    Ok(names)
}

// Accounts ------------------------------------------------------------------------------------------------------------

/// The accounts the officer looks after, by username after or before one, whose username or name has the words typed; `limit` of them.
pub(crate) fn accounts(
    rx: &mut Rx<'_>,
    officer: &Officer,
    typed: &str,
    state: &str,
    cursor: (Option<&str>, bool),
    now: Timestamp,
    limit: usize,
) -> Result<Vec<AccountLine>> {
    const CHUNK: i64 = 500;
    let (after, backwards) = cursor;
    let (beyond, order) = if backwards { ("<", "desc") } else { (">", "asc") };
    let mut last = after.unwrap_or(if backwards { "\u{10FFFF}" } else { "" }).to_owned();
    let wanted = indonesian::fold_name(typed);
    let (reach, scope) = reach::condition(officer, 3);
    let mut found: Vec<Account> = Vec::new();
    loop {
        let sql = format!(
            "select a.id, a.username, a.person, a.kind, a.display_name, a.password_hash, a.state, a.terms_version, a.terms_accepted_at, \
             a.expires_at, a.version from kernel_account a where a.username {beyond} $1 and {reach} order by a.username {order} limit $2"
        );
        let mut bound = params![last.as_str(), CHUNK].to_vec();
        bound.extend(scope.iter().cloned());
        let rows = rx.all(&sql, &bound)?;
        let read = rows.iter().map(read_account).collect::<Result<Vec<Account>, DbError>>()?;
        last = read.last().map_or(last, |account| account.username.clone());
        for account in reach::kept(rx, officer, read, now)? {
            let named = wanted.is_empty()
                || account.username.starts_with(typed.trim())
                || has_words(&indonesian::fold_name(&account.display_name), &wanted);
            if named && is_in_state(&account, state, now) {
                found.push(account);
            }
            if found.len() == limit {
                return with_posts(rx, found, now);
            }
        }
        if rows.len() < usize::try_from(CHUNK).unwrap_or(0) {
            return with_posts(rx, found, now);
        }
    }
}

fn read_account(row: &Row) -> Result<Account, DbError> {
    use account::AccountKind::{Machine, Person, ThirdParty};
    let kind: String = row.get(3)?;
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        person: row.get(2)?,
        kind: [Person, Machine, ThirdParty].into_iter().find(|known| known.key() == kind).unwrap_or(Person),
        display_name: row.get(4)?,
        has_password: row.get::<Option<String>>(5)?.is_some(),
        disabled: row.get::<String>(6)? != "active",
        terms_version: row.get(7)?,
        terms_accepted_at: row.get(8)?,
        expires_at: row.get(9)?,
        version: row.get(10)?,
    })
}

fn is_in_state(account: &Account, state: &str, now: Timestamp) -> bool {
    match state {
        "aktif" => account.is_usable(now),
        "mati" => account.disabled,
        "lewat" => !account.disabled && !account.is_usable(now),
        "mesin" => account.kind == account::AccountKind::Machine,
        "pihak-ketiga" => account.kind == account::AccountKind::ThirdParty,
        _ => true,
    }
}

fn with_posts(rx: &mut Rx<'_>, accounts: Vec<Account>, now: Timestamp) -> Result<Vec<AccountLine>> {
    let persons: Vec<Id> = accounts.iter().filter_map(|account| account.person).collect();
    let posts = posts_of(rx, &persons, now)?;
    let line = |account: Account| AccountLine {
        posts: account.person.and_then(|person| posts.get(&person).cloned()).unwrap_or_default(),
        account,
    };
    Ok(accounts.into_iter().map(line).collect())
}

/// What these posts and cases are called: titles, and codes in groups of four.
///
/// # Errors
/// What the database says.
pub(crate) fn named(rx: &mut Rx<'_>, posts: impl Iterator<Item = Id>, cases: impl Iterator<Item = Id>) -> Result<HashMap<Id, String>> {
    let mut named = HashMap::new();
    for (sql, ids) in [
        ("select id, title from kernel_post where id in", posts.collect::<HashSet<_>>()),
        ("select id, code from kernel_case where id in", cases.collect::<HashSet<_>>()),
    ] {
        let ids: Vec<Id> = ids.into_iter().collect();
        if ids.is_empty() {
            continue;
        }
        let marks: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let bound: Vec<kernel::Value> = ids.iter().map(Into::into).collect();
        for row in rx.all(&format!("{sql} ({})", marks.join(", ")), &bound)? {
            let word: String = row.get(1)?;
            let word = indonesian::Code::parse(&word).map_or(word, |code| code.to_string());
            named.insert(row.get(0)?, word);
        }
    }
    Ok(named)
}
