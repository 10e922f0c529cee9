//! One application as its page says it: what was noticed, the answers, the people, the journey, who looked.

use indonesian::Finding;
use kernel::{
    Message,
    document::State as Letter,
    offering,
    party::{NikState, Person},
    schema::Answers,
};
use web::{
    Page,
    ui::{Notice, Tag, Timeline, Tone},
};

use super::{
    load::Whole,
    step::{self, Step},
    words::{self, DueWords},
};
use crate::{
    forms,
    model::form::Personal,
    rules::{Action, State},
    store::lists::Standing,
};

/// A labelled value, perhaps masked until it is asked for.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) small: String,
    pub(super) masked: bool,
    pub(super) tag: Option<Tag>,
    pub(super) files: Vec<FileLine>,
}

impl Fact {
    fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), small: String::new(), masked: false, tag: None, files: Vec::new() }
    }

    fn small(mut self, small: impl Into<String>) -> Self {
        self.small = small.into();
        self
    }

    const fn masked(mut self, masked: bool) -> Self {
        self.masked = masked;
        self
    }

    fn tagged(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }
}

pub(super) struct FileLine {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) size: String,
}

pub(super) struct StepLine {
    pub(super) href: String,
    pub(super) words: String,
    pub(super) class: &'static str,
    pub(super) direct: bool,
}

pub(super) struct TraceLine {
    pub(super) receipt: String,
    pub(super) time: String,
    pub(super) who: String,
    pub(super) what: String,
}

/// The page of an application.
pub(super) struct View {
    pub(super) case_id: kernel::Id,
    pub(super) href: String,
    pub(super) title: String,
    pub(super) code: String,
    pub(super) unit: String,
    pub(super) version: i64,
    pub(super) state: Tag,
    pub(super) due: DueWords,
    pub(super) received: String,
    pub(super) noticed: Vec<Notice>,
    pub(super) answers: Vec<Fact>,
    pub(super) people: Vec<Fact>,
    pub(super) files: Vec<FileLine>,
    pub(super) letter: Vec<Fact>,
    pub(super) has_letter: bool,
    pub(super) letter_words: String,
    pub(super) journey: Timeline,
    pub(super) traces: Vec<TraceLine>,
    /// In the bar: the expected one first, then what turns it down.
    pub(super) steps: Vec<StepLine>,
    /// Rarer ones.
    pub(super) more: Vec<StepLine>,
    pub(super) can_tell: bool,
    pub(super) told: Vec<String>,
    pub(super) revealed: bool,
    pub(super) has_masked: bool,
    pub(super) slip: bool,
}

pub(super) fn view(page: &Page, whole: &Whole) -> View {
    let case = &whole.dossier.case;
    let href = format!("/tugas/{}", case.id);
    let answers = answers(page, whole, &href);
    let people = people(page, whole);
    let has_masked = answers.iter().chain(&people).any(|fact| fact.masked);
    let (more, steps): (Vec<Step>, Vec<Step>) = step::offered(whole).into_iter().partition(|step| step.is_rare());
    let has_letter = whole.document.is_some() || matches!(whole.state, State::Checking);
    View {
        case_id: case.id,
        title: whole.dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&case.code),
        unit: whole.dossier.offer.unit.name.clone(),
        version: case.version,
        state: Tag::new(words::state_tone(&case.state), words::state(page, &case.state)),
        due: words::due(page, &whole.office, &case.due, case.on_time, page.now()),
        received: page.t2(
            "services-desk-received",
            "time",
            page.moment_short(case.received_at, page.now()),
            "channel",
            page.t(&format!("services-desk-channel-{}", case.channel)),
        ),
        noticed: noticed(page, whole),
        files: whole
            .attachments
            .iter()
            .filter(|file| file.field == "scan" || whole.dossier.offer.definition.field(&file.field).is_none())
            .map(|file| file_line(page, &href, file))
            .collect(),
        answers,
        people,
        letter: letter(page, whole),
        has_letter,
        letter_words: letter_words(page, whole),
        journey: journey(page, whole),
        traces: traces(page, whole),
        steps: step_lines(page, whole, steps),
        more: step_lines(page, whole, more).into_iter().chain(ask_again(page, whole)).collect(),
        can_tell: whole.at_counter || whole.standing.may_work(),
        told: whole
            .notices
            .iter()
            .filter(|notice| notice.person.is_some() || notice.post.is_none())
            .map(|notice| {
                let channel = page.t(&format!("services-desk-told-{}", notice.channel.as_str().replace('_', "-")));
                format!("{} · {channel}", page.moment_short(notice.created_at, page.now()))
            })
            .collect(),
        revealed: whole.revealed.is_some(),
        has_masked,
        slip: whole.at_counter,
        href,
    }
}

