use super::*;
use crate::{Ctx, db::Meta, testing::Home};

/// A small government: regency → Dinas Sosial; Muara Pinang (two villages, one with a hamlet) and Pendopo (one village, one kelurahan).
pub(crate) struct Tree {
    pub(crate) home: Home,
    pub(crate) regency: Id,
    pub(crate) office: Id,
    pub(crate) district: Id,
    pub(crate) other_district: Id,
    pub(crate) village: Id,
    pub(crate) other_village: Id,
    pub(crate) hamlet: Id,
    pub(crate) kelurahan: Id,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let home = Home::new(Meta::default());
        let make = |kind, parent, code: &str, name: &str| {
            let new = NewUnit::new(kind, parent, code, name);
            home.db.write_now::<_, Error, _>(&home.machine(), move |tx| create(tx, &new)).unwrap()
        };
        let regency = make(UnitKind::Regency, None, "16.11", "Kabupaten Empat Lawang");
        let office = make(UnitKind::Opd, Some(regency), "16.11.OPD.06", "Dinas Sosial");
        let district = make(UnitKind::Kecamatan, Some(regency), "16.11.01", "Kecamatan Muara Pinang");
        let other_district = make(UnitKind::Kecamatan, Some(regency), "16.11.02", "Kecamatan Pendopo");
        let village = make(UnitKind::Desa, Some(district), "16.11.01.2001", "Desa Batu Jungul");
        let other_village = make(UnitKind::Desa, Some(district), "16.11.01.2002", "Desa Suka Dana");
        let hamlet = make(UnitKind::Dusun, Some(village), "16.11.01.2001.1", "Dusun I");
        let kelurahan = make(UnitKind::Kelurahan, Some(other_district), "16.11.02.1001", "Kelurahan Pendopo");
        Self { home, regency, office, district, other_district, village, other_village, hamlet, kelurahan }
    }

    pub(crate) fn machine(&self) -> Ctx {
        self.home.machine()
    }

    pub(crate) fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.home.db.write_now(&self.machine(), run)
    }

    pub(crate) fn read<T>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T>) -> T {
        self.home.db.read_now(run).unwrap()
    }

    fn unit(&self, id: Id) -> Unit {
        self.read(|rx| find(rx, id)).unwrap()
    }
}

/// The key of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Refused(message)) => message.key.into_owned(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_unit_keeps_its_ancestors_beside_it() {
    let tree = Tree::new();
    let hamlet = tree.unit(tree.hamlet);
    assert_eq!(hamlet.depth, 4);
    assert_eq!(hamlet.ancestors, [Some(tree.regency), Some(tree.district), Some(tree.village), Some(tree.hamlet), None, None]);
    assert!(hamlet.is_within(tree.district) && hamlet.is_within(tree.hamlet) && !hamlet.is_within(tree.other_district));
    let names: Vec<String> = tree.read(|rx| path(rx, &hamlet)).into_iter().map(|unit| unit.short_name).collect();
    assert_eq!(names, ["Empat Lawang", "Muara Pinang", "Batu Jungul", "Dusun I"]);
}

#[test]
fn a_slug_is_short_while_it_is_free() {
    let tree = Tree::new();
    assert_eq!(tree.unit(tree.village).slug, "batu-jungul");
    assert_eq!(tree.unit(tree.other_district).slug, "pendopo");
    // Kelurahan Pendopo lies in Kecamatan Pendopo.
    assert_eq!(tree.unit(tree.kelurahan).slug, "pendopo-pendopo");
    let other_district = tree.other_district;
    let again =
        tree.write(move |tx| create(tx, &NewUnit::new(UnitKind::Desa, Some(other_district), "16.11.02.2009", "Desa Batu Jungul"))).unwrap();
    assert_eq!(tree.unit(again).slug, "batu-jungul-pendopo");
    let mut asked = NewUnit::new(UnitKind::Desa, Some(other_district), "16.11.02.2010", "Desa Baru");
    asked.slug = "batu-jungul".into();
    assert_eq!(refusal(tree.write(move |tx| create(tx, &asked))), "kernel-unit-slug-taken");
}

