//! What goes over the wire. Names here are a promise to other programs; the domain may change behind them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::{IntoParams, ToSchema};

use crate::model::Text;

mod examples;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    pub id: String,
    pub en: String,
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Self { id: text.id.clone(), en: text.en.clone() }
    }
}

/// A unit of government.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitRef {
    /// Its name in addresses.
    pub slug: String,
    pub name: String,
    /// `kecamatan`, `desa`, `kelurahan`, `nagari`, `opd`.
    pub kind: String,
}

/// Units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Units::example)]
pub struct Units {
    pub items: Vec<UnitRef>,
}

/// Which services to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CatalogueQuery {
    /// Slug of a unit.
    pub unit: Option<String>,
    /// Words people use for it; typing errors are forgiven.
    pub q: Option<String>,
    /// The event in life: `usaha`, `keluarga`, `kependudukan`, `sosial`, `keamanan`, `pendidikan`.
    pub group: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// Which units to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnitQuery {
    /// A name, as people type it.
    pub q: Option<String>,
}

/// Services at units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Catalogue::example)]
pub struct Catalogue {
    pub items: Vec<CatalogueItem>,
    /// Send it back as `after` for the next page; absent at the end.
    pub next: Option<String>,
}

/// A service at a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueItem {
    pub service: String,
    pub unit: UnitRef,
    pub title: Words,
    pub summary: Words,
    pub group: String,
    /// Where its standard and form are.
    pub href: String,
}

/// A service at a unit: its published standard, its form, its clock, and how it went in truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = Service::example)]
pub struct Service {
    pub service: String,
    pub unit: UnitRef,
    pub title: Words,
    pub summary: Words,
    pub group: String,
    /// `open` or `withdrawn`.
    pub state: String,
    /// SHA-256 of the definition: an application keeps the edition it began with.
    pub edition: String,
    pub standard: Standard,
    pub clock: Clock,
    pub introduction: Introduction,
    /// Whether somebody with a power of attorney may apply.
    pub proxy: bool,
    /// `applicant` or `relative`: whom the letter may be about.
    pub subject: String,
    /// JSON Schema 2020-12 of `answers`.
    #[schema(value_type = Object)]
    pub form: Json,
    pub figures: Figures,
}

/// Standar pelayanan (UU 25/2009 Pasal 21, PermenPANRB 15/2014): what is published of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standard {
    /// An example nobody has set by decree yet.
    pub typical: bool,
    pub decree: String,
    pub requirements: Vec<Requirement>,
    pub steps: Vec<Words>,
    pub time: Words,
    /// Whole rupiah; 0 is free.
    pub cost_rupiah: u64,
    pub cost: Words,
    pub product: Words,
    pub complaints: Words,
    pub legal_basis: Vec<String>,
}

/// Something the applicant brings or tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Requirement {
    pub text: Words,
    /// The field of the form that takes the upload.
    pub field: Option<String>,
}

/// How long the office may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// `working_days`, `clock_hours`, `service_minutes` or `none`.
    pub kind: String,
    pub amount: Option<u32>,
    /// `receipt` or `complete`.
    pub starts: String,
}

/// Pengantar RT or kepala dusun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Introduction {
    /// `none`, `photo` or `link`.
    pub mode: String,
    pub from: Words,
}

/// The last twelve months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    pub closed: i64,
    pub on_time: i64,
    pub refused: i64,
    pub on_time_percent: Option<i64>,
    /// From receipt to closing.
    pub minutes_average: Option<i64>,
}

/// A person as an application names one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Person {
    pub name: String,
    /// 16 digits; empty when there is none, then `nik_reason` says why.
    pub nik: String,
    /// Why the NIK is missing or unlike the birth date and sex.
    pub nik_reason: String,
    pub birth_place: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// `male` or `female`.
    pub sex: String,
    pub address: String,
    pub rt: String,
    pub rw: String,
    pub occupation: String,
    pub religion: String,
    pub marital: String,
    pub nationality: String,
}

/// Somebody with a power of attorney (kuasa).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Proxy {
    pub name: String,
    /// The paper that gives the power.
    pub basis: String,
}

/// How the introduction comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Introduced {
    /// Id of an upload: a photo of the paper.
    pub photo: String,
    /// The paper was shown to the operator who sends this.
    pub paper: bool,
    /// Who is to confirm by link.
    pub name: String,
    /// "Ketua RT 03".
    pub office: String,
}

/// A new application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = NewApplication::example)]
pub struct NewApplication {
    pub applicant: Person,
    /// Whom the letter is about, when not the applicant.
    pub subject: Option<Person>,
    pub proxy: Option<Proxy>,
    pub phone: String,
    pub email: String,
    pub introduction: Introduced,
    /// By the form's JSON Schema.
    #[schema(value_type = Object)]
    pub answers: Map<String, Json>,
}

/// What came of a new application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Submitted::example)]
pub struct Submitted {
    /// The tracking code, `XXXX-XXXX-XXXX`.
    pub code: String,
    /// Where it stands, for machines.
    pub href: String,
    /// Where it stands, for people.
    pub page: String,
    /// To be handed to whoever confirms the introduction; only in the first answer.
    pub introduction_link: Option<String>,
    /// The same request was sent before; nothing was written again.
    pub repeated: bool,
}

