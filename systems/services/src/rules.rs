//! The way of an application: which actions a state allows, and where each one leads. Pure; no I/O.
//!
//! The chain of desks is data of the service (`model::chain`); this file is what every chain has in common.
//! Sources: UU 25/2009 Pasal 21 (procedure, time), UU 30/2014 Pasal 50–53 (decision and refusal with reasons),
//! PermenPANRB 15/2014 (service standards).

pub mod news;

use kernel::Message;

use crate::model::{
    IntroductionMode,
    chain::{At, Office, Stage, UnitKind},
    overrides::Offered,
};

/// Who serves at the counter and knows residents.
pub const COUNTER_ROLES: &[&str] = &["operator", "examiner", "registrar", "unit_admin"];

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Menunggu pengantar RT/kadus.
    Introduction,
    /// Belum lengkap: returned to the applicant, the clock stands still.
    Incomplete,
    /// Diperiksa.
    Checking,
    /// Menunggu paraf.
    Initialing,
    /// Menunggu tanda tangan.
    Signing,
    /// Menunggu mengetahui Camat.
    Acknowledging,
    /// Numbered; waiting for the scan of the paper signed and stamped by hand.
    AwaitingScan,
    /// Siap diambil atau diunduh.
    Ready,
    /// Selesai: handed over.
    Done,
    /// Ditolak.
    Refused,
    /// Dibatalkan.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Introduction,
        Self::Incomplete,
        Self::Checking,
        Self::Initialing,
        Self::Signing,
        Self::Acknowledging,
        Self::AwaitingScan,
        Self::Ready,
        Self::Done,
        Self::Refused,
        Self::Cancelled,
    ];

    /// The word kept with the case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Introduction => "introduction",
            Self::Incomplete => "incomplete",
            Self::Checking => "checking",
            Self::Initialing => "initialing",
            Self::Signing => "signing",
            Self::Acknowledging => "acknowledging",
            Self::AwaitingScan => "awaiting_scan",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more can be decided.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Refused | Self::Cancelled)
    }

    const fn of_stage(stage: Stage) -> Self {
        match stage {
            Stage::Checking => Self::Checking,
            Stage::Initialing => Self::Initialing,
            Stage::Signing => Self::Signing,
            Stage::Acknowledging => Self::Acknowledging,
        }
    }
}

/// What somebody does to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The RT head or kadus confirms by the link, or the operator takes the paper in.
    Introduce,
    /// The RT head or kadus does not confirm.
    Decline,
    /// Periksa: the file is right and complete.
    Check,
    /// Paraf.
    Initial,
    /// Tanda tangan: the letter takes its number.
    Sign,
    /// Mengetahui, with a number of the acknowledging unit's own register.
    Acknowledge,
    /// The scan of the signed and stamped paper is registered.
    RegisterScan,
    /// The letter reaches the resident.
    HandOver,
    /// Kembalikan kepada pemohon untuk dilengkapi.
    Return,
    /// The applicant has completed it.
    Resubmit,
    /// Kembalikan ke meja sebelumnya.
    SendBack,
    /// Tolak, with reason and legal basis.
    Refuse,
    /// The applicant withdraws.
    Cancel,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 13] = [
        Self::Introduce,
        Self::Decline,
        Self::Check,
        Self::Initial,
        Self::Sign,
        Self::Acknowledge,
        Self::RegisterScan,
        Self::HandOver,
        Self::Return,
        Self::Resubmit,
        Self::SendBack,
        Self::Refuse,
        Self::Cancel,
    ];

    /// The word kept with the event, and used in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Introduce => "introduce",
            Self::Decline => "decline",
            Self::Check => "check",
            Self::Initial => "initial",
            Self::Sign => "sign",
            Self::Acknowledge => "acknowledge",
            Self::RegisterScan => "register_scan",
            Self::HandOver => "hand_over",
            Self::Return => "return",
            Self::Resubmit => "resubmit",
            Self::SendBack => "send_back",
            Self::Refuse => "refuse",
            Self::Cancel => "cancel",
        }
    }

    /// The action of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// Whether a written reason is needed.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Return | Self::SendBack | Self::Refuse | Self::Decline | Self::Cancel)
    }

    /// Whether it is the work the open task of the state asks for, which only the desk's holder does.
    #[must_use]
    pub const fn is_desk_work(self) -> bool {
        matches!(
            self,
            Self::Check
                | Self::Initial
                | Self::Sign
                | Self::Acknowledge
                | Self::RegisterScan
                | Self::Return
                | Self::SendBack
                | Self::Refuse
                | Self::Introduce
        )
    }
}

/// What the desk work of a state is called in its task.
#[must_use]
pub const fn desk_action(state: State) -> Option<Action> {
    match state {
        State::Introduction => Some(Action::Introduce),
        State::Checking => Some(Action::Check),
        State::Initialing => Some(Action::Initial),
        State::Signing => Some(Action::Sign),
        State::Acknowledging => Some(Action::Acknowledge),
        State::AwaitingScan => Some(Action::RegisterScan),
        _ => None,
    }
}

