//! A small government: units, posts, people and accounts, made through the kernel's own functions.

use jiff::{Timestamp, civil::Date};
use kernel::{
    Id,
    account::{self, AccountKind, NewAccount, PasswordCost},
    grant::{self, Grantee, NewGrant},
    party::{self, Checks, PersonForm},
    post::{self, HoldingKind, NewHolding, NewPost, office},
    unit::{self, NewUnit, UnitKind},
};

use crate::app::TestApp;

/// The password of every account a [`World`] makes.
pub const PASSWORD: &str = "padi-menguning-7";

/// Since when everything of a [`World`] holds: 2 January 2024.
const SINCE: &str = "2024-01-02T00:00:00Z";

/// A post of a new unit: office, title, roles it gives at its unit.
type NewOffice = (&'static str, &'static str, &'static [&'static str]);

const VILLAGE: &[NewOffice] = &[
    (office::HEAD, "Kepala Desa", &[grant::SIGNER]),
    (office::SECRETARY, "Sekretaris Desa", &[grant::INITIALER, grant::REGISTRAR, grant::UNIT_ADMIN]),
    (office::SERVICE_SECTION, "Kepala Seksi Pelayanan", &[grant::EXAMINER, grant::OPERATOR]),
    (office::GENERAL_AFFAIRS, "Kepala Urusan Tata Usaha dan Umum", &[grant::REGISTRAR, grant::OPERATOR]),
    (office::OPERATOR, "Operator Desa", &[grant::OPERATOR]),
];
const KELURAHAN: &[NewOffice] = &[
    (office::HEAD, "Lurah", &[grant::SIGNER]),
    (office::SECRETARY, "Sekretaris Kelurahan", &[grant::INITIALER, grant::REGISTRAR, grant::UNIT_ADMIN]),
    (office::SERVICE_SECTION, "Kepala Seksi Pelayanan", &[grant::EXAMINER, grant::OPERATOR]),
    (office::OPERATOR, "Operator Kelurahan", &[grant::OPERATOR]),
];
const KECAMATAN: &[NewOffice] = &[
    (office::HEAD, "Camat", &[grant::SIGNER]),
    (office::SECRETARY, "Sekretaris Camat", &[grant::INITIALER, grant::REGISTRAR, grant::UNIT_ADMIN]),
    (office::SERVICE_SECTION, "Kepala Seksi Pelayanan", &[grant::EXAMINER, grant::OPERATOR]),
    (office::OPERATOR, "Operator Kecamatan", &[grant::OPERATOR]),
];
const OPD: &[NewOffice] = &[
    (office::HEAD, "Kepala Dinas", &[grant::SIGNER]),
    (office::SECRETARY, "Sekretaris Dinas", &[grant::INITIALER, grant::REGISTRAR, grant::UNIT_ADMIN]),
    (office::SERVICE_DIVISION, "Kepala Bidang Pelayanan", &[grant::EXAMINER]),
    (office::OPERATOR, "Operator Dinas", &[grant::OPERATOR]),
];
const REGENCY: &[NewOffice] =
    &[(office::REGENT, "Bupati", &[grant::OVERSEER, grant::SIGNER]), (office::REGENCY_SECRETARY, "Sekretaris Daerah", &[grant::OVERSEER])];

/// Units, posts, people and accounts of an app under test.
///
/// [`World::small`] makes a regency with a dinas, a kecamatan, a desa and a kelurahan, their usual posts with holders,
/// and accounts `bupati`, `sekda`, `admin`, `dpmd`, `camat`, `sekcam`, `kades`, `sekdes`, `kasi`, `kaur`, `operator`,
/// `lurah`, `seklur`, `kasi.kelurahan`, `operator.kelurahan`, `kadis`, `kabid`, `operator.dinas`.
pub struct World<'a> {
    app: &'a TestApp,
    terms: Option<String>,
    /// Kabupaten Empat Lawang, 16.11.
    pub regency: Id,
    /// Kecamatan Pendopo, 16.11.03.
    pub kecamatan: Id,
    /// Desa Tanjung Raman, 16.11.03.2001, slug `tanjung-raman`.
    pub village: Id,
    /// Kelurahan Pasar Pendopo, 16.11.03.1001, slug `pasar-pendopo`.
    pub kelurahan: Id,
    /// DPMPTSP, a dinas with services of its own.
    pub opd: Id,
}

impl<'a> World<'a> {
    /// A small government. `terms` is the version of the terms its accounts have accepted.
    ///
    /// # Panics
    /// When the kernel refuses something of it.
    pub async fn small(app: &'a TestApp) -> Self {
        Self::with_terms(app, None).await
    }

