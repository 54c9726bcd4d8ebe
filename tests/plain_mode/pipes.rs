//! Through pipes.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::{fs, process::Stdio};

use crate::{
    IN_A_FILE, asked,
    support::{
        MAILKEY, canary::Canary, conversation::Conversation, place::Place, practice::Practice, run::Run,
        signal,
    },
};

/// Goes on to the password, as someone does who has given everything else as flags.
fn to_the_password(talk: &mut Conversation) -> String {
    for _ in 0..20 {
        let said = talk.question().unwrap_or_else(|| panic!("it ended\n{}", talk.transcript()));
        if said.contains("\nPassword (hidden") {
            return said;
        }
        talk.line("");
    }
    panic!("no password is asked for\n{}", talk.transcript());
}

#[test]
fn the_whole_set_up_is_a_conversation_without_a_control_character() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut talk = Conversation::start(&place, &asked(&practice), &[0]);
    let said = to_the_password(&mut talk);
    assert!(said.contains("Step 6 of 10. Enter the password."), "{said}");
    talk.line(practice.password());
    talk.answer("Send a test message to", "");
    let said = talk.answer("Press Enter for “next”", "");
    for stage in
        ["Done: Find", "Done: Connect", "Done: Encrypt", "Done: Sign in", "Done: Send a test message"]
    {
        assert_eq!(said.matches(stage).count(), 1, "{stage}\n{said}");
    }
    talk.answer("Name (now anna@practice.example", "anna");
    talk.answer("Press Enter for “next”", "");
    talk.answer("Press Enter for “finish”", "");
    assert_eq!(talk.question(), None);
    let transcript = talk.transcript().to_owned();
    let finished = talk.finish();
    assert!(finished.stdout.contains("✓ anna"), "what was proved is told at the end\n{}", finished.stdout);
    let controls: Vec<char> =
        finished.stdout.chars().filter(|mark| mark.is_control() && *mark != '\n').collect();
    assert!(controls.is_empty(), "{controls:?}\n{transcript}");
    let canary = Canary::default().with("the password", practice.password());
    canary.assert_absent(
        &place,
        &[("what was said", finished.stdout.as_bytes())],
        Some(&place.config().join("secrets.json")),
    );
    assert_eq!(place.accounts()["accounts"][0]["name"], "anna");
}

#[test]
fn nonsense_at_every_question_decides_nothing() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut talk = Conversation::start(&place, &asked(&practice), &[4]);
    talk.answer("Language, number", "banana");
    talk.answer("Please type a number from 1 to 3.", "7");
    talk.answer("Please type a number from 1 to 3.", "\u{7}\u{1b}[A");
    talk.answer("that line is no text", &"x".repeat(100_000));
    talk.answer("that line is no text", "back");
    talk.answer("back: not possible now. This is the first step.", "help");
    talk.answer("Besides an answer you can type", "");
    let said = talk.question().unwrap_or_default();
    assert!(said.contains("Which address will send?"), "{said}");
    talk.line("quit");
    assert_eq!(talk.question(), None);
    assert_eq!(talk.finish().exit, 4);
    assert!(place.accounts().is_null());
}

#[test]
fn the_end_of_the_input_is_the_end_and_what_was_answered_can_be_taken_up() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut talk = Conversation::start(&place, &asked(&practice), &[4]);
    to_the_password(&mut talk);
    talk.hang_up();
    assert_eq!(talk.question(), None);
    let finished = talk.finish();
    assert!(finished.stderr.ends_with("mailkey: Cancelled.\n"), "{}", finished.stderr);
    let mut again = Conversation::start(&place, &IN_A_FILE.map(str::to_owned), &[4]);
    let said = again.answer("Language, number", "u");
    assert!(said.contains("Type u for: take up where you left"), "{said}");
    let said = again.question().unwrap_or_default();
    assert!(said.contains("Enter the password."), "{said}\n{}", again.transcript());
}

