use std::collections::HashSet;

use super::chain::{Office, Stage, UnitKind};
use super::form::{Condition, FieldKind};
use super::overrides::{Offered, Overrides};
use super::packages::{self, PACKAGES};
use super::placeholder::{Known, Placeholder, keys};
use super::standard::Mark;
use super::*;

fn package(slug: &str) -> &'static str {
    PACKAGES.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(slug)).expect("a package of that name").1
}

fn service(slug: &str) -> Definition {
    Definition::parse(package(slug)).expect("a package parses")
}

/// The business statement with one thing changed, and the problems that makes.
fn changed(from: &str, to: &str) -> Vec<Problem> {
    let text = package("keterangan-usaha");
    assert!(text.contains(from), "the package no longer says {from:?}");
    Definition::parse(&text.replacen(from, to, 1)).expect_err("the change is refused").problems
}

fn keys_of(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.key.as_str()).collect()
}

#[test]
fn terms_4_the_letters_that_open_the_door_to_aid_are_those_their_packages_mark() {
    let all = packages::all().expect("packages");
    let marked: Vec<&str> = all.iter().filter(|definition| definition.aid).map(|definition| definition.slug.as_str()).collect();
    assert_eq!(marked, packages::AID);
    let aid = all.iter().find(|definition| definition.aid).expect("one");
    // An edition that a unit adopted before packages said so counts too, and its stored text stays what it was.
    let before = Definition { aid: false, ..aid.clone() };
    assert!(before.opens_aid() && !before.canonical().contains("\"aid\":"), "a flag that is off is not written");
    assert!(!all.iter().any(|definition| definition.slug == "keterangan-domisili" && definition.opens_aid()));
}

#[test]
fn every_package_is_whole() {
    for (file, text) in PACKAGES {
        if let Err(error) = Definition::parse_file(file, text) {
            panic!("{error}");
        }
    }
}

#[test]
fn the_list_of_packages_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/services");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("data/services")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".toml"))
        .collect();
    files.sort();
    assert_eq!(files, PACKAGES.map(|(file, _)| file));
}

#[test]
fn the_four_kinds_of_time_limit_all_occur() {
    let all = packages::all().expect("packages");
    let has = |wanted: fn(&Definition) -> bool| all.iter().any(wanted);
    assert!(has(|d| d.clock == Clock { limit: Limit::ServiceMinutes(15), starts: Starts::Complete }));
    assert!(has(|d| matches!(d.clock, Clock { limit: Limit::WorkingDays(_), starts: Starts::Complete })));
    assert!(has(|d| matches!(d.clock, Clock { limit: Limit::ClockHours(_), starts: Starts::Receipt })));
    assert!(has(|d| d.clock.limit == Limit::None));
}

#[test]
fn standards_are_marked_as_examples_and_doubtful_facts_say_so() {
    for definition in packages::all().expect("packages") {
        let standard = &definition.standard;
        assert!(standard.typical, "{}", definition.slug);
        assert!(standard.remark.as_ref().is_some_and(|text| text.id == "Contoh, belum ditetapkan"));
        assert!(standard.legal_basis.iter().all(|legal| legal.mark == Mark::Seed || !legal.remark.is_empty()));
        assert_eq!(standard.cost.rupiah, 0);
    }
}

#[test]
fn no_service_demands_a_phone_an_address_or_a_photo_at_the_counter() {
    for definition in packages::all().expect("packages") {
        for field in definition.fields().filter(|field| field.required) {
            assert_ne!(field.kind, FieldKind::Photo, "{}: {}", definition.slug, field.key);
            let words = format!("{} {}", field.key, field.label.id.to_lowercase());
            assert!(!["telepon", "hp", "surel", "email"].iter().any(|word| words.split([' ', '_']).any(|w| w == *word)));
        }
    }
}

#[test]
fn packages_name_no_forbidden_thing() {
    for (file, text) in PACKAGES {
        for word in ["go.id", "Garuda", "BSrE"] {
            assert!(!text.contains(word), "{file} says {word}");
        }
    }
}

