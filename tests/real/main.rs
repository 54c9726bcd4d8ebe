//! mailkey against real parts: Postfix, Dovecot, an OpenID-certified OAuth server, Chromium, gnome-keyring, pass.
//! `tests/real/run` starts them and runs this.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod arrival;
mod drops;
mod failures;
mod families;
mod keyring;
mod keyrings;
mod mailbox;
mod names;
mod oauth;
mod password;
mod person;
mod programs;
mod schedule;
mod screens;
mod seatable;
mod stores;
mod tools;
mod words;
mod world;
