//! Background work of this system.

use kernel::{jobs::JobKind, outbox::Handler};
use web::AppState;

/// Jobs by kind.
pub const JOBS: &[JobKind<AppState>] = &[];

/// What reacts to events.
pub const HANDLES: &[Handler<AppState>] = &[];