    /// A small government whose accounts have accepted this version of the terms of use.
    ///
    /// # Panics
    /// As [`World::small`].
    pub async fn with_terms(app: &'a TestApp, terms: Option<&str>) -> Self {
        let terms = terms.map(str::to_owned);
        let mut world = Self { app, terms, regency: Id::NIL, kecamatan: Id::NIL, village: Id::NIL, kelurahan: Id::NIL, opd: Id::NIL };
        world.regency = world.unit(UnitKind::Regency, None, "16.11", "Kabupaten Empat Lawang").await;
        world.kecamatan = world.unit(UnitKind::Kecamatan, Some(world.regency), "16.11.03", "Kecamatan Pendopo").await;
        world.village = world.unit(UnitKind::Desa, Some(world.kecamatan), "16.11.03.2001", "Desa Tanjung Raman").await;
        world.kelurahan = world.unit(UnitKind::Kelurahan, Some(world.kecamatan), "16.11.03.1001", "Kelurahan Pasar Pendopo").await;
        world.opd = world.unit(UnitKind::Opd, Some(world.regency), "16.11.OPD.DPMPTSP", "Dinas Penanaman Modal dan PTSP").await;
        for (unit, offices) in world.usual_posts() {
            for (place, (office, title, roles)) in (1_i64..).zip(*offices) {
                let post = world.post_at(unit, office, title, place).await;
                for role in *roles {
                    world.grant(Grantee::Post(post), role, unit).await;
                }
            }
        }
        world.people().await;
        world
    }

    fn usual_posts(&self) -> [(Id, &'static &'static [NewOffice]); 5] {
        [(self.regency, &REGENCY), (self.kecamatan, &KECAMATAN), (self.village, &VILLAGE), (self.kelurahan, &KELURAHAN), (self.opd, &OPD)]
    }

    async fn people(&self) {
        for (username, name, unit, office) in [
            ("bupati", "Darmawan Saputra", self.regency, office::REGENT),
            ("sekda", "Endang Kusumawati", self.regency, office::REGENCY_SECRETARY),
            ("camat", "Hendra Wijaya", self.kecamatan, office::HEAD),
            ("sekcam", "Lestari Handayani", self.kecamatan, office::SECRETARY),
            ("kasi.kecamatan", "Mulyadi", self.kecamatan, office::SERVICE_SECTION),
            ("operator.kecamatan", "Novita Sari", self.kecamatan, office::OPERATOR),
            ("kades", "Rusdi Hartono", self.village, office::HEAD),
            ("sekdes", "Yuliana", self.village, office::SECRETARY),
            ("kasi", "Zulkifli", self.village, office::SERVICE_SECTION),
            ("kaur", "Fitriani", self.village, office::GENERAL_AFFAIRS),
            ("operator", "Agus Setiawan", self.village, office::OPERATOR),
            ("lurah", "Bambang Irawan", self.kelurahan, office::HEAD),
            ("seklur", "Citra Dewi", self.kelurahan, office::SECRETARY),
            ("kasi.kelurahan", "Eko Prasetyo", self.kelurahan, office::SERVICE_SECTION),
            ("operator.kelurahan", "Gita Lestari", self.kelurahan, office::OPERATOR),
            ("kadis", "Herman Susanto", self.opd, office::HEAD),
            ("sekdis", "Indah Permata", self.opd, office::SECRETARY),
            ("kabid", "Joko Santoso", self.opd, office::SERVICE_DIVISION),
            ("operator.dinas", "Kartika", self.opd, office::OPERATOR),
        ] {
            self.officer(username, name, unit, office).await;
        }
        for (username, name, role) in [("admin", "Wahyu Nugroho", grant::ADMIN), ("dpmd", "Oktavia Ningsih", grant::VILLAGE_AFFAIRS)] {
            let person = self.person(name).await;
            let account = self.account(username, Some(person), name).await;
            self.grant(Grantee::Account(account), role, self.regency).await;
        }
    }

    /// Makes a unit.
    pub async fn unit(&self, kind: UnitKind, parent: Option<Id>, code: &str, name: &str) -> Id {
        let mut new = NewUnit::new(kind, parent, code, name);
        new.address = format!("Jalan Merdeka Nomor 1, {name}");
        self.app.write(move |tx| unit::create(tx, &new)).await
    }

    /// Makes a post.
    pub async fn post_at(&self, unit: Id, office: &str, title: &str, place: i64) -> Id {
        let new = NewPost { unit, office: office.to_owned(), title: title.to_owned(), place, valid_from: day(2020, 1, 1) };
        self.app.write(move |tx| post::create(tx, &new)).await
    }

