//! `smartgovt`: the one binary. Wiring only; what it does stands in `kernel`, `web` and the systems.

mod cli;
mod config;
mod government;
mod health;
mod log;
mod memory;
mod server;
mod systems;
mod witnesses;

use std::process::ExitCode;

fn main() -> ExitCode {
    memory::give_back_large_blocks();
    cli::run()
}