fn file_line(page: &Page, href: &str, file: &kernel::case::Attachment) -> FileLine {
    let name = if file.field == "scan" { page.t("services-desk-scan") } else { file.name.clone() };
    FileLine { href: format!("{href}/berkas/{}", file.id), name, size: page.size(file.size) }
}

// What was noticed ---------------------------------------------------------------------------------------------------

fn noticed(page: &Page, whole: &Whole) -> Vec<Notice> {
    let mut found = Vec::new();
    found.extend(identity(page, whole));
    found.extend(circumstances(page, whole));
    found.extend(hindrances(page, whole));
    found
}

/// The identity: a NIK that disagrees with the papers is told with its sum, a missing one with its reason.
fn identity(page: &Page, whole: &Whole) -> Option<Notice> {
    let subject = &whole.subject;
    let reason = if whole.dossier.application.identity_note.is_empty() {
        subject.nik_reason.clone().unwrap_or_default()
    } else {
        whole.dossier.application.identity_note.clone()
    };
    let told = if reason.is_empty() { String::new() } else { page.t1("services-desk-noted-reason", "reason", reason.as_str()) };
    match subject.nik_state {
        NikState::Ok => None,
        NikState::None => Some(
            Notice::new(Tone::Soon, page.t("services-desk-noted-no-nik"))
                .text(format!("{} {told}", page.t("services-desk-noted-no-nik-do"))),
        ),
        NikState::Odd => {
            let Some(cross) = whole.cross.as_ref().filter(|cross| cross.finding != Finding::Agrees) else {
                return Some(Notice::new(Tone::Soon, page.t("services-desk-noted-odd-nik")).text(told));
            };
            let title = match cross.finding {
                Finding::SexDiffers => "services-desk-noted-nik-sex",
                _ => "services-desk-noted-nik-date",
            };
            let born = subject.birth_date.map(indonesian::date_short).unwrap_or_default();
            let mut text = page.t2("services-desk-noted-nik-compare", "papers", born.as_str(), "nik", pairs(&cross.written).as_str());
            if let Some(sum) = cross.arithmetic {
                text.push(' ');
                let args = [("day", i64::from(sum.day).into()), ("sum", i64::from(sum.sum).into())];
                text.push_str(&page.tn("services-desk-noted-nik-sum", &args));
            }
            text.push(' ');
            text.push_str(&page.t1("services-desk-noted-nik-expected", "expected", pairs(&cross.expected).as_str()));
            Some(Notice::new(Tone::Soon, page.t(title)).text(format!("{text} {told}")))
        }
    }
}

/// "570381" as "57-03-81".
fn pairs(six: &str) -> String {
    six.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two).into_owned()).collect::<Vec<_>>().join("-")
}

