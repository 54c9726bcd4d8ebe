//! `mailkey verify`.

mod hook;
mod one;
mod pool;
mod progress;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use self::{
    hook::Hook,
    one::{Asked, Verified},
    pool::{News, Pool},
    progress::Progress,
};
use super::{
    ask, port,
    print::{self, accounts::AccountsWriter},
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::account::Verify,
    effects::{
        cancel::Cancel,
        files::{self, CheckRecord},
    },
    flow::arrival,
    model::{account::Account, address::Address, exit_code::ExitCode, life::WARN_DAYS},
};

/// Results are written down at most so often: each time, the whole file of accounts is written anew.
const RECORD_EVERY: Duration = Duration::from_secs(1);

/// `mailkey verify [NAME…]`.
///
/// # Errors
/// When a name is not known, the address to send to is none, or the command for failures is none.
pub fn run(arguments: &Verify, session: &Session) -> Result<ExitCode, CommandError> {
    let send_to = match &arguments.send_to {
        Some(text) => Some(Address::parse(text).map_err(|error| CommandError::usage(error.id()))?),
        None => None,
    };
    let watching = &arguments.watching;
    let hook = watching.on_failure.as_deref().map(Hook::parse).transpose()?;
    let accounts = if arguments.names.is_empty() {
        files::accounts(&session.world)?
    } else {
        arguments.names.iter().map(|name| session.account(name)).collect::<Result<Vec<_>, _>>()?
    };
    let mut accounts = accounts;
    let mut seen = BTreeSet::new();
    accounts.retain(|account| seen.insert(account.id.clone()));
    if let Some(port) = arguments.smtp_port {
        let [account] = accounts.as_mut_slice() else { return Err(CommandError::usage("verify.one-port")) };
        account.smtp = port::at(account, port, session)?;
    }
    if accounts.is_empty() {
        return Err(CommandError::Say {
            id: "command.no-accounts",
            values: Vec::new(),
            exit: ExitCode::NotFound,
        });
    }
    let looks = arguments.arrival.arrival;
    let patience = arguments.arrival.arrival_wait.map_or(arrival::PATIENCE, Duration::from_secs);
    let asked = Asked {
        send_to,
        arrival: looks.then_some(patience),
        warn_days: watching.warn_days.unwrap_or(WARN_DAYS),
        keeps_server: arguments.smtp_port.is_some(),
    };
    let mut run = Run::new(session, accounts.len(), watching.warn_days, watching.quiet, hook);
    run.all(accounts, watching.jobs, asked)
}

/// A check of some accounts.
struct Run<'a> {
    session: &'a Session,
    /// How many accounts there are.
    all: usize,
    /// A key that dies within so many days is a failure; `None`: it is only told.
    warn_days: Option<u32>,
    /// Who is well is not told.
    quiet: bool,
    progress: Progress,
    /// The document; `None`: lines for a person.
    document: Option<AccountsWriter<std::io::Stdout>>,
    hook: Option<Hook>,
    /// What is done and not yet told, because one before it is not.
    waiting: BTreeMap<usize, Verified>,
    told: usize,
    codes: Vec<ExitCode>,
    records: Vec<CheckRecord>,
    recorded: Instant,
}

impl<'a> Run<'a> {
    fn new(
        session: &'a Session,
        all: usize,
        warn_days: Option<u32>,
        quiet: bool,
        hook: Option<Hook>,
    ) -> Self {
        let strings = &session.words().strings;
        Self {
            session,
            all,
            warn_days,
            quiet,
            progress: Progress::of(all, &session.world.environment, strings),
            document: session.global.json.then(AccountsWriter::of_stdout),
            hook,
            waiting: BTreeMap::new(),
            told: 0,
            codes: Vec::new(),
            records: Vec::new(),
            recorded: Instant::now(),
        }
    }

    fn all(&mut self, accounts: Vec<Account>, jobs: usize, asked: Asked) -> Result<ExitCode, CommandError> {
        let cancel = signals::cancelling()?;
        // A worker asks for the passphrase while this thread shows how far it is.
        let progress = self.progress.clone();
        ask::let_ask_apart(self.session, &cancel, move |question| progress.apart(question));
        let mut pool = start(self.session, accounts, jobs, asked, &cancel)?;
        self.progress.show();
        let mut is_cancelled = false;
        while let Some(news) = pool.next() {
            match news {
                News::Done(number, Some(Some(verified))) => self.take(number, verified),
                // It was stopped: nothing is known of it.
                News::Done(_, Some(None)) => {}
                // The panic has said itself on standard error.
                News::Done(number, None) => {
                    self.codes.push(ExitCode::Bug);
                    self.waiting.entry(number).or_insert_with(Verified::panicked);
                    self.tell_in_order();
                }
                News::Cancelled => is_cancelled = true,
            }
        }
        // After a cancel there are gaps.
        for (_, verified) in std::mem::take(&mut self.waiting) {
            self.tell(verified);
        }
        self.progress.hide();
        self.record();
        let (done, all) = (self.told.to_string(), self.all.to_string());
        if is_cancelled || cancel.is_cancelled() {
            return Ok(self.cancelled(&done, &all));
        }
        if let Some(document) = self.document.take() {
            document.end(None);
        }
        let exit = ExitCode::of_all(&self.codes);
        if let Some(hook) = &self.hook {
            hook.run(self.session, &cancel);
        }
        Ok(exit)
    }

