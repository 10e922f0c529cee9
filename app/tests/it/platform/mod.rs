//! Whole-platform tests, generated from the routes and tables of every system (DESIGN §2 rule 9): a system that is added
//! is walked without anybody writing a test for it. What cannot be generated is told once: where the values of path
//! parameters come from (`paths.rs`).

mod exports;
mod history;
mod masked;
mod odd;
mod pages;
mod paths;
mod restricted;
mod ropa;
mod routes;
mod schema;
mod scope;