fn circumstances(page: &Page, whole: &Whole) -> Vec<Notice> {
    let (application, case) = (&whole.dossier.application, &whole.dossier.case);
    let mut found = Vec::new();
    if let Some(period) = &whole.marked_in {
        let title = page.t1("services-desk-noted-election", "name", period.name.as_str());
        let text = page.t1("services-desk-noted-election-do", "until", page.date(period.until));
        found.push(Notice::new(Tone::Soon, title).text(text));
    }
    if !application.proxy_name.is_empty() {
        let basis = if application.proxy_basis.is_empty() { "–" } else { &application.proxy_basis };
        let text = page.t2("services-desk-noted-proxy-do", "name", application.proxy_name.as_str(), "basis", basis);
        found.push(Notice::new(Tone::Soon, page.t("services-desk-noted-proxy")).text(text));
    }
    if let Some(twin) = whole.twins.first() {
        let day = page.date_short(twin.received_at, page.now());
        let args = [("code", words::code(&twin.code).into()), ("day", day.into()), ("state", words::state(page, &twin.state).into())];
        let notice = Notice::new(Tone::Soon, page.t("services-desk-noted-twin")).text(page.tn("services-desk-noted-twin-do", &args));
        found.push(notice.more(web::ui::Html::link(&format!("/tugas/{}", twin.case_id), &page.t("services-desk-noted-twin-open"))));
    }
    let offering = &whole.dossier.offer.offering;
    if offering.state == offering::State::Withdrawn && !whole.state.is_final() {
        found.push(Notice::new(Tone::Wait, page.t("services-desk-noted-withdrawn")).text(page.t("services-desk-noted-withdrawn-do")));
    } else if offering.definition != case.definition && !whole.state.is_final() {
        found.push(Notice::new(Tone::Wait, page.t("services-desk-noted-edition")).text(page.t("services-desk-noted-edition-do")));
    }
    found
}

fn hindrances(page: &Page, whole: &Whole) -> Vec<Notice> {
    let application = &whole.dossier.application;
    let mut found = Vec::new();
    if !application.refusal.is_empty() {
        let title = if whole.state == State::Refused { "services-desk-noted-refused" } else { "services-desk-noted-returned" };
        found.push(Notice::new(Tone::Late, page.t(title)).text(application.refusal.replace('\n', " — ")));
    }
    if whole.state == State::Checking && whole.standing.may_work() && !step::second_eye(whole) {
        found.push(Notice::new(Tone::Wait, page.t("services-desk-noted-second")).text(page.t("services-second-person-needed")));
    }
    if let Some(now) = whole.ahead.first().filter(|desk| desk.vacant && whole.state != State::Incomplete && !whole.standing.may_work()) {
        let title = if now.title.is_empty() { page.t("services-desk-post-missing") } else { now.title.clone() };
        let text = page.t1("services-desk-noted-vacant-do", "post", title.as_str());
        found.push(Notice::new(Tone::Late, page.t("services-desk-noted-vacant")).text(text));
    }
    if let Some(document) = whole.document.as_ref().filter(|document| matches!(document.state, Letter::Revoked | Letter::Replaced)) {
        let title = if document.state == Letter::Revoked { "services-desk-noted-revoked" } else { "services-desk-noted-replaced" };
        found.push(Notice::new(Tone::Late, page.t(title)).text(document.reason.clone().unwrap_or_default()));
    }
    found
}

// Answers and people -------------------------------------------------------------------------------------------------

fn answers(page: &Page, whole: &Whole, href: &str) -> Vec<Fact> {
    let answers = forms::from_json(&whole.answers).unwrap_or_else(|_| Answers::default());
    let definition = &whole.dossier.offer.definition;
    let mut facts = Vec::new();
    for row in forms::rows(definition, &answers, page.lang()) {
        let shown = whole.revealed.is_some();
        let hidden = row.personal == Personal::Specific && !shown && !row.text.is_empty();
        let masked_text = words::without_numbers(&row.text);
        let masked = !shown && (hidden || masked_text != row.text);
        let value = if hidden {
            "••••••".to_owned()
        } else if shown {
            row.text.clone()
        } else {
            masked_text
        };
        let mut fact = Fact::new(row.label, value).masked(masked);
        fact.files = whole.attachments.iter().filter(|file| file.field == row.key).map(|file| file_line(page, href, file)).collect();
        if !(fact.value.is_empty() && fact.files.is_empty()) {
            facts.push(fact);
        }
    }
    facts
}

