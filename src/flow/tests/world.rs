//! What the world answers, and the secrets that must never be seen.

use time::{Duration, macros::datetime};

use crate::{
    flow::effect::{CheckReport, DeviceCode, Effect, Listening, Outcome, Redirect, Secrets, StoredState},
    model::{
        Time,
        account::{Account, Destination, KeyLife, LastCheck, OAuthSettings, Publishing},
        address::Address,
        arrival::{Arrival, Folder},
        client::ClientKind,
        failure::{Failure, Layer},
        grant::Grant,
        method::{Method, SendVia},
        recognition::{Answer, Asked, Exchanger, Place, Reply},
        secret::Secret,
        server::{Security, Server},
        stage::{Detail, Rotation, Stage, StageReport, StageResult},
        store_kind::StoreKind,
        user::User,
        whereabouts::Whereabouts,
    },
};

/// All secrets but this one have this word in them.
pub const CANARY: &str = "canary";
/// An app password that the shape of Gmail's lets pass.
pub const APP_PASSWORD: &str = "qjxwvkzpqjxwvkzp";
pub const PASSWORD: &str = "canary password";
pub const REFRESH_TOKEN: &str = "1//canary-refresh";
pub const ROTATED: &str = "1//canary-rotated";
pub const ACCESS_TOKEN: &str = "ya29.canary-access";
pub const CLIENT_SECRET: &str = "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";
pub const CODE: &str = "4/canary-code";
pub const STATE: &str = "canary-state";
pub const VERIFIER: &str = "canary-verifier";

pub const CLIENT_ID: &str = "12-ab.apps.googleusercontent.com";
pub const MAIL_SCOPE: &str = "https://mail.google.com/";
pub const SEND_SCOPE: &str = "https://www.googleapis.com/auth/gmail.send";
/// The port that is taken when nobody says another.
pub const PORT: u16 = 8976;

/// When mailkey was started.
pub const NOW: Time = datetime!(2026-11-20 09:30 UTC);
/// When the consent was given, or a check ended: later, so that the two cannot be confused.
pub const LATER: Time = datetime!(2026-11-20 09:40 UTC);

/// The id that a new account gets.
pub const FRESH_ID: &str = "00112233aabbccdd";

/// Nothing was ever stored.
pub fn nothing() -> StoredState {
    StoredState {
        accounts: Vec::new(),
        unfinished: None,
        pending: None,
        encrypted: false,
        set_aside: Vec::new(),
        now: NOW,
        fresh_id: FRESH_ID.to_owned(),
    }
}

pub fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

/// smtp.gmail.com, as SeaTable can use it.
pub fn starttls() -> Server {
    Server { host: "smtp.gmail.com".to_owned(), port: 587, security: Security::StartTls }
}

/// smtp.gmail.com, as Gmail prefers it.
pub fn implicit_tls() -> Server {
    Server { host: "smtp.gmail.com".to_owned(), port: 465, security: Security::Tls }
}

/// An account of an app password that was kept last month.
pub fn by_app_password(name: &str) -> Account {
    Account {
        id: format!("id-of-{name}"),
        name: name.to_owned(),
        address: address(&format!("{name}@gmail.com")),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method: Method::AppPassword,
        send_via: SendVia::Smtp,
        smtp: starttls(),
        imap: None,
        oauth: None,
        destination: Destination::Seatable { url: "https://table.example.org".to_owned(), connection: None },
        store: StoreKind::Keyring,
        key: KeyLife::begun(NOW - Duration::days(30)),
        created: NOW - Duration::days(90),
        last_check: Some(LastCheck { at: NOW - Duration::days(2), ok: true, diagnosis: None }),
    }
}

/// An account of a consent that was given last month, while the project was in testing.
pub fn by_consent(name: &str) -> Account {
    Account {
        method: Method::OAuth,
        smtp: implicit_tls(),
        oauth: Some(OAuthSettings {
            authorize_url: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
            token_url: "https://oauth2.googleapis.com/token".to_owned(),
            revoke_url: Some("https://oauth2.googleapis.com/revoke".to_owned()),
            device_url: None,
            issuer: Some("https://accounts.google.com".to_owned()),
            client_id: CLIENT_ID.to_owned(),
            client_kind: ClientKind::Web,
            redirect_port: Some(9123),
            scopes: vec![MAIL_SCOPE.to_owned()],
            requested_scopes: Vec::new(),
            api_url: None,
            api_kind: crate::model::provider::SendApiKind::default(),
            tenant: None,
        }),
        destination: Destination::Program,
        key: KeyLife {
            expires: Some(NOW - Duration::days(23)),
            publishing: Publishing::Testing,
            ..KeyLife::begun(NOW - Duration::days(30))
        },
        ..by_app_password(name)
    }
}

