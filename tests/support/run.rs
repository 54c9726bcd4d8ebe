//! [`Run`]: the program behind pipes. What a test does not expect must not be there: an exit code that is not
//! named must be 0, a stream that is not named must stay empty.

use std::{
    io::Write,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{DEADLINE, MAILKEY, place::Place, recording::Recording, report::Report, schema};

/// How long a run whose input has ended is waited for before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// A run to be made.
pub struct Run<'place> {
    place: &'place Place,
    program: Vec<String>,
    arguments: Vec<String>,
    input: String,
    exit: Vec<i32>,
    stdout: Expected,
    stderr: Expected,
    deadline: Duration,
}

/// What a stream must hold.
enum Expected {
    Nothing,
    Parts(Vec<String>),
    Json,
    Anything,
}

/// What a run left.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; -1 when a signal ended it.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// Standard output as the JSON document that it must be.
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}", self.stdout))
    }

    /// Standard output as the report on one account.
    pub fn report(&self) -> Report {
        Report::of(&self.document())
    }

    /// The id of the error in the document; empty when it is none.
    pub fn error_id(&self) -> String {
        self.document()["error"]["id"].as_str().unwrap_or_default().to_owned()
    }
}

impl<'place> Run<'place> {
    /// Runs mailkey with these arguments.
    pub fn new<A: Into<String>>(place: &'place Place, arguments: impl IntoIterator<Item = A>) -> Self {
        Self {
            place,
            program: vec![MAILKEY.to_owned()],
            arguments: arguments.into_iter().map(Into::into).collect(),
            input: String::new(),
            exit: vec![0],
            stdout: Expected::Nothing,
            stderr: Expected::Nothing,
            deadline: DEADLINE,
        }
    }

    /// Puts a program with its arguments before it.
    pub fn under(mut self, wrapper: &[&str]) -> Self {
        self.program.splice(0..0, wrapper.iter().map(|&word| word.to_owned()));
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<String>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// What standard input holds; nothing otherwise.
    pub fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.input);
        self
    }

    /// The exit code; 0 otherwise.
    pub fn exit(mut self, code: i32) -> Self {
        self.exit = vec![code];
        self
    }

    /// One of these exit codes, where the contract leaves the choice.
    pub fn exit_one_of(mut self, codes: &[i32]) -> Self {
        codes.clone_into(&mut self.exit);
        self
    }

    /// Standard output must hold this; it must be empty otherwise.
    pub fn stdout(mut self, part: &str) -> Self {
        self.stdout = self.stdout.and(part);
        self
    }

    /// Standard output must be one JSON document with `"schema":1`, as the schema of the command says.
    pub fn stdout_json(mut self) -> Self {
        self.stdout = Expected::Json;
        self
    }

    /// Standard error must hold this; it must be empty otherwise.
    pub fn stderr(mut self, part: &str) -> Self {
        self.stderr = self.stderr.and(part);
        self
    }

    /// Standard error is for people and may say anything.
    pub fn talks(mut self) -> Self {
        self.stderr = Expected::Anything;
        self
    }

    /// How long it may take.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs it and compares.
    pub fn check(self) -> Finished {
        let mut running = self.start();
        running.close_stdin();
        running.finish()
    }

    /// Runs it, compares, and returns the JSON document of its standard output.
    pub fn json(self) -> Value {
        self.stdout_json().talks().check().document()
    }

    /// Runs it, compares, and returns the report on one account of its standard output.
    pub fn report(self) -> Report {
        self.stdout_json().talks().check().report()
    }

    /// Starts it; standard input stays open until it is closed or the run is finished.
    pub fn start(self) -> Running {
        let mut command = Command::new(&self.program[0]);
        command.args(&self.program[1..]).args(&self.arguments);
        command.env_clear().envs(self.place.variables()).current_dir(self.place.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take();
        if let Some(stdin) = &mut stdin {
            // A program that ended already takes no input; what it said is compared all the same.
            let _ = stdin.write_all(self.input.as_bytes());
        }
        Running {
            stdout: Recording::of(child.stdout.take().expect("piped")),
            stderr: Recording::of(child.stderr.take().expect("piped")),
            child,
            stdin,
            ends: Instant::now() + self.deadline,
            what: format!("mailkey {}", self.arguments.join(" ")),
            arguments: self.arguments,
            expected: (self.exit, self.stdout, self.stderr),
        }
    }
}

/// A run that goes on.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Recording,
    stderr: Recording,
    ends: Instant,
    what: String,
    arguments: Vec<String>,
    expected: (Vec<i32>, Expected, Expected),
}

