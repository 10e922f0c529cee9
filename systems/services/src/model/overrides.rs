//! What a unit that adopts a service may change, and the service as that unit offers it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chain::{Office, Stage, Step, UnitKind};
use super::form::{Field, Section};
use super::template::Paper;
use super::{Definition, IntroductionMode, Problem, SigningMode, Text};

/// A unit's own settings of a service; what is absent follows the definition. Kept as JSON with the offering.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<IntroductionMode>,
    /// One person may take in and check the same case; otherwise two must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_person: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// Office that signs instead of the one in the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer_office: Option<Office>,
    /// Requirements of this unit beside the standard's: papers, asked for as files by [`demanding`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_requirements: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing: Option<SigningMode>,
}

impl Overrides {
    /// Reads overrides as they are kept.
    ///
    /// # Errors
    /// A [`Problem`] if the text is not the JSON of overrides.
    pub fn from_json(json: &str) -> Result<Overrides, Problem> {
        serde_json::from_str(json).map_err(|error| Problem::new("overrides", error.to_string(), "set the unit's choices again"))
    }

    /// The JSON kept with the offering.
    pub fn to_json(&self) -> String {
        #[expect(clippy::expect_used, reason = "every key is a string and no Serialize here can fail")]
        serde_json::to_string(self).expect("overrides are JSON")
    }

    /// What is wrong with these choices for a unit of `kind`; empty when they may be kept.
    pub fn problems(&self, definition: &Definition, kind: UnitKind) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(mode) = self.introduction
            && !definition.introduction.allowed.contains(&mode)
        {
            problems.push(Problem::new(
                "introduction",
                "is a way this service does not allow",
                "choose one of the ways listed in the definition",
            ));
        }
        if let Some(mode) = self.signing {
            if !definition.signing.allowed.contains(&mode) {
                problems.push(Problem::new(
                    "signing",
                    "is a way this service does not allow",
                    "choose one of the ways listed in the definition",
                ));
            } else if !mode.available() {
                problems.push(Problem::new(
                    "signing",
                    "cannot be chosen: this installation has no certified signing service yet",
                    "keep the wet signature",
                ));
            }
        }
        if let Some(office) = self.signer_office
            && !offered_signers(kind).contains(&office)
        {
            problems.push(Problem::new(
                "signer_office",
                format!("{office} is no signing office of this kind of unit"),
                "choose the head or the secretary",
            ));
        }
        for (place, text) in self.extra_requirements.iter().enumerate() {
            if text.id.trim().is_empty() || text.en.trim().is_empty() {
                problems.push(Problem::new(
                    format!("extra_requirements[{place}]"),
                    "lacks one of its two languages",
                    "write it in Indonesian and in English",
                ));
            }
        }
        problems
    }
}

fn offered_signers(kind: UnitKind) -> &'static [Office] {
    match kind {
        UnitKind::Regency => &[Office::Bupati, Office::Sekda],
        _ => &[Office::Kepala, Office::Sekretaris],
    }
}

/// The section of the requirements a unit adds.
const OWN_SECTION: &str = "syarat_setempat";

/// The service with the unit's own requirements as questions for a file each: demanded of whoever applies now.
#[must_use]
pub fn demanding(definition: Arc<Definition>, overrides: &Overrides) -> Arc<Definition> {
    with_own(definition, overrides, true)
}

/// The same for an application that runs already: shown and taken, never demanded of somebody who applied before.
#[must_use]
pub fn taking(definition: Arc<Definition>, overrides: &Overrides) -> Arc<Definition> {
    with_own(definition, overrides, false)
}

fn with_own(definition: Arc<Definition>, overrides: &Overrides, required: bool) -> Arc<Definition> {
    if overrides.extra_requirements.is_empty() {
        return definition;
    }
    let field = |text: &Text| Field { required, ..Field::file(own_key(text), text.clone()) };
    let mut own = Definition::clone(&definition);
    own.sections.retain(|section| section.key != OWN_SECTION);
    own.sections.push(Section {
        key: OWN_SECTION.to_owned(),
        title: Text { id: "Syarat tambahan kantor ini".to_owned(), en: "What this office asks for besides".to_owned() },
        intro: Some(Text {
            id: "Foto atau pindai surat aslinya. Di loket cukup diperlihatkan.".to_owned(),
            en: "A photo or scan of the original. At the counter it is enough to show it.".to_owned(),
        }),
        fields: overrides.extra_requirements.iter().map(field).collect(),
    });
    Arc::new(own)
}

/// The same words are the same question, whatever stands before them in the list.
fn own_key(text: &Text) -> String {
    let digest = Sha256::digest(text.id.trim().as_bytes());
    digest[..4].iter().fold("syarat_".to_owned(), |key, byte| format!("{key}{byte:02x}"))
}

/// A service as a unit offers it: the definition under the unit's own choices.
#[derive(Clone, Copy, Debug)]
pub struct Offered<'a> {
    pub definition: &'a Definition,
    pub overrides: &'a Overrides,
    pub kind: UnitKind,
}

impl<'a> Offered<'a> {
    /// How an introduction is given here.
    pub fn introduction(&self) -> IntroductionMode {
        self.overrides.introduction.unwrap_or(self.definition.introduction.mode)
    }

    /// Whether whoever took the case in may check it too.
    pub fn one_person(&self) -> bool {
        self.overrides.one_person.unwrap_or(false)
    }

    pub fn paper(&self) -> Paper {
        self.overrides.paper.unwrap_or(self.definition.letter.paper)
    }

    /// The way of signing; a way this build cannot do falls back to the wet signature.
    pub fn signing(&self) -> SigningMode {
        let mode = self.overrides.signing.unwrap_or(self.definition.signing.mode);
        if mode.available() { mode } else { SigningMode::Wet }
    }

    /// The steps of the chain, in order, with the offices to try at each.
    pub fn steps(&self) -> impl Iterator<Item = (&'a Step, Vec<Office>)> {
        let (overrides, kind) = (self.overrides, self.kind);
        self.definition.chain.iter().map(move |step| {
            let own = overrides.signer_office.filter(|_| step.state == Stage::Signing);
            (step, own.map_or_else(|| step.offices_in(kind).to_vec(), |office| vec![office]))
        })
    }
}
