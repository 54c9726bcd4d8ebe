//! [`Log`]: what happened, for `--log`. It names orders, stages and codes; no answer, no address of a consent, no
//! words of a server and no secret is ever written.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use time::format_description::well_known::Rfc3339;

use crate::{
    flow::effect::{Effect, Outcome, Progress},
    model::{
        Time,
        failure::Failure,
        recognition::Answer,
        stage::{StageReport, StageResult},
    },
};

/// A log, or none.
#[derive(Debug, Default)]
pub struct Log(Option<Mutex<File>>);

impl Log {
    /// A log that is appended to this file, which only its owner can read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(Some(Mutex::new(options.open(path)?))))
    }

    /// Writes a line. A log that cannot be written to is no reason to stop.
    pub fn line(&self, now: Time, words: &str) {
        let Some(file) = &self.0 else {
            return;
        };
        let time = now.format(&Rfc3339).unwrap_or_default();
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(file, "{time} {words}");
    }
}

/// An effect by its name.
#[must_use]
pub fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::LoadState => "load state",
        Effect::TryStore(_) => "try store",
        Effect::ReadFile { .. } => "read file",
        Effect::ReadSecrets { .. } => "read secrets",
        Effect::ReadClientSecret { .. } => "read client secret",
        Effect::Listen(_) => "listen",
        Effect::OpenBrowser { .. } => "open browser",
        Effect::Copy { .. } => "copy",
        Effect::Exchange(_) => "exchange",
        Effect::AuthorizeDevice(_) => "authorize device",
        Effect::Check(_) => "check",
        Effect::SeeArrival(_) => "see arrival",
        Effect::SavePending { .. } => "save pending",
        Effect::KeepAccount { .. } => "keep account",
        Effect::DropPending { .. } => "drop pending",
        Effect::SaveUnfinished { .. } => "save unfinished",
        Effect::ReadSeatable { .. } => "read seatable",
        Effect::Discover(_) => "discover",
        Effect::SignInSeatable { .. } => "sign in to seatable",
        Effect::ConnectSeatable(_) => "connect seatable",
        Effect::RecordCheck { .. } => "record check",
    }
}

/// What news says of a stage or a checkpoint.
#[must_use]
pub fn news(progress: &Progress) -> String {
    match progress {
        Progress::Listening(_) => "listening".to_owned(),
        Progress::StrangeRedirect => "a redirect with another state".to_owned(),
        Progress::Asking(asked) => format!("asking {}", asked.id()),
        Progress::Replied(reply) => match &reply.answer {
            Ok(Answer::Nothing) => format!("{} is nowhere", reply.asked.id()),
            Ok(_) => format!("{} answered", reply.asked.id()),
            Err(failure) => format!("{} failed: {}", reply.asked.id(), code(failure)),
        },
        Progress::DeviceCode(_) => "a code for another device".to_owned(),
        Progress::StageBegan(stage) => format!("stage {} began", stage.id()),
        Progress::StageEnded(report) => stage(report),
        Progress::Kept(checkpoint) => format!("kept {checkpoint:?}"),
        Progress::Rotated(_) => "the key was rotated".to_owned(),
        Progress::Waits(_) => "waits for another mailkey".to_owned(),
    }
}

/// How a stage ended.
#[must_use]
pub fn stage(report: &StageReport) -> String {
    let (id, milliseconds) = (report.stage.id(), report.milliseconds);
    match &report.result {
        StageResult::Passed(_) => format!("stage {id} passed, {milliseconds} ms"),
        StageResult::Failed(failure) => format!("stage {id} failed, {milliseconds} ms: {}", code(failure)),
    }
}

/// How an effect ended.
#[must_use]
pub fn end(outcome: &Outcome) -> String {
    match outcome {
        Outcome::StateLoaded(Err(failure))
        | Outcome::StoreTried(Err(failure))
        | Outcome::FileRead(Err(failure))
        | Outcome::SecretsRead(Err(failure))
        | Outcome::ClientSecretRead(Err(failure))
        | Outcome::Redirected(Err(failure))
        | Outcome::Exchanged(Err(failure))
        | Outcome::PendingSaved(Err(failure))
        | Outcome::AccountKept(Err(failure))
        | Outcome::PendingDropped(Err(failure))
        | Outcome::UnfinishedSaved(Err(failure))
        | Outcome::CheckRecorded(Err(failure))
        | Outcome::SeatableRead(Err(failure))
        | Outcome::SeatableSignedIn(Err(failure))
        | Outcome::Panicked(failure) => format!("failed: {}", code(failure)),
        Outcome::Checked(report) => match report.failure() {
            Some(failure) => format!("failed: {}", code(failure)),
            None => "done".to_owned(),
        },
        Outcome::Arrived(report) => match report.failure() {
            Some(failure) => format!("failed: {}", code(failure)),
            None => "done".to_owned(),
        },
        Outcome::SeatableConnected(report) => match report.failure() {
            Some(failure) => format!("failed: {}", code(failure)),
            None => "done".to_owned(),
        },
        Outcome::BrowserOpened(false) | Outcome::Copied(false) => "not possible".to_owned(),
        _ => "done".to_owned(),
    }
}

/// How something ended that is no effect of the wizard.
#[must_use]
pub fn result<T>(result: &Result<T, Failure>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(failure) => format!("failed: {}", code(failure)),
    }
}

fn code(failure: &Failure) -> String {
    let enhanced = failure.enhanced.as_deref().unwrap_or_default();
    format!("{} {} {enhanced}", failure.layer.id(), failure.code).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{failure::Layer, secret::Secret};

    #[test]
    fn only_names_and_codes_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = Log::open(&path).unwrap();
        let effect = Effect::Copy { text: Secret::from("canary") };
        log.line(Time::UNIX_EPOCH, name(&effect));
        let failure = Failure::new(Layer::SignIn, "535").saying("canary").with("host", "canary");
        log.line(Time::UNIX_EPOCH, &end(&Outcome::Panicked(failure)));
        let failure = Failure::new(Layer::Token, "invalid_grant").saying("canary");
        log.line(Time::UNIX_EPOCH, &result::<Secret>(&Err(failure)));
        log.line(Time::UNIX_EPOCH, &result(&Ok(Secret::from("canary"))));
        let written = std::fs::read_to_string(&path).unwrap();
        let lines = ["copy", "failed: sign-in 535", "failed: token invalid_grant", "done"];
        assert_eq!(written, lines.map(|line| format!("1970-01-01T00:00:00Z {line}\n")).concat());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