    fn take(&mut self, number: usize, verified: Verified) {
        self.codes.push(self.exit_of(&verified));
        self.progress.count(!self.is_worth_telling(&verified));
        self.records.extend(verified.record.clone());
        self.waiting.insert(number, verified);
        self.tell_in_order();
        if self.recorded.elapsed() >= RECORD_EVERY {
            self.record();
        }
        self.progress.show();
    }

    /// Tells what is next in the order of the accounts, as far as it is done.
    fn tell_in_order(&mut self) {
        while let Some(verified) = self.waiting.remove(&self.told) {
            self.tell(verified);
        }
    }

    fn tell(&mut self, verified: Verified) {
        self.told += 1;
        let is_worth_telling = self.is_worth_telling(&verified);
        let Some(report) = verified.report else { return };
        if is_worth_telling || !self.quiet {
            let (document, session) = (&mut self.document, self.session);
            self.progress.apart(|| match document {
                Some(document) => document.add(&report),
                None => print::account(session, &report, verified.exit),
            });
        }
        if let Some(hook) = self.hook.as_mut().filter(|_| is_worth_telling) {
            hook.add(report);
        }
    }

    /// True when the account failed, or its key dies sooner than was asked for.
    fn is_worth_telling(&self, verified: &Verified) -> bool {
        self.exit_of(verified) != ExitCode::Proved
    }

    /// A key that works and dies soon is one that a person must renew, and one that its store did not take is in danger.
    fn exit_of(&self, verified: &Verified) -> ExitCode {
        let key = verified.report.as_ref().map(|report| &report.key);
        let dies_soon = key.is_some_and(|key| key.dies_soon);
        match verified.exit {
            ExitCode::Proved if key.is_some_and(|key| key.unstored.is_some()) => ExitCode::Store,
            ExitCode::Proved if dies_soon && self.warn_days.is_some() => ExitCode::RenewKey,
            exit => exit,
        }
    }

    /// Writes down what was found. A check that cannot be written down was still made; a port that should be kept to is
    /// another matter.
    fn record(&mut self) {
        let records = std::mem::take(&mut self.records);
        let written = files::record_checks(&self.session.world, &records);
        self.recorded = Instant::now();
        let mut proved = records.iter().filter(|record| record.check.ok);
        let Some(server) = proved.find_map(|record| record.server.as_ref()) else { return };
        match written {
            // The account may be gone, or its key another one by now.
            Ok(false) => {}
            Ok(true) => {
                let values = [("host", server.host.as_str()), ("port", &server.port.to_string())];
                print::talk(&self.session.words().strings.fill("verify.port-kept", &values));
            }
            // That port was asked for.
            Err(failure) => self.codes.push(print::complaint(&failure.into(), self.session)),
        }
    }

    fn cancelled(&mut self, done: &str, all: &str) -> ExitCode {
        let strings = &self.session.words().strings;
        let text = if self.all == 1 {
            strings.text("command.cancelled").to_owned()
        } else {
            strings.fill("verify.cancelled", &[("done", done), ("all", all)])
        };
        let exit = ExitCode::Cancelled;
        match self.document.take() {
            Some(document) => document.end(Some(("cancelled", &text, exit))),
            None => print::refusal(false, "cancelled", &text, exit),
        }
        exit
    }
}

/// Begins to verify all accounts.
fn start(
    session: &Session,
    accounts: Vec<Account>,
    jobs: usize,
    asked: Asked,
    cancel: &Cancel,
) -> Result<Pool<Option<Verified>>, CommandError> {
    let (theirs, stopping) = (session.clone(), cancel.clone());
    let items = accounts.into_iter().map(|account| (account.smtp.host.to_lowercase(), account)).collect();
    let work = move |account: &Account| one::verify(account, &asked, &theirs, &stopping);
    Pool::start(items, jobs, cancel, work).map_err(|error| CommandError::Say {
        id: "verify.no-thread",
        values: vec![("reason", error.to_string())],
        exit: ExitCode::Bug,
    })
}
