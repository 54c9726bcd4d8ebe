//! What shells and manuals get, fed to a real bash and a real groff.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    fs,
    process::{Command, Output},
};

use crate::support::{MAILKEY, place::Place};

fn run(place: &Place, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(place.variables()).current_dir(place.path());
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// What bash offers for a command line whose last word is being typed.
fn offered(place: &Place, words: &[&str]) -> Vec<String> {
    let quoted = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let last = words.len() - 1;
    let script = format!(
        "PATH={}:$PATH\nsource <(mailkey completions bash)\nCOMP_WORDS=({quoted})\nCOMP_CWORD={last}\n\
         $(complete -p mailkey | sed 's/.*-F \\([^ ]*\\) .*/\\1/') mailkey \"${{COMP_WORDS[{last}]}}\" \
         \"${{COMP_WORDS[{}]}}\"\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        std::path::Path::new(MAILKEY).parent().expect("it lies in a folder").display(),
        last - 1,
    );
    let output = run(place, "bash", &["-c", &script]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_accounts() {
    let place = Place::new();
    let account = |id: &str, name: &str| {
        serde_json::json!({
            "id": id, "name": name, "address": "anna@practice.example", "provider": "other", "method": "password",
            "smtp": {"host": "localhost", "port": 587, "security": "starttls"}, "destination": {"kind": "program"},
            "store": "plain-file", "created": "2026-11-20T09:30:00Z", "key": {"obtained": "2026-11-20T09:30:00Z"},
        })
    };
    let evil = "an $(touch evil) 'x";
    let accounts = serde_json::json!({"schema": 1, "accounts": [account("1", "anna"), account("2", evil)]});
    fs::create_dir(place.config()).expect("ours");
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    assert!(offered(&place, &["mailkey", "ver"]).contains(&"verify".to_owned()));
    assert!(offered(&place, &["mailkey", "verify", "--se"]).contains(&"--send-to".to_owned()));
    assert!(offered(&place, &["mailkey", "seatable", "conn"]).contains(&"connect".to_owned()));
    for words in [
        &["mailkey", "verify", "an"][..],
        &["mailkey", "--json", "reauth", "an"],
        &["mailkey", "seatable", "connect", "an"],
    ] {
        let found = offered(&place, words);
        assert!(found.contains(&"anna".to_owned()), "{words:?}: {found:?}");
        assert!(found.contains(&r"an\ \$\(touch\ evil\)\ \'x".to_owned()), "{words:?}: {found:?}");
    }
    assert!(!offered(&place, &["mailkey", "setup", "an"]).contains(&"anna".to_owned()));
    assert!(!place.path().join("evil").exists(), "a name was run");
}

#[test]
fn every_manual_page_is_sound() {
    let place = Place::new();
    let folder = place.path().join("man");
    let output = run(&place, MAILKEY, &["man", "--out", folder.to_str().expect("a plain name")]);
    assert!(output.status.success(), "{output:?}");
    let pages: Vec<_> =
        fs::read_dir(&folder).expect("it was made").flatten().map(|entry| entry.path()).collect();
    assert!(pages.len() > 12, "{pages:?}");
    for page in pages {
        let path = page.to_str().expect("a plain name");
        let output = run(&place, "groff", &["-man", "-ww", "-z", "-Tutf8", path]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{path}: {said}");
        let text = run(&place, "groff", &["-man", "-Tascii", "-P-cbou", path]).stdout;
        let text = String::from_utf8_lossy(&text).into_owned();
        for part in ["NAME", "SYNOPSIS", "EXIT STATUS"] {
            assert!(text.contains(part), "{path} lacks {part}\n{text}");
        }
    }
}
