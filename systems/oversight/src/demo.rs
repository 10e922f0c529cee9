//! Content of the demonstration: a quiet month, one officer's Sunday, a coming election, and a download that waits.

use std::sync::Arc;

use jiff::{ToSpan as _, civil::Date};
use kernel::{
    Actor, Ctx, Entropy, Error, Gov, Id, NewEntry, Origin, Result, Rx, account,
    election::{self, NewPeriod},
    grant::{ADMIN, INSPECTOR},
    unit,
};
use web::{BoxFuture, DemoPlan};

use crate::{
    jobs,
    store::demo::{self, Reader},
};

/// Days before the last one on which people were opened as usual.
const QUIET_DAYS: i64 = 24;
/// People opened on a usual day.
const USUAL: usize = 9;
/// People opened on the Sunday.
const SUNDAY: usize = 214;

/// The hook of the manifest.
pub(crate) fn fill(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    let (gov, as_of, seed) = (Arc::clone(&plan.gov), plan.as_of, plan.seed);
    Box::pin(async move {
        let entropy = Entropy::seeded(seed ^ 0x6f76_6572);
        let Some(reader) = gov.read(demo::busiest).await? else { return Ok(()) };
        readings(&gov, &entropy, &reader, as_of).await?;
        let evening = ctx(&gov, &entropy, None, as_of, 9 * 60).await?;
        jobs::look(&gov, &evening).await?;
        season(&gov, &entropy, as_of).await?;
        whole(&gov, &entropy, as_of).await
    })
}

/// The circumstances of an account (or the machine) at a minute of a day.
async fn ctx(gov: &Arc<Gov>, entropy: &Entropy, account: Option<Id>, day: Date, minute: i64) -> Result<Ctx> {
    let zone = gov.read(|rx| Ok::<_, Error>(unit::root(rx)?.map(|root| root.zone).unwrap_or_default())).await?;
    let at = unit::start_of(zone, day) + jiff::SignedDuration::from_mins(minute);
    let actor = match account {
        Some(account) => {
            let officer = gov.read(move |rx| account::officer_of(rx, account, None, at)).await?;
            Actor::Account(Arc::new(officer))
        }
        None => Actor::System { job: "demo", on_behalf_of: None, cause: None },
    };
    Ok(Ctx::new(at, actor, Origin::default(), entropy.clone()))
}

/// A month of usual days, then a Sunday on which one officer opened a whole village.
async fn readings(gov: &Arc<Gov>, entropy: &Entropy, reader: &Reader, as_of: Date) -> Result<()> {
    let residents = &reader.residents;
    for back in (1..=QUIET_DAYS).rev() {
        let Ok(day) = as_of.checked_sub(back.days()) else { continue };
        if day.weekday().to_monday_zero_offset() >= 5 {
            continue;
        }
        let ctx = ctx(gov, entropy, Some(reader.account), day, 9 * 60 + 20).await?;
        let start = usize::try_from(back).unwrap_or(0) * USUAL;
        let opened: Vec<Id> = residents.iter().cycle().skip(start).take(USUAL.min(residents.len())).copied().collect();
        open(gov, &ctx, reader.unit, opened).await?;
    }
    let sunday = i64::from(as_of.weekday().to_monday_zero_offset()) + 1;
    let Ok(day) = as_of.checked_sub(sunday.days()) else { return Ok(()) };
    let ctx = ctx(gov, entropy, Some(reader.account), day, 21 * 60 + 5).await?;
    open(gov, &ctx, reader.unit, residents.iter().take(SUNDAY).copied().collect()).await
}

async fn open(gov: &Arc<Gov>, ctx: &Ctx, unit: Id, persons: Vec<Id>) -> Result<()> {
    gov.write(ctx, move |tx| {
        for person in &persons {
            tx.entry(NewEntry::new("services.resident.read").unit(unit).object("person", *person));
        }
        Ok::<_, Error>(())
    })
    .await
}

/// A Masa Pemilihan that begins after the demonstration's last day.
async fn season(gov: &Arc<Gov>, entropy: &Entropy, as_of: Date) -> Result<()> {
    let Some(admin) = gov.read(|rx| holder(rx, ADMIN)).await? else { return Ok(()) };
    let ctx = ctx(gov, entropy, Some(admin), as_of, 9 * 60 + 5).await?;
    let day = |days: i64| as_of.checked_add(days.days()).map_err(|error| Error::Failed(error.to_string()));
    let new = NewPeriod {
        name: "Pemilihan kepala desa serentak".to_owned(),
        decree: "Keputusan Bupati (contoh) Nomor 141/27/2026".to_owned(),
        from: day(21)?,
        until: day(80)?,
    };
    gov.write(&ctx, move |tx| election::declare(tx, &new).map(drop)).await
}

/// A Berita Acara asked for; the server makes it two minutes after it wakes up, when every entry has its place in the log.
async fn whole(gov: &Arc<Gov>, entropy: &Entropy, as_of: Date) -> Result<()> {
    let Some(inspector) = gov.read(|rx| holder(rx, INSPECTOR)).await? else { return Ok(()) };
    let ctx = ctx(gov, entropy, Some(inspector), as_of, 9 * 60 + 30).await?;
    let later = ctx.now() + jiff::SignedDuration::from_mins(67);
    gov.write(&ctx, move |tx| crate::store::audits::ask_at(tx, later).map(drop)).await
}

fn holder(rx: &mut Rx<'_>, role: &str) -> Result<Option<Id>> {
    demo::holder(rx, role)
}
