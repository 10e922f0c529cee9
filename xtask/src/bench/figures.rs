//! The figures, their targets, and the page they are written on.

use std::fmt::Write as _;

/// What is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    Below(f64),
    AtLeast(f64),
    /// For orientation.
    None,
}

/// A figure of the page.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub key: &'static str,
    pub name: &'static str,
    pub unit: &'static str,
    pub target: Target,
}

const fn figure(key: &'static str, name: &'static str, unit: &'static str, target: Target) -> Figure {
    Figure { key, name, unit, target }
}

/// Every figure in the order of the page.
pub const FIGURES: &[Figure] = &[
    figure("fill", "filling through the bulk path, its log checked", "s", Target::Below(600.0)),
    figure("size", "database on disk after filling", "GiB", Target::None),
    figure("start", "start on this database until ready", "s", Target::Below(1.0)),
    figure("page", "service page: server CPU, 10,000 requests over every service of every unit", "ms", Target::Below(0.4)),
    figure("page-gzip", "the same, compressed by the server", "ms", Target::None),
    figure("page-database", "the same (plain): database CPU beside it", "ms", Target::None),
    figure("track", "tracking page by code: server CPU, 5,000 requests", "ms", Target::None),
    figure("verify", "verification page by code: server CPU, 5,000 requests", "ms", Target::None),
    figure("mixed-p99", "1,000 reads/s beside 50 submissions/s: reads p99", "ms", Target::Below(25.0)),
    figure("mixed-p50", "the same: reads p50", "ms", Target::None),
    figure("mixed-write-p99", "the same: submissions p99", "ms", Target::None),
    figure("tasks-village", "Tugas Saya of village officers p95", "ms", Target::Below(15.0)),
    figure("tasks-regency", "Tugas Saya of a regency-wide officer p95", "ms", Target::Below(15.0)),
    figure("register", "register of all applications, regency-wide officer, p95", "ms", Target::None),
    figure("case-code", "search of applications by code p95", "ms", Target::Below(15.0)),
    figure("case-name", "search of applications by a whole name p95", "ms", Target::Below(15.0)),
    figure("case-prefix", "search of applications by the beginning of a name p95", "ms", Target::Below(15.0)),
    figure("person-name", "search of residents by a whole name p95", "ms", Target::Below(15.0)),
    figure("person-prefix", "search of residents by the beginning of a name p95", "ms", Target::Below(15.0)),
    figure("service-search", "ranked search of services p95", "ms", Target::Below(30.0)),
    figure("submit", "durable submissions with 64 clients", "/s", Target::AtLeast(3000.0)),
    figure("submit-p99", "the same: p99", "ms", Target::None),
    figure("submit-cpu", "the same: server CPU of one", "ms", Target::None),
    figure("outbox", "events waiting 5 s after them", "", Target::Below(1.0)),
    figure("photo", "submissions with a 300 kB photo, 16 clients", "/s", Target::AtLeast(100.0)),
    figure("letter-first", "letter as PDF, the first after a start", "ms", Target::Below(500.0)),
    figure("letter", "letter as PDF, warm, p50", "ms", Target::Below(25.0)),
    figure("import", "import of 10,000 residents (XLSX): upload and run", "s", Target::Below(3.0)),
    figure(
        "access",
        "opening applications by sixteen officers at once: server CPU with entries of access over that without",
        "times",
        Target::Below(1.1),
    ),
    figure("access-alone", "the same by one officer alone, whose every entry is a commit of its own", "times", Target::None),
    figure("memory", "memory of the server afterwards", "MiB", Target::Below(200.0)),
    figure("memory-most", "the same at its highest", "MiB", Target::None),
    figure("memory-renderers", "renderers beside it, together", "MiB", Target::None),
    figure(
        "verify-rows",
        "audit of the filled database and what was added: rows against versions, entries and the log",
        "/s",
        Target::AtLeast(50_000.0),
    ),
    figure("verify-seconds", "all of it", "s", Target::None),
    figure("single", "entries, each durable before its caller goes on, 64 callers", "/s", Target::AtLeast(5_000.0)),
    figure("batched", "entries, 500 in a durable transaction", "/s", Target::AtLeast(50_000.0)),
    figure("leaves", "entries in the log for what follows", "", Target::None),
    figure("sequenced", "entries given their place in the log", "/s", Target::None),
    figure("receipt-p50", "receipt of an entry (inclusion proof with checkpoint) p50", "ms", Target::Below(1.0)),
    figure("receipt-p95", "the same p95", "ms", Target::None),
    figure("audit-leaves", "audit: leaves against tiles and checkpoint", "/s", Target::AtLeast(500_000.0)),
    figure("audit-rows", "audit: rows against their versions and entries, three rows to ten entries", "/s", Target::AtLeast(50_000.0)),
    figure("audit-seconds", "audit of all of it", "s", Target::None),
    figure("decision", "decision whether an officer's rights cover a row", "µs", Target::Below(20.0)),
];

