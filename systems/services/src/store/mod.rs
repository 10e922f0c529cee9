//! All SQL of this system, and the steps that write more than one noun together.

pub mod act;
pub mod aid;
pub mod catalogue;
pub mod complete;
pub mod correct;
pub mod counter;
pub mod due;
pub mod erase;
pub mod figures;
pub mod links;
pub mod lists;
pub mod news;
pub mod notify;
pub mod papers;
pub mod registers;
pub mod residents;
pub mod settings;
pub mod submit;
pub mod tracking;
pub mod verify;
pub mod watch;
pub mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use kernel::{
    DbError, Error, Expect, Gov, Id, Kept, Result, Rx, Table, Tx,
    case::{self, Case},
    cols, definition,
    keys::Keys,
    offering::{self, Offering},
    params,
    post::{self, Holding},
    unit::{self, Unit},
};

use crate::{
    model::{
        Definition,
        chain::{At, Office, UnitKind},
        overrides::{self, Offered, Overrides},
    },
    rules::Desk,
};

/// This system's name in cases, offerings and entries.
pub const SYSTEM: &str = "services";

static APPLICATION: Table = Table::audited(
    "services_application",
    &[
        "unit",
        "subject_person",
        "answers_sealed",
        "introduction",
        "identity_note",
        "proxy_name",
        "proxy_basis",
        "phone_sealed",
        "email_sealed",
        "received_by",
        "checked_by",
        "document",
        "refusal",
        "lang",
    ],
)
.with_added(&[("lang", "id")]);
static FIGURE: Table = Table::upkeep("services_figure");

/// Every table of this system.
pub const TABLES: &[&Table] = &[&APPLICATION, &links::LINK, &news::NEWS, &news::REACH, &FIGURE];

/// Definitions as they were read once, by hash. A definition never changes, so neither does an entry here.
#[derive(Default)]
pub struct Definitions(Mutex<HashMap<definition::Hash, Arc<Definition>>>);

impl Definitions {
    /// The definition of a hash.
    ///
    /// # Errors
    /// [`Error::Failed`] when the stored text is not a definition.
    pub fn get(&self, rx: &mut Rx<'_>, hash: &definition::Hash) -> Result<Arc<Definition>> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash) {
            return Ok(Arc::clone(known));
        }
        let text = definition::get(rx, hash)?;
        let read = Arc::new(Definition::from_canonical(&text).map_err(|error| Error::Failed(error.to_string()))?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(*hash, Arc::clone(&read));
        Ok(read)
    }
}

/// What is particular to an application.
#[derive(Clone, Debug)]
pub struct Application {
    pub unit: Id,
    pub subject_person: Id,
    answers_sealed: Vec<u8>,
    /// `none`, `waiting`, `photo`, `paper`, `given`, `declined`.
    pub introduction: String,
    /// Why the applicant's identity is odd or missing, as the officer wrote it.
    pub identity_note: String,
    pub proxy_name: String,
    pub proxy_basis: String,
    phone_sealed: Option<Vec<u8>>,
    email_sealed: Option<Vec<u8>>,
    pub received_by: Option<Id>,
    pub checked_by: Option<Id>,
    pub document: Option<Id>,
    /// Reason and legal basis of a refusal, or what is missing.
    pub refusal: String,
    /// The language the applicant used, `id` or `en`.
    pub lang: String,
    pub version: i64,
}

impl Application {
    /// The answers as JSON text.
    ///
    /// # Errors
    /// [`Error::Failed`] when no key opens them.
    pub fn answers(&self, keys: &Keys, case_id: Id) -> Result<String> {
        keys.open_text(APPLICATION.name, "answers_sealed", case_id, &self.answers_sealed).map_err(|error| Error::Failed(error.to_string()))
    }

    /// Telephone and e-mail for this application, if given.
    ///
    /// # Errors
    /// [`Error::Failed`] when no key opens them.
    pub fn contact(&self, keys: &Keys, case_id: Id) -> Result<(Option<String>, Option<String>)> {
        let open = |column, sealed: &Option<Vec<u8>>| {
            let text = sealed.as_ref().map(|sealed| keys.open_text(APPLICATION.name, column, case_id, sealed));
            text.transpose().map_err(|error| Error::Failed(error.to_string()))
        };
        Ok((open("phone_sealed", &self.phone_sealed)?, open("email_sealed", &self.email_sealed)?))
    }

    /// Whether an e-mail address was given.
    #[must_use]
    pub const fn has_email(&self) -> bool {
        self.email_sealed.is_some()
    }
}