/// The actions a state allows, the expected one first. The applicant's own (`Resubmit`, `Cancel`) are included.
#[must_use]
pub const fn allowed(state: State) -> &'static [Action] {
    match state {
        State::Introduction => &[Action::Introduce, Action::Decline, Action::Cancel],
        State::Incomplete => &[Action::Resubmit, Action::Cancel, Action::Refuse],
        State::Checking => &[Action::Check, Action::Return, Action::Refuse, Action::Cancel],
        State::Initialing => &[Action::Initial, Action::SendBack, Action::Return, Action::Refuse, Action::Cancel],
        State::Signing => &[Action::Sign, Action::SendBack, Action::Return, Action::Refuse, Action::Cancel],
        // The letter has its number: what is wrong now is voided with the document, not returned.
        State::Acknowledging => &[Action::Acknowledge],
        State::AwaitingScan => &[Action::RegisterScan],
        State::Ready => &[Action::HandOver],
        State::Done | State::Refused | State::Cancelled => &[],
    }
}

/// Whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Desk {
    /// The first of these offices that has a holder, in the unit itself or the kecamatan above it.
    Office { at: At, offices: Vec<Office> },
    /// The office that prints letters and keeps the books.
    Registrar(Vec<Office>),
    /// The applicant, or nobody.
    Nobody,
}

/// What happens to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    Keep,
    /// The file is complete now: a clock that starts then starts here.
    Complete,
    Suspend,
    Resume,
    /// It need not stand still any more, and begins only when the file is complete.
    Wake,
    Stop,
}

/// Where an action leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub state: State,
    /// Position in the chain; the chain's length when it is through.
    pub step: usize,
    pub desk: Desk,
    pub clock: ClockChange,
    /// `granted`, `refused` or `cancelled` when the case ends here.
    pub outcome: Option<&'static str>,
}

/// Where a complete new application goes: to the RT head when the unit wants an introduction by link, else to the first desk.
#[must_use]
pub fn begin(offered: &Offered<'_>, introduction_given: bool) -> Next {
    if offered.introduction() == IntroductionMode::Link && !introduction_given {
        let desk = Desk::Registrar(registrar_offices(offered.kind));
        return Next { state: State::Introduction, step: 0, desk, clock: ClockChange::Keep, outcome: None };
    }
    at_step(offered, 0, ClockChange::Complete)
}

/// Where a completed application goes whose introduction was declined: to the neighbour it is asked of now.
#[must_use]
pub fn ask_again(offered: &Offered<'_>) -> Next {
    let desk = Desk::Registrar(registrar_offices(offered.kind));
    Next { state: State::Introduction, step: 0, desk, clock: ClockChange::Wake, outcome: None }
}

/// Where `action` leads an application that is in `state` at position `step` of the chain.
///
/// # Errors
/// `services-action-not-now` when the state does not allow the action: somebody else was quicker, or the page is old.
pub fn decide(offered: &Offered<'_>, state: State, step: usize, action: Action) -> Result<Next, Message> {
    if !allowed(state).contains(&action) {
        return Err(Message::new("services-action-not-now"));
    }
    let ended = |state, outcome| Next { state, step, desk: Desk::Nobody, clock: ClockChange::Stop, outcome: Some(outcome) };
    Ok(match action {
        Action::Introduce => at_step(offered, 0, ClockChange::Complete),
        Action::Check | Action::Initial | Action::Sign | Action::Acknowledge => at_step(offered, step + 1, ClockChange::Keep),
        Action::RegisterScan => ended(State::Ready, "granted"),
        Action::HandOver => Next { state: State::Done, step, desk: Desk::Nobody, clock: ClockChange::Keep, outcome: None },
        Action::Return | Action::Decline => {
            Next { state: State::Incomplete, step: 0, desk: Desk::Nobody, clock: ClockChange::Suspend, outcome: None }
        }
        Action::Resubmit => at_step(offered, 0, ClockChange::Resume),
        Action::SendBack => at_step(offered, step.saturating_sub(1), ClockChange::Keep),
        Action::Refuse => ended(State::Refused, "refused"),
        Action::Cancel => ended(State::Cancelled, "cancelled"),
    })
}

fn at_step(offered: &Offered<'_>, step: usize, clock: ClockChange) -> Next {
    match offered.steps().nth(step) {
        Some((desk, offices)) => {
            Next { state: State::of_stage(desk.state), step, desk: Desk::Office { at: desk.at, offices }, clock, outcome: None }
        }
        // Through the chain: on paper, the letter is printed, signed, stamped and scanned before it counts.
        None => Next { state: State::AwaitingScan, step, desk: Desk::Registrar(registrar_offices(offered.kind)), clock, outcome: None },
    }
}

/// The offices that take in, print and keep books, in the order they are asked.
#[must_use]
pub fn registrar_offices(kind: UnitKind) -> Vec<Office> {
    match kind {
        UnitKind::Desa | UnitKind::Nagari | UnitKind::Kelurahan => vec![Office::Operator, Office::KaurUmum, Office::KasiPelayanan],
        _ => vec![Office::Operator, Office::KasiPelayanan, Office::KabidPelayanan, Office::Sekretaris],
    }
}

