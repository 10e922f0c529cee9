//! What is there afterwards, read from the government itself, with nothing served.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::{
    Entropy, Gov, Id, Rx, Table, blobs, case,
    db::{KERNEL_MIGRATIONS, Target},
    gov::{Mail, Means, Settings, TimeSource},
    grant::Scope,
    keys::Ring,
    numbering, params, tables,
};
use services::store::lists;
use testkit::PaperDrawer;
use web::{AppState, Look, MissingKey, WebSettings};

use super::load::Acknowledged;
use crate::{site::Site, systems::SYSTEMS};

/// Time for every lease that died with its server to run out: an hour, in microseconds.
const LATER: i64 = 3_600_000_000;

/// The government of a site that is not served now.
pub struct Proof {
    gov: Arc<Gov>,
    sqlite: Option<PathBuf>,
}

impl Proof {
    /// Opens it.
    pub fn of(site: &Site) -> Self {
        Self::at(site, &site.house.path("gov/uji"))
    }

    /// Opens it in another folder.
    pub fn at(site: &Site, folder: &Path) -> Self {
        let target = site.url.clone().map_or_else(|| Target::Sqlite(folder.join("smartgovt.db")), Target::Postgres);
        let mut migrations = vec![KERNEL_MIGRATIONS];
        migrations.extend(web::migrations(&SYSTEMS));
        let kernel: Vec<&Table> = tables::all().collect();
        let settings = Settings {
            slug: "uji".to_owned(),
            name: "Kabupaten Uji".to_owned(),
            province: "Sumatera Selatan".to_owned(),
            region: "16.11".to_owned(),
            zone: "Asia/Jakarta".to_owned(),
            public_url: format!("http://localhost:{}", site.house.port),
            mark: None,
            mail: Mail::Preview,
            folder: folder.to_owned(),
        };
        let means = Means {
            target: &target,
            meta: web::meta(&SYSTEMS, &kernel),
            migrations: &migrations,
            ring: &Ring::new([7; 32]),
            time: TimeSource::Shifted(LATER),
            entropy: Entropy::Os,
        };
        let gov = Arc::new(Gov::open(settings, means).expect("the government opens after the accident"));
        Self { gov, sqlite: site.url.is_none().then(|| folder.join("smartgovt.db")) }
    }

