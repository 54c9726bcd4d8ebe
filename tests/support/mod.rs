//! What the integration tests share: the real binary in a real pseudo-terminal or behind pipes, the practice
//! servers, a relay that delays or cuts, and the search for secrets in everything that a run leaves.
//!
//! No test sleeps. A wait has a condition and a deadline, and a failed wait shows everything that was seen.

#![expect(dead_code, reason = "every test takes its own part of this")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

pub mod canary;
pub mod conversation;
pub mod crowd;
pub mod place;
pub mod practice;
pub mod recording;
pub mod relay;
pub mod report;
pub mod run;
pub mod schema;
pub mod setup;
pub mod terminal;

use std::time::Duration;

/// The program under test.
pub const MAILKEY: &str = env!("CARGO_BIN_EXE_mailkey");

/// How long anything may take unless a test says otherwise: far beyond what it needs, because two cores may be
/// busy with other tests.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Sends a signal, by its POSIX name, to one process.
pub fn signal(name: &str, pid: u32) {
    // The shell's own `kill`: nothing but Rust and POSIX is needed.
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid.to_string()])
        .status()
        .expect("POSIX has a shell");
    assert!(status.success(), "no SIG{name} could be sent to process {pid}");
}
