//! The daily check: what is written, and what of others is left alone.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use crate::support::{place::Place, run::Run};

fn units(place: &Place) -> [PathBuf; 2] {
    let folder = place.config().parent().expect("a parent").join("systemd/user");
    ["service", "timer"].map(|ending| folder.join(format!("mailkey-verify.{ending}")))
}

/// A cron of this place: its table is a file.
fn with_cron(table: Option<&str>, writes: &str) -> (Place, PathBuf) {
    let mut place = Place::new();
    let folder = place.path().join("bin");
    fs::create_dir(&folder).expect("a fresh folder");
    let kept = place.path().join("table");
    if let Some(table) = table {
        fs::write(&kept, table).expect("ours");
    }
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = -l ]; then\n  [ -f '{0}' ] || {{ echo 'no crontab for anna' >&2; exit 1; }}\n  \
         exec cat '{0}'\nfi\n{writes}cat > '{0}'\n",
        kept.display()
    );
    let program = folder.join("crontab");
    fs::write(&program, script).expect("ours");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    place.set("PATH", &path);
    (place, kept)
}

#[test]
fn units_are_printed_written_and_removed() {
    let place = Place::new();
    let finished = Run::new(&place, ["schedule"]).stdout("Persistent=true").talks().check();
    assert!(finished.stdout.contains("verify --all --quiet --warn-days 7"), "{}", finished.stdout);
    assert!(finished.stderr.contains("systemctl --user enable --now mailkey-verify.timer"));
    assert!(units(&place).iter().all(|unit| !unit.exists()), "nothing is written unless asked");
    let words =
        ["schedule", "systemd", "--write", "--warn-days", "14", "--on-failure", "notify-send 'a 100%'"];
    Run::new(&place, words).stdout("mailkey-verify.timer").talks().check();
    let service = fs::read_to_string(&units(&place)[0]).expect("written");
    assert!(service.contains("--warn-days 14 --on-failure \"notify-send 'a 100%%'\"\n"), "{service}");
    assert!(
        service.contains(&format!("Environment=XDG_CONFIG_HOME={}\n", place.path().join("config").display())),
        "{service}"
    );
    // Once more is as good as once.
    Run::new(&place, words).stdout("mailkey-verify.timer").talks().check();
    Run::new(&place, ["schedule", "--remove"]).stdout("mailkey-verify.timer").talks().check();
    assert!(units(&place).iter().all(|unit| !unit.exists()));
    Run::new(&place, ["schedule", "--remove"]).exit(7).talks().check();
}

#[test]
fn what_opens_the_keys_goes_along() {
    let place = Place::new();
    let file = place.path().join("words").display().to_string();
    let told = ["schedule", "--passphrase-file", "words", "--timeout", "60"];
    let finished = Run::new(&place, told).stdout("--timeout 60").talks().check();
    assert!(finished.stdout.contains(&format!("--passphrase-file {file} ")), "{}", finished.stdout);
    assert!(!Run::new(&place, ["schedule"]).stdout("verify").talks().check().stdout.contains("--timeout"));
}

#[test]
fn what_would_be_a_second_line_is_refused() {
    let (place, kept) = with_cron(None, "");
    for command in ["a\nb", "a 'b\rc'", "a \u{1b}"] {
        let words = ["schedule", "cron", "--write", "--on-failure", command];
        Run::new(&place, words).exit(2).stderr("one line").check();
        Run::new(&place, ["schedule", "systemd", "--on-failure", command]).exit(2).stderr("one line").check();
    }
    assert!(!kept.exists());
}

/// The link that `systemctl enable` made goes with the timer, and what is told works without the files.
#[test]
fn what_was_switched_on_is_switched_off() {
    let place = Place::new();
    Run::new(&place, ["schedule", "systemd", "--write"]).stdout("mailkey-verify.timer").talks().check();
    let [service, timer] = units(&place);
    let wants = timer.parent().expect("a parent").join("timers.target.wants");
    fs::create_dir(&wants).expect("ours");
    let link = wants.join("mailkey-verify.timer");
    std::os::unix::fs::symlink(&timer, &link).expect("ours");
    let removed = Run::new(&place, ["schedule", "systemd", "--remove"]).stdout("wants").talks().check();
    assert!(removed.stderr.contains("systemctl --user stop mailkey-verify.timer"), "{}", removed.stderr);
    assert!(fs::symlink_metadata(&link).is_err() && !timer.exists() && !service.exists());
}

#[test]
fn what_is_no_document_is_not_printed_as_one() {
    let place = Place::new();
    for words in [
        &["schedule"][..],
        &["schedule", "--remove"],
        &["man"],
        &["completions", "bash"],
        &["schema", "list"],
    ] {
        let finished = Run::new(&place, words.iter().copied()).args(["--json"]).exit(2).stdout_json().check();
        assert_eq!(finished.error_id(), "no-json", "{words:?}");
    }
}

