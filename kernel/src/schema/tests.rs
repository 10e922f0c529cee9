use std::{borrow::Cow, collections::BTreeMap};

use jiff::civil::{Date, date};
use serde_json::json;

use super::*;
use crate::Message;

const TODAY: Date = date(2026, 11, 20);

const FIXED: Schema = Schema::fixed(
    const {
        &[
            Section::new(
                "who",
                Label::new("Pemohon", "Applicant"),
                const {
                    &[
                        Field::new("name", Label::new("Nama", "Name"), Kind::Text).required().max_len(10).personal(Personal::General),
                        Field::new("nik", Label::new("NIK", "NIK"), Kind::Nik).required(),
                        Field::new("born", Label::new("Lahir", "Born"), Kind::Date { when: When::Past }),
                        Field::new(
                            "marital",
                            Label::new("Status kawin", "Marital status"),
                            Kind::Choice {
                                choices: Cow::Borrowed(
                                    const { &[Choice::new("single", "Belum kawin", "Single"), Choice::new("married", "Kawin", "Married")] },
                                ),
                            },
                        )
                        .required(),
                    ]
                },
            ),
            Section::new(
                "what",
                Label::new("Usaha", "Business"),
                const {
                    &[
                        Field::new("income", Label::new("Penghasilan", "Income"), Kind::Money),
                        Field::new("staff", Label::new("Pekerja", "Staff"), Kind::Number { min: Some(1), max: Some(99) }),
                        Field::new(
                            "days",
                            Label::new("Hari buka", "Open on"),
                            Kind::Multi {
                                choices: Cow::Borrowed(
                                    const { &[Choice::new("mon", "Senin", "Monday"), Choice::new("tue", "Selasa", "Tuesday")] },
                                ),
                            },
                        ),
                        Field::new("photo", Label::new("Foto", "Photo"), Kind::Photo { files_max: 2 }),
                        Field::new(
                            "heirs",
                            Label::new("Ahli waris", "Heirs"),
                            Kind::People { min: 0, max: 3, parts: Cow::Borrowed(&[Part::Nik, Part::BirthDate, Part::Relation]) },
                        ),
                        Field::new("story", Label::new("Uraian", "Story"), Kind::LongText),
                    ]
                },
            ),
        ]
    },
);

fn with_spouse() -> Schema {
    let mut sections = FIXED.sections.into_owned();
    sections.push(Section::designed(
        "spouse".into(),
        Label::owned("Pasangan".into(), None),
        None,
        vec![
            Field::designed("spouse_name".into(), Label::owned("Nama pasangan".into(), None), Kind::Text)
                .required()
                .show_if("marital", vec![Cow::Borrowed("married")]),
        ],
    ));
    Schema::designed(sections)
}

