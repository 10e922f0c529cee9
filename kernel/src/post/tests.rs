use jiff::SignedDuration;

use super::*;
use crate::{
    ActingPost,
    unit::tests::{Tree, refusal},
};

fn hours(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn id(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

fn held(n: u8, kind: HoldingKind, from: i64, until: Option<i64>) -> Holding {
    Holding {
        id: id(n),
        post: id(100),
        person: id(n),
        kind,
        decree: "SK".into(),
        from: hours(from),
        until: until.map(hours),
        entered_at: hours(from),
        version: 1,
    }
}

/// Who acts and who keeps the post, as numbers of persons.
fn who(holdings: &[Holding], at: i64) -> (Option<u8>, Option<u8>) {
    let number = |holding: Option<Holding>| holding.map(|h| h.person.bytes()[0]);
    let acting = acting(holdings, hours(at));
    (number(acting.holder), number(acting.keeps))
}

#[test]
fn who_acts_is_told_by_a_table() {
    use HoldingKind::{Definitive, Pj, Plh, Plt};
    type Line<'a> = (&'a str, &'a [Holding], i64, (Option<u8>, Option<u8>));
    let table: [Line<'_>; 11] = [
        ("nobody", &[], 5, (None, None)),
        ("definitive", &[held(1, Definitive, 0, None)], 5, (Some(1), None)),
        ("not yet", &[held(1, Definitive, 6, None)], 5, (None, None)),
        ("from the moment on", &[held(1, Definitive, 5, None)], 5, (Some(1), None)),
        ("no more at the end", &[held(1, Definitive, 0, Some(5))], 5, (None, None)),
        ("Plh beats and the holder keeps", &[held(1, Definitive, 0, None), held(2, Plh, 4, Some(8))], 5, (Some(2), Some(1))),
        ("Plh begins at noon", &[held(1, Definitive, 0, None), held(2, Plh, 12, Some(20))], 11, (Some(1), None)),
        ("the holder is back", &[held(1, Definitive, 0, None), held(2, Plh, 4, Some(8))], 8, (Some(1), None)),
        ("Plt on vacancy", &[held(1, Definitive, 0, Some(3)), held(2, Plt, 3, None)], 5, (Some(2), None)),
        ("Pj before Plt", &[held(1, Plt, 0, None), held(2, Pj, 0, None)], 5, (Some(2), None)),
        ("a Pj away has a Plh too", &[held(1, Pj, 0, None), held(2, Plh, 4, None)], 5, (Some(2), Some(1))),
    ];
    for (name, holdings, at, expected) in table {
        assert_eq!(who(holdings, at), expected, "{name}");
    }
}

#[test]
fn appointments_are_told_by_a_table() {
    use HoldingKind::{Definitive, Pj, Plh, Plt};
    let new = |kind, from, until: Option<i64>| NewHolding {
        post: id(100),
        person: id(9),
        kind,
        decree: "SK 1/2026".into(),
        from: hours(from),
        until: until.map(hours),
    };
    type Line<'a> = (&'a str, &'a [Holding], NewHolding, Result<Vec<Id>, &'a str>);
    let table: [Line<'_>; 14] = [
        ("a vacant post", &[], new(Definitive, 5, None), Ok(vec![])),
        ("a held post", &[held(1, Definitive, 0, None)], new(Definitive, 5, None), Err("kernel-post-held")),
        ("a Pj on a held post", &[held(1, Definitive, 0, None)], new(Pj, 5, None), Err("kernel-post-held")),
        ("after the holder ended", &[held(1, Definitive, 0, Some(5))], new(Definitive, 5, None), Ok(vec![])),
        ("into a later holding", &[held(1, Definitive, 8, None)], new(Definitive, 5, None), Err("kernel-post-held")),
        ("before a later holding", &[held(1, Definitive, 8, None)], new(Plt, 5, Some(8)), Ok(vec![])),
        ("ends the Plt", &[held(1, Plt, 0, None)], new(Definitive, 5, None), Ok(vec![id(1)])),
        ("a Pj ends the Plt", &[held(1, Plt, 0, None)], new(Pj, 5, None), Ok(vec![id(1)])),
        ("a later Plt stands in the way", &[held(1, Plt, 7, None)], new(Definitive, 5, None), Err("kernel-post-later-holding")),
        ("Plh for a holder", &[held(1, Definitive, 0, None)], new(Plh, 5, Some(9)), Ok(vec![])),
        ("Plh of a vacant post", &[], new(Plh, 5, Some(9)), Err("kernel-post-vacant-needs-plt")),
        ("Plh for oneself", &[held(9, Definitive, 0, None)], new(Plh, 5, Some(9)), Err("kernel-post-stands-in-for-itself")),
        ("Plh after Plh", &[held(1, Definitive, 0, None), held(2, Plh, 3, None)], new(Plh, 5, None), Ok(vec![id(2)])),
        ("ends before it begins", &[], new(Plt, 5, Some(5)), Err("kernel-post-ends-before-it-begins")),
    ];
    for (name, existing, new, expected) in table {
        let found = check_appointment(existing, &new).map_err(|message| message.key.into_owned());
        assert_eq!(found, expected.map_err(str::to_owned), "{name}");
    }
    let undecreed = NewHolding { decree: " ".into(), ..new(Definitive, 5, None) };
    assert_eq!(check_appointment(&[], &undecreed).unwrap_err().key, "kernel-post-decree-needed");
}

#[test]
fn labels_are_told_by_a_table() {
    use HoldingKind::{Definitive, Pj, Plh, Plt};
    let post = |title: &str, unit: &str, kind| LabelPost { title: title.into(), unit_name: unit.into(), kind };
    let head = |kind| post("Kepala Desa", "Desa Batu Jungul", kind);
    let secretary = |kind| post("Sekretaris Desa", "", kind);
    let section = post("Kepala Seksi Pelayanan", "", Definitive);
    type Line<'a> = (LabelPost, Option<&'a str>, Vec<LabelPost>, &'a [&'a str]);
    let table: [Line<'_>; 9] = [
        (head(Definitive), None, vec![], &["KEPALA DESA BATU JUNGUL,"]),
        (head(Pj), None, vec![], &["Pj. KEPALA DESA BATU JUNGUL,"]),
        (head(Plt), None, vec![], &["Plt. KEPALA DESA BATU JUNGUL,"]),
        (head(Plh), Some("Sekretaris Desa"), vec![], &["Plh. KEPALA DESA BATU JUNGUL,", "Sekretaris Desa"]),
        (head(Definitive), Some("Sekretaris Desa"), vec![], &["KEPALA DESA BATU JUNGUL,"]),
        (secretary(Definitive), None, vec![head(Definitive)], &["a.n. KEPALA DESA BATU JUNGUL", "SEKRETARIS DESA,"]),
        (secretary(Plt), None, vec![head(Definitive)], &["a.n. KEPALA DESA BATU JUNGUL", "Plt. SEKRETARIS DESA,"]),
        (
            section,
            None,
            vec![head(Definitive), secretary(Definitive)],
            &["a.n. KEPALA DESA BATU JUNGUL", "SEKRETARIS DESA", "u.b.", "KEPALA SEKSI PELAYANAN,"],
        ),
        (post("Lurah", "Kelurahan Pendopo", Definitive), None, vec![], &["LURAH PENDOPO,"]),
    ];
    for (signer, own_office, via, expected) in table {
        assert_eq!(signature_label(&signer, own_office, &via), expected);
    }
    let names = [
        ("Camat", "Kecamatan Muara Pinang", "Camat Muara Pinang"),
        ("Bupati", "Kabupaten Empat Lawang", "Bupati Empat Lawang"),
        ("Wali Kota", "Kota Jambi", "Wali Kota Jambi"),
        ("Wali Nagari", "Nagari Koto Baru", "Wali Nagari Koto Baru"),
        ("Kepala Dinas Sosial", "Dinas Sosial", "Kepala Dinas Sosial"),
        ("Kepala Dinas", "Dinas Sosial", "Kepala Dinas Sosial"),
        ("Kepala Desa", "Kota Raya", "Kepala Desa Kota Raya"),
        ("Sekretaris Desa", "", "Sekretaris Desa"),
    ];
    for (title, unit, expected) in names {
        assert_eq!(post(title, unit, Definitive).name(), expected);
    }
}