/// One measured value.
#[derive(Debug, Clone)]
pub struct Measured {
    pub key: &'static str,
    pub value: f64,
    /// What went wrong or what else is to be known.
    pub note: String,
}

/// Everything measured on one database.
#[derive(Debug, Clone, Default)]
pub struct Results {
    pub database: &'static str,
    /// Steps that failed, with why.
    pub faults: Vec<String>,
    pub all: Vec<Measured>,
}

impl Results {
    pub fn put(&mut self, key: &'static str, value: f64) {
        self.put_with(key, value, String::new());
    }

    pub fn put_with(&mut self, key: &'static str, value: f64, note: String) {
        let unit = FIGURES.iter().find(|figure| figure.key == key).map_or("", |figure| figure.unit);
        println!("{:>10}  {key:<18} {} {unit} {note}", self.database, plain(value));
        self.all.push(Measured { key, value, note });
    }

    fn get(&self, key: &str) -> Option<&Measured> {
        self.all.iter().rev().find(|measured| measured.key == key)
    }
}

fn met(target: Target, value: f64) -> Option<bool> {
    match target {
        Target::Below(limit) => Some(value < limit),
        Target::AtLeast(limit) => Some(value >= limit),
        Target::None => None,
    }
}

fn plain(value: f64) -> String {
    match value {
        _ if !value.is_finite() => "not measured".to_owned(),
        _ if value.abs() >= 100.0 => format!("{value:.0}"),
        _ if value.abs() >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn shown(figure: &Figure, measured: Option<&Measured>) -> String {
    let Some(measured) = measured else { return "not measured".to_owned() };
    let text = format!("{} {}", plain(measured.value), figure.unit).trim().to_owned();
    match met(figure.target, measured.value) {
        Some(true) => format!("{text} ✓"),
        Some(false) => format!("**{text} missed**"),
        None => text,
    }
}

/// The table of all figures, one column a database, and the notes below it.
pub fn table(results: &[Results]) -> String {
    let mut page = String::from("| figure | target |");
    for one in results {
        let _ = write!(page, " {} |", one.database);
    }
    page.push_str("\n|---|---|");
    results.iter().for_each(|_| page.push_str("---|"));
    page.push('\n');
    for figure in FIGURES {
        let target = match figure.target {
            Target::Below(limit) => format!("< {} {}", limit, figure.unit),
            Target::AtLeast(limit) => format!("≥ {} {}", limit, figure.unit),
            Target::None => String::new(),
        };
        let _ = write!(page, "| {} | {} |", figure.name, target.trim());
        for one in results {
            let _ = write!(page, " {} |", shown(figure, one.get(figure.key)));
        }
        page.push('\n');
    }
    let notes =
        results.iter().flat_map(|one| one.all.iter().filter(|measured| !measured.note.is_empty()).map(move |measured| (one, measured)));
    let mut heading = "\nNotes:\n\n";
    for (one, measured) in notes {
        let _ = writeln!(page, "{heading}- {}, {}: {}", one.database, measured.key, measured.note);
        heading = "";
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misses_is_printed_as_missed() {
        let mut one = Results { database: "SQLite", ..Results::default() };
        one.put("submit", 2999.0);
        one.put("start", 0.5);
        let page = table(&[one]);
        assert!(page.contains("**2999 /s missed**") && page.contains("0.50 s ✓") && page.contains("not measured"));
    }

    #[test]
    fn keys_are_distinct() {
        let mut keys: Vec<&str> = FIGURES.iter().map(|figure| figure.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), FIGURES.len());
    }
}