#[test]
fn a_unit_of_somebody_else_stays() {
    let place = Place::new();
    let [service, timer] = units(&place);
    fs::create_dir_all(timer.parent().expect("a parent")).expect("ours");
    Run::new(&place, ["schedule", "systemd", "--write"]).stdout("mailkey-verify.timer").talks().check();
    fs::write(&timer, "[Timer]\n").expect("ours");
    Run::new(&place, ["schedule", "systemd", "--remove"])
        .exit(2)
        .stderr("was not written by mailkey")
        .check();
    assert!(service.exists() && timer.exists(), "all or nothing");
    fs::remove_file(&service).expect("ours");
    fs::write(&timer, "[Timer]\nOnCalendar=weekly\n").expect("ours");
    for words in [&["schedule", "--write"][..], &["schedule", "--remove"]] {
        Run::new(&place, words.iter().copied()).exit(2).stderr("was not written by mailkey").check();
    }
    assert_eq!(fs::read_to_string(&timer).expect("it is there"), "[Timer]\nOnCalendar=weekly\n");
    assert!(!service.exists(), "all or nothing");
}

#[test]
fn a_line_for_cron_leaves_the_others_alone() {
    let others = "MAILTO=anna\n@daily echo 100\\% # mine\n";
    for table in [Some(others), None] {
        let (place, kept) = with_cron(table, "");
        Run::new(&place, ["schedule", "cron"]).stdout(" verify --all").talks().check();
        assert_eq!(fs::read_to_string(&kept).ok().as_deref(), table);
        for _ in 0..2 {
            Run::new(&place, ["schedule", "cron", "--write"]).stdout(" verify --all").talks().check();
            let written = fs::read_to_string(&kept).expect("a table");
            assert_eq!(
                written.lines().filter(|line| line.ends_with("# mailkey schedule")).count(),
                1,
                "{written}"
            );
            assert!(written.starts_with(table.unwrap_or_default()), "{written}");
        }
        Run::new(&place, ["schedule", "cron", "--remove"]).talks().check();
        assert_eq!(fs::read_to_string(&kept).expect("a table"), table.unwrap_or_default());
        Run::new(&place, ["schedule", "cron", "--remove"]).exit(7).talks().check();
    }
}

/// A cron that drops what it does not like, and says that all is well.
#[test]
fn a_table_that_was_not_taken_as_it_was_written_is_told_and_put_back() {
    let others = "5 4 * * * mine\n";
    let drops = "grep -v mailkey > \"${0%/bin/crontab}/table\"; exit 0\n";
    let (place, kept) = with_cron(Some(others), drops);
    let words = ["schedule", "cron", "--write", "--lang", "en"];
    Run::new(&place, words).exit(1).stderr("What was there was put back").check();
    assert_eq!(fs::read_to_string(&kept).expect("a table"), others);
    // One that spoils the whole table gets what was there once more.
    let spoils = "if grep -q mailkey; then echo spoiled > \"${0%/bin/crontab}/table\"; exit 0; fi\n\
                  printf '5 4 * * * mine\\n' > \"${0%/bin/crontab}/table\"; exit 0\n";
    let (place, kept) = with_cron(Some(others), spoils);
    Run::new(&place, words).exit(1).stderr("What was there was put back").check();
    assert_eq!(fs::read_to_string(&kept).expect("a table"), others);
}

/// What is as it always is needs no word: neither folders nor what opens a store that nobody uses.
#[test]
fn only_what_differs_goes_along() {
    let mut place = Place::new();
    assert!(!Run::new(&place, ["schedule"]).stdout("verify").talks().check().stderr.contains("passphrase"));
    let home = place.path().join("home");
    for (name, folder) in [("XDG_CONFIG_HOME", ".config"), ("XDG_STATE_HOME", ".local/state")] {
        let usual = home.join(folder).display().to_string();
        let before = Run::new(&place, ["schedule"]).stdout(name).talks().check();
        place.set(name, &usual);
        let after = Run::new(&place, ["schedule"]).stdout("verify").talks().check();
        assert!(before.stdout.contains(&format!("Environment={name}=")), "{}", before.stdout);
        assert!(!after.stdout.contains(name), "{}", after.stdout);
    }
}

#[test]
fn without_cron_or_with_one_that_fails_nothing_is_changed() {
    let mut place = Place::new();
    let empty = place.path().join("home").display().to_string();
    place.set("PATH", &empty);
    Run::new(&place, ["schedule", "cron", "--write"]).exit(7).stderr("no program crontab").check();
    let (place, kept) = with_cron(Some("5 4 * * * mine\n"), "echo 'no room' >&2; exit 1\n");
    Run::new(&place, ["schedule", "cron", "--write"]).exit(1).stderr("no room").check();
    assert_eq!(fs::read_to_string(&kept).expect("a table"), "5 4 * * * mine\n");
}
