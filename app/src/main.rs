//! `smartgovt`: the one binary. Wiring only; what it does stands in `kernel`, `web` and the systems.

mod cli;
mod config;
mod government;
mod health;
mod log;
mod server;
mod systems;

use std::process::ExitCode;

/// The embedded database asks for small pieces of memory all the time, and takes them here too (feature `override`).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
