//! The values that every layer speaks of. No I/O, no clock, no randomness.

pub mod access;
pub mod account;
pub mod address;
pub mod arrival;
pub mod clean;
pub mod client;
pub mod exit_code;
pub mod failure;
pub mod grant;
pub mod health;
pub mod invisible;
pub mod language;
pub mod life;
pub mod method;
pub mod provider;
pub mod recognition;
pub mod redirect;
pub mod region;
pub mod report;
pub mod schedule;
pub mod seatable;
pub mod secret;
pub mod server;
pub mod shell;
pub mod slip;
pub mod stage;
pub mod store_commands;
pub mod store_kind;
pub mod trial;
pub mod user;
pub mod whereabouts;
pub mod words;

/// A moment in UTC. Read from the clock only in `environment`, everywhere else it arrives as data.
pub type Time = time::OffsetDateTime;
