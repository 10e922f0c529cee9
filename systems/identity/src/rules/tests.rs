use std::collections::HashMap;

use indonesian::Zone;
use jiff::Timestamp;
use kernel::{
    ActingPost, HeldGrant, Id, Officer,
    account::{Account, AccountKind},
    unit::{DEPTH_MAX, Unit, UnitKind},
};

use super::*;

fn id(n: u8) -> Id {
    Id::try_from(&[n; 16][..]).unwrap()
}

/// Regency 1 → kecamatan 2 → desa 3 → dusun 4; kecamatan 2 → kelurahan 5; OPD 6.
fn unit(kind: UnitKind) -> Unit {
    let path: &[u8] = match kind {
        UnitKind::Regency => &[1],
        UnitKind::Kecamatan => &[1, 2],
        UnitKind::Desa => &[1, 2, 3],
        UnitKind::Dusun => &[1, 2, 3, 4],
        UnitKind::Kelurahan => &[1, 2, 5],
        _ => &[1, 6],
    };
    let mut ancestors = [None; DEPTH_MAX];
    for (place, n) in path.iter().enumerate() {
        ancestors[place] = Some(id(*n));
    }
    Unit {
        id: id(*path.last().unwrap()),
        parent: None,
        kind,
        code: String::new(),
        bps_code: None,
        name: String::new(),
        short_name: String::new(),
        slug: String::new(),
        address: String::new(),
        zone: Zone::Wib,
        depth: i64::try_from(path.len()).unwrap(),
        ancestors,
        valid_from: jiff::civil::date(1945, 8, 17),
        valid_until: None,
        successors: vec![],
        version: 1,
    }
}

fn officer(role: &str, at: UnitKind) -> Officer {
    let unit = unit(at);
    let grants = vec![HeldGrant { grant: id(9), role: role.into(), unit: unit.id, depth: unit.depth }];
    Officer { account: id(8), person: None, name: "Siti".into(), post: None, posts: vec![], grants }
}

#[test]
fn who_keeps_which_unit() {
    use UnitKind::{Desa, Dusun, Kecamatan, Kelurahan, Opd, Regency};
    let all = [Regency, Kecamatan, Desa, Dusun, Kelurahan, Opd];
    for (role, at, kept) in [
        ("admin", Regency, vec![Regency, Kecamatan, Desa, Dusun, Kelurahan, Opd]),
        ("village_affairs", Regency, vec![Desa, Kelurahan]),
        ("unit_admin", Desa, vec![Desa, Dusun]),
        ("unit_admin", Kelurahan, vec![Kelurahan]),
        // A desa governs itself: neither the kecamatan nor the regency keeps its posts.
        ("unit_admin", Kecamatan, vec![Kecamatan, Kelurahan]),
        ("unit_admin", Regency, vec![Regency, Kecamatan, Kelurahan, Opd]),
        ("signer", Desa, vec![]),
        ("overseer", Regency, vec![]),
    ] {
        let officer = officer(role, at);
        let found: Vec<UnitKind> = all.into_iter().filter(|kind| may_keep(&officer, &unit(*kind))).collect();
        assert_eq!(found, kept, "{role} at {at:?}");
    }
}

#[test]
fn whoever_has_a_post_sees_the_board_of_the_unit_only() {
    let mut clerk = officer("operator", UnitKind::Desa);
    clerk.posts.push(ActingPost {
        post: id(7),
        unit: id(3),
        office: "operator".into(),
        title: "Operator".into(),
        holding: id(7),
        kind: "definitive".into(),
    });
    assert!(may_see(&clerk, &unit(UnitKind::Desa)));
    assert!(!may_see(&clerk, &unit(UnitKind::Kelurahan)));
    assert!(may_see(&officer("overseer", UnitKind::Regency), &unit(UnitKind::Kelurahan)));
}