#[test]
fn a_definition_that_said_how_numbers_are_written_is_still_read() {
    for definition in packages::all().expect("packages") {
        let mut old: serde_json::Value = serde_json::from_str(&definition.canonical()).expect("JSON");
        let letter = old["letter"].as_object_mut().expect("a letter");
        letter.insert("number".into(), "{klasifikasi}/{nomor}/{tahun}".into());
        letter.insert("number_digits".into(), 3.into());
        letter.insert("series".into(), "agenda".into());
        if let Some(acknowledge) = letter.get_mut("acknowledge") {
            acknowledge["register"] = "{nomor}/{tahun}".into();
        }
        assert_eq!(Definition::from_canonical(&old.to_string()).expect("read"), definition);
        old["letter"]["numer"] = "x".into();
        assert!(Definition::from_canonical(&old.to_string()).is_err(), "what was never a key is no definition");
    }
}

#[test]
fn canonical_json_is_sorted_stable_and_read_back() {
    for definition in packages::all().expect("packages") {
        let json = definition.canonical();
        let again = Definition::from_canonical(&json).expect("canonical JSON is a definition");
        assert_eq!(again, definition);
        assert_eq!(again.canonical(), json);
        assert_eq!(again.hash(), definition.hash());
        assert!(json.starts_with(r#"{"adopted_by":"#), "{}", &json[..40]);
        assert!(!json.contains("\":null"));
    }
}

#[test]
fn the_order_of_a_file_does_not_change_the_hash_but_its_words_do() {
    let text = package("keterangan-usaha");
    let line = "owner = \"15\"\n";
    let moved = text.replacen(line, "", 1).replacen("served = \"resident\"\n", "served = \"resident\"\nowner = \"15\"\n", 1);
    assert_ne!(moved, text);
    let one = service("keterangan-usaha");
    assert_eq!(Definition::parse(&moved).expect("moved").hash(), one.hash());
    let other = text.replacen("Usaha apa?", "Usahanya apa?", 1);
    assert_ne!(Definition::parse(&other).expect("reworded").hash(), one.hash());
}

#[test]
fn a_letter_knows_its_placeholders() {
    let usaha = service("keterangan-usaha");
    assert_eq!(usaha.placeholder("penandatangan"), Some(Placeholder::Known(Known::Signer)));
    assert!(matches!(usaha.placeholder("jenis_usaha"), Some(Placeholder::Answer(field)) if field.key == "jenis_usaha"));
    assert!(matches!(usaha.placeholder("mulai_usaha_tahun"), Some(Placeholder::Year(_))));
    assert_eq!(usaha.placeholder("foto_usaha"), None);
    assert_eq!(usaha.placeholder("saksi_1"), None);
    let waris = service("keterangan-ahli-waris");
    assert_eq!(waris.placeholder("saksi_2"), Some(Placeholder::Witness(2)));
    assert_eq!(waris.placeholder("saksi_3"), None);
    assert!(matches!(waris.placeholder("ahli_waris_jumlah"), Some(Placeholder::Count(_))));
    assert!(matches!(waris.placeholder("ahli_waris_jumlah_terbilang"), Some(Placeholder::CountWords(_))));
    assert_eq!(waris.placeholder("ahli_waris"), None);
}

#[test]
fn marks_in_a_text_are_read_strictly() {
    assert_eq!(keys("a **{nama}** dan {alamat}"), Ok(vec!["nama", "alamat"]));
    for wrong in ["{nama", "nama}", "{Nama}", "{a b}", "{}", "{a{b}}", "**tebal"] {
        assert!(keys(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_heirs_letter_passes_the_camat() {
    let waris = service("keterangan-ahli-waris");
    let states: Vec<Stage> = waris.chain.iter().map(|step| step.state).collect();
    assert_eq!(states, [Stage::Checking, Stage::Initialing, Stage::Signing, Stage::Acknowledging]);
    assert_eq!(waris.chain[3].offices_in(UnitKind::Desa), [Office::Kepala]);
    assert!(waris.letter.acknowledge.is_some());
    assert_eq!(waris.parties.witnesses, 2);
}

#[test]
fn every_adopter_has_a_desk_for_every_step_and_that_desk_exists() {
    let posts = offices::establishments().expect("offices");
    let desks = |kind: UnitKind| -> HashSet<Office> {
        posts.iter().find(|list| list.kind == kind).expect("posts").posts.iter().map(|post| post.office).collect()
    };
    for definition in packages::all().expect("packages") {
        for kind in definition.adopted_by.iter().flat_map(|adopter| adopter.kinds()) {
            for step in &definition.chain {
                let at = if step.at == chain::At::Kecamatan { UnitKind::Kecamatan } else { kind };
                let offices = step.offices_in(kind);
                assert!(offices.iter().all(|office| desks(at).contains(office)), "{} {step:?}", definition.slug);
            }
        }
    }
}

#[test]
fn a_kelurahan_has_a_lurah_and_a_nagari_a_wali() {
    let posts = offices::establishments().expect("offices");
    assert_eq!(posts.iter().map(|list| list.kind).collect::<HashSet<_>>().len(), 6);
    for (kind, title) in [(UnitKind::Kelurahan, "Lurah"), (UnitKind::Nagari, "Wali Nagari"), (UnitKind::Desa, "Kepala Desa")] {
        let list = posts.iter().find(|list| list.kind == kind).expect("posts");
        let head = list.posts.iter().find(|post| post.office == Office::Kepala).expect("a head");
        assert_eq!(head.title, title);
        assert!(head.roles.contains(&offices::Role::Signer));
    }
}

#[test]
fn a_regency_has_29_offices_each_with_its_own_code() {
    let opd = offices::opd().expect("perangkat daerah");
    assert_eq!(opd.len(), 29);
    assert_eq!(opd.iter().map(|opd| &opd.code).collect::<HashSet<_>>().len(), 29);
    let head = |short: &str| opd.iter().find(|opd| opd.short == short).expect("an office").head_in_full();
    assert_eq!(head("Dinsos"), "Kepala Dinas Sosial");
    assert_eq!(head("BPBD"), "Kepala Pelaksana Badan Penanggulangan Bencana Daerah");
    assert_eq!(head("Itda"), "Inspektur");
    assert_eq!(head("Setda"), "Sekretaris Daerah");
    let role = |short: &str| opd.iter().find(|opd| opd.short == short).expect("an office").regency_roles.clone();
    assert_eq!(role("DPMD"), [offices::Role::VillageAffairs]);
    assert_eq!(role("Diskominfo"), [offices::Role::Admin]);
    assert_eq!(role("Itda"), [offices::Role::Overseer, offices::Role::Inspector]);
}

#[test]
fn offices_and_roles_are_the_kernels() {
    use kernel::post::office;
    let words = [
        office::HEAD,
        office::SECRETARY,
        office::SERVICE_SECTION,
        office::GOVERNMENT_SECTION,
        office::GENERAL_AFFAIRS,
        office::SERVICE_DIVISION,
        office::OPERATOR,
        office::HAMLET_HEAD,
        office::REGENT,
        office::REGENCY_SECRETARY,
    ];
    assert_eq!(Office::ALL.map(Office::as_str), words);
    for list in offices::establishments().expect("offices") {
        for role in list.posts.iter().flat_map(|post| &post.roles) {
            assert!(kernel::grant::role(role.as_str()).is_some(), "{role:?}");
        }
    }
    for role in offices::opd().expect("perangkat daerah").iter().flat_map(|opd| &opd.regency_roles) {
        assert!(kernel::grant::role(role.as_str()).is_some(), "{role:?}");
    }
}

#[test]
fn classification_codes_are_dated_and_unique() {
    let rows = classification::parse(classification::PERMENDAGRI_83_2022).expect("the table");
    assert_eq!(rows.iter().map(|row| &row.code).collect::<HashSet<_>>().len(), rows.len());
    let business = rows.iter().find(|row| row.code == "500.3").expect("500.3");
    assert!(business.holds_on(jiff::civil::date(2026, 11, 20)));
    assert!(!business.holds_on(jiff::civil::date(2020, 1, 1)));
    assert!(rows.iter().all(|row| !row.source.is_empty()));
}

#[test]
fn a_wrong_package_says_where_and_what_to_do() {
    let error = Definition::parse_file("keterangan-usaha.toml", "slug = 3").expect_err("a number is no slug");
    assert!(error.to_string().starts_with("keterangan-usaha.toml: "), "{error}");
    assert!(error.to_string().contains("line 1"), "{error}");

    let error = Definition::parse_file("lain.toml", package("keterangan-usaha")).expect_err("another name");
    assert_eq!(
        error.to_string(),
        "lain.toml: `slug` is \"keterangan-usaha\" but the file is called \"lain\"; give file and slug the same name"
    );
}

#[test]
fn each_rule_of_a_definition_is_kept() {
    let table = [
        ("slug = \"keterangan-usaha\"", "slug = \"Surat Usaha\"", "slug"),
        ("en = \"Your business\"", "en = \" \"", "section[0].title.en"),
        ("owner = \"15\"", "owner = \"77\"", "owner"),
        ("adopted_by = [\"village\"]", "adopted_by = [\"village\", \"opd:99\"]", "adopted_by[1]"),
        ("limit = { service_minutes = 15 }", "limit = { service_minutes = 100000 }", "clock.limit"),
        ("limit = { service_minutes = 15 }", "limit = { working_days = 0 }", "clock.limit"),
        ("mode = \"link\"\nallowed = [\"none\", \"photo\", \"link\"]", "mode = \"link\"\nallowed = [\"none\"]", "introduction.allowed"),
        ("mode = \"wet\"", "mode = \"tte\"", "signing.mode"),
        ("witnesses = 0", "witnesses = 2", "parties.witnesses"),
        ("remark = { id = \"Contoh, belum ditetapkan\", en = \"Example, not yet set by decree\" }", "", "standard.remark"),
        ("upload = \"optional\"", "upload = \"required\"", "standard.requirement[2].field"),
        ("field = \"foto_usaha\"", "field = \"jenis_usaha\"", "standard.requirement[2].field"),
        ("key = \"mulai_usaha\"", "key = \"jenis_usaha\"", "section[0].field[2].key"),
        ("key = \"mulai_usaha\"", "key = \"nama\"", "section[0].field[2].key"),
        ("max_len = 80", "max_len = 0", "section[0].field[0].max_len"),
        ("earliest_days = -36500", "earliest_days = 10", "section[0].field[2].earliest_days"),
        ("personal = \"general\"\nprefill = \"address\"", "prefill = \"address\"", "section[0].field[1].personal"),
        ("is = [\"lainnya\"]", "is = [\"lain\"]", "section[1].field[1].show_if"),
        ("show_if = { field = \"keperluan\", is", "show_if = { field = \"tujuan\", is", "section[1].field[1].show_if"),
        ("state = \"initialing\"", "state = \"signing\"", "chain"),
        ("{ village = [\"sekretaris\"] }", "{ kecamatan = [\"sekretaris\"] }", "chain[1].offices"),
        ("classification = \"500.3\"", "classification = \"474\"", "letter.classification"),
        ("classification_on = \"2026-01-01\"", "classification_on = \"2019-01-01\"", "letter.classification"),
        ("validity = { months = 3 }", "validity = { until_field = \"mulai\" }", "letter.validity"),
        ("**{jenis_usaha}**", "**{jenis}**", "letter.body[2].text"),
        ("**{jenis_usaha}**", "**{jenis_usaha}", "letter.body[2].text"),
        ("**{jenis_usaha}**", "{keperluan_lain}", "letter.body[2].text"),
    ];
    for (from, to, key) in table {
        let problems = changed(from, to);
        assert!(keys_of(&problems).contains(&key), "{from} → {to}: {problems:#?}");
        assert!(problems.iter().all(|problem| !problem.fix.is_empty()));
    }
}

#[test]
fn unknown_words_are_refused_not_ignored() {
    for (from, to) in [("max_len = 80", "max_length = 80"), ("kind = \"place\"", "kind = \"map\""), ("[\"kepala\"]", "[\"ketua\"]")] {
        let problems = changed(from, to);
        assert!(problems[0].what.contains("unknown"), "{problems:?}");
    }
}

#[test]
fn a_condition_holds_for_its_answers_only() {
    let other = Condition { field: "keperluan".to_owned(), is: vec!["lainnya".to_owned()] };
    assert!(holds(Some(&other), |_| "lainnya".to_owned()));
    assert!(!holds(Some(&other), |_| "kur".to_owned()));
    let any = Condition { field: "lembaga".to_owned(), is: Vec::new() };
    assert!(!holds(Some(&any), |_| String::new()));
    assert!(holds(Some(&any), |_| "SMA".to_owned()));
    assert!(holds(None, |_| String::new()));
}

#[test]
fn a_unit_changes_only_what_it_may() {
    let definition = service("keterangan-usaha");
    let kind = UnitKind::Kelurahan;
    let mut own = Overrides { introduction: Some(IntroductionMode::None), one_person: Some(true), ..Overrides::default() };
    assert!(own.problems(&definition, kind).is_empty());
    let offered = Offered { definition: &definition, overrides: &own, kind };
    assert_eq!(offered.introduction(), IntroductionMode::None);
    assert!(offered.one_person());
    assert_eq!(offered.paper(), definition.letter.paper);
    assert_eq!(Overrides::from_json(&own.to_json()), Ok(own.clone()));
    assert_eq!(Overrides::from_json("{}"), Ok(Overrides::default()));

    own.signing = Some(SigningMode::Tte);
    own.signer_office = Some(Office::Operator);
    own.extra_requirements = vec![Text { id: "PBB lunas".to_owned(), en: String::new() }];
    let problems = own.problems(&definition, kind);
    assert_eq!(keys_of(&problems), ["signing", "signer_office", "extra_requirements[0]"]);
}

#[test]
fn an_electronic_signature_cannot_be_chosen_before_it_exists() {
    let definition = service("keterangan-usaha");
    let own = Overrides { signing: Some(SigningMode::Tte), ..Overrides::default() };
    let offered = Offered { definition: &definition, overrides: &own, kind: UnitKind::Desa };
    assert_eq!(offered.signing(), SigningMode::Wet);
    assert_eq!(keys_of(&own.problems(&definition, UnitKind::Desa)), ["signing"]);
}

#[test]
fn another_office_may_sign_where_the_unit_says_so() {
    let definition = service("keterangan-usaha");
    let own = Overrides { signer_office: Some(Office::Sekretaris), ..Overrides::default() };
    let offered = Offered { definition: &definition, overrides: &own, kind: UnitKind::Desa };
    let desks: Vec<Vec<Office>> = offered.steps().map(|(_, offices)| offices).collect();
    assert_eq!(desks[0], [Office::KasiPelayanan, Office::Operator]);
    assert_eq!(desks[2], [Office::Sekretaris]);
}

#[test]
fn a_permit_is_for_its_office_and_a_village_letter_for_villages() {
    let permit = service("keterangan-penelitian");
    assert!(permit.adoptable_by(UnitKind::Opd, "19"));
    assert!(!permit.adoptable_by(UnitKind::Opd, "05"));
    let letter = service("keterangan-domisili");
    assert!([UnitKind::Desa, UnitKind::Nagari, UnitKind::Kelurahan].iter().all(|kind| letter.adoptable_by(*kind, "")));
    assert!(!letter.adoptable_by(UnitKind::Kecamatan, ""));
}
