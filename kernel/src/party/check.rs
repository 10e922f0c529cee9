//! What somebody typed about a person, and whether it will do.

use indonesian::{Finding, IdentityError, Kk, Nik, Oddity, Phone, PhoneError, Sex};
use jiff::civil::Date;

use super::{NikState, PERSON, Person, sex_key};
use crate::{
    Ctx, Id, Message, Value,
    keys::{Blind, Keys},
    schema::clean_line,
};

/// Characters of any one text.
const TEXT_MAX: usize = 200;

/// What a form does to an identifier it may not have shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Leave what is stored.
    #[default]
    Keep,
    Clear,
    Set(T),
}

/// A person as typed. Identifiers are `None` when the form did not ask for them, empty to remove them.
#[derive(Clone, Default)]
pub struct PersonForm {
    pub unit: Option<Id>,
    pub name: String,
    pub nik: Option<String>,
    /// Why the NIK is odd or missing.
    pub nik_reason: String,
    pub kk: Option<String>,
    pub sex: Option<Sex>,
    pub birth_place: String,
    pub birth_date: Option<Date>,
    pub religion: String,
    pub marital: String,
    pub occupation: String,
    pub nationality: String,
    pub address: String,
    pub area: String,
    pub rt: String,
    pub rw: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub employee_number: String,
    pub source: String,
}

/// What a check depends on besides the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    pub today: Date,
    /// Whether a NIK may end in 0000, which is never issued: numbers of a demonstration do.
    pub demo: bool,
}

