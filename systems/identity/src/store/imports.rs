//! Imports of officials: kept as drafts with a choice for each row, run and undone as one action.

use std::collections::{HashMap, HashSet};

use jiff::{Timestamp, civil::Date};
use kernel::{
    Error, Expect, Gov, Id, NewEntry, Officer, Result, Row, Rx, Table, Tx, cols,
    db::DbError,
    params,
    party::PERSON,
    post::{self, HOLDING, Holding, HoldingKind, NewHolding, NewPost, POST, office},
    unit::{self, Unit, UnitTree},
};

use crate::{
    officials::{
        Official, RowProblem, Verdict, compare,
        compare::{Compared, Here, digits},
    },
    rules,
};

/// The audited table of imports.
pub(crate) static IMPORT: Table = Table::audited("identity_import", &["name", "state", "brought_by", "brought_at", "done_at"]);
/// The audited table of their rows.
pub(crate) static ROW: Table = Table::audited("identity_import_row", &["import", "line", "verdict", "body", "problem", "choice"]);
/// The audited table of what they changed.
pub(crate) static EFFECT: Table = Table::audited("identity_import_effect", &["import", "place", "what", "row_id", "before", "row_version"]);

/// An import of officials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// `draft`, `done`, `undone`.
    pub(crate) state: String,
    pub(crate) brought_by: Option<Id>,
    pub(crate) brought_at: Timestamp,
    pub(crate) version: i64,
}

/// A row with what was chosen.
#[derive(Debug, Clone)]
pub(crate) struct ImportRow {
    pub(crate) id: Id,
    pub(crate) line: i64,
    pub(crate) verdict: Verdict,
    pub(crate) compared: Compared,
    pub(crate) problem: String,
    pub(crate) takes: bool,
    version: i64,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    pub people: usize,
    pub posts: usize,
    pub appointed: usize,
    pub changed: usize,
    pub ended: usize,
}

/// Who is here, as the comparison needs it. Without an officer everything is kept: the command line is the operator's.
pub(crate) fn here(rx: &mut Rx<'_>, officer: Option<&Officer>, now: Timestamp) -> Result<Here> {
    let root = unit::root(rx)?.ok_or(Error::Missing)?;
    let units = UnitTree::read(rx, root.id)?.units().to_vec();
    let keeps = |unit: &&Unit| officer.is_none_or(|officer| rules::may_keep(officer, unit));
    let kept: HashSet<Id> = units.iter().filter(keeps).map(|unit| unit.id).collect();
    let mut here = Here { kept, units, ..Here::default() };
    for unit in &here.units {
        here.posts.extend(post::of_unit(rx, unit.id)?);
    }
    let mut numbers: HashMap<Id, String> = HashMap::new();
    for row in rx.all("select id, employee_number from kernel_person where employee_number is not null and employee_number <> ''", &[])? {
        let (id, number): (Id, String) = (row.get(0)?, row.get(1)?);
        here.by_number.insert(digits(&number), id);
        numbers.insert(id, number);
    }
    for lines in here.posts.chunks(400) {
        for line in post::lines(rx, lines.to_vec(), now)? {
            if let (Some(holding), Some(name)) = (line.acting.keeps.clone().or(line.acting.holder.clone()), line.holder.clone()) {
                let name = line.keeps.clone().unwrap_or(name);
                let number = numbers.get(&holding.person).cloned().unwrap_or_default();
                here.holders.insert(line.post.id, (holding, name, number));
            }
        }
    }
    Ok(here)
}

/// Keeps a file that was read as a draft, compared with who is here.
pub(crate) fn bring(tx: &mut Tx<'_>, officer: Option<&Officer>, name: &str, rows: &[Official], problems: &[RowProblem]) -> Result<Id> {
    let now = tx.now();
    let here = here(tx, officer, now)?;
    let compared = compare(rows, &here);
    let id = tx.ctx().new_id();
    let by = officer.map(|officer| officer.account);
    tx.insert(&IMPORT, id, &cols! { "name" => name, "state" => "draft", "brought_by" => by, "brought_at" => now })?;
    for problem in problems {
        let body = serde_json::json!({ "name": problem.name }).to_string();
        row(tx, id, i64::from(problem.line), Verdict::Wrong, &body, problem.key)?;
    }
    for (verdict, compared, key) in &compared {
        let line = compared.official.as_ref().map_or(0, |official| i64::from(official.line));
        let body = serde_json::to_string(compared).map_err(|error| Error::Failed(error.to_string()))?;
        row(tx, id, line, *verdict, &body, key)?;
    }
    let detail = serde_json::json!({ "rows": compared.len(), "wrong": problems.len() });
    tx.entry(NewEntry::new("identity.import.brought").object("import", id).detail(detail));
    Ok(id)
}

