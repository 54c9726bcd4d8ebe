//! [`Person`]: who sits at the browser, and what they do there.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf, process::Command};

use crate::{
    support::place::Place,
    world::{ALICE, ALICES_PASSWORD, World},
};

/// Who sits at the browser. mailkey opens it by `$BROWSER`.
pub struct Person {
    folder: PathBuf,
}

impl Person {
    /// Alice, who allows. The program at this place believes that there is a display.
    pub fn at(world: &World, place: &mut Place) -> Self {
        let folder = place.path().join("person");
        fs::create_dir(&folder).expect("a fresh place");
        place.set("BROWSER", world.get("BROWSER")).set("DISPLAY", ":99");
        place.set("MAILKEY_REAL_BROWSER", folder.to_str().expect("a plain name"));
        let person = Self { folder };
        person.will("allow");
        person.is(ALICE, ALICES_PASSWORD);
        person
    }

    /// From now on: `allow`, `cancel`, `uncheck` (allow with every box unticked) or `close`.
    pub fn will(&self, act: &str) {
        fs::write(self.folder.join("act"), act).expect("our own folder");
    }

    /// From now on it is somebody else.
    pub fn is(&self, address: &str, password: &str) {
        fs::write(self.folder.join("person"), address).expect("our own folder");
        fs::write(self.folder.join("password"), password).expect("our own folder");
    }

    /// Opens an address by hand, on whatever device that is; what comes of it is in the log.
    pub fn opens(world: &World, place: &Place, url: &str) {
        let mut browser = Command::new(world.get("BROWSER"));
        browser.arg(url).env_clear().envs(place.variables());
        assert!(browser.status().expect("the stand-in for a browser").success());
    }

    /// What the browser showed so far, for messages.
    pub fn saw(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The folder, which holds this person's password: no search for secrets goes there.
    pub fn leave(self) {
        fs::remove_dir_all(&self.folder).expect("our own folder");
    }
}