/// A village with head, secretary and section, and four people without a post.
struct Village {
    tree: Tree,
    head: Id,
    secretary: Id,
    section: Id,
    people: [Id; 4],
}

impl Village {
    fn new() -> Self {
        let tree = Tree::new();
        let unit = tree.village;
        let (head, secretary, section, people) = tree
            .write(move |tx| {
                let mut post = |office: &str, title: &str, place| {
                    let valid_from = jiff::civil::date(2020, 1, 1);
                    create(tx, &NewPost { unit, office: office.into(), title: title.into(), place, valid_from })
                };
                let head = post(office::HEAD, "Kepala Desa", 1)?;
                let secretary = post(office::SECRETARY, "Sekretaris Desa", 2)?;
                let section = post(office::SERVICE_SECTION, "Kepala Seksi Pelayanan", 3)?;
                let mut people = [Id::NIL; 4];
                for (n, person) in people.iter_mut().enumerate() {
                    *person = crate::party::tests::somebody(tx, unit, &format!("Orang {n}"))?;
                }
                Ok((head, secretary, section, people))
            })
            .unwrap();
        Self { tree, head, secretary, section, people }
    }

    fn appoint(&self, post: Id, person: usize, kind: HoldingKind, from: Timestamp, until: Option<Timestamp>) -> Result<Id> {
        let new = NewHolding { post, person: self.people[person], kind, decree: "SK 1/2026".into(), from, until };
        self.tree.write(move |tx| appoint(tx, &new))
    }

