use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;

use super::*;
use crate::{
    Id, NewEntry, Tx,
    db::Meta,
    jobs::{JobState, NewJob},
    outbox::{Event, once},
    testing::Home,
};

/// What one test's handlers saw and how often they shall fail.
#[derive(Clone)]
struct Office {
    home: Home,
    seen: Arc<Mutex<Vec<String>>>,
    failures: Arc<AtomicUsize>,
}

impl Host for Office {
    fn db(&self) -> &Db {
        &self.home.db
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        self.home.ctx(actor)
    }
}

impl Office {
    fn see(&self, what: impl Into<String>) {
        self.seen.lock().unwrap().push(what.into());
    }

    fn seen(&self) -> MutexGuard<'_, Vec<String>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fails(&self) -> bool {
        self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

const HANDLERS: &[Handler<Office>] = &[
    Handler { name: "test.note", topics: &["case.moved"], run: |office, event| Box::pin(note(office, event)) },
    Handler { name: "test.count", topics: &["case.counted"], run: |office, event| Box::pin(count(office, event)) },
    Handler { name: "test.panic", topics: &["case.broken"], run: |_, _| Box::pin(async { panic!("a fault in a handler") }) },
];
const JOBS: &[JobKind<Office>] = &[
    JobKind { name: "test.work", attempts_max: 3, every_minutes: None, run: |office, job| Box::pin(work(office, job)) },
    JobKind { name: "test.daily", attempts_max: 3, every_minutes: Some(24 * 60), run: |office, job| Box::pin(work(office, job)) },
    JobKind { name: "test.long", attempts_max: 3, every_minutes: None, run: |_, _| Box::pin(std::future::pending()) },
];

async fn note(office: Office, event: Event) -> Result<(), Failure> {
    if office.fails() {
        return Err(Failure::Retry("the other side is away".into()));
    }
    office.see(format!("{}", event.body["step"]));
    Ok(())
}

/// Writes through `once`, then is cut off: the write and the completion have committed together.
async fn count(office: Office, event: Event) -> Result<(), Failure> {
    let ctx = office.ctx(Actor::System { job: "test.count", on_behalf_of: None, cause: Some(event.entry) });
    let first = office.db().write(&ctx, move |tx| once(tx, "test.count", event.id)).await?;
    office.see(if first { "first" } else { "again" });
    Err(Failure::Retry("cut off after the commit".into()))
}

async fn work(office: Office, job: Job) -> Result<String, Failure> {
    if office.fails() {
        return Err(Failure::Retry("not yet".into()));
    }
    office.see(job.kind);
    Ok("3 rows".into())
}

fn office() -> (Office, Runner<Office>) {
    let home = Home::new(Meta { subscriptions: outbox::subscriptions(HANDLERS), ..Meta::default() });
    let office = Office { home, seen: Arc::default(), failures: Arc::default() };
    (office.clone(), Runner::new(office, HANDLERS, JOBS))
}

fn announce(office: &Office, topic: &'static str, case_id: Option<Id>, step: i64) {
    let ctx = office.home.machine();
    let write = move |tx: &mut Tx<'_>| {
        tx.emit(topic, case_id, &json!({ "step": step }));
        Ok::<_, Error>(())
    };
    office.home.write_now(&ctx, write).unwrap();
    office.home.pass(SignedDuration::from_millis(5));
}

fn queue(office: &Office, kind: &'static str) -> Id {
    office.home.write_now(&office.home.machine(), move |tx| jobs::add(tx, NewJob::new(kind, json!({ "n": 1 })))).unwrap()
}

