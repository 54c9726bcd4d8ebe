//! mailkey against real parts: Postfix, Dovecot, an OpenID-certified OAuth server, Chromium, gnome-keyring.
//! `tests/real/run` starts them and runs this.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod drops;
mod failures;
mod keyring;
mod keyrings;
mod mailbox;
mod oauth;
mod password;
mod person;
mod schedule;
mod screens;
mod seatable;
mod words;
mod world;
