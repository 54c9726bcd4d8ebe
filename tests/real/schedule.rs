//! What systemd says of the units, and cron of its line.

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

/// Debian's `crontab` refuses a table that cron could not read.
#[test]
fn cron_takes_the_line_that_is_written_and_gives_the_table_back() {
    let place = Place::new();
    let table = || {
        let listed = Command::new("crontab").arg("-l").output().expect("tests/real/install has installed it");
        String::from_utf8_lossy(&listed.stdout).into_owned()
    };
    let before = table();
    let hook = "/bin/sh -c 'echo \"100%\" $HOME \\ >&2'";
    let write = ["schedule", "cron", "--write", "--on-failure", hook];
    Run::new(&place, write).stdout(" verify --all").talks().check();
    let with_ours = table();
    Run::new(&place, ["schedule", "cron", "--remove"]).talks().check();
    let ours: Vec<_> = with_ours.lines().filter(|line| !before.lines().any(|known| known == *line)).collect();
    assert!(matches!(ours.as_slice(), [line] if line.ends_with("# mailkey schedule")), "{with_ours}");
    assert_eq!(table(), before);
}
