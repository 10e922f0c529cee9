//! Who leads a unit: the desk of what only its head decides.

use jiff::Timestamp;
use kernel::{
    Result, Rx,
    post::{self, Post, office},
    unit::{self, Unit},
};

/// The post that leads a unit: its head, or the regent; none when it has no such post.
pub(crate) fn of(rx: &mut Rx<'_>, unit: &Unit) -> Result<Option<Post>> {
    for wanted in [office::HEAD, office::REGENT] {
        if let Some(found) = post::by_office(rx, unit.id, wanted)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The nearest leading post that somebody acts for: of the unit, else of a unit above.
pub(crate) fn above(rx: &mut Rx<'_>, unit: &Unit, now: Timestamp) -> Result<Option<Post>> {
    let mut at = Some(unit.clone());
    while let Some(here) = at {
        if let Some(head) = of(rx, &here)?
            && !post::holder(rx, head.id, now)?.is_vacant()
        {
            return Ok(Some(head));
        }
        at = match here.parent {
            Some(parent) => unit::find(rx, parent)?,
            None => None,
        };
    }
    Ok(None)
}
