//! Work in the background: what is unusual in the log, and audits of the data.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use kernel::{
    Actor, Error, Id, Table,
    audit::{Audit, CannotCheck, Plan, Stage},
    clock::Calendars,
    jobs::{Job, JobKind},
    log::{Outside, WitnessKey},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::{
    model::Count,
    store::{self, aid::Aid, audits, lists, watch},
};

const WATCH: &str = "oversight.watch";
/// Days judged in one transaction: some ten questions each.
const DAYS_AT_ONCE: usize = 10;
/// Differences after which an audit ends: the first one is what matters.
const DIFFERENCES_MAX: usize = 20;
/// Pages of an audit between two notes of where it is.
const NOTED_EVERY: u32 = 25;
/// Days whose persons are kept; their numbers are kept longer.
const KEPT_DAYS: i64 = 40;
/// Pages of the log looked through for lists in one run: what has gathered before is caught up with in some runs.
const PAGES_AT_ONCE: usize = 800;

/// Jobs by kind.
pub const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: WATCH, attempts_max: 5, every_minutes: Some(30), run: |state, job| Box::pin(watch(state, job)) },
    JobKind { name: audits::JOB, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(audit(state, job)) },
];

async fn watch(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: WATCH, on_behalf_of: None, cause: job.cause });
    let (read, found) = look(&state.gov, &ctx).await?;
    let (lists, _) = index_lists(&state.gov, &ctx, PAGES_AT_ONCE).await?;
    Ok(format!("days {read}, new findings {found}, entries of lists {lists}"))
}

/// Reads what was written to the log since the last time and judges the days it touches, page by page: how many days, how many findings.
pub(crate) async fn look(gov: &Arc<kernel::Gov>, ctx: &kernel::Ctx) -> kernel::Result<(usize, usize)> {
    let mut after = gov.read(watch::begin_after).await?;
    let (mut days, mut found) = (BTreeSet::new(), 0);
    loop {
        let of = Arc::clone(gov);
        let page = gov
            .read(move |rx| {
                let book = of.cached::<Calendars>().book(rx)?;
                watch::read_page(rx, &book, after)
            })
            .await?;
        gov.write_each(ctx, page.seen, watch::keep).await?;
        found += judge(gov, ctx, &page.days).await?;
        days.extend(page.days);
        after = page.last;
        if after != Id::NIL {
            gov.write(ctx, move |tx| watch::reached(tx, after)).await?;
        }
        if !page.more {
            break;
        }
    }
    let today = kernel::unit::date_in(kernel::unit::Zone::default(), ctx.now());
    if let Ok(before) = today.checked_sub(jiff::Span::new().days(KEPT_DAYS)) {
        gov.write(ctx, move |tx| watch::forget(tx, before)).await?;
    }
    Ok((days.len(), found))
}

/// Judges days of accounts, some a transaction; says how many findings are new.
async fn judge(gov: &Arc<kernel::Gov>, ctx: &kernel::Ctx, days: &BTreeSet<(Id, Date)>) -> kernel::Result<usize> {
    let (all, mut found) = (days.iter().copied().collect::<Vec<_>>(), 0);
    for some in all.chunks(DAYS_AT_ONCE) {
        let some = some.to_vec();
        found += gov
            .write(ctx, move |tx| {
                let bounds = store::bounds(tx)?;
                let mut new = 0;
                for (account, day) in &some {
                    new += watch::judge(tx, *account, *day, &bounds)?;
                }
                Ok::<_, Error>(new)
            })
            .await?;
    }
    Ok(found)
}

/// Notes which persons stood on lists that were opened since the last time, some pages of the log; says how many entries it went through,
/// and whether settled ones are left.
pub(crate) async fn index_lists(gov: &kernel::Gov, ctx: &kernel::Ctx, pages: usize) -> kernel::Result<(usize, bool)> {
    let (mut seen, mut after) = (0, Id::NIL);
    for _ in 0..pages {
        let now = ctx.now();
        let found = gov.read(move |rx| lists::read(rx, now, after)).await?;
        seen += found.entries;
        after = found.last;
        gov.write_each(ctx, found.listed, lists::note).await?;
        gov.write_each(ctx, found.aid, |tx, aid: &Aid| aid.keep(tx)).await?;
        if found.moved {
            gov.write(ctx, move |tx| lists::reached(tx, found.through)).await?;
        }
        if !found.more {
            return Ok((seen, false));
        }
    }
    Ok((seen, true))
}

async fn audit(state: AppState, job: Job) -> Result<String, Failure> {
    let id = job.id_of("audit")?;
    let ctx = state.ctx(Actor::System { job: audits::JOB, on_behalf_of: job.on_behalf_of, cause: job.cause });
    let (gov, systems, working) = (Arc::clone(&state.gov), state.systems.clone(), ctx.clone());
    let witnesses = state.settings.witnesses.clone();
    let tables: Vec<&'static Table> =
        kernel::tables::all().chain(systems.iter().flat_map(|system| system.tables.iter().copied())).collect();
    let made = tokio::task::spawn_blocking(move || check(&gov, &working, id, tables, &witnesses)).await;
    match made.map_err(|error| Failure::Retry(error.to_string()))? {
        Ok(words) => Ok(words),
        Err(CannotCheck::Failed(error)) if !job.last_attempt => Err(error.into()),
        Err(error) => {
            state.gov.write(&ctx, move |tx| audits::end(tx, id, None, &[], &[])).await?;
            Err(Failure::Permanent(error.to_string()))
        }
    }
}

/// Goes through everything that is stored, page by page beside the server, and writes down what came of it.
fn check(
    gov: &Arc<kernel::Gov>,
    ctx: &kernel::Ctx,
    id: Id,
    tables: Vec<&'static Table>,
    witnesses: &[WitnessKey],
) -> Result<String, CannotCheck> {
    let db = gov.db();
    let (state, mut counts) = match db.read_now(|rx| audits::progress(rx, id))? {
        Some((state, counts)) => (Some(state), counts),
        None => (None, Vec::new()),
    };
    let plan = Plan {
        keys: gov.keys(),
        outside: Outside::new(&gov.settings().folder),
        tables,
        only: None,
        since: None,
        witnesses: witnesses.iter().map(|witness| witness.verifier.clone()).collect(),
        most: DIFFERENCES_MAX,
    };
    let mut audit = Audit::new(plan, db, state)?;
    let mut pages = 0_u32;
    while !audit.is_done() {
        let (stage, rows) = (audit.state().stage.clone(), audit.state().rows);
        audit.step(db)?;
        if let Stage::Rows { table, .. } = stage {
            add(&mut counts, table, audit.state().rows - rows);
        }
        pages += 1;
        if pages.is_multiple_of(NOTED_EVERY) {
            let (state, counts) = (audit.state().clone(), counts.clone());
            db.write_now(ctx, move |tx| audits::keep_progress(tx, id, &state, &counts))?;
        }
    }
    let state = audit.state().clone();
    let words = format!("rows {}, differences {}", state.rows, state.differences.len());
    let witnesses = db.read_now(|rx| audits::cosignatures(rx, gov.keys(), witnesses))?;
    db.write_now(ctx, move |tx| audits::end(tx, id, Some(&state), &counts, &witnesses))?;
    Ok(words)
}

fn add(counts: &mut Vec<Count>, table: String, rows: u64) {
    match counts.iter_mut().find(|count| count.table == table) {
        Some(count) => count.rows += rows,
        None => counts.push(Count { table, rows }),
    }
}
