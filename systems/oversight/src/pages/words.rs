//! Findings, states and audits in words.

use kernel::text::Arg;
use web::{
    Voice,
    ui::{Tag, Tone},
};

use crate::model::{Cosignature, Finding, Outcome, Rule, State};

/// What a rule looks for.
pub(super) fn rule(voice: &Voice, rule: Rule) -> String {
    voice.t(&format!("oversight-rule-{}", rule.as_str()))
}

/// What the follow-up of a finding is called: the rule and the day, nobody's name.
pub(super) fn subject(voice: &Voice, finding: &Finding) -> String {
    format!("{} · {}", rule(voice, finding.rule), voice.date(finding.day))
}

/// Why a finding is there, with its arithmetic: "214 orang dibuka pada Minggu, 15 November 2026; biasanya 9,2 sehari".
pub(super) fn why(voice: &Voice, finding: &Finding) -> String {
    let mut sentences = vec![voice.tn(
        &format!("oversight-why-{}", finding.rule.as_str()),
        &[("n", finding.value.into()), ("day", voice.date_long(finding.day).into())],
    )];
    if matches!(finding.rule, Rule::Volume | Rule::ClosedDay | Rule::AfterHours) {
        sentences.extend(compared(voice, finding));
    }
    sentences.push(voice.t1("oversight-why-bound", "n", finding.bound));
    sentences.join(" ")
}

fn compared(voice: &Voice, finding: &Finding) -> Vec<String> {
    let mut said = Vec::new();
    match finding.usual_tenths {
        Some(tenths) => {
            let args: [(&str, Arg); 2] = [("usual", voice.tenths(tenths).into()), ("days", finding.usual_days.into())];
            said.push(voice.tn("oversight-why-usual", &args));
        }
        None => said.push(voice.t("oversight-why-no-history")),
    }
    if let Some(tenths) = finding.peers_tenths {
        said.push(voice.t1("oversight-why-peers", "usual", voice.tenths(tenths)));
    }
    said
}

/// A state as a tag.
pub(super) fn state(voice: &Voice, state: State) -> Tag {
    let tone = match state {
        State::Open | State::Answered => Tone::Soon,
        State::Asked => Tone::Wait,
        State::Explained => Tone::Ok,
        State::Violation => Tone::Late,
        State::Dismissed => Tone::Plain,
    };
    Tag::new(tone, voice.t(&format!("oversight-state-{}", state.as_str())))
}

/// How an audit ended, as a tag.
pub(super) fn outcome(voice: &Voice, outcome: Outcome) -> Tag {
    let (tone, key) = match outcome {
        Outcome::Waiting => (Tone::Wait, "oversight-audit-waiting"),
        Outcome::Sound => (Tone::Ok, "oversight-audit-sound"),
        Outcome::Unsound => (Tone::Late, "oversight-audit-unsound"),
        Outcome::Failed => (Tone::Late, "oversight-audit-failed"),
    };
    Tag::new(tone, voice.t(key))
}

/// The word of what a witness's signature is worth, in text keys.
pub(crate) fn worth_key(one: &Cosignature) -> &'static str {
    match one.worth.as_str() {
        "holds" => "holds",
        "no-key" => "no-key",
        "forged" => "forged",
        "other-tree" => "other-tree",
        "nothing" | "silent" => "silent",
        _ => "unchecked",
    }
}

/// "Terverifikasi", "Tidak cocok", "Tidak dapat diperiksa".
pub(crate) fn worth_tag(one: &Cosignature) -> &'static str {
    match worth_key(one) {
        "holds" => "oversight-witness-is-verified",
        "forged" | "other-tree" => "oversight-witness-is-wrong",
        "silent" => "oversight-witness-is-silent",
        _ => "oversight-witness-is-unknown",
    }
}

/// How that looks.
pub(crate) fn worth_tone(one: &Cosignature) -> Tone {
    match worth_key(one) {
        "holds" => Tone::Ok,
        "forged" | "other-tree" => Tone::Late,
        _ => Tone::Soon,
    }
}

/// Why.
pub(crate) fn worth_why(one: &Cosignature) -> String {
    format!("oversight-witness-why-{}", worth_key(one))
}