fn people(page: &Page, whole: &Whole) -> Vec<Fact> {
    let mut facts = vec![person(
        page,
        whole,
        &whole.subject,
        if whole.applicant.is_some() { "services-desk-subject" } else { "services-desk-applicant" },
    )];
    facts.extend(nik(page, whole));
    let masked = !whole.compares() && whole.revealed.is_none();
    facts.push(
        Fact::new(page.t("services-desk-born"), born(page, &whole.subject, masked)).masked(masked && whole.subject.birth_date.is_some()),
    );
    facts.push(
        Fact::new(page.t("services-desk-address"), address(page, &whole.subject, masked)).masked(masked && whole.subject.address.is_some()),
    );
    if let Some(revealed) = &whole.revealed {
        if let Some(kk) = &revealed.kk {
            facts.push(Fact::new(page.t("services-desk-kk"), kk.as_str()));
        }
        if let Some(phone) = &revealed.phone {
            facts.push(Fact::new(page.t("services-desk-phone"), phone.local()));
        }
    }
    if let Some(applicant) = &whole.applicant {
        facts.push(person(page, whole, applicant, "services-desk-applicant"));
    }
    for party in whole.parties.iter().filter(|party| !matches!(party.role.as_str(), "applicant" | "subject")) {
        let note = words::without_numbers(&party.note);
        facts.push(Fact::new(page.t(&format!("services-desk-role-{}", party.role)), party.name.clone()).small(note));
    }
    facts.push(introduction(page, whole));
    facts.retain(|fact| !fact.value.is_empty() || fact.tag.is_some());
    facts
}

fn person(page: &Page, whole: &Whole, person: &Person, label: &str) -> Fact {
    let unit = whole.dossier.offer.unit.id;
    let home = match person.unit {
        Some(home) if home == unit => page.t("services-desk-resident"),
        Some(_) => page.t("services-desk-not-resident"),
        None => page.t("services-desk-unregistered"),
    };
    Fact::new(page.t(label), person.name.clone()).small(home)
}

fn nik(page: &Page, whole: &Whole) -> Option<Fact> {
    let label = page.t("services-desk-nik");
    if let Some(nik) = whole.revealed.as_ref().and_then(|revealed| revealed.nik.as_ref()) {
        return Some(Fact::new(label, nik.as_str()).small(page.t("web-recorded")));
    }
    match whole.subject.nik_state {
        NikState::None => Some(Fact::new(label, "").tagged(Tag::new(Tone::Soon, page.t("services-desk-no-nik")))),
        _ => Some(Fact::new(label, whole.subject.masked_nik()).masked(true)),
    }
}