fn form(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut form: BTreeMap<String, String> =
        [("name", "Siti"), ("nik", "1611015203900001"), ("marital", "single")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    form.extend(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    form
}

fn checked(schema: &Schema, pairs: &[(&str, &str)]) -> Result<Answers, FieldErrors> {
    let form = form(pairs);
    check(schema, TODAY, &|key| form.get(key).map(String::as_str))
}

fn keys(schema: &Schema, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let errors = checked(schema, pairs).unwrap_err();
    errors.0.into_iter().map(|(input, message)| (input, message.key.into_owned())).collect()
}

#[test]
fn what_was_typed_becomes_canonical_and_readable() {
    let answers = checked(
        &FIXED,
        &[
            ("name", "  Siti   A "),
            ("nik", "1611 0152 0390 0001"),
            ("born", "12 Maret 1990"),
            ("income", "Rp1.500.000"),
            ("staff", "3"),
            ("days.tue", "on"),
            ("story", "satu\r\n\r\n\r\ndua "),
            ("heirs.0.name", "Budi"),
            ("heirs.0.relation", "anak"),
            ("heirs.2.name", "Ani"),
            ("heirs.2.birth_date", "1-2-2010"),
        ],
    )
    .unwrap();
    assert_eq!(
        serde_json::to_value(&answers).unwrap(),
        json!({
            "name": "Siti A", "nik": "1611015203900001", "born": "1990-03-12", "marital": "single", "income": 150_000_000, "staff": 3,
            "days": ["tue"], "heirs": [{"name": "Budi", "relation": "anak"}, {"name": "Ani", "birth_date": "2010-02-01"}],
            "story": "satu\n\ndua",
        })
    );
    let lines = answers.lines(&FIXED, "id");
    assert_eq!(lines[2], ("Lahir".into(), "12 Maret 1990".into()));
    assert_eq!(lines[3].1, "Belum kawin");
    assert_eq!(lines[4].1, "Rp1.500.000");
    assert_eq!(lines[6].1, "Selasa");
    assert_eq!(lines[7].1, "Budi, anak\nAni, 1 Februari 2010");
}

#[test]
fn answers_put_back_into_the_form_give_the_same_answers() {
    let answers = checked(
        &FIXED,
        &[
            ("income", "1.000,5"),
            ("days", "mon,tue"),
            ("heirs.0.name", "Budi"),
            ("heirs.0.nik", "1611019999900001"),
            ("heirs.0.nik.reason", "lama"),
        ],
    )
    .unwrap();
    for again in [answers.typed(&FIXED), typed_from_json(&FIXED, &answers.0)] {
        assert_eq!(check(&FIXED, TODAY, &|key| again.get(key).map(String::as_str)).as_ref(), Ok(&answers));
    }
}

#[test]
fn every_mistake_is_told_at_its_input() {
    for (input, typed, key) in [
        ("name", " ", "field-required"),
        ("name", "Siti Aminah binti Haji", "field-too-long"),
        ("name", "Siti\0", "field-bad-character"),
        ("nik", "161101520390001", "field-not-a-nik"),
        ("nik", "1611019999900001", "field-nik-odd"),
        ("born", "lahir", "field-not-a-date"),
        ("born", "31-02-1990", "field-no-such-date"),
        ("born", "12-3-90", "field-date-year"),
        ("nik", "16110152039OOO01", "field-only-digits"),
        ("born", "2026-11-21", "field-date-in-future"),
        ("marital", "widow", "field-not-a-choice"),
        ("marital", "", "field-choose-one"),
        ("income", "banyak", "field-not-money"),
        ("staff", "dua", "field-not-a-number"),
        ("staff", "0", "field-too-small"),
        ("staff", "100", "field-too-large"),
        ("days", "sun", "field-not-a-choice"),
        ("photo", "x.jpg", "field-not-a-file"),
        ("heirs.1.name", "", ""),
        ("heirs.1.relation", "anak", "field-name-required"),
        ("heirs.9.name", "Budi", ""),
    ] {
        let result = checked(&FIXED, &[(input, typed)]);
        if key.is_empty() {
            assert!(result.is_ok(), "{input} {typed}");
            continue;
        }
        let errors = result.unwrap_err();
        let at = if key == "field-name-required" { "heirs.1.name" } else { input };
        assert_eq!(errors.kinds(), [(at, key)], "{input} {typed}");
    }
}

#[test]
fn an_odd_nik_is_accepted_with_its_reason() {
    let answers = checked(&FIXED, &[("nik", "1611019999900001"), ("nik.reason", "KTP lama salah cetak")]).unwrap();
    assert_eq!(answers.text("nik"), Some("1611019999900001"));
    assert_eq!(answers.nik_reason("nik"), Some("KTP lama salah cetak"));
}

#[test]
fn too_many_people_and_files_are_refused() {
    let names = ["heirs.0.name", "heirs.1.name", "heirs.2.name", "heirs.3.name"].map(|input| (input, "Budi"));
    assert_eq!(keys(&FIXED, &names), [("heirs.3.name".into(), "field-too-many-people".into())]);
    let ids = (1..=3).map(|n| format!("{n:032x}")).collect::<Vec<_>>().join(",");
    assert_eq!(keys(&FIXED, &[("photo", &ids)]), [("photo".into(), "field-too-many-files".into())]);
}

#[test]
fn a_hidden_field_is_neither_asked_nor_kept() {
    let schema = with_spouse();
    assert!(checked(&schema, &[("spouse_name", "Budi")]).unwrap().get("spouse_name").is_none());
    assert_eq!(keys(&schema, &[("marital", "married")]), [("spouse_name".into(), "field-required".into())]);
    assert_eq!(checked(&schema, &[("marital", "married"), ("spouse_name", "Budi")]).unwrap().text("spouse_name"), Some("Budi"));
}

#[test]
fn a_page_is_checked_alone_but_knows_the_pages_before() {
    let schema = with_spouse();
    let form = form(&[("marital", "married"), ("name", "")]);
    let errors = check_section(&schema, 2, TODAY, &|key| form.get(key).map(String::as_str)).unwrap_err();
    assert_eq!(errors.kinds(), [("spouse_name", "field-required")]);
    assert!(check_section(&schema, 1, TODAY, &|key| form.get(key).map(String::as_str)).unwrap().0.is_empty());
}

#[test]
fn a_designed_schema_survives_being_stored() {
    let schema = with_spouse();
    let stored = serde_json::to_string(&schema).unwrap();
    assert_eq!(serde_json::from_str::<Schema>(&stored).unwrap(), schema);
    assert!(schema.faults().is_empty());
}

#[test]
fn faults_of_a_designed_schema_are_named() {
    let field = |key: &str, kind| Field::designed(key.to_owned().into(), Label::owned(key.into(), None), kind);
    let schema = Schema::designed(vec![Section::designed(
        "a".into(),
        Label::default(),
        None,
        vec![
            field("Bad", Kind::Text),
            field("twice", Kind::Text),
            field("twice", Kind::Text),
            field("early", Kind::Text).show_if("late", vec![Cow::Borrowed("x")]),
            field("late", Kind::Choice { choices: Cow::Borrowed(&[]) }),
        ],
    )]);
    assert_eq!(
        schema.faults(),
        ["Bad: not a key", "twice: used twice", "early: depends on late which is not asked before", "late: nothing to choose from"]
    );
}

#[test]
fn json_schema_is_emitted() {
    let schema = json_schema(&with_spouse(), "en");
    assert_eq!(schema["required"], json!(["name", "nik", "marital"]));
    assert_eq!(schema["properties"]["name"], json!({"type": "string", "maxLength": 10, "title": "Name", "x-personal": "general"}));
    assert_eq!(schema["properties"]["income"]["type"], "integer");
    assert_eq!(schema["properties"]["heirs"]["items"]["required"], json!(["name"]));
    assert_eq!(schema["allOf"][0]["then"]["required"], json!(["spouse_name"]));
}

#[test]
fn messages_carry_their_limits() {
    let errors = checked(&FIXED, &[("name", "Siti Aminah binti Haji")]).unwrap_err();
    assert_eq!(errors.of("name"), Some(&Message::new("field-too-long").arg("max", 10_usize)));
}

proptest::proptest! {
    #[test]
    fn no_text_panics_or_changes_when_checked_again(name in "\\PC{0,12}", income in "\\PC{0,12}", born in "\\PC{0,14}", nik in "[0-9 .]{14,20}") {
        if let Ok(answers) = checked(&FIXED, &[("name", &name), ("income", &income), ("born", &born), ("nik", &nik), ("nik.reason", "x")]) {
            let again = answers.typed(&FIXED);
            proptest::prop_assert_eq!(check(&FIXED, TODAY, &|key| again.get(key).map(String::as_str)), Ok(answers));
        }
    }
}
