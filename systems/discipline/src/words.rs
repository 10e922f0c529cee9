//! Words for what is stored as keys.

use web::{
    Page,
    ui::{Tag, Tone},
};

use crate::model::{Dossier, State};

/// Where a case stands.
pub(crate) fn state(page: &Page, word: &str) -> Tag {
    let tone = match State::parse(word) {
        Some(State::Answering | State::Investigating) => Tone::Wait,
        Some(State::InForce | State::Appealed) => Tone::Soon,
        Some(State::Final) => Tone::Late,
        Some(State::Dismissed | State::Withdrawn) => Tone::Ok,
        None => Tone::Plain,
    };
    let word = if State::parse(word).is_some() { word } else { "answering" };
    Tag::new(tone, page.t(&format!("discipline-state-{}", word.replace('_', "-"))))
}

/// What was decided; nothing before.
pub(crate) fn measure(page: &Page, word: &str) -> String {
    if word.is_empty() { String::new() } else { page.t(&format!("discipline-measure-{word}")) }
}

/// One piece of paper of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
    /// The decree or letter behind it; empty where the number is written by hand.
    pub(crate) decree: String,
}

/// The papers that a case has brought forth so far, the newest first: what is printed, signed and handed over.
pub(crate) fn papers(page: &Page, dossier: &Dossier, label: &str) -> Vec<Paper> {
    let day = |at: Option<jiff::Timestamp>| at.map_or_else(|| page.t("discipline-no-limit"), |at| page.day(at));
    let said = |key: &str| {
        page.tn(
            key,
            &[
                ("who", label.into()),
                ("basis", dossier.basis.as_str().into()),
                ("decree", dossier.decree.as_str().into()),
                ("answer", day(dossier.answer_until).into()),
                ("appeal", day(dossier.appeal_until).into()),
                ("until", day(dossier.restricted_until).into()),
            ],
        )
    };
    let mut papers = Vec::new();
    if !dossier.restored_by.is_empty() {
        papers.push(Paper {
            title: page.t("discipline-paper-restored"),
            paragraphs: vec![said("discipline-paper-restored-text")],
            decree: dossier.restored_by.clone(),
        });
    }
    if !dossier.appeal_result.is_empty() {
        let result = format!("discipline-paper-appeal-{}", dossier.appeal_result);
        let paragraphs = vec![said(&result), dossier.appeal_ground.clone().unwrap_or_default()];
        papers.push(Paper { title: page.t("discipline-paper-appeal"), paragraphs, decree: dossier.appeal_decree.clone() });
    }
    if let (Some(measure), Some(_)) = (dossier.measure, dossier.decided_at) {
        let mut paragraphs = vec![said(&format!("discipline-paper-{}-text", measure.key())), dossier.ground.clone().unwrap_or_default()];
        if dossier.appeal_until.is_some() {
            paragraphs.push(said("discipline-paper-rights"));
        }
        papers.push(Paper { title: page.t(&format!("discipline-paper-{}", measure.key())), paragraphs, decree: dossier.decree.clone() });
    }
    if !dossier.investigation.is_empty() {
        let mut paragraphs = vec![said("discipline-paper-investigation-text")];
        paragraphs.extend(dossier.finding.clone());
        papers.push(Paper { title: page.t("discipline-paper-investigation"), paragraphs, decree: dossier.investigation.clone() });
    }
    let paragraphs = vec![said("discipline-paper-notice-text"), dossier.allegation.clone(), said("discipline-paper-notice-rights")];
    papers.push(Paper { title: page.t("discipline-paper-notice"), paragraphs, decree: String::new() });
    papers
}