fn born(page: &Page, person: &Person, masked: bool) -> String {
    let parts = [
        person.birth_place.clone(),
        person.birth_date.map(|date| if masked { format!("•• •••• {}", date.year()) } else { page.date(date) }),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn address(page: &Page, person: &Person, masked: bool) -> String {
    let part = |word: &str, value: &Option<String>| {
        value
            .as_deref()
            .filter(|value| !value.is_empty())
            .map(|value| if word.is_empty() { value.to_owned() } else { format!("{word} {value}") })
    };
    let area = person.area.as_deref().map(|area| words::hamlet(page, area));
    let street = if masked { person.address.as_ref().map(|_| "••••••".to_owned()) } else { part("", &person.address) };
    let parts = [street, area.filter(|area| !area.is_empty()), part("RT", &person.rt), part("RW", &person.rw)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn introduction(page: &Page, whole: &Whole) -> Fact {
    let label = page.t("services-desk-introduction");
    let by =
        whole.introduction.as_ref().map(|(name, office, _)| if office.is_empty() { name.clone() } else { format!("{office} ({name})") });
    let by = by.unwrap_or_default();
    let tag = |tone, key: &str| Tag::new(tone, page.t1(key, "by", by.as_str()));
    match whole.dossier.application.introduction.as_str() {
        "given" => Fact::new(label, "").tagged(tag(Tone::Ok, "services-desk-introduction-given")),
        "paper" => Fact::new(label, "").tagged(Tag::new(Tone::Ok, page.t("services-desk-introduction-paper"))),
        "photo" => Fact::new(label, "").tagged(Tag::new(Tone::Ok, page.t("services-desk-introduction-photo"))),
        "waiting" => Fact::new(label, "").tagged(tag(Tone::Wait, "services-desk-introduction-waiting")),
        "declined" => Fact::new(label, "").tagged(tag(Tone::Late, "services-desk-introduction-declined")),
        _ => Fact::new(label, ""),
    }
}

// The letter ---------------------------------------------------------------------------------------------------------

fn letter(page: &Page, whole: &Whole) -> Vec<Fact> {
    let Some(document) = &whole.document else { return Vec::new() };
    let mut facts = Vec::new();
    if let Some(number) = &document.number {
        facts.push(Fact::new(page.t("services-desk-number"), number.as_str()));
    }
    let (tone, key) = match document.state {
        Letter::Draft => (Tone::Plain, "services-desk-letter-draft"),
        Letter::AwaitingScan => (Tone::Wait, "services-desk-letter-awaiting"),
        Letter::InForce => (Tone::Ok, "services-desk-letter-in-force"),
        Letter::Revoked => (Tone::Late, "services-desk-letter-revoked"),
        Letter::Replaced => (Tone::Late, "services-desk-letter-replaced"),
    };
    facts.push(Fact::new(page.t("services-desk-letter"), "").tagged(Tag::new(tone, page.t(key))));
    if let Some(until) = document.valid_until {
        facts.push(Fact::new(page.t("services-desk-valid"), page.date(until)));
    }
    facts
}

fn letter_words(page: &Page, whole: &Whole) -> String {
    let key = match whole.document.as_ref().map(|document| document.state) {
        None | Some(Letter::Draft) => "services-desk-letter-preview",
        Some(Letter::AwaitingScan) if whole.state == State::AwaitingScan => "services-desk-letter-print",
        Some(_) => "services-desk-letter-open",
    };
    page.t(key)
}

// The journey --------------------------------------------------------------------------------------------------------

fn journey(page: &Page, whole: &Whole) -> Timeline {
    let mut line = Timeline::new();
    for event in &whole.events {
        let key = format!("services-desk-event-{}", event.action.replace('_', "-"));
        let words = if event.action == "submit" {
            page.t(&format!("services-desk-event-submit-{}", whole.dossier.case.channel))
        } else {
            page.t(&key)
        };
        let note = event.note.replace('\n', " — ");
        let by = if note.is_empty() { event.actor_label.clone() } else { format!("{} “{note}”", event.actor_label).trim().to_owned() };
        line = line.past(page.moment_short(event.at, page.now()), words, by);
    }
    for (place, desk) in whole.ahead.iter().enumerate() {
        let words = desk_words(page, whole, desk, place == 0);
        let by = match whole.standing {
            Standing::OnePerson(_) if place == 0 => page.t1("services-desk-one-person", "holder", holder(page, desk)),
            _ => holder(page, desk),
        };
        line = if place == 0 && whole.state != State::Incomplete { line.now(words, by) } else { line.later(words, by) };
    }
    match whole.state {
        State::Ready => line.now(page.t("services-desk-now-ready"), ""),
        State::Done | State::Refused | State::Cancelled => line,
        _ => line.later(page.t("services-desk-later-hand-over"), ""),
    }
}

fn desk_words(page: &Page, whole: &Whole, desk: &super::load::Ahead, now: bool) -> String {
    let stage = desk.step.and_then(|step| whole.dossier.offer.definition.chain.get(step)).map(|step| step.state.as_str());
    let key = match (stage, now && whole.state != State::Incomplete) {
        (None, true) if whole.state == State::Introduction => "services-desk-now-introduction".to_owned(),
        (None, true) => "services-desk-now-scan".to_owned(),
        (None, false) => "services-desk-later-scan".to_owned(),
        (Some(stage), true) if matches!(whole.standing, Standing::Mine(_)) => format!("services-desk-now-{stage}-mine"),
        (Some(stage), true) => format!("services-desk-now-{stage}"),
        (Some(stage), false) => format!("services-desk-later-{stage}"),
    };
    page.t(&key)
}

/// "Kepala Desa — Plh. hari ini: Anda".
fn holder(page: &Page, desk: &super::load::Ahead) -> String {
    if desk.title.is_empty() {
        return page.t("services-desk-post-missing");
    }
    if desk.vacant {
        return page.t1("services-desk-post-vacant", "post", desk.title.as_str());
    }
    let who = if desk.mine { page.t("services-desk-you") } else { desk.holder.clone() };
    if desk.prefix.is_empty() {
        return format!("{} — {who}", desk.title);
    }
    page.tn(
        "services-desk-post-acting",
        &[("post", desk.title.as_str().into()), ("kind", desk.prefix.as_str().into()), ("who", who.into())],
    )
}

fn traces(page: &Page, whole: &Whole) -> Vec<TraceLine> {
    let known = [
        "services.application.opened",
        "services.application.submitted",
        "services.application.moved",
        "services.letter.opened",
        "services.letter.voided",
        "services.letter.revoked",
        "services.letter.replaced",
        "services.letter.compared",
        "services.letter.downloaded",
        "services.slip.printed",
        "services.file.opened",
        "services.introduction.renewed",
        "kernel.person.revealed",
        "kernel.notice.manual",
    ];
    let line = |trace: &crate::store::lists::Trace| {
        let key = if known.contains(&trace.action.as_str()) { trace.action.replace(['.', '_'], "-") } else { "other".to_owned() };
        let key = key.trim_start_matches("services-").trim_start_matches("kernel-").to_owned();
        let who = match (trace.actor_kind.as_str(), trace.name.is_empty()) {
            ("account", false) if trace.post.is_empty() => trace.name.clone(),
            ("account", false) => format!("{} ({})", trace.name, trace.post),
            ("link", _) => page.t("services-desk-trace-by-link"),
            ("system", _) => page.t("services-desk-trace-by-system"),
            _ => page.t("services-desk-trace-by-public"),
        };
        let receipt = format!("/log/proof/{}", trace.entry);
        TraceLine { receipt, time: page.moment_short(trace.at, page.now()), who, what: page.t(&format!("services-desk-trace-{key}")) }
    };
    whole.traces.iter().map(line).collect()
}

// What can be done ---------------------------------------------------------------------------------------------------

/// The link to the neighbour, made anew by the counter.
fn ask_again(page: &Page, whole: &Whole) -> Option<StepLine> {
    let waits = whole.state == State::Introduction && whole.dossier.application.introduction == "waiting";
    (waits && whole.at_counter).then(|| StepLine {
        href: format!("/tugas/{}/pengantar", whole.dossier.case.id),
        words: page.t("services-desk-renew"),
        class: "btn quiet",
        direct: false,
    })
}

fn step_lines(page: &Page, whole: &Whole, steps: Vec<Step>) -> Vec<StepLine> {
    let line = |(place, step): (usize, Step)| StepLine {
        href: step.href(whole.dossier.case.id),
        words: words_of(page, whole, step),
        class: if step.is_dangerous() {
            "btn danger"
        } else if place == 0 && !step.is_rare() {
            "btn"
        } else {
            "btn quiet"
        },
        direct: step.is_direct(),
    };
    steps.into_iter().enumerate().map(line).collect()
}

/// A step named by its effect; the work of a desk as the service's definition names it.
pub(super) fn words_of(page: &Page, whole: &Whole, step: Step) -> String {
    if let Step::Act(Action::Check | Action::Initial | Action::Sign | Action::Acknowledge) = step {
        let place = usize::try_from(whole.dossier.case.step).unwrap_or(0);
        if let Some(desk) = whole.dossier.offer.definition.chain.get(place) {
            return desk.action.in_language(page.lang()).to_owned();
        }
    }
    page.t(&format!("services-desk-step-{}", step.word()))
}

/// What the person is told after a step.
pub(super) fn done(step: Step, post: &str, state: &str) -> Message {
    let key = match step {
        Step::Act(Action::Return) => "services-desk-done-return",
        Step::Act(Action::Refuse) => "services-desk-done-refuse",
        Step::Act(Action::Cancel) => "services-desk-done-cancel",
        Step::Act(Action::RegisterScan) => "services-desk-done-scan",
        Step::Act(Action::HandOver) => "services-desk-done-hand-over",
        Step::Act(Action::SendBack) => "services-desk-done-send-back",
        Step::Act(Action::Sign) if state == "awaiting_scan" => "services-desk-done-sign",
        Step::Void => "services-desk-done-void",
        Step::Revoke => "services-desk-done-revoke",
        Step::Replace => "services-desk-done-replace",
        Step::Act(_) if post.is_empty() => "services-desk-done-saved",
        Step::Act(_) => "services-desk-done-forward",
    };
    Message::new(key).arg("post", post)
}
