//! How long the report of who can see what takes: 10,000 accounts of a regency with 200 villages, on SQLite.
//!
//! `cargo run -p kernel --example who_sees`

use std::time::Instant;

use kernel::{
    Ctx, Entropy, Error, Id,
    account::{self, AccountKind, NewAccount},
    db::{Db, KERNEL_MIGRATIONS, Meta, Target},
    grant::{
        self, Grantee, Located, NewGrant,
        sight::{Everybody, Sight},
    },
    keys::{Keys, Ring},
    party::{self, Checks, PersonForm},
    post::{self, HoldingKind, NewHolding, NewPost},
    unit::{self, NewUnit, UnitKind},
};

const ACCOUNTS: usize = 10_000;
const VILLAGES: usize = 200;
const SIGHT: Sight = Sight {
    key: "services.application",
    title: "",
    roles: &["operator", "examiner", "initialer", "signer", "registrar", "unit_admin", "overseer"],
    desks: true,
    counted: None,
};

#[expect(clippy::print_stdout, reason = "an example says what it measured")]
fn main() -> Result<(), Error> {
    let folder = std::env::temp_dir().join(format!("who-sees-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Error::Failed(error.to_string()))?;
    let db = Db::open(&Target::Sqlite(folder.join("db")), Meta::default())?;
    let ctx = Ctx::system("2026-11-20T02:00:00Z".parse().unwrap_or_default(), "bench", Entropy::seeded(1));
    db.migrate(&ctx, &[KERNEL_MIGRATIONS])?;
    let village = fill(&db, &ctx)?;
    let now = ctx.now();
    for _ in 0..3 {
        let (read, seen) = db.read_now(|rx| {
            let began = Instant::now();
            let everybody = Everybody::read(rx, now)?;
            let read = began.elapsed();
            let unit = unit::find(rx, village)?.ok_or(Error::Missing)?;
            let began = Instant::now();
            let seen = everybody.who_sees(&SIGHT, &Located::at(&unit)).len();
            let scopes = everybody.watchers.iter().filter(|watcher| !SIGHT.scope(&watcher.officer, &watcher.mandated).is_empty()).count();
            Ok::<_, Error>((read, (began.elapsed(), seen, scopes, everybody.watchers.len())))
        })?;
        let (took, sees, scopes, all) = seen;
        println!("{all} accounts read in {read:?}; one record: {sees} can open it, and every account's reach ({scopes}): {took:?}");
    }
    drop(db);
    std::fs::remove_dir_all(&folder).map_err(|error| Error::Failed(error.to_string()))
}

/// A regency with [`VILLAGES`] villages and [`ACCOUNTS`] officials, each with a post that has a role. Says one village.
fn fill(db: &Db, ctx: &Ctx) -> Result<Id, Error> {
    let keys = std::sync::Arc::new(Keys::new("bench", &Ring::new([7; 32])));
    let since = "2026-01-01T00:00:00Z".parse().unwrap_or_default();
    let (units, regency) = db.write_now(ctx, move |tx| {
        let regency = unit::create(tx, &NewUnit::new(UnitKind::Regency, None, "16.11", "Kabupaten Empat Lawang"))?;
        let mut villages = Vec::new();
        for d in 0..VILLAGES / 20 {
            let district = NewUnit::new(UnitKind::Kecamatan, Some(regency), format!("16.11.{d:02}"), format!("Kecamatan {d}"));
            let district = unit::create(tx, &district)?;
            for v in 0..20 {
                let new = NewUnit::new(UnitKind::Desa, Some(district), format!("16.11.{d:02}.{:04}", 2001 + v), format!("Desa {d} {v}"));
                villages.push(unit::create(tx, &new)?);
            }
        }
        Ok::<_, Error>((villages, regency))
    })?;
    let first = units[0];
    for chunk in 0..ACCOUNTS / 500 {
        let (units, keys) = (units.clone(), std::sync::Arc::clone(&keys));
        db.write_now(ctx, move |tx| {
            for n in chunk * 500..(chunk + 1) * 500 {
                let unit = units[n % units.len()];
                let day = "2020-01-01".parse().unwrap_or_default();
                let post = NewPost { unit, office: "operator".into(), title: format!("Operator {n}"), place: 1, valid_from: day };
                let post = post::create(tx, &post)?;
                let role = grant::ROLES[n % 5].key;
                grant::grant(tx, &NewGrant { to: Grantee::Post(post), role, unit, from: since, until: None, decree: "SK".into() })?;
                let form = PersonForm { name: format!("Pegawai {n}"), source: "office".into(), ..PersonForm::default() };
                let checked = form.check(Checks::on(day)).map_err(|_| Error::Failed("a person was refused".into()))?;
                let person = party::create(tx, &keys, &checked)?;
                let holding = NewHolding { post, person, kind: HoldingKind::Definitive, decree: "SK".into(), from: since, until: None };
                post::appoint(tx, &holding)?;
                let new = NewAccount {
                    username: format!("pegawai.{n}"),
                    person: Some(person),
                    kind: AccountKind::Person,
                    display_name: format!("Pegawai {n}"),
                    password: None,
                    expires_at: None,
                };
                let account = account::create(tx, &new)?;
                if n % 1_000 == 0 {
                    let to = Grantee::Account(account);
                    let new = NewGrant { to, role: grant::OVERSEER, unit: regency, from: since, until: None, decree: "SK".into() };
                    grant::grant(tx, &new)?;
                }
            }
            Ok::<_, Error>(())
        })?;
    }
    Ok(first)
}