fn state(office: &Office, id: Id) -> JobState {
    let now = office.home.now();
    office.home.read_now(move |rx| jobs::one(rx, id, now)).unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_case_are_told_in_order_and_removed() {
    let (office, runner) = office();
    let case = Id::from_bytes([1; 16]);
    for step in 1..=5 {
        announce(&office, "case.moved", Some(case), step);
    }
    assert_eq!(runner.drain().await.unwrap(), 5);
    assert_eq!(*office.seen(), ["1", "2", "3", "4", "5"]);
    assert_eq!(office.home.count("select count(*) from kernel_outbox"), 0);
    assert_eq!(office.home.count("select count(*) from kernel_delivery"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_holds_back_only_its_own_case() {
    let (office, runner) = office();
    let (first, second) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
    office.failures.store(1, Ordering::SeqCst);
    announce(&office, "case.moved", Some(first), 1);
    runner.drain().await.unwrap();
    announce(&office, "case.moved", Some(first), 2);
    announce(&office, "case.moved", Some(second), 3);
    runner.drain().await.unwrap();
    assert_eq!(*office.seen(), ["3"]);
    office.home.pass(SignedDuration::from_secs(10));
    runner.drain().await.unwrap();
    assert_eq!(*office.seen(), ["3", "1", "2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_delivery_waits_for_an_administrator() {
    let (office, runner) = office();
    announce(&office, "case.broken", None, 1);
    for _ in 0..outbox::ATTEMPTS_MAX {
        runner.drain().await.unwrap();
        office.home.pass(SignedDuration::from_hours(2));
    }
    let dead = office.home.read_now(|rx| outbox::dead(rx, 10)).unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, outbox::ATTEMPTS_MAX));
    assert!(dead[0].error.contains("broke off"), "{}", dead[0].error);
    let event = dead[0].event;
    let ctx = office.home.machine();
    office.home.write_now(&ctx, move |tx| outbox::retry(tx, event, "test.panic")).unwrap();
    assert_eq!(runner.drain().await.unwrap(), 1);
    assert_eq!(office.home.read_now(outbox::backlog).unwrap(), (1, 0));
    let refused = office.home.write_now(&ctx, move |tx| outbox::discard(tx, event, "test.panic"));
    assert!(matches!(refused, Err(Error::Missing)), "only the dead are discarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_delivery_lets_its_case_go_on() {
    let (office, runner) = office();
    let case = Id::from_bytes([1; 16]);
    office.failures.store(usize::try_from(outbox::ATTEMPTS_MAX).unwrap(), Ordering::SeqCst);
    announce(&office, "case.moved", Some(case), 1);
    announce(&office, "case.moved", Some(case), 2);
    for _ in 0..=outbox::ATTEMPTS_MAX {
        runner.drain().await.unwrap();
        office.home.pass(SignedDuration::from_hours(2));
    }
    assert!(office.seen().is_empty(), "the order is kept behind a dead delivery");
    let event = office.home.read_now(|rx| outbox::dead(rx, 10)).unwrap()[0].event;
    office.home.write_now(&office.home.machine(), move |tx| outbox::discard(tx, event, "test.note")).unwrap();
    runner.drain().await.unwrap();
    assert_eq!(*office.seen(), ["2"]);
    assert_eq!(office.home.count("select count(*) from kernel_entry where action = 'kernel.delivery.discarded'"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_through_once_is_not_done_twice() {
    let (office, runner) = office();
    announce(&office, "case.counted", None, 1);
    runner.drain().await.unwrap();
    office.home.pass(SignedDuration::from_hours(2));
    assert_eq!(runner.drain().await.unwrap(), 0);
    assert_eq!(*office.seen(), ["first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_of_a_dead_process_runs_out() {
    let (office, runner) = office();
    announce(&office, "case.moved", None, 1);
    let lease = after(office.home.now(), SignedDuration::from_secs(120));
    let ctx = office.home.machine();
    let taken = office.home.write_now(&ctx, move |tx| outbox::take(tx, lease, 10)).unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!(runner.drain().await.unwrap(), 0);
    office.home.pass(SignedDuration::from_secs(121));
    assert_eq!(runner.drain().await.unwrap(), 1);
    assert_eq!(*office.seen(), ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_retried_and_says_what_came_of_it() {
    let (office, runner) = office();
    office.failures.store(1, Ordering::SeqCst);
    let id = queue(&office, "test.work");
    runner.drain().await.unwrap();
    assert_eq!(state(&office, id), JobState::Waiting);
    office.home.pass(SignedDuration::from_secs(10));
    runner.drain().await.unwrap();
    let now = office.home.now();
    let view = office.home.read_now(move |rx| jobs::one(rx, id, now)).unwrap();
    assert_eq!((view.state, view.attempts, view.result.as_deref()), (JobState::Done, 2, Some("3 rows")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_too_often_is_dead_until_retried() {
    let (office, runner) = office();
    office.failures.store(3, Ordering::SeqCst);
    let id = queue(&office, "test.work");
    for _ in 0..4 {
        runner.drain().await.unwrap();
        office.home.pass(SignedDuration::from_hours(2));
    }
    assert_eq!(state(&office, id), JobState::Dead);
    office.home.write_now(&office.home.machine(), move |tx| jobs::retry(tx, id)).unwrap();
    runner.drain().await.unwrap();
    assert_eq!(state(&office, id), JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeating_job_comes_back() {
    let (office, runner) = office();
    queue(&office, "test.daily");
    runner.drain().await.unwrap();
    assert_eq!(runner.drain().await.unwrap(), 0);
    office.home.pass(SignedDuration::from_hours(24));
    assert_eq!(runner.drain().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_job_that_has_not_begun_can_be_cancelled() {
    let (office, _) = office();
    let id = queue(&office, "test.work");
    let ctx = office.home.machine();
    office.home.write_now(&ctx, move |tx| jobs::cancel(tx, id)).unwrap();
    assert_eq!(state(&office, id), JobState::Cancelled);
    let error = office.home.write_now(&ctx, move |tx| jobs::cancel(tx, id)).unwrap_err();
    assert!(matches!(error, Error::Refused(message) if message.key == "job-already-begun"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stop_gives_leases_back_and_the_waker_starts_work() {
    let (office, runner) = office();
    let pace = Pace { poll: Duration::from_secs(3_600), grace: Duration::from_millis(20), ..Pace::default() };
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(runner.pace(pace).run(stopped));
    let long = queue(&office, "test.long");
    announce(&office, "case.moved", None, 7);
    let busy = async {
        while office.seen().len() < 2 || state(&office, long) != JobState::Running {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), busy).await.expect("woken without the timer");
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(20), running).await.expect("the runner ends").unwrap();
    let now = office.home.now();
    let view = office.home.read_now(move |rx| jobs::one(rx, long, now)).unwrap();
    assert_eq!((view.state, view.attempts), (JobState::Waiting, 0));
}

#[test]
fn pauses_grow_to_an_hour() {
    let ctx = Home::new(Meta::default()).machine();
    let pauses: Vec<i64> = (1..=14).map(|attempt| pause(&ctx, attempt).as_secs()).collect();
    assert!((5..=7).contains(&pauses[0]) && (10..=13).contains(&pauses[1]), "{pauses:?}");
    assert!(pauses.iter().all(|seconds| *seconds <= 4_600), "{pauses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn housekeeping_removes_what_ran_out() {
    let (office, _) = office();
    let ctx = office.home.machine();
    let write = |tx: &mut Tx<'_>| {
        tx.entry(NewEntry::new("test"));
        jobs::add(tx, NewJob::new("test.work", json!({}))).map(drop)
    };
    office.home.write_now(&ctx, write).unwrap();
    let runner = Runner::new(office.clone(), HANDLERS, [JOBS[0], housekeeping()]);
    runner.drain().await.unwrap();
    office.home.pass(SignedDuration::from_hours(24 * 31));
    let done = tidy(office.clone()).await.unwrap();
    assert_eq!(done, "drafts 0, jobs 1, events 0");
}
