//! [`Keyring`]: a gnome-keyring on a bus of its own.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{support::place::Place, world::World};

/// Where gnome-keyring keeps what is unlocked at its start.
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// A gnome-keyring on a bus of its own; both end with this value.
pub struct Keyring {
    holder: Child,
    address: String,
}

impl Keyring {
    /// An unlocked, empty one, which the program at this place finds.
    pub fn open(world: &World, place: &mut Place) -> Self {
        Self::start(world, place, &[])
    }

    /// One that is locked, and nothing can ask for its password.
    pub fn locked(world: &World, place: &mut Place) -> Self {
        Self::start(world, place, &["--locked"])
    }

    /// A bus on which nobody keeps secrets.
    pub fn missing(world: &World, place: &mut Place) -> Self {
        Self::start(world, place, &["--none"])
    }

    /// How many secrets are in it.
    pub fn items(&self) -> usize {
        let get = ["org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Items"];
        self.call(COLLECTION, &get).matches("/org/freedesktop/secrets/collection/login/").count()
    }

    /// Locks it.
    pub fn lock(&self) {
        self.call(
            "/org/freedesktop/secrets",
            &["org.freedesktop.Secret.Service.Lock", &format!("[objectpath \"{COLLECTION}\"]")],
        );
    }

    fn start(world: &World, place: &mut Place, mode: &[&str]) -> Self {
        let mut holder = Command::new(world.get("KEYRING"))
            .args(mode)
            .args(["/bin/sh", "-c", "echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat > /dev/null"])
            .env_clear()
            .envs(place.variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a script of ours");
        let mut address = String::new();
        let stdout = holder.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut address).expect("it says where the bus is");
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the keyring did not start");
        place.set("DBUS_SESSION_BUS_ADDRESS", &address);
        Self { holder, address }
    }

    fn call(&self, object: &str, words: &[&str]) -> String {
        let output = Command::new("gdbus")
            .args(["call", "--address", &self.address, "--dest", "org.freedesktop.secrets"])
            .args(["--object-path", object, "--method"])
            .args(words)
            .output()
            .expect("tests/real/install brought gdbus");
        assert!(output.status.success(), "gdbus: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // Its shell ends with its input, and takes the keyring and the bus with it.
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
