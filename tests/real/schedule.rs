//! What systemd says of the units.

use std::process::Command;

use crate::support::{place::Place, run::Run};

#[test]
fn systemd_takes_the_units_that_are_written() {
    let place = Place::new();
    for hook in ["notify-send mail", "/bin/sh -c 'echo \"100%\" $HOME \\\\ >&2'"] {
        Run::new(&place, ["schedule", "--write", "--on-failure", hook]).stdout(".timer").talks().check();
        let units = place.config().parent().expect("a parent").join("systemd/user");
        let analyzed = Command::new("systemd-analyze")
            .args(["verify", "--user"])
            .args(["mailkey-verify.service", "mailkey-verify.timer"].map(|unit| units.join(unit)))
            .env_clear()
            .envs(place.variables())
            .output()
            .expect("tests/real/install has installed it");
        let said = String::from_utf8_lossy(&analyzed.stderr);
        // It complains of what it does not know with exit code 0, too.
        assert!(analyzed.status.success() && !said.contains("mailkey-verify"), "{said}");
    }
}
