//! A token that is kept in the keyring: gnome-keyring on a bus of its own, where both are installed.

#![expect(clippy::expect_used, reason = "what cannot be measured says so")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::{
    figure,
    life::{TIMES, consented, timed},
    percentile,
    support::{MAILKEY, place::Place, practice::Practice, run::Run},
};

/// Unlocks an empty keyring, says where the bus is, and holds both until standard input ends.
const HOLD: &str = "printf password | gnome-keyring-daemon --unlock --components=secrets > /dev/null || exit
    echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat > /dev/null";

/// A keyring and its bus, which end with this value.
struct Keyring(Child);

impl Keyring {
    /// Starts it, so that the program at this place finds it; `None` where it is not installed.
    fn start(place: &mut Place) -> Option<Self> {
        let mut holder = Command::new("dbus-run-session")
            .args(["--", "/bin/sh", "-c", HOLD])
            .env_clear()
            .envs(place.variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut address = String::new();
        let stdout = holder.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut address).expect("it says where the bus is");
        let keyring = Self(holder);
        if address.trim().is_empty() {
            return None;
        }
        place.set("DBUS_SESSION_BUS_ADDRESS", address.trim());
        Some(keyring)
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Prints the figure.
pub fn measure() {
    let (practice, mut place) = (Practice::start(), Place::new());
    let Some(_keyring) = Keyring::start(&mut place) else {
        println!("(no dbus-run-session, or no gnome-keyring-daemon)");
        return;
    };
    consented(&practice, &place, "keyring");
    Run::new(&place, practice.endpoints().trusting(&["token", practice.address()])).stdout("").check();
    let times = (0..TIMES).map(|_| timed(&place, MAILKEY, &["token", practice.address()])).collect();
    let with = format!("mailkey token, gnome-keyring, median of {TIMES}");
    figure("a token that is kept in the keyring", percentile(times, 50), "ms", 10.0, &with);
}
