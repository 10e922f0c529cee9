//! SQL text stands in `store.rs` (or `store/`), in migrations and in the kernel, nowhere else.

use super::{Finding, House, source};

pub(super) fn findings(house: &House) -> Vec<Finding> {
    house.texts.iter().filter(|text| text.is_rust() && !may_hold_sql(&text.name)).flat_map(|text| judge(&text.name, &text.text)).collect()
}

fn may_hold_sql(name: &str) -> bool {
    let room = ["kernel/", "testkit/", "xtask/", "app/tests/"].iter().any(|folder| name.starts_with(folder));
    let store = name.ends_with("/src/store.rs") || name.contains("/src/store/") || name.contains("/src/bulk/");
    // A story or an example may look at the rows it left.
    let story = name.ends_with("/tests.rs") || name.contains("/tests/") || name.contains("/examples/");
    room || store || story
}

fn judge(name: &str, text: &str) -> Vec<Finding> {
    source::pieces(text)
        .into_iter()
        .filter(|piece| piece.kind == source::Kind::Text && is_sql(&piece.text))
        .map(|piece| {
            let start: String = piece.text.trim().chars().take(40).collect();
            Finding::at(name, piece.line, format!("SQL ({start:?}…): move it into a function of store.rs"))
        })
        .collect()
}

/// Whether a text reads as a statement, and not as an English sentence that begins alike.
fn is_sql(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    match words.first() {
        Some(&"select") => words.contains(&"from") || words.get(1).is_some_and(|word| word.starts_with("count(")),
        Some(&"insert") => words.get(1) == Some(&"into"),
        Some(&"update") => words.get(2) == Some(&"set"),
        Some(&"delete") => words.get(1) == Some(&"from"),
        Some(&"with") => words.contains(&"as") && words.contains(&"select") || lower.contains(" as ("),
        Some(&"create") => matches!(words.get(1), Some(&"table" | &"index" | &"view" | &"trigger")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_caught_and_sentences_pass() {
        let bad = [
            "select id from kernel_case where unit = $1",
            "\n  SELECT count(*) FROM t",
            "insert into services_draft (id) values ($1)",
            "update t set a = 1",
            "delete from t",
            "with open as (select 1) select * from open",
        ];
        for text in bad {
            assert!(is_sql(text), "{text}");
        }
        for text in ["select", "Update the page", "with care", "delete-button", "insert a row", "Select a village"] {
            assert!(!is_sql(text), "{text}");
        }
    }

    #[test]
    fn rooms_for_sql() {
        assert!(may_hold_sql("systems/services/src/store/cases.rs"));
        assert!(may_hold_sql("kernel/src/case.rs"));
        assert!(may_hold_sql("systems/services/src/tests/desk.rs"));
        assert!(!may_hold_sql("systems/services/src/pages.rs"));
        let found = judge("systems/services/src/pages.rs", "fn f() {\n rx.all(\"select a from b\", &[]);\n}");
        assert_eq!(found.first().map(|finding| finding.place.as_str()), Some("systems/services/src/pages.rs:2"));
    }
}