impl Running {
    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Says something to it.
    pub fn say(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("it listens");
    }

    /// Ends its standard input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the first whole line on standard output.
    pub fn first_line(&mut self) -> String {
        let found = self.stdout.wait(self.ends, |bytes| line_with(bytes, ""));
        found.unwrap_or_else(|| self.fail("no line on standard output"))
    }

    /// Waits for the line `Open: URL` on standard error and returns the address.
    pub fn open_url(&mut self) -> String {
        let found = self.stderr.wait(self.ends, |bytes| line_with(bytes, "Open: "));
        let line = found.unwrap_or_else(|| self.fail("no line `Open: URL` on standard error"));
        line.strip_prefix("Open: ").expect("asked for").to_owned()
    }

    /// Waits for the line `Code: CODE` on standard error.
    pub fn user_code(&mut self) -> String {
        let found = self.stderr.wait(self.ends, |bytes| line_with(bytes, "Code: "));
        let line = found.unwrap_or_else(|| self.fail("no line `Code: CODE` on standard error"));
        line.strip_prefix("Code: ").expect("asked for").to_owned()
    }

    /// Waits until standard output is as it should be, or at its end; returns all of it.
    pub fn said(&mut self, ends: Instant, holds: impl Fn(&[u8]) -> bool) -> String {
        let found = self.stdout.wait(ends, |bytes| holds(bytes).then(|| bytes.to_vec()));
        if found.is_none() && !self.stdout.wait_end(Instant::now()) {
            self.fail("it says nothing more and does not end");
        }
        found.map_or_else(|| self.stdout.text(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until standard error holds this.
    pub fn wait_for_talk(&mut self, part: &str) {
        let found =
            self.stderr.wait(self.ends, |bytes| String::from_utf8_lossy(bytes).contains(part).then_some(()));
        found.unwrap_or_else(|| self.fail(&format!("no “{part}” on standard error")));
    }

    /// Waits for its end and compares.
    pub fn finish(mut self) -> Finished {
        if !self.stdout.wait_end(self.ends) || !self.stderr.wait_end(self.ends) {
            self.fail("it does not end");
        }
        let exit = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status.code().unwrap_or(-1),
                Ok(None) if Instant::now() < self.ends => std::thread::yield_now(),
                _ => self.fail("it closed its streams and does not end"),
            }
        };
        let finished = Finished { exit, stdout: self.stdout.text(), stderr: self.stderr.text() };
        let (codes, stdout, stderr) = &self.expected;
        let wrong = [
            (!codes.contains(&exit)).then(|| format!("exit code {exit}, not {codes:?}")),
            stdout.objection(&finished.stdout).map(|it| format!("standard output {it}")),
            stderr.objection(&finished.stderr).map(|it| format!("standard error {it}")),
        ];
        let wrong: Vec<_> = wrong.into_iter().flatten().collect();
        if !wrong.is_empty() {
            self.fail(&wrong.join("; "));
        }
        if matches!(stdout, Expected::Json) {
            schema::assert_valid(&self.arguments, &finished.document());
        }
        finished
    }

    fn fail(&mut self, why: &str) -> ! {
        let _ = self.child.kill();
        panic!(
            "{}: {why}\n--- standard output\n{}\n--- standard error\n{}\n---",
            self.what,
            self.stdout.text(),
            self.stderr.text()
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Servers end with their input, and tidy up.
        self.stdin = None;
        let ends = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < ends {
            std::thread::yield_now();
        }
        // Only what this test started; one that has ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Expected {
    fn and(self, part: &str) -> Self {
        let mut parts = if let Self::Parts(parts) = self { parts } else { Vec::new() };
        parts.push(part.to_owned());
        Self::Parts(parts)
    }

    /// What is wrong with a text.
    fn objection(&self, text: &str) -> Option<String> {
        match self {
            Self::Anything => None,
            Self::Nothing => (!text.is_empty()).then(|| "must be empty".to_owned()),
            Self::Parts(parts) => {
                let missing: Vec<_> = parts.iter().filter(|part| !text.contains(*part)).collect();
                (!missing.is_empty()).then(|| format!("lacks {missing:?}"))
            }
            Self::Json => match serde_json::from_str::<Value>(text) {
                Err(error) => Some(format!("is not one JSON document: {error}")),
                Ok(document) if document["schema"] != 1 => Some("lacks \"schema\":1".to_owned()),
                Ok(_) => None,
            },
        }
    }
}

/// The first whole line that begins so.
fn line_with(bytes: &[u8], begin: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let whole = &text[..=text.rfind('\n')?];
    whole.lines().find(|line| line.starts_with(begin)).map(str::to_owned)
}
