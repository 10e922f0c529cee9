//! Opening the government of a command: where its data, configuration, database and keys are.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use indonesian::LocalWords;
use kernel::{
    Db, Entropy, Gov,
    db::{KERNEL_MIGRATIONS, Meta, SystemMigrations, Target},
    gov::{Means, Settings, TimeSource},
    keys::{KeyError, Keys, Ring},
};

use regions::Regency;

use crate::{
    config::{self, Config},
    systems::SYSTEMS,
};

/// The systemd credential that holds the key file.
const CREDENTIAL: &str = "smartgovt.key";

/// Where things are: the flags that every command about a government takes.
#[derive(Debug, Clone, Args)]
pub struct Where {
    /// Folder of the data
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Configuration file [default: DIR/smartgovt.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Key file [default: systemd credential smartgovt.key, else DIR/smartgovt.key]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// A government's configuration with what the flags change.
pub struct Chosen {
    pub config: Config,
    pub settings: Settings,
    pub target: Target,
    pub key_file: PathBuf,
}

impl Where {
    /// Reads the configuration.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn choose(&self) -> Result<Chosen> {
        let config = Config::read(&self.data, self.config.as_deref())?;
        let settings = config.settings(&self.data);
        let url = self.database_url.as_deref().or(config.database.url.as_deref());
        let target = config::target(&settings, url);
        let key_file = self.key_path(config.keys.file.as_deref());
        Ok(Chosen { config, settings, target, key_file })
    }

    /// Where the key file is, by flag, configuration, credential or custom.
    #[must_use]
    pub fn key_path(&self, configured: Option<&Path>) -> PathBuf {
        let named = self.key_file.as_deref().or(configured).map(Path::to_owned);
        named.or_else(|| Ring::credential(CREDENTIAL)).unwrap_or_else(|| self.data.join("smartgovt.key"))
    }
}

/// Every migration of this release, the kernel's first.
#[must_use]
pub fn migrations() -> Vec<SystemMigrations> {
    let mut all = vec![KERNEL_MIGRATIONS];
    all.extend(web::migrations(&SYSTEMS));
    all
}

/// What the database layer knows of the systems.
#[must_use]
pub fn meta() -> Meta {
    let tables: Vec<&kernel::Table> = kernel::tables::all().collect();
    web::meta(&SYSTEMS, &tables)
}

/// Reads the keys.
///
/// # Errors
/// What to do when they are not there.
pub fn ring(path: &Path) -> Result<Ring> {
    match Ring::load(path) {
        Err(KeyError::Missing(path)) => {
            bail!("there is no key file at {path}: make one with `smartgovt key init`, or name it with --key-file")
        }
        other => other.context("the keys cannot be read"),
    }
}

impl Chosen {
    /// Opens the government and brings its schema to this release.
    ///
    /// # Errors
    /// What the keys, the folder or the database say.
    pub fn open(&self, time: TimeSource, entropy: Entropy) -> Result<Gov> {
        let (ring, migrations) = (ring(&self.key_file)?, migrations());
        make_folder(&self.settings.folder)?;
        let means = Means { target: &self.target, meta: meta(), migrations: &migrations, ring: &ring, time, entropy };
        Gov::open(self.settings.clone(), means).with_context(|| format!("{} does not open", shown(&self.target)))
    }

    /// Opens it for a command: the machine's clock, the system's random bytes.
    ///
    /// # Errors
    /// As [`Chosen::open`].
    pub fn open_now(&self) -> Result<Arc<Gov>> {
        self.open(TimeSource::System, Entropy::Os).map(Arc::new)
    }

    /// The database alone, as it is: for backup and copy.
    ///
    /// # Errors
    /// What the database says.
    pub fn db(&self) -> Result<Db> {
        if let Target::Sqlite(path) = &self.target
            && !path.is_file()
        {
            bail!("there is no database at {}", path.display());
        }
        Db::open(&self.target, meta()).with_context(|| format!("{} does not open", shown(&self.target)))
    }

    /// The keys at work.
    ///
    /// # Errors
    /// As [`ring`].
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(&self.settings.slug, &ring(&self.key_file)?))
    }
}

/// Makes a government's folder, readable by its owner only.
///
/// # Errors
/// What the file system says.
pub fn make_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("making {}", path.display()))
}

/// What villages and districts are called in a regency or city.
#[must_use]
pub fn words(regency: &Regency) -> LocalWords {
    let kinds =
        |kelurahan| regency.districts.iter().flat_map(|district| &district.villages).any(|village| village.is_kelurahan() == kelurahan);
    let (governed, urban) = (kinds(false), kinds(true));
    let mut words = LocalWords::of_region(&regency.code).among(governed, urban);
    if !governed {
        "kelurahan".clone_into(&mut words.village);
    }
    words
}

/// A database as it may be shown: without a password.
#[must_use]
pub fn shown(target: &Target) -> String {
    match target {
        Target::Sqlite(path) => path.display().to_string(),
        Target::Postgres(url) => match url.rsplit_once('@') {
            Some((_, place)) => format!("PostgreSQL at {place}"),
            None => "PostgreSQL".to_owned(),
        },
    }
}