fn row(tx: &mut Tx<'_>, import: Id, line: i64, verdict: Verdict, body: &str, problem: &str) -> Result<()> {
    let id = tx.ctx().new_id();
    let choice = if verdict.is_taken() { "take" } else { "leave" };
    let columns = cols! {
        "import" => import, "line" => line, "verdict" => verdict.as_str(), "body" => body, "problem" => problem, "choice" => choice,
    };
    Ok(tx.insert(&ROW, id, &columns)?)
}

/// The imports an officer sees: their own, the administrator all; the newest first.
pub(crate) fn seen(rx: &mut Rx<'_>, officer: &Officer, limit: i64) -> Result<Vec<Import>> {
    let sql = format!("{IMPORTS} order by brought_at desc, id desc limit $1");
    let all = rx.all(&sql, &params![limit])?.iter().map(read_import).collect::<Result<Vec<_>, DbError>>()?;
    Ok(all.into_iter().filter(|import| sees(officer, import)).collect())
}

fn sees(officer: &Officer, import: &Import) -> bool {
    officer.holds(kernel::grant::ADMIN) || import.brought_by == Some(officer.account)
}

/// One import, for whoever sees it.
pub(crate) fn find(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> Result<Import> {
    any(rx, id).and_then(|import| if sees(officer, &import) { Ok(import) } else { Err(Error::Missing) })
}

fn any(rx: &mut Rx<'_>, id: Id) -> Result<Import> {
    let row = rx.one(&format!("{IMPORTS} where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read_import(&row)?)
}

const IMPORTS: &str = "select id, name, state, brought_by, brought_at, version from identity_import";

fn read_import(row: &Row) -> Result<Import, DbError> {
    Ok(Import {
        id: row.get(0)?,
        name: row.get(1)?,
        state: row.get(2)?,
        brought_by: row.get(3)?,
        brought_at: row.get(4)?,
        version: row.get(5)?,
    })
}

/// How many rows of each verdict an import has, and how many of them are taken.
pub(crate) fn figures(rx: &mut Rx<'_>, import: Id) -> Result<Vec<(Verdict, i64, i64)>> {
    let sql =
        "select verdict, count(*), count(case when choice = 'take' then 1 end) from identity_import_row where import = $1 group by verdict";
    let mut found = HashMap::new();
    for row in rx.all(sql, &params![import])? {
        found.insert(row.get::<String>(0)?, (row.get::<i64>(1)?, row.get::<i64>(2)?));
    }
    let of = |verdict: Verdict| found.get(verdict.as_str()).copied().unwrap_or((0, 0));
    Ok(Verdict::ALL.into_iter().map(|verdict| (verdict, of(verdict).0, of(verdict).1)).collect())
}

/// Rows of one verdict, or of all, by their line.
pub(crate) fn rows(rx: &mut Rx<'_>, import: Id, verdict: Option<Verdict>, after: i64, limit: i64) -> Result<Vec<ImportRow>> {
    let mut sql = "select id, line, verdict, body, problem, choice, version from identity_import_row where import = $1".to_owned();
    let mut bound = params![import, limit, after].to_vec();
    if let Some(verdict) = verdict {
        bound.push(verdict.as_str().into());
        sql.push_str(" and verdict = $4");
    }
    sql.push_str(" order by line, id limit $2 offset $3");
    Ok(rx.all(&sql, &bound)?.iter().map(read_row).collect::<Result<_, DbError>>()?)
}

fn read_row(row: &Row) -> Result<ImportRow, DbError> {
    let broken = |what: &str| DbError::Broken(format!("identity_import_row.{what} cannot be read"));
    let (verdict, body): (String, String) = (row.get(2)?, row.get(3)?);
    let verdict = Verdict::parse(&verdict).ok_or_else(|| broken("verdict"))?;
    // A row that could not be read keeps the name alone.
    let compared = serde_json::from_str(&body).or_else(|_| {
        let name = serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|body| body["name"].as_str().map(str::to_owned));
        let holder = name.ok_or_else(|| broken("body"))?;
        Ok::<_, DbError>(Compared {
            official: None,
            unit: None,
            unit_name: String::new(),
            post: None,
            person: None,
            holding: None,
            holder,
            held_from: None,
            held_by: String::new(),
            makes_post: false,
        })
    })?;
    Ok(ImportRow {
        id: row.get(0)?,
        line: row.get(1)?,
        verdict,
        compared,
        problem: row.get(4)?,
        takes: row.get::<String>(5)? == "take",
        version: row.get(6)?,
    })
}

/// Writes what was chosen for the rows shown.
pub(crate) fn choose(tx: &mut Tx<'_>, import: &Import, shown: &[Id], taken: &HashSet<Id>) -> Result<usize> {
    require(import, "draft")?;
    let mut changed = 0;
    for row in rows(tx, import.id, None, 0, i64::MAX)? {
        let may = !matches!(row.verdict, Verdict::Wrong | Verdict::Same);
        let takes = taken.contains(&row.id);
        if may && shown.contains(&row.id) && takes != row.takes {
            tx.update(&ROW, row.id, Expect::Version(row.version), &cols! { "choice" => if takes { "take" } else { "leave" } })?;
            changed += 1;
        }
    }
    if changed > 0 {
        tx.entry(NewEntry::new("identity.import.chosen").object("import", import.id).detail(serde_json::json!({ "rows": changed })));
    }
    Ok(changed)
}

/// What the command line says of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub new: i64,
    pub same: i64,
    pub different: i64,
    pub missing: i64,
    pub wrong: i64,
    /// Line, name and the text key of what is wrong with each row that cannot come in.
    pub problems: Vec<(i64, String, String)>,
    /// What was done; none when it was only looked at, or nothing was to be done.
    pub brought: Option<Brought>,
}

/// Compares a file for the operator and brings in what is new and whatever else is named in `take`; with `look` nothing is kept.
///
/// # Errors
/// As the page's import.
pub fn import_officials(
    tx: &mut Tx<'_>,
    gov: &Gov,
    name: &str,
    rows_read: &[Official],
    problems: &[RowProblem],
    take: &[Verdict],
    look: bool,
) -> Result<Report> {
    let id = bring(tx, None, name, rows_read, problems)?;
    let mut report = Report::default();
    for (verdict, n, _) in figures(tx, id)? {
        match verdict {
            Verdict::New => report.new = n,
            Verdict::Same => report.same = n,
            Verdict::Different => report.different = n,
            Verdict::Missing => report.missing = n,
            Verdict::Wrong => report.wrong = n,
        }
    }
    for row in rows(tx, id, Some(Verdict::Wrong), 0, i64::MAX)? {
        let name = row.compared.official.map_or(row.compared.holder, |official| official.name);
        report.problems.push((row.line, name, row.problem));
    }
    for verdict in take {
        choose_all(tx, id, *verdict)?;
    }
    if look || figures(tx, id)?.iter().all(|(_, _, taken)| *taken == 0) {
        let import = any(tx, id)?;
        throw_away(tx, &import)?;
        return Ok(report);
    }
    report.brought = Some(run(tx, gov, id)?);
    Ok(report)
}

/// Chooses every row of a verdict at once.
fn choose_all(tx: &mut Tx<'_>, id: Id, verdict: Verdict) -> Result<()> {
    let import = any(tx, id)?;
    let all: Vec<Id> = rows(tx, id, Some(verdict), 0, i64::MAX)?.iter().map(|row| row.id).collect();
    choose(tx, &import, &all, &all.iter().copied().collect()).map(drop)
}

fn require(import: &Import, state: &str) -> Result<()> {
    if import.state == state { Ok(()) } else { Err(Error::refused("identity-import-state")) }
}

struct Work<'t, 'c, 'g> {
    tx: &'t mut Tx<'c>,
    gov: &'g Gov,
    import: Id,
    place: i64,
    brought: Brought,
    units: HashMap<Id, Unit>,
    /// People made by this very import, by number.
    people: HashMap<String, Id>,
}