#[test]
fn an_interrupt_stops_what_runs_and_the_next_one_ends() {
    let (practice, place) = (Practice::with_faults(&["slow-server"]), Place::new());
    let mut talk = Conversation::start(&place, &asked(&practice), &[4]);
    to_the_password(&mut talk);
    talk.line(practice.password());
    talk.answer("Send a test message to", "");
    // It says what runs, and then nothing for a while.
    talk.wait_for("Checking.");
    signal("INT", talk.pid());
    let said = talk.question().unwrap_or_default();
    assert!(said.contains("Stopped.\n"), "{said}");
    assert!(
        said.contains("Send a test message to") || said.contains("Press Enter for “check now”"),
        "{said}"
    );
    signal("INT", talk.pid());
    assert_eq!(talk.question(), None);
    assert_eq!(talk.finish().exit, 4);
}

#[test]
fn lines_may_all_be_there_from_the_beginning() {
    let (practice, place) = (Practice::start(), Place::new());
    // One for each question up to the password, and as many more as there are afterwards.
    let lines = format!("\n\n\n\n\n\n\n\n\n{}\n\n\n\n\n\n", practice.password());
    let run = Run::new(&place, ["--plain"]).args(asked(&practice)).stdin(&lines);
    let finished = run.stdout("Done: Send a test message").talks().check();
    assert!(finished.stdout.contains("✓ anna@practice.example"), "{}", finished.stdout);
}

#[test]
fn half_a_line_at_the_end_is_an_answer_only_where_text_is_typed() {
    let (practice, place) = (Practice::start(), Place::new());
    let lines = format!("\n\n\n\n\n\n\n\n\n{}", practice.password());
    let run = Run::new(&place, ["--plain"]).args(asked(&practice)).stdin(&lines).exit(4);
    run.stdout("Send a test message to").talks().check();
    let other = Place::new();
    let run = Run::new(&other, ["--plain"]).args(asked(&practice)).stdin("2").exit(4);
    let finished = run.stdout("Language, number").talks().check();
    assert!(!finished.stdout.contains("Langue"), "half a number chooses nothing: {}", finished.stdout);
}

#[test]
fn with_json_standard_output_has_the_document_and_nothing_else() {
    let (practice, place) = (Practice::start(), Place::new());
    let lines = format!("\n\n\n\n\n\n\n\n\n{}\n\n\n\n\n\n", practice.password());
    let run = Run::new(&place, ["--plain", "--json"]).args(asked(&practice)).stdin(&lines);
    let finished = run.stdout_json().stderr("Enter the password.").check();
    assert!(finished.report().is_ok(), "{}", finished.stdout);
    let run = Run::new(&place, ["--plain", "--json"]).args(["setup"]).args(IN_A_FILE).exit(4);
    assert_eq!(run.stdout_json().talks().check().error_id(), "cancelled");
}

#[test]
fn what_was_answered_is_recorded_and_a_script_replays_it() {
    let (practice, place) = (Practice::start(), Place::new());
    let answers = place.path().join("answers.toml");
    let answers = answers.to_str().unwrap_or_default().to_owned();
    let lines = format!("\n\n\n\n\n\n\n\n\n{}\n\n\n\n\n\n", practice.password());
    let run = Run::new(&place, ["--plain"]).args(asked(&practice)).args(["--record", &answers]);
    run.stdin(&lines).stdout("Done: Send a test message").talks().check();
    let text = fs::read_to_string(&answers).unwrap_or_default();
    assert!(!text.contains(practice.password()) && text.contains("smtp-host"), "{text}");
    let other = Place::new();
    let words = practice.endpoints().trusting(&["setup", "--no-input", "--json", "--answers", &answers]);
    let run = Run::new(&other, words).args(["--secret-file", "-"]).stdin(practice.password());
    assert!(run.report().is_ok());
}

#[test]
fn without_a_terminal_a_script_walks_unless_lines_are_asked_for() {
    let place = Place::new();
    let missing = Run::new(&place, ["setup", "--lang", "en"]).exit(2).stderr("--address").check();
    assert!(!missing.stderr.contains("Language"), "nobody is asked: {}", missing.stderr);
    Run::new(&place, ["--lang", "en"]).exit(2).stderr("terminal").check();
    let mut accessible = Place::new();
    accessible.set("ACCESSIBLE", "1");
    Run::new(&accessible, ["setup", "--lang", "en"]).exit(2).stderr("--address").check();
}

#[test]
fn whoever_stops_listening_has_left() {
    let place = Place::new();
    let mut command = std::process::Command::new(MAILKEY);
    command.args(["setup", "--plain", "--lang", "en"]).env_clear().envs(place.variables());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
    drop(child.stdout.take());
    // The first question is written to nobody.
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
}