#[test]
fn the_terms_come_before_the_password() {
    let mut account = Account {
        id: id(1),
        username: "siti".into(),
        person: None,
        kind: AccountKind::Person,
        display_name: "Siti".into(),
        has_password: true,
        disabled: false,
        terms_version: None,
        terms_accepted_at: None,
        expires_at: None,
        version: 1,
    };
    let mut standing = Standing { terms_label: "2026-1".into(), temporary_since: Some(Timestamp::UNIX_EPOCH) };
    assert_eq!(pending(&account, &standing), Some(Pending::Terms));
    account.terms_version = Some("2026-1".into());
    assert_eq!(pending(&account, &standing), Some(Pending::Password));
    standing.temporary_since = None;
    assert_eq!(pending(&account, &standing), None);
    standing.terms_label = "2027-1".into();
    assert_eq!(pending(&account, &standing), Some(Pending::Terms));
    account.kind = AccountKind::Machine;
    assert_eq!(pending(&account, &standing), None);
}

/// What a form gives, for the length of the test.
fn typed(fields: HashMap<&'static str, &'static str>) -> Typed<'static> {
    Box::leak(Box::new(move |name: &str| fields.get(name).copied()))
}

const WHOLE: [(&str, &str); 5] =
    [("nama", "Siti Aminah"), ("jenis", "pj"), ("keputusan", "141/2/2026"), ("mulai", "2026-11-20"), ("sampai", "2026-11-30")];

#[test]
fn an_appointment_is_read_on_the_clock_of_the_unit() {
    let check = |changes: &[(&'static str, &'static str)], zone| {
        let fields: HashMap<&'static str, &'static str> = WHOLE.into_iter().chain(changes.iter().copied()).collect();
        appointment(typed(fields), zone)
    };
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    let new = check(&[], Zone::Wib).unwrap();
    assert_eq!((new.from, new.until), (moment("2026-11-19T17:00:00Z"), Some(moment("2026-11-30T17:00:00Z"))), "to the end of the last day");
    assert_eq!(check(&[], Zone::Wit).unwrap().from, moment("2026-11-19T15:00:00Z"));
    let noon = check(&[("mulai-jam", "13.30"), ("sampai-jam", "16:00")], Zone::Wib).unwrap();
    assert_eq!((noon.from, noon.until), (moment("2026-11-20T06:30:00Z"), Some(moment("2026-11-30T09:00:00Z"))));
    for (changes, field, key) in [
        (&[("nama", " ")][..], "nama", "identity-name-needed"),
        (&[("jenis", "raja")], "jenis", "identity-kind-needed"),
        (&[("keputusan", "")], "keputusan", "kernel-post-decree-needed"),
        (&[("mulai", "")], "mulai", "identity-from-needed"),
        (&[("mulai", "31-02-2026")], "mulai", "identity-date-wrong"),
        (&[("mulai-jam", "25:00")], "mulai-jam", "identity-hour-wrong"),
        (&[("sampai", "2026-11-19")], "sampai", "kernel-post-ends-before-it-begins"),
        (&[("jenis", "plh"), ("sampai", "")], "sampai", "identity-plh-until-needed"),
        (&[("nip", "974032420060410150")], "nip", "identity-nip-wrong"),
        (&[("nip", "1611024703810001")], "nip", "identity-nip-is-nik"),
    ] {
        let errors = check(changes, Zone::Wib).unwrap_err();
        assert_eq!(errors.of(field).map(|message| &*message.key), Some(key), "{changes:?}");
    }
    let known: &'static str = id(5).to_string().leak();
    let fields: HashMap<&'static str, &'static str> = WHOLE.into_iter().chain([("orang", known)]).collect();
    assert_eq!(appointment(typed(fields), Zone::Wib).unwrap().who, Who::Known(id(5)));
}

#[test]
fn a_role_is_one_of_those_allowed() {
    let operator = kernel::grant::role("operator").unwrap();
    let check = |role: &'static str| {
        let fields = HashMap::from([("peran", role), ("mulai", "2026-11-20")]);
        role_gift(typed(fields), Zone::Wib, &[operator]).map(|gift| gift.role)
    };
    assert_eq!(check("operator"), Ok("operator"));
    assert_eq!(check("admin").unwrap_err().kinds(), [("peran", "identity-role-needed")]);
}

