//! Against the shell that every Unix has.
#![cfg(unix)]

use super::*;

const LONG: Duration = Duration::from_secs(20);

fn shell(script: &str, input: &str, output: Output, deadline: Duration) -> Result<Ended, ProgramFault> {
    let words = ["/bin/sh", "-c", script].map(str::to_owned);
    run(&words, input.as_bytes(), output, deadline, &Cancel::new())
}

#[test]
fn it_gets_its_input_and_what_it_says_is_read() {
    let ended = shell("cat; echo no >&2; exit 3", "hello", Output::Read, LONG).unwrap();
    let expected = Ended { code: Some(3), output: "hello".to_owned(), complaint: "no\n".to_owned() };
    assert_eq!(ended, expected);
    let dropped = shell("cat", "hello", Output::Dropped, LONG).unwrap();
    assert_eq!((dropped.code, dropped.output.as_str()), (Some(0), ""));
}

#[test]
fn one_that_reads_nothing_or_leaves_somebody_behind_does_not_hold_us() {
    let much = "x".repeat(1 << 20);
    assert_eq!(shell("exit 0", &much, Output::Read, LONG).unwrap().code, Some(0));
    let began = Instant::now();
    shell("sleep 30 & exit 0", "", Output::Read, LONG).unwrap();
    assert!(began.elapsed() < LONG);
}

#[test]
fn one_that_does_not_end_is_ended() {
    let late = shell("exec sleep 30", "", Output::Dropped, Duration::from_millis(50));
    assert!(matches!(late, Err(ProgramFault::Late(_))), "{late:?}");
    let cancel = Cancel::new();
    cancel.cancel();
    let words = ["sleep", "30"].map(str::to_owned);
    let cancelled = run(&words, b"", Output::Dropped, LONG, &cancel);
    assert!(matches!(cancelled, Err(ProgramFault::Cancelled)), "{cancelled:?}");
}

/// What it started holds the pipe open, so its end is the end of the pipe.
#[test]
fn what_it_started_ends_with_it() {
    let (mut read, write) = std::io::pipe().unwrap();
    for script in ["sleep 60 & wait", "(trap '' TERM; sleep 60; sleep 60) & trap 'exit 0' TERM; wait"] {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdout(write.try_clone().unwrap());
        group::lead(&mut command);
        let mut child = command.spawn().unwrap();
        drop(command);
        group::end(&mut child);
        assert!(child.try_wait().unwrap().is_some(), "{script}");
    }
    drop(write);
    let (sender, ended) = std::sync::mpsc::channel();
    thread::spawn(move || sender.send(read.read_to_end(&mut Vec::new()).unwrap()));
    assert_eq!(ended.recv_timeout(LONG), Ok(0));
}

#[test]
fn one_that_is_not_there_is_told() {
    let words = ["/no/such/program".to_owned()];
    let missing = run(&words, b"", Output::Read, LONG, &Cancel::new());
    assert!(
        matches!(&missing, Err(ProgramFault::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound)
    );
    assert!(matches!(run(&[], b"", Output::Read, LONG, &Cancel::new()), Err(ProgramFault::NotStarted(_))));
}