#[test]
fn units_are_found_by_slug_and_code() {
    let tree = Tree::new();
    assert_eq!(tree.read(|rx| by_slug(rx, "suka-dana")).unwrap().id, tree.other_village);
    assert_eq!(tree.read(|rx| by_code(rx, "16.11.02")).unwrap().id, tree.other_district);
    assert_eq!(tree.read(|rx| by_slug(rx, "dinas-sosial")).unwrap().id, tree.office);
    assert_eq!(tree.read(root).unwrap().id, tree.regency);
    assert!(tree.read(|rx| by_slug(rx, "di-mana")).is_none());
    assert_eq!(tree.unit(tree.village).zone, Zone::Wib);
}

#[test]
fn each_kind_stands_where_the_law_puts_it() {
    use UnitKind::{Desa, Dusun, Kecamatan, Kelurahan, Nagari, Opd, Regency, Rt, Rw, Upt};
    let allowed = [
        (Regency, None),
        (Opd, Some(Regency)),
        (Kecamatan, Some(Regency)),
        (Upt, Some(Opd)),
        (Kelurahan, Some(Kecamatan)),
        (Desa, Some(Kecamatan)),
        (Nagari, Some(Kecamatan)),
        (Dusun, Some(Desa)),
        (Dusun, Some(Nagari)),
        (Rw, Some(Kelurahan)),
        (Rw, Some(Dusun)),
        (Rt, Some(Rw)),
        (Rt, Some(Dusun)),
    ];
    for (kind, parent) in allowed {
        assert!(kind.may_stand_under(parent), "{kind:?} under {parent:?}");
    }
    for (kind, parent) in
        [(Desa, None), (Regency, Some(Regency)), (Desa, Some(Regency)), (Desa, Some(Desa)), (Rw, Some(Rt)), (Opd, Some(Opd))]
    {
        assert!(!kind.may_stand_under(parent), "{kind:?} under {parent:?}");
    }
    for kind in UnitKind::ALL {
        assert_eq!(kind.key().parse(), Ok(kind));
    }
    let tree = Tree::new();
    let regency = tree.regency;
    assert_eq!(refusal(tree.write(move |tx| create(tx, &NewUnit::new(Desa, Some(regency), "x", "Desa X")))), "kernel-unit-parent");
    assert_eq!(
        refusal(tree.write(move |tx| create(tx, &NewUnit::new(Opd, Some(regency), "16.11.01", "Dinas X")))),
        "kernel-unit-code-taken"
    );
}

#[test]
fn the_own_name_leaves_out_the_word_of_the_kind() {
    let names = [
        (UnitKind::Desa, "Desa Batu Jungul", "Batu Jungul"),
        (UnitKind::Desa, "Kota Raya", "Kota Raya"),
        (UnitKind::Nagari, "Nagari Koto Baru", "Koto Baru"),
        (UnitKind::Regency, "Kota Jambi", "Jambi"),
        (UnitKind::Opd, "Dinas Sosial", "Dinas Sosial"),
    ];
    for (kind, name, own) in names {
        assert_eq!(kind.without_word(name), own);
    }
}

#[test]
fn a_tree_is_read_in_one_query() {
    let tree = Tree::new();
    let read = tree.read(|rx| UnitTree::read(rx, tree.district));
    let codes: Vec<&str> = read.units().iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(codes, ["16.11.01", "16.11.01.2001", "16.11.01.2002", "16.11.01.2001.1"]);
    assert_eq!(read.villages().count(), 2);
    assert_eq!(read.children(tree.village).map(|unit| unit.id).collect::<Vec<_>>(), [tree.hamlet]);
    assert_eq!(read.get(tree.hamlet).unwrap().name, "Dusun I");
    assert_eq!(read.by_code("16.11.01.2002").unwrap().id, tree.other_village);
    assert_eq!(read.of_kinds(&[UnitKind::Dusun]).count(), 1);
    assert!(read.get(tree.kelurahan).is_none());
    assert_eq!(tree.read(|rx| children(rx, tree.regency)).len(), 3);
}