    fn mandate(&self, from_post: Id, to_post: Id, form: MandateForm, kinds: &[&str]) -> Result<Id> {
        let kinds = kinds.iter().map(ToString::to_string).collect();
        let new = NewMandate { from_post, to_post, kinds, form, decree: "SK 2/2026".into(), from: hours(0), until: None };
        self.tree.write(move |tx| mandate(tx, &new))
    }

    fn right(&self, person: usize, post: Id, kind: &str, at: Timestamp) -> Option<Right> {
        self.tree.read(|rx| may_act(rx, self.people[person], post, kind, at))
    }

    fn label(&self, person: usize, post: Id, at: Timestamp) -> Vec<String> {
        let right = self.right(person, post, "domisili", at).unwrap();
        self.tree.read(|rx| label_of(rx, &right, at))
    }

    fn posts(&self, person: usize, at: Timestamp) -> Vec<ActingPost> {
        self.tree.read(|rx| posts_of(rx, self.people[person], at))
    }
}

#[test]
fn every_act_asks_for_the_holder_of_that_moment() {
    use HoldingKind::{Definitive, Plh};
    let village = Village::new();
    village.appoint(village.head, 0, Definitive, hours(0), None).unwrap();
    village.appoint(village.secretary, 1, Definitive, hours(0), None).unwrap();
    village.appoint(village.head, 1, Plh, hours(12), Some(hours(36))).unwrap();
    assert!(village.right(0, village.head, "domisili", hours(11)).is_some());
    assert!(village.right(1, village.head, "domisili", hours(11)).is_none());
    assert!(village.right(0, village.head, "domisili", hours(12)).is_none(), "the holder is away");
    assert_eq!(village.right(1, village.head, "domisili", hours(12)).unwrap().kind, Plh);
    assert_eq!(village.label(1, village.head, hours(13)), ["Plh. KEPALA DESA BATU JUNGUL,", "Sekretaris Desa"]);
    let offices: Vec<_> = village.posts(1, hours(13)).into_iter().map(|post| (post.office, post.kind)).collect();
    assert_eq!(offices, [("sekretaris".into(), "definitive".into()), ("kepala".into(), "plh".into())]);
    assert!(village.posts(0, hours(13)).is_empty());
    assert_eq!(village.posts(0, hours(36)).len(), 1, "back again");
}

#[test]
fn approval_by_someone_whose_post_ended_yesterday_is_no_right() {
    let village = Village::new();
    let holding = village.appoint(village.head, 0, HoldingKind::Definitive, hours(0), None).unwrap();
    village.tree.write(move |tx| end(tx, holding, Expect::Version(1), hours(24))).unwrap();
    assert!(village.right(0, village.head, "domisili", hours(23)).is_some());
    assert!(village.right(0, village.head, "domisili", hours(24)).is_none());
    assert_eq!(refusal(village.tree.write(move |tx| end(tx, holding, Expect::Any, hours(25)))), "kernel-post-ends-before-it-begins");
}

#[test]
fn a_late_decree_takes_effect_before_it_was_entered() {
    let village = Village::new();
    let now = village.tree.home.now();
    let before = now - SignedDuration::from_hours(72);
    village.appoint(village.head, 0, HoldingKind::Pj, before, None).unwrap();
    let held = village.tree.read(|rx| holder(rx, village.head, before)).holder.unwrap();
    assert_eq!((held.from, held.entered_at), (before, now));
    // The definitive head ends the Pj.
    village.appoint(village.head, 1, HoldingKind::Definitive, now, None).unwrap();
    let all = village.tree.read(|rx| holdings(rx, village.head));
    assert_eq!(all.iter().map(|h| (h.person, h.until)).collect::<Vec<_>>(), [(village.people[1], None), (village.people[0], Some(now))]);
}