/// Two pairs of eyes: whoever took an application in does not check it, unless the unit has decided otherwise.
///
/// # Errors
/// `services-second-person-needed`.
pub fn second_person(offered: &Offered<'_>, action: Action, received_by_me: bool) -> Result<(), Message> {
    if action == Action::Check && received_by_me && !offered.one_person() {
        return Err(Message::new("services-second-person-needed"));
    }
    Ok(())
}

/// A refusal or return says why; a refusal also says by which rule (UU 30/2014 Pasal 55: reasons and legal basis).
///
/// # Errors
/// The field's name with its message.
pub fn reason(action: Action, reason: &str, legal_basis: &str) -> Result<String, (&'static str, Message)> {
    let (reason, legal_basis) = (reason.trim(), legal_basis.trim());
    if action.needs_reason() && reason.chars().count() < 10 {
        return Err(("reason", Message::new("services-reason-too-short").arg("min", 10_i64)));
    }
    if reason.chars().count() > 1000 {
        return Err(("reason", Message::new("field-too-long").arg("max", 1000_i64)));
    }
    if action == Action::Refuse {
        if legal_basis.chars().count() < 5 {
            return Err(("legal_basis", Message::new("services-legal-basis-needed")));
        }
        return Ok(format!("{reason}\n{legal_basis}"));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Definition, overrides::Overrides, packages};

    fn definition(slug: &str) -> Definition {
        packages::all().unwrap().into_iter().find(|definition| definition.slug == slug).unwrap()
    }

    fn walk(slug: &str, kind: UnitKind, overrides: &Overrides, actions: &[Action]) -> Vec<State> {
        let definition = definition(slug);
        let offered = Offered { definition: &definition, overrides, kind };
        let mut next = begin(&offered, true);
        let mut states = vec![next.state];
        for action in actions {
            next = decide(&offered, next.state, next.step, *action).unwrap();
            states.push(next.state);
        }
        states
    }

    #[test]
    fn a_village_letter_passes_its_desks() {
        use Action::{Check, HandOver, Initial, RegisterScan, Sign};
        let states = walk("keterangan-usaha", UnitKind::Desa, &Overrides::default(), &[Check, Initial, Sign, RegisterScan, HandOver]);
        use State::{AwaitingScan, Checking, Done, Initialing, Ready, Signing};
        assert_eq!(states, [Checking, Initialing, Signing, AwaitingScan, Ready, Done]);
    }

    #[test]
    fn heirs_need_the_camat() {
        use Action::{Acknowledge, Check, Initial, RegisterScan, Sign};
        let states =
            walk("keterangan-ahli-waris", UnitKind::Desa, &Overrides::default(), &[Check, Initial, Sign, Acknowledge, RegisterScan]);
        assert!(states.contains(&State::Acknowledging));
        assert_eq!(states.last(), Some(&State::Ready));
    }

    #[test]
    fn a_return_stands_the_clock_still_and_comes_back_to_the_first_desk() {
        let definition = definition("keterangan-usaha");
        let overrides = Overrides::default();
        let offered = Offered { definition: &definition, overrides: &overrides, kind: UnitKind::Desa };
        let back = decide(&offered, State::Signing, 2, Action::Return).unwrap();
        assert_eq!((back.state, back.clock), (State::Incomplete, ClockChange::Suspend));
        let again = decide(&offered, State::Incomplete, back.step, Action::Resubmit).unwrap();
        assert_eq!((again.state, again.step, again.clock), (State::Checking, 0, ClockChange::Resume));
    }

    #[test]
    fn no_state_allows_what_it_does_not_list() {
        let definition = definition("keterangan-usaha");
        let overrides = Overrides::default();
        let offered = Offered { definition: &definition, overrides: &overrides, kind: UnitKind::Desa };
        for state in State::ALL {
            for action in Action::ALL {
                assert_eq!(decide(&offered, state, 0, action).is_ok(), allowed(state).contains(&action), "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn duty_uu_30_2014_pasal_55_a_refusal_states_reason_and_legal_basis() {
        assert_eq!(reason(Action::Refuse, "tidak", "Perdes 3/2024").unwrap_err().0, "reason");
        assert_eq!(reason(Action::Refuse, "usaha tidak ditemukan di tempat", "").unwrap_err().0, "legal_basis");
        assert!(reason(Action::Refuse, "usaha tidak ditemukan di tempat", "Perdes 3/2024 Pasal 4").is_ok());
        assert!(reason(Action::Check, "", "").is_ok());
    }

    #[test]
    fn whoever_took_it_in_does_not_check_it_unless_the_village_says_so() {
        let definition = definition("keterangan-usaha");
        let (two, one) = (Overrides::default(), Overrides { one_person: Some(true), ..Overrides::default() });
        let offered = |overrides| Offered { definition: &definition, overrides, kind: UnitKind::Desa };
        assert!(second_person(&offered(&two), Action::Check, true).is_err());
        assert!(second_person(&offered(&two), Action::Check, false).is_ok());
        assert!(second_person(&offered(&one), Action::Check, true).is_ok());
    }

    #[test]
    fn states_and_actions_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
    }
}