#[test]
fn renaming_keeps_the_address_of_the_page() {
    let tree = Tree::new();
    let village = tree.village;
    tree.write(move |tx| rename(tx, village, Expect::Version(1), "Desa Batu Jungul Baru", "Batu Jungul Baru")).unwrap();
    let renamed = tree.unit(village);
    assert_eq!((renamed.slug.as_str(), renamed.name.as_str(), renamed.version), ("batu-jungul", "Desa Batu Jungul Baru", 2));
    assert!(matches!(tree.write(move |tx| rename(tx, village, Expect::Version(1), "x", "x")), Err(Error::Stale)));
    tree.write(move |tx| relocate(tx, village, Expect::Any, " Jl. Lintas 1 ")).unwrap();
    assert_eq!(tree.unit(village).address, "Jl. Lintas 1");
}

#[test]
fn a_closed_unit_says_what_it_became() {
    let tree = Tree::new();
    let (village, other, hamlet) = (tree.village, tree.other_village, tree.hamlet);
    let day = jiff::civil::date(2026, 11, 20);
    assert_eq!(refusal(tree.write(move |tx| close(tx, village, Expect::Any, day, &[other]))), "kernel-unit-has-children");
    tree.write(move |tx| close(tx, hamlet, Expect::Any, day, &[])).unwrap();
    assert_eq!(refusal(tree.write(move |tx| close(tx, village, Expect::Any, day, &[village]))), "kernel-unit-successor");
    tree.write(move |tx| close(tx, village, Expect::Any, day, &[other])).unwrap();
    assert_eq!(refusal(tree.write(move |tx| close(tx, village, Expect::Any, day, &[other]))), "kernel-unit-closed");
    let closed = tree.read(|rx| by_slug(rx, "batu-jungul")).unwrap();
    assert!(!closed.is_valid_on(day) && closed.is_valid_on(day.yesterday().unwrap()));
    assert_eq!(tree.read(|rx| successors(rx, village)).into_iter().map(|unit| unit.id).collect::<Vec<_>>(), [other]);
    assert_eq!(tree.read(|rx| UnitTree::read(rx, tree.district)).units().len(), 2);
}

#[test]
fn the_local_word_is_data() {
    let tree = Tree::new();
    let word = |id| {
        let unit = tree.unit(id);
        tree.read(|rx| local_word(rx, &unit, "village"))
    };
    assert_eq!(word(tree.village).as_deref(), Some("desa"));
    assert_eq!(word(tree.kelurahan).as_deref(), Some("kelurahan"));
    assert_eq!(word(tree.district), None);
    let papuan = Unit { code: "91.03.01.2001".into(), ..tree.unit(tree.village) };
    assert_eq!(tree.read(|rx| local_word(rx, &papuan, "village")).as_deref(), Some("kampung"));
    let district = tree.district;
    tree.write(move |tx| {
        let sql = "insert into kernel_setting (id, unit, name, value, version) values ($1, $2, 'word.village', 'gampong', 1)";
        Ok(tx.upkeep(sql, &params![district, district])?)
    })
    .unwrap();
    assert_eq!(word(tree.village).as_deref(), Some("gampong"));
    assert_eq!(word(tree.kelurahan).as_deref(), Some("kelurahan"));
}

#[test]
fn the_day_is_that_of_the_place() {
    let at: Timestamp = "2026-11-20T15:30:00Z".parse().unwrap();
    assert_eq!(date_in(Zone::Wib, at), jiff::civil::date(2026, 11, 20));
    assert_eq!(date_in(Zone::Wit, at), jiff::civil::date(2026, 11, 21));
    assert_eq!(start_of(Zone::Wib, jiff::civil::date(2026, 11, 21)).to_string(), "2026-11-20T17:00:00Z");
    for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
        assert_eq!(zone_of(zone_name(zone)), Some(zone));
        assert_eq!(zone_of(zone.label()), Some(zone));
    }
    assert_eq!(zone_of("Mars"), None);
}
