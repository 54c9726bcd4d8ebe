//! The check: from the key to a message that was taken, stage by stage.
//!
//! What a stage does is done elsewhere: [`super::connect`], [`super::smtp`], [`super::oauth`], [`super::http_send`].

mod renewal;

use std::{
    io,
    net::TcpStream,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

pub use renewal::access_token;

use super::{
    cancel::Cancel,
    connect, http_send, keep, message, oauth,
    smtp::{Credential, Session, tls},
    stages::{Ended, Stages},
    trial,
    trust::TrustError,
    world::World,
};
use crate::{
    flow::effect::{
        CheckReport, CheckRequest, Progress, RefreshRequest, Rotated, Route, SignIn, TestMessage,
    },
    model::{
        account::Account,
        failure::{Failure, KEPT, Layer, TO_SELF, USER_NAME},
        grant::Grant,
        method::Method,
        provider::SendApi,
        secret::Secret,
        server::{Security, Server},
        shell,
        stage::{Detail, Rotation, Stage, StageReport, StageResult},
    },
};

/// How long each stage may take. The minutes of RFC 5321 §4.5.3.2 are for servers that retry for days; here a
/// person waits, and a mail server that is well answers each step within two seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The system's resolver asks a dead name server for five seconds before it takes the next.
    pub resolve: Duration,
    /// Three retries of a lost SYN (RFC 6298 §2.1: 1, 2, 4 s).
    pub connect: Duration,
    /// Greeting and EHLO. Some servers wait with their greeting to tell programs that do not wait themselves;
    /// Postfix's postscreen takes 6 s for it.
    pub greeting: Duration,
    /// The handshake, which needs no thought on either side.
    pub tls: Duration,
    /// Some servers answer a wrong password late, on purpose; with back ends behind them 10 to 20 s are seen.
    pub sign_in: Duration,
    /// Scanners look at the message before the server takes it. The ten minutes of RFC 5321 §4.5.3.2.6 are no
    /// use to a person who waits; what is not answered by then is told as an unknown outcome.
    pub send: Duration,
    /// The answer to QUIT: the verdict is told before it is asked for.
    pub quit: Duration,
    /// What tells the causes of a failure apart, all of it: the person has waited already.
    pub causes: Duration,
}

impl Deadlines {
    /// What a check gets.
    pub const STANDARD: Self = Self {
        resolve: Duration::from_secs(5),
        connect: Duration::from_secs(10),
        greeting: Duration::from_secs(10),
        tls: Duration::from_secs(10),
        sign_in: Duration::from_secs(30),
        send: Duration::from_secs(60),
        quit: Duration::from_secs(1),
        causes: Duration::from_secs(5),
    };
}

