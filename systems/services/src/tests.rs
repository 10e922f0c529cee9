//! Stories through HTTP, on both databases.

mod books;
mod desk;
mod home;
mod returned;
mod village;