pub fn listening(port: u16) -> Listening {
    Listening {
        redirect_uri: format!("http://127.0.0.1:{port}/callback"),
        authorize_url: "https://accounts.google.com/o/oauth2/v2/auth?client_id=12-ab".to_owned(),
        state: Secret::from(STATE),
        verifier: Secret::from(VERIFIER),
        whereabouts: Whereabouts::Desktop,
        ssh_command: None,
        browser_likely: true,
    }
}

/// What RFC 8628 §3.2 shows.
pub fn device_code() -> DeviceCode {
    DeviceCode {
        address: "https://mail.firma.example/device".to_owned(),
        whole_address: Some("https://mail.firma.example/device?user_code=WDJB-MJHT".to_owned()),
        user_code: "WDJB-MJHT".to_owned(),
        seconds: 300,
    }
}

/// The address to which the browser was sent back.
pub fn redirected(port: u16, query: &str) -> String {
    format!("http://127.0.0.1:{port}/callback?{query}")
}

pub fn redirect() -> Outcome {
    Outcome::Redirected(Ok(Redirect { code: Secret::from(CODE) }))
}

pub fn grant() -> Grant {
    Grant {
        access_token: Secret::from(ACCESS_TOKEN),
        expires: Some(LATER + Duration::hours(1)),
        refresh_token: Some(Secret::from(REFRESH_TOKEN)),
        refresh_token_expires: None,
        scopes: vec![MAIL_SCOPE.to_owned()],
        email: None,
        obtained: LATER,
    }
}

pub fn granted(grant: Grant) -> Outcome {
    Outcome::Exchanged(Ok(Box::new(grant)))
}

/// What a stage found that went well.
pub fn passed(stage: Stage) -> StageReport {
    let detail = match stage {
        Stage::Token => Detail::Refreshed { expires: None, rotation: Rotation::None },
        Stage::Resolve => Detail::Resolved { host: "smtp.gmail.com".to_owned(), addresses: 2 },
        Stage::Connect => Detail::Connected { ip: "192.0.2.1".to_owned(), port: 587 },
        Stage::Tls => Detail::Encrypted { starttls: true, version: "TLS 1.3".to_owned(), certificate: None },
        Stage::SignIn => Detail::SignedIn { mechanism: "PLAIN".to_owned() },
        Stage::SeatableFind | Stage::SeatableWrite | Stage::SeatableSend => {
            return super::table::passed(stage, 17);
        }
        Stage::Arrive => Detail::Arrived(Box::new(Arrival {
            folder: Folder::Inbox,
            seconds: 4,
            from: Some("anna@gmail.com".to_owned()),
            other_from: false,
            other_id: false,
            authentication: None,
        })),
        Stage::Send | Stage::Api => {
            Detail::Accepted { reply: "250 2.0.0 OK".to_owned(), message_id: "1@mailkey".to_owned() }
        }
    };
    StageReport { stage, result: StageResult::Passed(detail), milliseconds: 12 }
}

/// A check whose stages all went well.
pub fn good_check(stages: &[Stage]) -> CheckReport {
    CheckReport { stages: stages.iter().copied().map(passed).collect(), grant: None, ended: LATER }
}

/// The stages of SMTP with a password, and all of them good.
pub fn proved() -> Outcome {
    let stages = [Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn, Stage::Send];
    Outcome::Checked(Box::new(good_check(&stages)))
}

/// Gmail refused the password.
pub fn refused() -> Outcome {
    let mut report = good_check(&[Stage::Resolve, Stage::Connect, Stage::Tls]);
    let mut failure = Failure::new(Layer::SignIn, "535")
        .saying("5.7.8 Username and Password not accepted. For more information, go to the help page.");
    failure.enhanced = Some("5.7.8".to_owned());
    failure.mechanism = Some("PLAIN".to_owned());
    report.stages.push(StageReport {
        stage: Stage::SignIn,
        result: StageResult::Failed(failure),
        milliseconds: 80,
    });
    Outcome::Checked(Box::new(report))
}