impl Checks {
    /// The checks of a real government on a day.
    #[must_use]
    pub const fn on(today: Date) -> Self {
        Self { today, demo: false }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name in [`PersonForm`].
    pub field: &'static str,
    pub message: Message,
}

/// A person that will do.
#[derive(Clone)]
pub struct NewPerson {
    pub(super) form: PersonForm,
    pub(super) name_folded: String,
    pub(super) nik: Change<Nik>,
    pub(super) nik_state: NikState,
    pub(super) kk: Change<Kk>,
    pub(super) phone: Change<Phone>,
    pub(super) email: Change<String>,
}

impl PersonForm {
    /// What is on record of a person, every sealed identifier kept as it is.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            unit: person.unit,
            name: person.name.clone(),
            nik: None,
            nik_reason: text(&person.nik_reason),
            kk: None,
            sex: person.sex,
            birth_place: text(&person.birth_place),
            birth_date: person.birth_date,
            religion: text(&person.religion),
            marital: text(&person.marital),
            occupation: text(&person.occupation),
            nationality: text(&person.nationality),
            address: text(&person.address),
            area: text(&person.area),
            rt: text(&person.rt),
            rw: text(&person.rw),
            phone: None,
            email: None,
            employee_number: text(&person.employee_number),
            source: person.source.clone(),
        }
    }

    /// Checks what was typed.
    ///
    /// 1. A name is needed, and it has letters; no text is longer than 200 characters or holds control characters. Texts are NFC, and
    ///    what nobody sees in them is left out.
    /// 2. A NIK has 16 digits. One that disagrees with itself or with birth date and sex is accepted with a reason.
    /// 3. A person without NIK is accepted.
    /// 4. A KK number has 16 digits; telephone and e-mail are reachable ones. None of them is demanded.
    /// 5. Nobody is born tomorrow, or before 1900.
    ///
    /// # Errors
    /// Every problem, each at its field.
    pub fn check(&self, checks: Checks) -> Result<NewPerson, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut form = self.clone();
        for (field, text) in form.texts() {
            match clean_line(&visible(text)) {
                Ok(clean) => *text = clean,
                Err(_) => problems.push(Problem { field, message: Message::new("kernel-text-control") }),
            }
            if text.chars().count() > TEXT_MAX {
                problems.push(Problem { field, message: Message::new("kernel-text-long").arg("most", TEXT_MAX) });
            }
        }
        if !form.name.chars().any(char::is_alphabetic) {
            problems.push(Problem { field: "name", message: Message::new("kernel-person-name-needed") });
        }
        if form.birth_date.is_some_and(|born| born > checks.today || born.year() < 1900) {
            problems.push(Problem { field: "birth_date", message: Message::new("kernel-person-birth-date") });
        }
        let mut read = |field: &'static str, message: Message| problems.push(Problem { field, message });
        let nik = change(form.nik.as_deref(), |typed| Nik::parse(typed).map_err(|error| read("nik", nik_message(&error))));
        let kk = change(form.kk.as_deref(), |typed| Kk::parse(typed).map_err(|error| read("kk", kk_message(&error))));
        let phone = change(form.phone.as_deref(), |typed| Phone::parse(typed).map_err(|error| read("phone", phone_message(&error))));
        let email = change(form.email.as_deref(), |typed| normal_email(typed).ok_or_else(|| read("email", Message::new("kernel-email"))));
        let (nik_state, odd) = form.judge_nik(&nik, checks);
        if let Some(message) = odd.filter(|_| form.nik_reason.is_empty()) {
            problems.push(Problem { field: "nik_reason", message });
        }
        if nik_state == NikState::Ok {
            form.nik_reason.clear();
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(NewPerson { name_folded: indonesian::fold_name(&form.name), form, nik, nik_state, kk, phone, email })
    }

    /// What the NIK is, and the question to ask when it is odd.
    fn judge_nik(&self, nik: &Change<Nik>, checks: Checks) -> (NikState, Option<Message>) {
        let Change::Set(nik) = nik else { return (NikState::None, None) };
        for oddity in nik.oddities(checks.today) {
            match oddity {
                Oddity::DateImpossible { .. } => return (NikState::Odd, Some(Message::new("kernel-nik-date"))),
                Oddity::SerialZero if checks.demo => {}
                Oddity::SerialZero => return (NikState::Odd, Some(Message::new("kernel-nik-serial"))),
            }
        }
        let sex = self.sex.unwrap_or_else(|| nik.sex());
        let Some(born) = self.birth_date else { return (NikState::Ok, None) };
        let compared = nik.cross_check(born, sex);
        let key = match compared.finding {
            Finding::Agrees => return (NikState::Ok, None),
            Finding::SexDiffers => "kernel-nik-sex-differs",
            Finding::DateDiffers => "kernel-nik-date-differs",
            Finding::BothDiffer => "kernel-nik-differs",
        };
        (NikState::Odd, Some(Message::new(key).arg("written", compared.written).arg("expected", compared.expected)))
    }

    fn texts(&mut self) -> [(&'static str, &mut String); 13] {
        [
            ("name", &mut self.name),
            ("nik_reason", &mut self.nik_reason),
            ("birth_place", &mut self.birth_place),
            ("religion", &mut self.religion),
            ("marital", &mut self.marital),
            ("occupation", &mut self.occupation),
            ("nationality", &mut self.nationality),
            ("address", &mut self.address),
            ("area", &mut self.area),
            ("rt", &mut self.rt),
            ("rw", &mut self.rw),
            ("employee_number", &mut self.employee_number),
            ("source", &mut self.source),
        ]
    }
}

