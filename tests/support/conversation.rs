//! [`Conversation`]: the program in plain mode behind pipes, one question and one line at a time.

use std::time::{Duration, Instant};

use super::{
    place::Place,
    run::{Finished, Run, Running},
};

/// The program in plain mode.
pub struct Conversation {
    running: Running,
    /// How much of what it said was heard.
    heard: usize,
    deadline: Duration,
    /// Everything that was said and typed, for messages.
    transcript: String,
}

impl Conversation {
    /// Begins one; `exit`: what it is to end with.
    pub fn start(place: &Place, arguments: &[String], exit: &[i32]) -> Self {
        let run = Run::new(place, ["--plain"]).args(arguments.iter().cloned());
        let deadline = Duration::from_secs(60);
        let running = run.exit_one_of(exit).stdout("").talks().within(deadline).start();
        Self { running, heard: 0, deadline, transcript: String::new() }
    }

    /// Waits for the next question, and returns everything that was said up to its end; `None`: there is none any
    /// more.
    pub fn question(&mut self) -> Option<String> {
        let ends = Instant::now() + self.deadline;
        let heard = self.heard;
        let all = self.running.said(ends, |bytes| {
            // A question is the only thing that is not ended by a line break.
            bytes.len() > heard && bytes.ends_with(b": ")
        });
        let said = all.get(heard..).unwrap_or_default().to_owned();
        self.heard = all.len();
        self.transcript.push_str(&said);
        if said.ends_with(": ") {
            return Some(said);
        }
        None
    }

    /// Waits until it has said this, without a question.
    pub fn wait_for(&mut self, part: &str) {
        let ends = Instant::now() + self.deadline;
        let all = self.running.said(ends, |bytes| String::from_utf8_lossy(bytes).contains(part));
        assert!(all.contains(part), "“{part}” was not said\n{all}");
    }

    /// Types a line.
    pub fn line(&mut self, line: &str) {
        self.transcript.extend([line, "\n"]);
        self.running.say(&format!("{line}\n"));
    }

    /// Waits for a question that holds this, and answers it with a line.
    pub fn answer(&mut self, question: &str, line: &str) -> String {
        let said = self.question().unwrap_or_else(|| panic!("no question any more\n{}", self.transcript));
        assert!(said.contains(question), "“{question}” was not asked\n{}", self.transcript);
        self.line(line);
        said
    }

    /// Everything that was said and typed so far.
    pub fn transcript(&self) -> &str {
        &self.transcript
    }

    /// Ends its standard input.
    pub fn hang_up(&mut self) {
        self.running.close_stdin();
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Waits for the end.
    pub fn finish(self) -> Finished {
        self.running.finish()
    }
}