/// Runs a draft: what is taken comes in, all of it or nothing.
pub(crate) fn run(tx: &mut Tx<'_>, gov: &Gov, id: Id) -> Result<Brought> {
    let import = any(tx, id)?;
    require(&import, "draft")?;
    let taken: Vec<ImportRow> = rows(tx, id, None, 0, i64::MAX)?.into_iter().filter(|row| row.takes).collect();
    if taken.is_empty() {
        return Err(Error::refused("identity-import-nothing"));
    }
    let mut work = Work { tx, gov, import: id, place: 0, brought: Brought::default(), units: HashMap::new(), people: HashMap::new() };
    // First who leaves, then who comes: two officials may have exchanged their posts.
    for row in taken.iter().filter(|row| row.verdict == Verdict::Missing) {
        work.end_missing(row)?;
    }
    for row in taken.iter().filter(|row| row.verdict == Verdict::Different) {
        work.end_other(row)?;
    }
    for row in taken.iter().filter(|row| row.verdict != Verdict::Missing) {
        work.take(row)?;
    }
    let brought = work.brought;
    let now = tx.now();
    tx.update(&IMPORT, id, Expect::Version(import.version), &cols! { "state" => "done", "done_at" => now })?;
    let detail =
        serde_json::json!({ "people": brought.people, "posts": brought.posts, "appointed": brought.appointed, "ended": brought.ended });
    tx.entry(NewEntry::new("identity.import.ran").object("import", id).detail(detail));
    Ok(brought)
}