impl NewPerson {
    /// The name as it will be stored.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.form.name
    }

    /// What the NIK was found to be.
    #[must_use]
    pub const fn nik_state(&self) -> NikState {
        self.nik_state
    }

    /// The same, keeping every identifier it would have cleared.
    pub(super) fn without_clearing(mut self) -> Self {
        self.nik = self.nik.or_keep();
        self.kk = self.kk.or_keep();
        self.phone = self.phone.or_keep();
        self.email = self.email.or_keep();
        self
    }

    /// The columns that are not sealed.
    pub(super) fn plain_columns(&self) -> Vec<(&'static str, Value)> {
        let form = &self.form;
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        vec![
            ("unit", form.unit.into()),
            ("name", form.name.as_str().into()),
            ("name_folded", self.name_folded.as_str().into()),
            ("sex", form.sex.map(sex_key).into()),
            ("birth_place", text(&form.birth_place)),
            ("birth_date", form.birth_date.into()),
            ("religion", text(&form.religion)),
            ("marital", text(&form.marital)),
            ("occupation", text(&form.occupation)),
            ("nationality", text(&form.nationality)),
            ("address", text(&form.address)),
            ("area", text(&form.area)),
            ("rt", text(&form.rt)),
            ("rw", text(&form.rw)),
            ("employee_number", text(&form.employee_number)),
            ("source", form.source.as_str().into()),
        ]
    }

    /// The sealed columns for row `id`, with their blind indexes and what is said of the NIK.
    pub(super) fn sealed_columns(&self, ctx: &Ctx, keys: &Keys, id: Id) -> Vec<(&'static str, Value)> {
        let mut columns = Vec::new();
        let mut put = |sealed: &'static str, index: &'static str, value: Change<(String, Vec<u8>)>| match value {
            Change::Keep => {}
            Change::Clear => columns.extend([(sealed, Value::Null), (index, Value::Null)]),
            Change::Set((plain, blind)) => {
                let sealed_value = keys.seal(ctx, PERSON.name, sealed, id, plain.as_bytes());
                columns.extend([(sealed, sealed_value.into()), (index, blind.into())]);
            }
        };
        let blind = |kind: Blind, plain: &str| (plain.to_owned(), keys.blind(kind, plain));
        put("nik_sealed", "nik_index", self.nik.map(|nik| blind(Blind::Nik, nik.as_str())));
        put("kk_sealed", "kk_index", self.kk.map(|kk| blind(Blind::Kk, kk.as_str())));
        put("phone_sealed", "phone_index", self.phone.map(|phone| blind(Blind::Phone, &phone.e164())));
        put("email_sealed", "email_index", self.email.map(|email| blind(Blind::Email, email)));
        columns.extend(self.nik_columns());
        columns
    }

    /// Tail, state and reason of the NIK; nothing when it is kept. A new row needs the state whatever happens.
    pub(super) fn nik_columns(&self) -> Vec<(&'static str, Value)> {
        let tail = match &self.nik {
            Change::Keep => return vec![],
            Change::Clear => Value::Null,
            Change::Set(nik) => nik.as_str()[12..].into(),
        };
        let reason = if self.form.nik_reason.is_empty() { Value::Null } else { self.form.nik_reason.as_str().into() };
        vec![("nik_tail", tail), ("nik_state", self.nik_state.key().into()), ("nik_reason", reason)]
    }
}

impl<T> Change<T> {
    fn or_keep(self) -> Self {
        if matches!(self, Self::Clear) { Self::Keep } else { self }
    }

    pub(super) fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(make(value)),
        }
    }
}

fn change<T>(typed: Option<&str>, read: impl FnOnce(&str) -> Result<T, ()>) -> Change<T> {
    match typed.map(|typed| visible(typed).trim().to_owned()).as_deref() {
        None => Change::Keep,
        Some("") => Change::Clear,
        // A value that does not read is a problem already; what is returned then is not used.
        Some(typed) => read(typed).map_or(Change::Keep, Change::Set),
    }
}

/// `text` without what nobody sees: marks of direction and joints that come along when a name or number is copied from a chat,
/// and that would turn a name around or hide it from a search.
fn visible(text: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    text.chars().filter(|c| !unseen(*c)).collect()
}

pub(super) fn nik_message(error: &IdentityError) -> Message {
    match error {
        IdentityError::Length { digits, .. } => Message::new("kernel-nik-length").arg("digits", *digits),
        IdentityError::Symbol { symbol, position } => {
            Message::new("kernel-nik-symbol").arg("symbol", symbol.to_string()).arg("position", *position)
        }
        _ => Message::new("kernel-nik-empty"),
    }
}

fn kk_message(error: &IdentityError) -> Message {
    match error {
        IdentityError::Length { digits, .. } => Message::new("kernel-kk-length").arg("digits", *digits),
        _ => Message::new("kernel-kk-symbol"),
    }
}

fn phone_message(error: &PhoneError) -> Message {
    Message::new(match error {
        PhoneError::Foreign => "kernel-phone-foreign",
        PhoneError::Short | PhoneError::Long => "kernel-phone-length",
        _ => "kernel-phone",
    })
}

/// An address in its one form; none when it is no address.
fn normal_email(typed: &str) -> Option<String> {
    let address: lettre::Address = typed.parse().ok()?;
    let normal = address.to_string().to_lowercase();
    (normal.len() <= TEXT_MAX && address.domain().contains('.')).then_some(normal)
}
