//! The real binary: started, asked over HTTP, stopped by signals; every test in a folder of its own. And the whole platform
//! in one process: every route, page, form and table of every system.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in tests a broken expectation is the answer")]

mod aid;
mod backup;
mod bad_days;
mod bulk;
mod commands;
mod discipline;
mod durability;
mod erasure;
mod house;
mod log;
mod officials;
mod own_data;
mod platform;
mod serving;
mod site;
#[path = "../../src/systems.rs"]
mod systems;
mod tampering;
mod tls;
mod town;
mod witnesses;
