//! The real binary: started, asked over HTTP, stopped by signals; every test in a folder of its own.

mod backup;
mod commands;
mod house;
mod serving;