/// A good check in which the provider gave another refresh token.
pub fn rotated() -> Outcome {
    let stages = [Stage::Token, Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn, Stage::Send];
    let grant = Grant { refresh_token: Some(Secret::from(ROTATED)), ..grant() };
    Outcome::Checked(Box::new(CheckReport { grant: Some(grant), ..good_check(&stages) }))
}

/// The message was seen in the inbox.
pub fn arrived() -> Outcome {
    Outcome::Arrived(Box::new(passed(Stage::Arrive)))
}

/// It was not.
pub fn not_arrived(failure: Failure) -> Outcome {
    let result = StageResult::Failed(failure);
    Outcome::Arrived(Box::new(StageReport { stage: Stage::Arrive, result, milliseconds: 60_000 }))
}

pub fn store_works() -> Outcome {
    Outcome::StoreTried(Ok("Keyring of the session".to_owned()))
}

/// An answer of the network about the domain of an address, chosen by chance.
pub fn reply(chance: &mut dyn FnMut(usize) -> usize) -> Reply {
    let asked = Asked::ALL[chance(Asked::ALL.len())];
    let host = ["aspmx.l.google.com", "mail.example.org", "mail.hoster.example"][chance(3)].to_owned();
    let answer = match asked {
        _ if chance(4) == 0 => Err(Failure::new(Layer::Discover, "_timeout")),
        _ if chance(4) == 0 => Ok(Answer::Nothing),
        Asked::Mx => Ok(Answer::Exchangers(vec![Exchanger { preference: 10, host }])),
        Asked::OwnFile | Asked::WellKnownFile => Ok(Answer::File(settings_file(&host))),
        _ => Ok(Answer::Places(vec![Place { priority: 0, weight: 0, port: 465, target: host }])),
    };
    Reply { asked, answer }
}

/// A settings file that names one server.
pub fn settings_file(host: &str) -> String {
    format!(
        "<clientConfig><emailProvider><outgoingServer type=\"smtp\"><hostname>{host}</hostname><port>465</port>\
         <socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>"
    )
}

pub fn no_keyring() -> Failure {
    Failure::new(Layer::Store, "_no_keyring")
}

pub fn secrets(key: &str, client_secret: Option<&str>) -> Secrets {
    Secrets { key: Secret::from(key), client_secret: client_secret.map(Secret::from) }
}

/// True when this is the kind of answer that the effect gets.
pub fn fits(effect: &Effect, outcome: &Outcome) -> bool {
    matches!(
        (effect, outcome),
        (_, Outcome::Panicked(_))
            | (Effect::LoadState, Outcome::StateLoaded(_))
            | (Effect::TryStore(_), Outcome::StoreTried(_))
            | (Effect::ReadFile { .. }, Outcome::FileRead(_))
            | (Effect::ReadSecrets { .. }, Outcome::SecretsRead(_))
            | (Effect::ReadClientSecret { .. }, Outcome::ClientSecretRead(_))
            | (Effect::Discover(_), Outcome::Discovered)
            | (Effect::Listen(_), Outcome::Redirected(_))
            | (Effect::OpenBrowser { .. }, Outcome::BrowserOpened(_))
            | (Effect::Copy { .. }, Outcome::Copied(_))
            | (Effect::Exchange(_) | Effect::AuthorizeDevice(_), Outcome::Exchanged(_))
            | (Effect::Check(_), Outcome::Checked(_))
            | (Effect::SeeArrival(_), Outcome::Arrived(_))
            | (Effect::SavePending { .. }, Outcome::PendingSaved(_))
            | (Effect::KeepAccount { .. }, Outcome::AccountKept(_))
            | (Effect::DropPending { .. }, Outcome::PendingDropped(_))
            | (Effect::SaveUnfinished { .. }, Outcome::UnfinishedSaved(_))
            | (Effect::RecordCheck { .. }, Outcome::CheckRecorded(_))
            | (Effect::ReadSeatable { .. }, Outcome::SeatableRead(_))
            | (Effect::SignInSeatable { .. }, Outcome::SeatableSignedIn(_))
            | (Effect::ConnectSeatable(_), Outcome::SeatableConnected(_))
    )
}