impl Work<'_, '_, '_> {
    fn keep(&mut self, what: &str, row: Id, before: &str, version: i64) -> Result<()> {
        let id = self.tx.ctx().new_id();
        let columns = cols! {
            "import" => self.import, "place" => self.place, "what" => what, "row_id" => row, "before" => before, "row_version" => version,
        };
        self.place += 1;
        Ok(self.tx.insert(&EFFECT, id, &columns)?)
    }

    fn unit(&mut self, id: Id) -> Result<Unit> {
        if let Some(unit) = self.units.get(&id) {
            return Ok(unit.clone());
        }
        let unit = unit::find(self.tx, id)?.ok_or(Error::Missing)?;
        self.units.insert(id, unit.clone());
        Ok(unit)
    }

    fn holding(&mut self, row: &ImportRow) -> Result<Option<Holding>> {
        let (Some(post), Some(id)) = (row.compared.post, row.compared.holding) else { return Ok(None) };
        Ok(post::holdings(self.tx, post)?.into_iter().find(|known| known.id == id))
    }

    fn change(&mut self, holding: &Holding, from: Timestamp, until: Option<Timestamp>, kind: HoldingKind, decree: &str) -> Result<()> {
        let before = serde_json::json!({
            "from": holding.from.as_microsecond(), "until": holding.until.map(Timestamp::as_microsecond), "kind": holding.kind.key(),
            "decree": holding.decree,
        });
        let columns = cols! { "effective_from" => from, "effective_until" => until, "kind" => kind.key(), "decree" => decree };
        let version = self.tx.update(&HOLDING, holding.id, Expect::Version(holding.version), &columns)?;
        self.keep("holding_changed", holding.id, &before.to_string(), version)
    }

    fn end_missing(&mut self, row: &ImportRow) -> Result<()> {
        let now = self.tx.now();
        if let Some(held) = self.holding(row)?.filter(|held| held.is_active(now)) {
            self.change(&held, held.from, Some(now), held.kind, &held.decree)?;
            self.brought.ended += 1;
        }
        Ok(())
    }

    /// Ends whoever else holds the post when the one of the file begins; the same person is corrected instead.
    fn end_other(&mut self, row: &ImportRow) -> Result<()> {
        let (Some(official), Some(unit), Some(held)) = (&row.compared.official, row.compared.unit, self.holding(row)?) else {
            return Ok(());
        };
        if official.holding_kind() == HoldingKind::Plh || row.compared.person == Some(held.person) {
            return Ok(());
        }
        let zone = self.unit(unit)?.zone;
        let from = unit::start_of(zone, official.from);
        if held.until.is_none_or(|until| from < until) {
            self.change(&held, held.from, Some(from.max(held.from)), held.kind, &held.decree)?;
            self.brought.ended += 1;
        }
        Ok(())
    }

    fn take(&mut self, row: &ImportRow) -> Result<()> {
        let (Some(official), Some(unit)) = (&row.compared.official, row.compared.unit) else { return Ok(()) };
        let unit = self.unit(unit)?;
        let from = unit::start_of(unit.zone, official.from);
        let until = official.until.map(|day| end_of(&unit, day));
        let person = match row.compared.person.or_else(|| self.people.get(&digits(&official.number)).copied()) {
            Some(person) => person,
            None => self.person(&unit, official)?,
        };
        if row.verdict == Verdict::Different
            && let Some(held) = self.holding(row)?.filter(|held| held.person == person)
        {
            self.change(&held, from, until, official.holding_kind(), &official.decree)?;
            self.brought.changed += 1;
            return Ok(());
        }
        let post = match row.compared.post {
            Some(post) => post,
            None => self.post(&unit, official)?,
        };
        let new = NewHolding { post, person, kind: official.holding_kind(), decree: official.decree.clone(), from, until };
        let before = post::holdings(self.tx, post)?;
        let ended = post::check_appointment(&before, &new)?;
        let id = post::appoint(self.tx, &new)?;
        for held in before.iter().filter(|held| ended.contains(&held.id)) {
            let image = serde_json::json!({
                "from": held.from.as_microsecond(), "until": held.until.map(Timestamp::as_microsecond), "kind": held.kind.key(),
                "decree": held.decree,
            });
            self.keep("holding_changed", held.id, &image.to_string(), held.version + 1)?;
        }
        self.keep("holding_made", id, "", 1)?;
        self.brought.appointed += 1;
        Ok(())
    }

    fn person(&mut self, unit: &Unit, official: &Official) -> Result<Id> {
        let person = super::official(self.tx, self.gov.keys(), unit, &official.name, &official.number)?;
        self.keep("person_made", person, "", 1)?;
        if !digits(&official.number).is_empty() {
            self.people.insert(digits(&official.number), person);
        }
        self.brought.people += 1;
        Ok(person)
    }

    fn post(&mut self, unit: &Unit, official: &Official) -> Result<Id> {
        let place = i64::try_from(post::of_unit(self.tx, unit.id)?.len()).unwrap_or(0) + 1;
        let new =
            NewPost { unit: unit.id, office: office_of(&official.title), title: official.title.clone(), place, valid_from: official.from };
        let post = post::create(self.tx, &new)?;
        self.keep("post_made", post, "", 1)?;
        self.brought.posts += 1;
        Ok(post)
    }
}

