//! What can go wrong can be met in practice: an answer is dictated, or a fault chosen, a real check meets it on the
//! wire, and what comes of it is what it means.

use super::*;
use crate::{
    commands::session::Session,
    diagnosis::{Catalogue, Context, REPLIES},
    flow::effect::{CheckReport, CheckRequest, RefreshRequest, Route, SignIn, TestMessage},
    model::{
        failure::{Failure, Layer},
        method::Method,
        secret::Secret,
        server::{Security, Server},
        stage::{StageReport, StageResult},
        user::User,
    },
    practice::Dictated,
};

/// Running servers with a session that meets them.
struct Stage {
    practice: Practice,
    session: Session,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        Self::with(&[], &[])
    }

    fn with(faults: &[Fault], variables: &[(&'static str, &str)]) -> Self {
        let practice = Practice::start(Options { faults: faults.to_vec(), ..Options::default() }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let session = testing::session_in(folder.path(), &["practice"], variables);
        let session = practising(&practice, &folder, &session).map_err(|_| "refused").unwrap();
        Self { practice, session, _folder: folder }
    }

    /// The practice servers in Gmail's place.
    fn server(&self, security: Security) -> Server {
        let providers = self.session.knowledge.providers();
        let gmail = providers.iter().find(|provider| provider.id == "gmail").unwrap();
        gmail.smtp.iter().find(|server| server.security == security).unwrap().clone()
    }

    fn check(&self, sign_in: SignIn, security: Security) -> CheckReport {
        let address = Address::parse("anna@practice.example").unwrap();
        let message = TestMessage {
            to: address.clone(),
            subject: "Test".to_owned(),
            text: "Sent {time}, {message_id}\n".to_owned(),
        };
        let request = CheckRequest {
            address,
            user: User::Address,
            sign_in,
            route: Route::Smtp(self.server(security)),
            others: [Security::StartTls, Security::Tls]
                .into_iter()
                .filter(|other| *other != security)
                .map(|other| self.server(other))
                .collect(),
            starttls_only: security == Security::StartTls,
            message: Some(message),
        };
        let world = &self.session.world;
        match perform(Effect::Check(Box::new(request)), world, &Cancel::new(), &mut |_| {}) {
            Outcome::Checked(report) => *report,
            other => panic!("{other:?}"),
        }
    }

    fn by_password(&self, security: Security) -> CheckReport {
        let password = self.practice.make_app_password("x").unwrap();
        self.check(SignIn::Password { password }, security)
    }

    fn dictate(&self, place: &str, text: &str) {
        self.practice.dictate(vec![Dictated::parse(&format!("{place}={text}")).unwrap()]);
    }
}

fn diagnosed(report: &CheckReport, provider: &str, method: Method) -> (String, Failure) {
    let failed = report.stages.iter().find_map(|stage| match &stage.result {
        StageResult::Failed(failure) => Some(failure.clone()),
        StageResult::Passed(_) => None,
    });
    let failure = failed.unwrap();
    let passed: Vec<_> =
        report.stages.iter().filter(|stage| is_passed(stage)).map(|stage| stage.stage).collect();
    let context = Context { method: Some(method), passed: &passed, ..Context::of(provider) };
    (Catalogue::embedded().diagnose(&failure, &context).id, failure)
}

fn is_passed(report: &StageReport) -> bool {
    matches!(report.result, StageResult::Passed(_))
}

#[test]
fn replies_of_mail_servers_can_be_met() {
    let stage = Stage::new();
    let mut met = 0;
    for (provider, (method, _), layer, reply, id) in REPLIES.iter().copied() {
        let by_password = method != Some(Method::OAuth);
        if !by_password && layer == Layer::SignIn {
            continue;
        }
        // RFC 5321 §4.2 has them in ASCII, and so must be what is dictated.
        let (place, security) = match layer {
            Layer::Connect => ("greeting", Security::StartTls),
            Layer::Tls => ("starttls", Security::StartTls),
            Layer::SignIn => ("sign-in", Security::Tls),
            _ => ("message", Security::Tls),
        };
        stage.dictate(place, reply);
        let report = stage.by_password(security);
        let (found, failure) = diagnosed(&report, provider, method.unwrap_or(Method::AppPassword));
        assert_eq!((found.as_str(), failure.layer), (id, layer), "{provider} {layer:?} {reply}: {failure:?}");
        met += 1;
    }
    assert!(met > 40, "{met}");
    assert_eq!(stage.practice.complaints(), Vec::<String>::new());
}

#[test]
fn a_transaction_is_refused_where_it_was_dictated() {
    let stage = Stage::new();
    for (place, reply, id) in [
        ("ehlo", "421 4.7.0 Try again later, closing connection.", "network-not-welcome"),
        ("mail", "553 5.1.7 The sender address <x> is not a valid", "sender-not-allowed"),
        (
            "rcpt",
            "550-5.1.1 The email account that you tried\n550 5.1.1 to reach does not exist.",
            "recipient-unknown",
        ),
    ] {
        stage.dictate(place, reply);
        let (found, failure) = diagnosed(&stage.by_password(Security::Tls), "gmail", Method::AppPassword);
        assert_eq!(found, id, "{place}: {failure:?}");
    }
    stage.practice.dictate(Vec::new());
    let report = stage.by_password(Security::Tls);
    assert!(report.failure().is_none(), "what was dictated is over: {report:?}");
}

#[test]
fn answers_of_token_endpoints_can_be_met() {
    let stage = Stage::new();
    for (text, id) in [
        (
            r#"400 {"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            "key-expired-or-withdrawn",
        ),
        (
            r#"400 {"error":"invalid_grant","error_description":"reauth related error (invalid_rapt)"}"#,
            "session-ended-by-organisation",
        ),
        (
            r#"401 {"error":"invalid_client","error_description":"The OAuth client was not found."}"#,
            "client-id-wrong",
        ),
        (r#"401 {"error":"invalid_client","error_description":"Unauthorized"}"#, "client-secret-wrong"),
        (
            r#"400 {"error":"deleted_client","error_description":"The OAuth client was deleted."}"#,
            "client-deleted",
        ),
        ("503 Service Unavailable", "provider-fault"),
    ] {
        stage.dictate("token", text);
        let refresh = RefreshRequest {
            token_url: stage
                .session
                .knowledge
                .providers()
                .iter()
                .find(|one| one.id == "gmail")
                .and_then(|one| one.oauth.clone())
                .unwrap()
                .token_url,
            client_id: "x".to_owned(),
            client_secret: None,
            refresh_token: Secret::from("y"),
            scopes: Vec::new(),
        };
        let report = stage.check(SignIn::OAuth(refresh), Security::Tls);
        let (found, failure) = diagnosed(&report, "gmail", Method::OAuth);
        assert_eq!((found.as_str(), failure.layer), (id, Layer::Token), "{text}: {failure:?}");
    }
}

#[test]
fn what_trying_tells_apart_can_be_met() {
    let proxy = [("HTTPS_PROXY", "http://proxy.practice.example:3128")];
    for (fault, variables, id) in [
        (Fault::DropsFirst, &[][..], "works-now"),
        (Fault::PortsClosed, &[], "host-refuses"),
        (Fault::PortsClosed, &proxy, "only-proxy-gets-out"),
        (Fault::StarttlsPortDead, &[], "starttls-port-blocked"),
        (Fault::CaptivePortal, &[], "captive-portal"),
    ] {
        let stage = Stage::with(&[fault], variables);
        let (found, failure) =
            diagnosed(&stage.by_password(Security::StartTls), "gmail", Method::AppPassword);
        assert_eq!(found, id, "{fault:?}: {failure:?}");
    }
    let stage = Stage::with(&[Fault::SlowServer], &[]);
    let (found, failure) = diagnosed(&stage.by_password(Security::Tls), "gmail", Method::AppPassword);
    assert_eq!(found, "silent-before-sign-in", "{failure:?}");
    let stage = Stage::with(&[Fault::TlsPortDead], &[]);
    let (found, failure) = diagnosed(&stage.by_password(Security::Tls), "gmail", Method::AppPassword);
    assert_eq!(found, "other-port-works", "{failure:?}");
}
