//! Where processing is restricted or consent withdrawn, by which decision.

use kernel::{
    Error, Id, NewEntry, Result, Rx,
    limit::{self, Kind, Limit},
    party::{self, Person},
};
use web::Routes;

use super::{
    ROWS,
    decisions::{self, Decision, Shape},
    known_as,
};

static LIMITS: Shape = Shape {
    path: "/data-pribadi/pembatasan",
    one: "/data-pribadi/pembatasan/{limit}",
    title: "privacy-menu-limits",
    lead: "privacy-limits-lead",
    none: "privacy-limits-none",
    none_why: "privacy-limits-none-why",
    open: "privacy-limit-open",
    lift_do: "privacy-limit-lift",
    lift_does: "privacy-limit-lift-does",
    lifted: "privacy-limit-is-lifted",
    // It comes from a request that was granted.
    new: None,
    listed: ("privacy.limits.listed", "persons"),
    opened: |one| NewEntry::new("privacy.limit.opened").object("person", one.subject),
    list,
    find,
    lift: limit::lift,
};

pub(super) fn routes() -> Routes {
    decisions::routes(&LIMITS)
}

fn decision(people: &[Person], limit: Limit) -> Decision {
    let what = if limit.kind == Kind::Restricted { "privacy-limit-restricted" } else { "privacy-limit-withdrawn" };
    Decision {
        id: limit.id,
        subject: limit.person,
        about: people.iter().find(|person| person.id == limit.person).map(known_as).unwrap_or_default(),
        what,
        heading: what,
        decree: limit.decree,
        basis: String::new(),
        reason: limit.reason,
        lasting: limit.lasting,
        lifted_decree: limit.lifted_decree,
        request: limit.cause,
    }
}

fn list(rx: &mut Rx<'_>) -> Result<Vec<Decision>> {
    let limits = limit::list(rx, ROWS)?;
    let persons: Vec<Id> = limits.iter().map(|limit| limit.person).collect();
    let people = party::find_all(rx, &persons)?;
    Ok(limits.into_iter().map(|limit| decision(&people, limit)).collect())
}

fn find(rx: &mut Rx<'_>, id: Id) -> Result<Decision> {
    let limit = limit::find(rx, id)?.ok_or(Error::Missing)?;
    let people = party::find_all(rx, &[limit.person])?;
    Ok(decision(&people, limit))
}