    fn read<T>(&self, run: impl FnOnce(&mut Rx<'_>) -> kernel::Result<T>) -> T {
        self.gov.db().read_now(run).unwrap()
    }

    /// How many acknowledged applications are not there.
    pub fn missing(&self, acknowledged: &Acknowledged) -> usize {
        let gone = |code: &&String| self.read(|rx| Ok(case::by_code(rx, &bare(code)).is_err()));
        acknowledged.codes.values().filter(gone).count()
    }

    /// Every case, photo and number that was acknowledged is there, the series have no holes, the database is sound.
    pub fn has(&self, acknowledged: &Acknowledged) {
        assert_eq!(self.missing(acknowledged), 0, "acknowledged applications are gone");
        for (number, photo) in &acknowledged.photos {
            self.photo(*number, photo, acknowledged.codes.get(number));
        }
        for case in &acknowledged.signed {
            let found = self.number_of(case);
            let known = acknowledged.numbers.get(case);
            assert!(found.is_some() && (known.is_none() || known == found.as_ref()), "{case}: {known:?} became {found:?}");
        }
        assert_eq!(self.read(|rx| Ok(numbering::all_flaws(rx)?)), Vec::new(), "the series have holes");
        if let Some(path) = &self.sqlite {
            let conn = rusqlite::Connection::open(path).unwrap();
            let answer: String = conn.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(answer, "ok");
        }
    }

    fn number_of(&self, case: &str) -> Option<String> {
        let id: Id = case.parse().unwrap();
        self.read(|rx| {
            let sql = "select n.text from kernel_number n join services_application a on a.document = n.document where a.id = $1 and n.state <> 'void'";
            let row = rx.one(sql, &params![id])?;
            Ok(row.map(|row| row.get::<String>(0)).transpose()?)
        })
    }

    fn photo(&self, number: u32, photo: &str, code: Option<&String>) {
        let id: Id = photo.parse().unwrap();
        let blob = self.read(|rx| Ok(blobs::find(rx, id)?)).unwrap_or_else(|| panic!("photo {number} has no row"));
        self.gov.blobs().verify(id, &blob.hash).unwrap_or_else(|error| panic!("photo {number}: {error}"));
        if let Some(code) = code {
            let held = self.read(|rx| {
                let case = case::by_code(rx, &bare(code))?;
                Ok(case::attachments(rx, case.id)?)
            });
            assert!(held.iter().any(|attachment| attachment.blob == id), "application {number} lost its photo");
        }
    }

    /// [`Proof::has`], and everything that follows by itself: nothing twice, all of it found, the work behind it caught up,
    /// the log true.
    pub fn holds(&self, acknowledged: &Acknowledged) {
        self.has(acknowledged);
        let cases = self.read(|rx| Ok(rx.count("select count(*) from kernel_case where system = 'services'", &[])?));
        assert_eq!(usize::try_from(cases).unwrap(), acknowledged.codes.len(), "a case for each application, and for none two");
        for (number, code) in &acknowledged.codes {
            let found = self.read(|rx| lists::find_cases(rx, &Scope::all(), code));
            let case = self.read(|rx| case::by_code(rx, &bare(code)));
            assert!(found.contains(&case.id), "application {number} is not found by {code}");
        }
        self.settles();
        let orphans = self.read(|rx| {
            Ok(rx.count(
                "select count(*) from kernel_attachment a where not exists (select 1 from kernel_blob b where b.id = a.blob)",
                &[],
            )?)
        });
        assert_eq!(orphans, 0);
        self.log_is_true();
    }

    /// The outbox and the jobs do what was left.
    fn settles(&self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let gov = Arc::clone(&self.gov);
        runtime.block_on(async move {
            let web = WebSettings { missing_key: MissingKey::Panic, ..WebSettings::default() };
            let look = Look::plain("Kabupaten Uji");
            let state = AppState::new(gov, &SYSTEMS, look, web, Some(Arc::new(PaperDrawer::default()))).unwrap();
            web::runner(&state).drain().await.unwrap();
        });
        drop(runtime);
        let left = self.read(|rx| {
            let now = jiff::Timestamp::from_microsecond(self.gov.now().as_microsecond()).unwrap();
            let jobs = rx.count("select count(*) from kernel_job where state = 'due' and run_at <= $1", &params![now])?;
            Ok((kernel::outbox::backlog(rx)?, jobs, kernel::jobs::backlog(rx)?.1))
        });
        assert_eq!(left, ((0, 0), 0, 0), "the outbox does not catch up: (deliveries due, dead), jobs due, jobs dead");
    }

    /// Every entry and every row version of it.
    fn log_is_true(&self) {
        let systems: Vec<&'static Table> = SYSTEMS.iter().flat_map(|system| system.tables.iter().copied()).collect();
        let checked = self.read(|rx| {
            let mut checked = 0;
            for row in rx.all("select id from kernel_entry order by id", &[])? {
                checked += kernel::bulk::check(rx, row.get::<Id>(0)?, &systems)?;
            }
            let all = rx.count("select count(*) from kernel_history", &[])?;
            assert_eq!(usize::try_from(all).unwrap(), checked, "a row version belongs to no entry");
            for table in tables::all().chain(systems.iter().copied()).filter(|table| table.audited) {
                let sql = format!(
                    "select count(*) from {0} t where not exists (select 1 from kernel_history h where h.table_name = '{0}' and h.row_id = t.id and h.version = t.version)",
                    table.name
                );
                assert_eq!(rx.count(&sql, &[])?, 0, "{} has rows without history", table.name);
            }
            Ok(checked)
        });
        assert!(checked > 3_000, "{checked} row versions");
    }
}

/// A code as it is kept.
fn bare(code: &str) -> String {
    indonesian::Code::parse(code).unwrap().as_str().to_owned()
}