/// The application of a case.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn application(rx: &mut Rx<'_>, case_id: Id) -> Result<Application> {
    let sql = "select unit, subject_person, answers_sealed, introduction, identity_note, proxy_name, proxy_basis, phone_sealed, email_sealed, \
               received_by, checked_by, document, refusal, lang, version from services_application where id = $1";
    let row = rx.one(sql, &params![case_id])?.ok_or(Error::Missing)?;
    Ok(Application {
        unit: row.get(0)?,
        subject_person: row.get(1)?,
        answers_sealed: row.get(2)?,
        introduction: row.get(3)?,
        identity_note: row.get(4)?,
        proxy_name: row.get(5)?,
        proxy_basis: row.get(6)?,
        phone_sealed: row.get(7)?,
        email_sealed: row.get(8)?,
        received_by: row.get(9)?,
        checked_by: row.get(10)?,
        document: row.get(11)?,
        refusal: row.get(12)?,
        lang: row.get(13)?,
        version: row.get(14)?,
    })
}

/// A new application row; the case has the same id.
pub(crate) struct NewRow<'a> {
    pub(crate) unit: Id,
    pub(crate) subject_person: Id,
    pub(crate) answers: &'a str,
    pub(crate) introduction: &'a str,
    pub(crate) identity_note: &'a str,
    pub(crate) proxy: (&'a str, &'a str),
    pub(crate) phone: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) received_by: Option<Id>,
    pub(crate) lang: &'a str,
}

pub(crate) fn insert(tx: &mut Tx<'_>, keys: &Keys, case_id: Id, row: &NewRow<'_>) -> Result<()> {
    let ctx = tx.ctx();
    let seal = |column, text: &str| keys.seal(&ctx, APPLICATION.name, column, case_id, text.as_bytes());
    let columns = cols! {
        "unit" => row.unit, "subject_person" => row.subject_person, "answers_sealed" => seal("answers_sealed", row.answers),
        "introduction" => row.introduction, "identity_note" => row.identity_note, "proxy_name" => row.proxy.0, "proxy_basis" => row.proxy.1,
        "phone_sealed" => row.phone.map(|text| seal("phone_sealed", text)), "email_sealed" => row.email.map(|text| seal("email_sealed", text)),
        "received_by" => row.received_by, "refusal" => "", "lang" => row.lang,
    };
    tx.insert(&APPLICATION, case_id, &columns)?;
    Ok(())
}

pub(crate) fn change(tx: &mut Tx<'_>, case_id: Id, columns: &[(&str, kernel::Value)]) -> Result<()> {
    tx.update(&APPLICATION, case_id, Expect::Any, columns)?;
    Ok(())
}

pub(crate) fn change_answers(tx: &mut Tx<'_>, keys: &Keys, case_id: Id, answers: &str) -> Result<()> {
    let sealed = keys.seal(&tx.ctx(), APPLICATION.name, "answers_sealed", case_id, answers.as_bytes());
    change(tx, case_id, &cols! { "answers_sealed" => sealed })
}

/// A service as one unit offers it, with everything needed to decide about it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub offering: Offering,
    pub definition: Arc<Definition>,
    pub overrides: Overrides,
    pub unit: Unit,
    pub kind: UnitKind,
}

impl Offer {
    /// The definition under the unit's own choices.
    #[must_use]
    pub fn offered(&self) -> Offered<'_> {
        Offered { definition: &self.definition, overrides: &self.overrides, kind: self.kind }
    }
}

/// The kind of a unit in the words of service definitions.
///
/// # Errors
/// [`Error::Refused`] `services-unit-without-services` for a hamlet, RT or RW.
pub fn kind_of(unit: &Unit) -> Result<UnitKind> {
    unit.kind.key().parse().map_err(|()| Error::refused("services-unit-without-services"))
}

fn offer_of(rx: &mut Rx<'_>, gov: &Gov, offering: Offering, pinned: &definition::Hash) -> Result<Offer> {
    let unit = unit::find(rx, offering.unit)?.ok_or(Error::Missing)?;
    let definition = gov.cached::<Definitions>().get(rx, pinned)?;
    let overrides = Overrides::from_json(&offering.overrides).map_err(|problem| Error::Failed(problem.to_string()))?;
    let kind = kind_of(&unit)?;
    let definition = overrides::demanding(definition, &overrides);
    Ok(Offer { offering, definition, overrides, unit, kind })
}

/// The post of an office with everybody who ever held it; none where the unit has no such office.
type Held = Option<(Id, Vec<Holding>)>;

/// Offers and desks as they were read, until a unit, post or offering changes.
#[derive(Default)]
struct Structure {
    offers: Kept<Id, Offer>,
    desks: Kept<(Id, Office), Held>,
}

