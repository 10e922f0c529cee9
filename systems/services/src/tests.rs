//! Stories through HTTP, on both databases.

mod books;
mod desk;
mod home;
mod limited;
mod news;
mod proof;
mod queue;
mod returned;
mod tasks;
mod verify;
mod village;