#[test]
fn a_mandate_signs_for_the_post_above() {
    use HoldingKind::Definitive;
    let village = Village::new();
    let head = village.appoint(village.head, 0, Definitive, hours(0), None).unwrap();
    village.appoint(village.secretary, 1, Definitive, hours(0), None).unwrap();
    village.appoint(village.section, 2, Definitive, hours(0), None).unwrap();
    assert_eq!(refusal(village.mandate(village.secretary, village.section, MandateForm::Ub, &[])), "kernel-mandate-ub-needs-an");
    let an = village.mandate(village.head, village.secretary, MandateForm::An, &["domisili", "usaha"]).unwrap();
    village.mandate(village.secretary, village.section, MandateForm::Ub, &["domisili", "skck"]).unwrap();

    let right = village.right(1, village.head, "usaha", hours(1)).unwrap();
    assert_eq!((right.mandate(), right.own_post), (Some(an), village.secretary));
    assert!(village.right(1, village.head, "skck", hours(1)).is_none(), "another kind");
    assert!(village.right(2, village.head, "usaha", hours(1)).is_none(), "not handed on");
    assert!(village.right(3, village.head, "domisili", hours(1)).is_none(), "a stranger");
    assert!(village.right(0, village.head, "domisili", hours(1)).unwrap().via.is_empty());
    assert_eq!(village.label(1, village.head, hours(1)), ["a.n. KEPALA DESA BATU JUNGUL", "SEKRETARIS DESA,"]);
    let chain = ["a.n. KEPALA DESA BATU JUNGUL", "SEKRETARIS DESA", "u.b.", "KEPALA SEKSI PELAYANAN,"];
    assert_eq!(village.label(2, village.head, hours(1)), chain);

    let own = village.posts(2, hours(1));
    let mandated = village.tree.read(|rx| mandated_posts(rx, &own, None, hours(1)));
    assert_eq!(mandated.iter().map(|m| (m.post, m.kinds.clone())).collect::<Vec<_>>(), [(village.head, vec!["domisili".to_owned()])]);
    assert!(village.tree.read(|rx| mandated_posts(rx, &own, Some("usaha"), hours(1))).is_empty());

    // It rests while nobody acts for the post that gave it.
    village.tree.write(move |tx| end(tx, head, Expect::Any, hours(5))).unwrap();
    assert!(village.right(1, village.head, "usaha", hours(6)).is_none());
    assert!(village.tree.read(|rx| mandated_posts(rx, &own, None, hours(6))).is_empty());
    village.appoint(village.head, 3, HoldingKind::Pj, hours(7), None).unwrap();
    assert!(village.right(1, village.head, "usaha", hours(8)).is_some());
    village.tree.write(move |tx| end_mandate(tx, an, Expect::Version(1), hours(9))).unwrap();
    assert!(village.right(1, village.head, "usaha", hours(9)).is_none());
    assert!(village.right(2, village.head, "domisili", hours(9)).is_none(), "u.b. falls with the a.n. above it");
    assert_eq!(village.tree.read(|rx| mandates_of(rx, village.secretary)).len(), 2);
}

#[test]
fn vacant_posts_are_listed_below_a_unit() {
    let village = Village::new();
    village.appoint(village.secretary, 1, HoldingKind::Definitive, hours(0), None).unwrap();
    let regency = village.tree.read(|rx| unit::find(rx, village.tree.regency)).unwrap();
    let vacant = |office| village.tree.read(|rx| vacant_posts(rx, &regency, office, hours(1), 100));
    assert_eq!(vacant(None).iter().map(|post| post.id).collect::<Vec<_>>(), [village.head, village.section]);
    assert_eq!(vacant(Some(office::HEAD)).len(), 1);
    let other = village.tree.read(|rx| unit::find(rx, village.tree.other_district)).unwrap();
    assert!(village.tree.read(|rx| vacant_posts(rx, &other, None, hours(1), 100)).is_empty());
    let board = village.tree.read(|rx| board(rx, village.tree.village, hours(1)));
    let names: Vec<_> = board.iter().map(|line| (line.post.title.as_str(), line.holder.as_deref())).collect();
    assert_eq!(names, [("Kepala Desa", None), ("Sekretaris Desa", Some("Orang 1")), ("Kepala Seksi Pelayanan", None)]);
    assert_eq!(village.tree.read(|rx| by_office(rx, village.tree.village, "kepala")).unwrap().id, village.head);
}

#[test]
fn a_closed_post_has_no_holder() {
    let village = Village::new();
    village.appoint(village.head, 0, HoldingKind::Definitive, hours(0), None).unwrap();
    village.appoint(village.secretary, 1, HoldingKind::Definitive, hours(0), None).unwrap();
    village.mandate(village.head, village.secretary, MandateForm::An, &[]).unwrap();
    let head = village.head;
    let day = jiff::civil::date(2026, 1, 1);
    village.tree.write(move |tx| close(tx, head, Expect::Version(1), day)).unwrap();
    assert!(village.right(0, head, "usaha", "2025-12-31T16:59:59Z".parse().unwrap()).is_some());
    assert!(village.right(0, head, "usaha", "2025-12-31T17:00:00Z".parse().unwrap()).is_none());
    assert_eq!(refusal(village.appoint(head, 2, HoldingKind::Pj, hours(1), None)), "kernel-post-closed");
    assert_eq!(refusal(village.tree.write(move |tx| close(tx, head, Expect::Any, day))), "kernel-post-closed");
    village.tree.write(move |tx| retitle(tx, head, Expect::Any, "Kuwu")).unwrap();
}