/// The service `slug` at `unit`, open or withdrawn.
///
/// # Errors
/// [`Error::Missing`] when the unit does not have it.
pub fn offer(rx: &mut Rx<'_>, gov: &Gov, unit: Id, slug: &str) -> Result<Offer> {
    let offering = offering::at(rx, SYSTEM, unit, slug)?;
    let hash = offering.definition;
    offer_of(rx, gov, offering, &hash)
}

/// The offering of this id.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn offer_by_id(rx: &mut Rx<'_>, gov: &Gov, id: Id) -> Result<Offer> {
    let load = |rx: &mut Rx<'_>| {
        let offering = offering::find(rx, id)?;
        let hash = offering.definition;
        offer_of(rx, gov, offering, &hash)
    };
    Ok(gov.cached::<Structure>().offers.get(rx, id, load)?.as_ref().clone())
}

/// Everything a decision about an application needs.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub case: Case,
    pub application: Application,
    pub offer: Offer,
}

/// The dossier of a case, under the definition the case began with.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn dossier(rx: &mut Rx<'_>, gov: &Gov, case_id: Id) -> Result<Dossier> {
    let case = case::find(rx, case_id)?;
    dossier_of(rx, gov, case)
}

/// The dossier of a case already read.
///
/// # Errors
/// [`Error::Missing`] when it is not an application.
pub fn dossier_of(rx: &mut Rx<'_>, gov: &Gov, case: Case) -> Result<Dossier> {
    let application = application(rx, case.id)?;
    let mut offer = offer_by_id(rx, gov, case.offering.ok_or(Error::Missing)?)?;
    if offer.offering.definition != case.definition {
        offer.definition = gov.cached::<Definitions>().get(rx, &case.definition)?;
    }
    offer.definition = overrides::taking(offer.definition, &offer.overrides);
    Ok(Dossier { case, application, offer })
}

/// The post a desk is, today: the first office with a holder able to act, else the first that exists, vacant.
///
/// # Errors
/// [`Error::Refused`] `services-no-desk` when the unit has none of the offices.
pub fn desk_post(rx: &mut Rx<'_>, offer: &Offer, desk: &Desk, now: Timestamp) -> Result<Option<(Id, Id)>> {
    first_desk(offer, desk, |unit, office| {
        let Some(post) = post::by_office(rx, unit, office.as_str())? else { return Ok(None) };
        Ok(Some((post.id, post::holder(rx, post.id, now)?.holder.is_some())))
    })
}

/// The same out of what is kept: for what comes in by the thousand.
///
/// # Errors
/// As [`desk_post`].
pub(crate) fn kept_desk_post(rx: &mut Rx<'_>, gov: &Gov, offer: &Offer, desk: &Desk, now: Timestamp) -> Result<Option<(Id, Id)>> {
    let structure = gov.cached::<Structure>();
    first_desk(offer, desk, |unit, office| {
        let load = |rx: &mut Rx<'_>| {
            let Some(post) = post::by_office(rx, unit, office.as_str())? else { return Ok(None) };
            Ok(Some((post.id, post::holdings(rx, post.id)?)))
        };
        let desk = structure.desks.get(rx, (unit, office), load)?;
        Ok(desk.as_ref().as_ref().map(|(post, holdings)| (*post, post::acting(holdings, now).holder.is_some())))
    })
}

/// `find` says the post of an office at a unit, and whether somebody acts for it.
fn first_desk(offer: &Offer, desk: &Desk, mut find: impl FnMut(Id, Office) -> Result<Option<(Id, bool)>>) -> Result<Option<(Id, Id)>> {
    let (at, offices): (At, &[Office]) = match desk {
        Desk::Nobody => return Ok(None),
        Desk::Office { at, offices } => (*at, offices),
        Desk::Registrar(offices) => (At::Unit, offices),
    };
    let unit = match at {
        At::Unit => offer.unit.id,
        At::Kecamatan => offer.unit.parent.ok_or_else(|| Error::refused("services-no-desk"))?,
    };
    let mut vacant = None;
    for office in offices {
        match find(unit, *office)? {
            Some((post, true)) => return Ok(Some((post, unit))),
            Some((post, false)) => vacant = vacant.or(Some((post, unit))),
            None => {}
        }
    }
    vacant.map(Some).ok_or_else(|| Error::refused("services-no-desk"))
}

/// Applications of a person, newest first.
///
/// # Errors
/// What the database says.
pub fn of_person(rx: &mut Rx<'_>, person: Id, limit: i64) -> Result<Vec<Id>, DbError> {
    let sql = "select id from kernel_case where applicant = $1 and system = 'services' order by received_at desc, id desc limit $2";
    rx.all(sql, &params![person, limit])?.iter().map(|row| row.get(0)).collect()
}