    /// The post of an office.
    ///
    /// # Panics
    /// When the unit has none.
    pub async fn post(&self, unit: Id, office: &str) -> Id {
        let office = office.to_owned();
        let found = self.app.read(move |rx| post::by_office(rx, unit, &office)).await;
        found.expect("the unit has a post of this office").id
    }

    /// Gives a role from the beginning of the world.
    pub async fn grant(&self, to: Grantee, role: &'static str, unit: Id) -> Id {
        let new = NewGrant { to, role, unit, from: since(), until: None, decree: "SK 1/2024".to_owned() };
        self.app.write(move |tx| grant::grant(tx, &new)).await
    }

    /// Makes a person without a NIK, as officers are entered.
    pub async fn person(&self, name: &str) -> Id {
        self.person_of(PersonForm { name: name.to_owned(), source: "office".to_owned(), ..PersonForm::default() }).await
    }

    /// Makes a resident of a village with NIK, birth date and address.
    pub async fn resident(&self, village: Id, name: &str, nik: &str, born: Date) -> Id {
        let form = PersonForm {
            unit: Some(village),
            name: name.to_owned(),
            nik: Some(nik.to_owned()),
            birth_date: Some(born),
            birth_place: "Pendopo".to_owned(),
            religion: "Islam".to_owned(),
            marital: "Kawin".to_owned(),
            occupation: "Petani".to_owned(),
            nationality: "Indonesia".to_owned(),
            address: "Dusun I".to_owned(),
            source: "import".to_owned(),
            ..PersonForm::default()
        };
        self.person_of(form).await
    }

    /// Makes a person as typed.
    ///
    /// # Panics
    /// When the form has problems.
    pub async fn person_of(&self, form: PersonForm) -> Id {
        let new = form.check(Checks::on(day(2026, 11, 20))).unwrap_or_else(|problems| panic!("{problems:?}"));
        let keys = std::sync::Arc::clone(self.app.gov().keys());
        self.app.write(move |tx| party::create(tx, &keys, &new)).await
    }

    /// Makes an account with [`PASSWORD`].
    pub async fn account(&self, username: &str, person: Option<Id>, name: &str) -> Id {
        let password = account::hash_password(&self.app.ctx(), PASSWORD, PasswordCost::quick()).expect("a quick hash");
        let new = NewAccount {
            username: username.to_owned(),
            person,
            kind: AccountKind::Person,
            display_name: name.to_owned(),
            password: Some(password),
            expires_at: None,
        };
        let terms = self.terms.clone();
        self.app
            .write(move |tx| {
                let id = account::create(tx, &new)?;
                if let Some(version) = &terms {
                    account::accept_terms(tx, id, version)?;
                }
                Ok(id)
            })
            .await
    }

    /// Makes a person with an account who holds the post of an office from the beginning of the world. Says the person.
    pub async fn officer(&self, username: &str, name: &str, unit: Id, office: &str) -> Id {
        let person = self.person(name).await;
        self.account(username, Some(person), name).await;
        let post = self.post(unit, office).await;
        self.appoint(post, person, HoldingKind::Definitive, since(), None).await;
        person
    }

    /// Appoints somebody to a post.
    pub async fn appoint(&self, post: Id, person: Id, kind: HoldingKind, from: Timestamp, until: Option<Timestamp>) -> Id {
        let new = NewHolding { post, person, kind, decree: "SK 141/2024".to_owned(), from, until };
        self.app.write(move |tx| post::appoint(tx, &new)).await
    }

    /// Ends what the post's holder holds, at this moment.
    ///
    /// # Panics
    /// When nobody holds it.
    pub async fn vacate(&self, post: Id, at: Timestamp) {
        self.app
            .write(move |tx| {
                let now = tx.now();
                let holding = post::holder(tx, post, now)?.holder.ok_or(kernel::Error::Missing)?;
                post::end(tx, holding.id, kernel::Expect::Version(holding.version), at)
            })
            .await;
    }

    /// The person behind an account.
    ///
    /// # Panics
    /// When there is no such account, or nobody behind it.
    pub async fn person_behind(&self, username: &str) -> Id {
        let username = username.to_owned();
        let found = self.app.read(move |rx| account::by_username(rx, &username)).await;
        found.and_then(|account| account.person).expect("an account with a person")
    }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    jiff::civil::date(year, month, day)
}

fn since() -> Timestamp {
    SINCE.parse().expect("a moment")
}