/// Runs a check. It never fails as a whole: what failed is in the report.
pub fn run(
    request: &CheckRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> CheckReport {
    run_within(request, &Deadlines::STANDARD, world, cancel, progress)
}

/// The same as [`run`], with other deadlines.
pub fn run_within(
    request: &CheckRequest,
    deadlines: &Deadlines,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> CheckReport {
    let mut run = Run { request, deadlines, world, cancel, progress, stages: Vec::new(), grant: None };
    // A stage that failed is in the report already.
    let _ = run.all();
    let (mut stages, grant) = (run.stages, run.grant);
    trial::add(&mut stages, request, deadlines.causes, world, cancel);
    if let (SignIn::Stored { account }, Some(last)) = (&request.sign_in, stages.last_mut())
        && let StageResult::Failed(failure) = &mut last.result
        && failure.detail(KEPT).is_none()
    {
        *failure = failure.clone().with(KEPT, shell::word(&account.name));
    }
    CheckReport { stages, grant, ended: world.environment.now() }
}

/// A check that runs.
struct Run<'a> {
    request: &'a CheckRequest,
    deadlines: &'a Deadlines,
    world: &'a World,
    cancel: &'a Cancel,
    progress: &'a mut dyn FnMut(Progress),
    stages: Vec<StageReport>,
    grant: Option<Grant>,
}

impl Stages for Run<'_> {
    fn cancel(&self) -> &Cancel {
        self.cancel
    }

    fn tell(&mut self, progress: Progress) {
        (self.progress)(progress);
    }

    fn reports(&mut self) -> &mut Vec<StageReport> {
        &mut self.stages
    }
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), Ended> {
        let (world, cancel) = (self.world, self.cancel);
        match &self.request.sign_in {
            SignIn::Stored { account } if account.method == Method::OAuth => {
                let token = self.stored_token(account)?;
                self.send_with(None, Some(&token))
            }
            SignIn::Stored { account } => match keep::read_secrets(world, account, false, cancel) {
                Ok(secrets) => self.send_with(Some(&secrets.key), None),
                // The store is no stage; the one that needs the key tells of it.
                Err(failure) => self.stage(Stage::SignIn, |_| Err(failure)),
            },
            SignIn::OAuth(refresh) => {
                let token = self.token(refresh)?;
                self.send_with(None, Some(&token))
            }
            SignIn::Password { password } => self.send_with(Some(password), None),
        }
    }

    fn send_with(&mut self, password: Option<&Secret>, token: Option<&Secret>) -> Result<(), Ended> {
        match (&self.request.route, password, token) {
            (Route::Api(api), _, Some(token)) => self.api(api, token),
            (Route::Smtp(server), _, Some(token)) => self.smtp(server, Credential::AccessToken(token)),
            (Route::Smtp(server), Some(password), None) => self.smtp(server, Credential::Password(password)),
            // No wizard asks for it: the HTTP interface takes no password.
            _ => self.stage(Stage::SignIn, |_| Err(Failure::new(Layer::SignIn, "_no_mechanism"))),
        }
    }

    fn token(&mut self, refresh: &RefreshRequest) -> Result<Secret, Ended> {
        let token = self.renewed(|run| {
            let (late, _guard) = keep::patient(run.cancel);
            let grant = oauth::refresh(refresh, run.world, &late)?;
            let rotated = grant.refresh_token.as_ref().is_some_and(|new| *new != refresh.refresh_token);
            Ok((grant, if rotated { Rotation::Stored } else { Rotation::None }))
        })?;
        // Whoever holds the old one puts the new one away now, not when the check ends: it may be stopped before.
        let new = self.grant.as_ref().and_then(|grant| grant.refresh_token.clone());
        if let Some(new) = new.filter(|new| *new != refresh.refresh_token) {
            let old = refresh.refresh_token.clone();
            self.tell(Progress::Rotated(Box::new(Rotated { old, new })));
        }
        Ok(token)
    }

    /// The same with a key that is kept: no other process renews it meanwhile, and a new one is stored at once.
    fn stored_token(&mut self, account: &Account) -> Result<Secret, Ended> {
        self.renewed(|run| renewal::refresh_stored(account, run.world, run.cancel))
    }

    fn renewed(
        &mut self,
        renew: impl FnOnce(&Self) -> Result<(Grant, Rotation), Failure>,
    ) -> Result<Secret, Ended> {
        let grant = self.stage(Stage::Token, |run| {
            let (grant, rotation) = renew(run)?;
            Ok((Detail::Refreshed { expires: grant.expires, rotation }, grant))
        })?;
        let token = grant.access_token.clone();
        self.grant = Some(grant);
        Ok(token)
    }

    fn api(&mut self, api: &SendApi, token: &Secret) -> Result<(), Ended> {
        let Some(message) = &self.request.message else {
            return Ok(());
        };
        self.stage(Stage::Api, |run| {
            let built = run.build(message)?;
            let sent = http_send::send(api, token, &built.bytes, run.world, run.cancel);
            let reply = sent.map_err(|failure| run.to_whom(message, failure))?;
            Ok((Detail::Accepted { reply, message_id: built.message_id }, ()))
        })
    }

    fn smtp(&mut self, server: &Server, credential: Credential<'_>) -> Result<(), Ended> {
        // Reading the system's certificates takes as long as a round trip; it is done during those to come.
        let trust = self.world.trust.clone();
        let setup = thread::Builder::new().name("trust".to_owned()).spawn(move || tls::Setup::new(&trust));

        let addresses = self.stage(Stage::Resolve, |run| {
            let found = connect::resolve(&server.host, server.port, run.until(|d| d.resolve), run.cancel);
            let found = found.map_err(|failure| about(server, failure))?;
            Ok((Detail::Resolved { host: server.host.clone(), addresses: found.len() }, found))
        })?;

        let mut session = self.stage(Stage::Connect, |run| {
            let socket = connect::connect(&addresses, run.until(|d| d.connect), run.cancel);
            let socket = socket.map_err(|failure| about(server, failure))?;
            let ip = socket.peer_addr().map(|address| address.ip().to_canonical().to_string());
            let detail = Detail::Connected { ip: ip.unwrap_or_default(), port: server.port };
            let mut session = run.session(socket, server).map_err(|failure| about(server, failure))?;
            if server.security == Security::StartTls {
                session.greet(run.until(|d| d.greeting)).map_err(|failure| about(server, failure))?;
            }
            Ok((detail, session))
        })?;

        let outcome = self.encrypted(server, &mut session, setup, credential);
        // Only a server that still listens is told good-bye; after a broken connection there is nobody.
        let last = self.stages.last().map(|report| &report.result);
        let silent = matches!(last, Some(StageResult::Failed(failure)) if is_broken(failure));
        if !silent {
            let patience = self.deadlines.quit;
            self.world.farewells.say(move || session.quit(patience));
        }
        outcome
    }

    /// From encryption on. The first reply over TLS (with STARTTLS to the second EHLO, else the greeting) counts
    /// as part of signing in, since encryption has worked by then; a failure there still is one of layer connect.
    fn encrypted(
        &mut self,
        server: &Server,
        session: &mut Session,
        setup: io::Result<JoinHandle<Result<tls::Setup, TrustError>>>,
        credential: Credential<'_>,
    ) -> Result<(), Ended> {
        self.stage(Stage::Tls, |run| {
            let setup = match setup.map(JoinHandle::join) {
                Ok(Ok(setup)) => setup,
                // No thread to be had, or it panicked: then here, and once more.
                Ok(Err(_)) | Err(_) => tls::Setup::new(&run.world.trust),
            };
            let setup = setup.map_err(|error| about(server, tls::no_trust(&error)))?;
            let encryption = session.encrypt(&setup, run.until(|d| d.tls));
            let encryption = encryption.map_err(|failure| about(server, failure))?;
            let starttls = server.security == Security::StartTls;
            let (version, certificate) = (encryption.version, encryption.certificate);
            Ok((Detail::Encrypted { starttls, version, certificate }, ()))
        })?;

        self.stage(Stage::SignIn, |run| {
            let hello = match server.security {
                Security::StartTls => session.hello(run.until(|d| d.greeting)),
                Security::Tls => session.greet(run.until(|d| d.greeting)),
            };
            hello.map_err(|failure| about(server, failure))?;
            let (Credential::Password(key) | Credential::AccessToken(key)) = credential;
            let user = run.request.user.name_with(&run.request.address, key);
            let mechanism = session.authenticate(user, credential, run.until(|d| d.sign_in));
            let is_own = user != key.expose() && user != run.request.address.as_str();
            let named = |failure: Failure| if is_own { failure.with(USER_NAME, user) } else { failure };
            let mechanism = mechanism.map_err(|failure| named(about(server, failure)))?;
            Ok((Detail::SignedIn { mechanism: mechanism.name().to_owned() }, ()))
        })?;

        let Some(message) = &self.request.message else {
            return Ok(());
        };
        self.stage(Stage::Send, |run| {
            let built = run.build(message)?;
            let from = &run.request.address;
            let taken = session.submit(from, &message.to, &built.bytes, run.until(|d| d.send));
            let taken = taken.map_err(|failure| run.to_whom(message, about(server, failure)));
            let reply = taken?.reply;
            Ok((Detail::Accepted { reply, message_id: built.message_id }, ()))
        })
    }

    fn session(&self, socket: TcpStream, server: &Server) -> Result<Session, Failure> {
        let to = self.request.message.as_ref().map(|message| message.to.as_str());
        let known: Vec<&str> = std::iter::once(self.request.address.as_str()).chain(to).collect();
        Session::new(socket, server, &known, self.cancel)
    }

    fn build(&self, message: &TestMessage) -> Result<message::Built, Failure> {
        let environment = &self.world.environment;
        let random = environment.random().map_err(|_| Failure::new(Layer::Send, "_no_randomness"))?;
        message::build(&self.request.address, message, environment.now(), random)
    }

    /// Adds that the account sent to itself, if so: then there is no other address to be corrected.
    fn to_whom(&self, message: &TestMessage, failure: Failure) -> Failure {
        if message.to.same_mailbox(self.request.address.as_str()) {
            failure.with(TO_SELF, "yes")
        } else {
            failure
        }
    }

    fn until(&self, which: impl Fn(&Deadlines) -> Duration) -> Instant {
        Instant::now() + which(self.deadlines)
    }
}

/// Adds which server it was.
fn about(server: &Server, failure: Failure) -> Failure {
    failure
        .with("host", server.host.as_str())
        .with("port", server.port.to_string())
        .with("security", server.security.id())
}

/// True when nobody listens on the connection any more, or nobody can be trusted to.
fn is_broken(failure: &Failure) -> bool {
    let hears = ["_starttls_missing", "_no_mechanism", "_not_encrypted", "_bad_secret", "_address"];
    failure.code.starts_with('_') && !hears.contains(&failure.code.as_str())
}

#[cfg(test)]
mod tests;
