//! The contract that scripts rely on: commands, exit codes, JSON, what is written where. Against the practice
//! servers, with the real binary behind pipes.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod arrival;
mod device;
mod discover;
mod doctor;
mod explain;
mod export;
mod faults;
mod files;
mod guide;
mod interrupted;
mod manage;
mod oauth;
mod password;
mod practice;
mod schedule;
mod schemas;
mod seatable;
mod stores;
mod token;
mod tools;
mod usage;
mod verify;
mod whereabouts;

/// Secrets go into a file that was asked for by name: there is no keyring here.
const PLAIN_FILE: [&str; 2] = ["--store", "plain-file"];
