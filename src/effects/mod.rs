//! Everything that touches the world, one file per family: plain blocking functions with a deadline and a way
//! to cancel. Only here are HTTP, TLS, SMTP, IMAP, keyring and browser packages named.

pub mod arrival;
pub mod browser;
pub mod cancel;
pub mod check;
pub use crate::model::clean;
pub mod connect;
pub mod discover;
pub mod discretion;
pub mod doctor;
pub mod farewells;
pub mod files;
pub mod http;
pub mod http_send;
pub mod imap;
pub mod keep;
pub mod listener;
pub mod log;
pub mod message;
pub mod notices;
pub mod oauth;
pub mod program;
pub mod runner;
pub mod seatable;
pub mod smtp;
pub mod stages;
pub mod store;
pub mod trial;
pub mod trust;
pub mod whereabouts;
pub mod world;
pub mod writes;
