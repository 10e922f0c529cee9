//! Stories through HTTP, on both databases.

mod books;
mod desk;
mod home;
mod proof;
mod queue;
mod returned;
mod verify;
mod village;