/// A file kept for the application that will name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Upload::example)]
pub struct Upload {
    /// To be named in `answers` within a day.
    pub id: String,
    pub media_type: String,
    pub size_bytes: u64,
}

/// How an upload is kept.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// Name of the file.
    pub name: Option<String>,
    /// `scan` keeps a picture legible for print (the scan of a signed letter); officers only.
    pub purpose: Option<String>,
}

/// Where an application stands: nobody's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Track::example)]
pub struct Track {
    pub code: String,
    pub service: String,
    pub title: Words,
    pub unit: UnitRef,
    /// `introduction`, `incomplete`, `checking`, `initialing`, `signing`, `acknowledging`, `awaiting_scan`, `ready`, `done`,
    /// `refused`, `cancelled`.
    pub state: String,
    pub received_at: String,
    pub due: Due,
    /// The post it lies with.
    pub desk: Option<String>,
    pub events: Vec<Event>,
    /// Whether the letter can be downloaded on the page, after the second proof.
    pub letter: bool,
}

/// A deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Due {
    /// `none`, `running`, `suspended` or `closed`.
    pub state: String,
    pub at: Option<String>,
    /// Beyond the last decreed calendar year.
    pub provisional: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    pub at: String,
    pub action: String,
    pub state: String,
    /// The office, not the person.
    pub by: String,
}

/// Where a list goes on, and what narrows it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only of this state.
    pub state: Option<String>,
    /// Only of this service.
    pub service: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// Applications as an officer lists them: applicants masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Applications::example)]
pub struct Applications {
    pub items: Vec<Application>,
    pub next: Option<String>,
}

/// One application in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Application {
    pub id: String,
    /// To be sent with an action: it is refused when somebody was quicker.
    pub version: i64,
    pub code: String,
    pub service: String,
    /// Masked.
    pub subject: String,
    pub unit: String,
    pub state: String,
    pub channel: String,
    pub received_at: String,
    pub due: Due,
    pub desk: Option<String>,
    /// Empty while open; `granted`, `refused`, `cancelled`.
    pub outcome: String,
    pub on_time: Option<bool>,
}

/// Everything an officer may read of an application. Reading it is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = Record::example)]
pub struct Record {
    pub application: Application,
    /// Name of the person the letter is about.
    pub name: String,
    /// Masked: `************1234`.
    pub nik: Option<String>,
    /// As the form's JSON Schema has them; NIKs of listed persons masked.
    #[schema(value_type = Object)]
    pub answers: Map<String, Json>,
    pub parties: Vec<Party>,
    pub files: Vec<File>,
    pub events: Vec<Event>,
    pub letter: Option<Letter>,
    /// What the state allows; whether this officer may is decided when it is done.
    pub actions: Vec<String>,
}

/// Somebody with a role in the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    pub role: String,
    pub name: String,
}

/// A file of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct File {
    pub field: String,
    pub name: String,
    pub media_type: String,
    pub size_bytes: i64,
}

/// The letter of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Letter {
    pub state: String,
    pub number: Option<String>,
    /// The code on it, for `/verifikasi`.
    pub code: Option<String>,
}

/// What an officer does to an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = NewAction::example)]
pub struct NewAction {
    /// `introduce`, `decline`, `check`, `initial`, `sign`, `acknowledge`, `register_scan`, `hand_over`, `return`, `resubmit`,
    /// `send_back`, `refuse`, `cancel`.
    pub action: String,
    /// The version the officer saw.
    pub version: i64,
    /// The reason, where one is needed (at least 10 letters).
    pub note: String,
    /// The legal basis of a refusal (UU 30/2014 Pasal 55).
    pub legal_basis: String,
    /// Id of the uploaded scan, for `register_scan`.
    pub scan: String,
    /// Who received the letter, for `hand_over`.
    pub receiver: String,
}

/// What is true of a letter: never more than that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Verification::example)]
pub struct Verification {
    /// `unknown`, `not_registered`, `in_force`, `expired`, `revoked`, `replaced`.
    pub status: String,
    pub letter: Option<VerifiedLetter>,
    /// The code of the letter that took its place.
    pub replaced_by: Option<String>,
}

/// What anybody may know of a registered letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerifiedLetter {
    pub number: String,
    pub title: String,
    pub unit: String,
    pub signed_on: String,
    /// The lines above the signature.
    pub signer: Vec<String>,
    /// `wet`: signed by hand on paper.
    pub signing_mode: String,
    /// Initials and lengths only.
    pub holder: String,
    pub valid_until: Option<String>,
}

/// Why a request was not done (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = Problem::example)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: u16,
    /// In the language of the request.
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable name of the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The request's id, as in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What is wrong where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WrongField>,
}

/// A field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrongField {
    /// `applicant.nik`, `answers.nama_usaha`; empty for the body as a whole.
    pub field: String,
    /// Stable name of the message.
    pub key: String,
    pub message: String,
}
