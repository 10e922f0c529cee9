//! The systems of this binary, in alphabetical order. `cargo xtask new-system` adds a line.

use web::System;

/// Every system.
pub static SYSTEMS: [&System; 5] = [&discipline::SYSTEM, &identity::SYSTEM, &oversight::SYSTEM, &privacy::SYSTEM, &services::SYSTEM];