fn end_of(unit: &Unit, day: Date) -> Timestamp {
    unit::start_of(unit.zone, day.tomorrow().unwrap_or(day))
}

/// The office a title speaks of: what steps of a service are routed by.
fn office_of(title: &str) -> String {
    let title = title.to_lowercase();
    let of =
        |known: &[(&str, &'static str)]| known.iter().find(|(words, _)| title.starts_with(words)).map(|(_, office)| (*office).to_owned());
    of(&[
        ("kepala desa", office::HEAD),
        ("wali nagari", office::HEAD),
        ("lurah", office::HEAD),
        ("camat", office::HEAD),
        ("kepala dinas", office::HEAD),
        ("kepala badan", office::HEAD),
        ("sekretaris daerah", office::REGENCY_SECRETARY),
        ("sekretaris", office::SECRETARY),
        ("kepala seksi pelayanan", office::SERVICE_SECTION),
        ("kepala seksi pemerintahan", office::GOVERNMENT_SECTION),
        ("kepala urusan tata usaha", office::GENERAL_AFFAIRS),
        ("kepala urusan umum", office::GENERAL_AFFAIRS),
        ("kepala dusun", office::HAMLET_HEAD),
        ("kepala bidang pelayanan", office::SERVICE_DIVISION),
        ("operator", office::OPERATOR),
    ])
    .unwrap_or_else(|| indonesian::slug(&title).replace('-', "_"))
}

/// Throws a draft away.
pub(crate) fn throw_away(tx: &mut Tx<'_>, import: &Import) -> Result<()> {
    require(import, "draft")?;
    for row in rows(tx, import.id, None, 0, i64::MAX)? {
        tx.delete(&ROW, row.id, Expect::Any)?;
    }
    tx.delete(&IMPORT, import.id, Expect::Version(import.version))?;
    tx.entry(NewEntry::new("identity.import.thrown_away").object("import", import.id));
    Ok(())
}

/// Undoes a whole import, while nothing was built on it: nobody it brought has signed, got an account or another post, and
/// nothing it wrote was changed since.
pub(crate) fn undo(tx: &mut Tx<'_>, import: &Import) -> Result<()> {
    require(import, "done")?;
    let sql = "select what, row_id, before, row_version from identity_import_effect where import = $1 order by place desc";
    let effects = tx.all(sql, &params![import.id])?;
    for row in &effects {
        let (what, id, version): (String, Id, i64) = (row.get(0)?, row.get(1)?, row.get(3)?);
        if is_built_on(tx, &what, id, version)? {
            return Err(Error::refused("identity-import-built-on"));
        }
    }
    for row in &effects {
        let (what, id): (String, Id) = (row.get(0)?, row.get(1)?);
        match what.as_str() {
            "holding_made" => tx.delete(&HOLDING, id, Expect::Any)?,
            "post_made" => {
                unused(tx, "select count(*) from kernel_holding where post = $1", id)?;
                tx.delete(&POST, id, Expect::Any)?;
            }
            "person_made" => {
                unused(tx, "select count(*) from kernel_holding where person = $1", id)?;
                tx.delete(&PERSON, id, Expect::Any)?;
            }
            _ => {
                let before: serde_json::Value =
                    serde_json::from_str(&row.get::<String>(2)?).map_err(|error| Error::Failed(error.to_string()))?;
                let columns = cols! {
                    "effective_from" => before["from"].as_i64().unwrap_or(0), "effective_until" => before["until"].as_i64(),
                    "kind" => before["kind"].as_str().unwrap_or_default(), "decree" => before["decree"].as_str().unwrap_or_default(),
                };
                tx.update(&HOLDING, id, Expect::Any, &columns)?;
            }
        }
    }
    let now = tx.now();
    tx.update(&IMPORT, import.id, Expect::Version(import.version), &cols! { "state" => "undone", "done_at" => now })?;
    tx.entry(NewEntry::new("identity.import.undone").object("import", import.id).detail(serde_json::json!({ "effects": effects.len() })));
    Ok(())
}

fn unused(tx: &mut Tx<'_>, sql: &str, id: Id) -> Result<()> {
    if tx.count(sql, &params![id])? == 0 { Ok(()) } else { Err(Error::refused("identity-import-built-on")) }
}

fn is_built_on(tx: &mut Tx<'_>, what: &str, id: Id, version: i64) -> Result<bool> {
    let (table, used): (&str, &[&str]) = match what {
        "holding_made" => ("kernel_holding", &["select count(*) from kernel_signature where holding = $1"]),
        "holding_changed" => ("kernel_holding", &[]),
        "post_made" => (
            "kernel_post",
            &[
                "select count(*) from kernel_task where post = $1",
                "select count(*) from kernel_grant where post = $1",
                "select count(*) from kernel_mandate where from_post = $1 or to_post = $1",
                "select count(*) from kernel_mutation_line where from_post = $1 or to_post = $1",
            ],
        ),
        _ => (
            "kernel_person",
            &[
                "select count(*) from kernel_account where person = $1",
                "select count(*) from kernel_case_party where person = $1",
                "select count(*) from kernel_mutation_line where person = $1",
            ],
        ),
    };
    let row = tx.one(&format!("select version from {table} where id = $1"), &params![id])?;
    if row.is_none_or(|row| row.get::<i64>(0).ok() != Some(version)) {
        return Ok(true);
    }
    for sql in used {
        if tx.count(sql, &params![id])? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