#[test]
fn accounts_and_passwords_as_typed() {
    let now = "2026-11-20T02:00:00Z".parse().unwrap();
    let account = |fields: &[(&'static str, &'static str)]| {
        let fields: HashMap<&'static str, &'static str> = fields.iter().copied().collect();
        new_account(typed(fields), Zone::Wib, now)
            .map_err(|errors| errors.kinds().iter().map(|(_, key)| (*key).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(account(&[("nama", "Vendor"), ("username", "Vendor.A"), ("jenis", "person")]).unwrap().username, "vendor.a");
    let wrong = account(&[("nama", ""), ("username", "1611024703810001"), ("jenis", "third_party")]).unwrap_err();
    assert_eq!(wrong, ["kernel-account-name-needed", "kernel-username-number"]);
    // A third party comes in under an agreement, not by this form.
    assert_eq!(account(&[("nama", "V"), ("username", "vendor"), ("jenis", "third_party")]).unwrap().kind, AccountKind::Person);
    let past = account(&[("nama", "V"), ("username", "vendor"), ("jenis", "person"), ("berakhir", "2026-11-19")]).unwrap_err();
    assert_eq!(past, ["identity-expiry-past"]);
    let password = |new: &'static str, again: &'static str| {
        let fields = HashMap::from([("lama", "sandi-lama-1234"), ("baru", new), ("ulang", again)]);
        new_password(typed(fields), "siti").map(str::to_owned).map_err(|errors| errors.kinds()[0].1.to_owned())
    };
    assert_eq!(password("pagi buta di sawah", "pagi buta di sawah").unwrap(), "pagi buta di sawah");
    assert_eq!(password("pagi buta di sawah", "pagi buta di ladang").unwrap_err(), "identity-password-differs");
    assert_eq!(password("sandi-lama-1234", "sandi-lama-1234").unwrap_err(), "identity-password-same");
    assert_eq!(password("pendek", "pendek").unwrap_err(), "kernel-password-short");
}

#[test]
fn a_post_names_its_unit_once() {
    for (kind, title, unit, wanted) in [
        ("definitive", "Kepala Desa", "Desa Tanjung Raman", "Kepala Desa, Desa Tanjung Raman"),
        ("pj", "Kepala Desa", "Desa Tanjung Raman", "Pj. Kepala Desa, Desa Tanjung Raman"),
        ("definitive", "Kepala Dinas Sosial", "Dinas Sosial", "Kepala Dinas Sosial"),
        ("plh", "Camat", "", "Plh. Camat"),
    ] {
        assert_eq!(post_at(kind, title, unit), wanted);
    }
}

#[test]
fn usernames_and_temporary_passwords_can_be_used_as_they_are() {
    for (name, wanted) in [("Siti Aminah, S.Sos.", "siti.aminah"), ("H. Rusdi Hartono bin Ali", "rusdi.hartono"), ("Oka", "oka"), ("?", "")]
    {
        assert_eq!(username_for(name), wanted);
    }
    let password = temporary_password(std::array::from_fn(|place| u8::try_from(place * 16).unwrap()));
    assert_eq!(password.len(), 19);
    assert!(
        kernel::account::check_password(&temporary_password([7, 30, 99, 200, 41, 6, 77, 18, 3, 250, 61, 92, 15, 120, 33, 84]), "siti")
            .is_ok()
    );
}

// 000 §10: the version approved by the local government prevails, so none is published without saying by what it was approved.
#[test]
fn terms_are_published_with_their_decree_by_a_table() {
    let today = jiff::civil::date(2026, 11, 20);
    let right =
        [("versi", "2026-1"), ("teks", "Jaga data."), ("keputusan", "Perbup 12/2026"), ("tanggal", "2026-11-20"), ("pejabat", "Bupati")];
    let check = |wrong: Option<(&'static str, &'static str)>| {
        let typed = |name: &str| {
            wrong
                .filter(|(field, _)| *field == name)
                .or_else(|| right.into_iter().find(|(field, _)| *field == name))
                .map(|(_, value)| value)
        };
        new_terms(&typed, today).map(|new| new.approval.decree).map_err(|errors| errors.0[0].0.clone())
    };
    assert_eq!(check(None), Ok("Perbup 12/2026".to_owned()));
    for (field, value) in
        [("versi", " "), ("teks", ""), ("keputusan", ""), ("tanggal", "besok"), ("tanggal", "2026-11-21"), ("pejabat", "")]
    {
        assert_eq!(check(Some((field, value))), Err(field.to_owned()), "{field} {value:?}");
    }
}
