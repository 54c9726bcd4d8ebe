//! A SeaTable server in the tests' world.

use super::world::{self, address};
use crate::{
    flow::effect::{BaseAccountWrite, Outcome, SeatableReport, SeatableRequest, SeatableSession},
    model::{
        account::{Account, Destination},
        failure::{Failure, Layer},
        seatable::{Base, BaseAccount, Connection, Right, ServerInfo, Version},
        secret::Secret,
        stage::{Detail, Stage, StageReport, StageResult},
    },
};

pub const URL: &str = "https://table.example.org";
/// Has the shape of an account token, and `canary` in it would not.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
pub const ORDERS: &str = "7f5d6c1e-0000-4000-8000-000000000001";
pub const EVENTS: &str = "7f5d6c1e-0000-4000-8000-000000000002";

pub fn version(text: &str) -> Outcome {
    let version = Version::parse(text).expect("a version");
    Outcome::SeatableRead(Ok(ServerInfo { version, edition: "enterprise edition".to_owned() }))
}

pub fn base(uuid: &str, name: &str, right: Right) -> Base {
    Base { uuid: uuid.to_owned(), name: name.to_owned(), workspace: "Anna".to_owned(), right }
}

pub fn bases() -> Vec<Base> {
    vec![
        base(ORDERS, "Orders", Right::Admin),
        base(EVENTS, "Events", Right::Admin),
        base("7f5d6c1e-0000-4000-8000-000000000003", "Accounting", Right::Member),
        base("7f5d6c1e-0000-4000-8000-000000000004", "Library", Right::Shared),
    ]
}

pub fn session(bases: Vec<Base>) -> SeatableSession {
    SeatableSession { token: Secret::from(TOKEN), user: "anna@gmail.com".to_owned(), bases }
}

pub fn signed_in() -> Outcome {
    Outcome::SeatableSignedIn(Ok(Box::new(session(bases()))))
}

pub fn refused(code: &str) -> Outcome {
    Outcome::SeatableSignedIn(Err(failure(code)))
}

pub fn failure(code: &str) -> Failure {
    Failure::new(Layer::Seatable, code)
}

pub fn connection(id: u64, keeps_token: bool) -> Connection {
    Connection {
        base_uuid: ORDERS.to_owned(),
        base: "Orders".to_owned(),
        workspace: "Anna".to_owned(),
        account_id: id,
        account: "anna@gmail.com".to_owned(),
        keeps_token,
        key_obtained: None,
    }
}

/// An account that is connected to a base.
pub fn connected(mut account: Account, id: u64, keeps_token: bool) -> Account {
    account.destination =
        Destination::Seatable { url: URL.to_owned(), connection: Some(connection(id, keeps_token)) };
    account
}

pub fn passed(stage: Stage, id: u64) -> StageReport {
    let detail = match stage {
        Stage::SeatableFind => Detail::BaseFound { base: "Orders".to_owned(), accounts: 1 },
        Stage::SeatableWrite => {
            Detail::BaseAccountWritten { account: "anna@gmail.com".to_owned(), id, updated: false }
        }
        Stage::SeatableSend => Detail::SeatableSent { to: "anna@gmail.com".to_owned() },
        other => return world::passed(other),
    };
    StageReport { stage, result: StageResult::Passed(detail), milliseconds: 40 }
}

fn failed(stage: Stage, code: &str) -> StageReport {
    StageReport { stage, result: StageResult::Failed(failure(code)), milliseconds: 40 }
}

/// SeaTable has the account under this number, and sent the message.
pub fn sent(request: &SeatableRequest, id: u64) -> Outcome {
    let stages = Stage::SEATABLE.iter().map(|stage| passed(*stage, id)).collect();
    Outcome::SeatableConnected(Box::new(SeatableReport {
        stages,
        connection: Some(of(request, id)),
        taken: None,
    }))
}

/// The connection that a request makes.
pub fn of(request: &SeatableRequest, id: u64) -> Connection {
    let account = match &request.write {
        BaseAccountWrite::Create(name) => name.clone(),
        BaseAccountWrite::Update(_) | BaseAccountWrite::Keep(_) => "anna@gmail.com".to_owned(),
    };
    Connection {
        base_uuid: request.base.uuid.clone(),
        base: request.base.name.clone(),
        workspace: request.base.workspace.clone(),
        account_id: id,
        account,
        keeps_token: request.keep_token,
        key_obtained: Some(request.account.key.obtained),
    }
}

/// SeaTable has the account, and could not send with it.
pub fn not_sent(request: &SeatableRequest, id: u64, code: &str) -> Outcome {
    let mut stages = vec![passed(Stage::SeatableFind, id), passed(Stage::SeatableWrite, id)];
    stages.push(failed(Stage::SeatableSend, code));
    Outcome::SeatableConnected(Box::new(SeatableReport {
        stages,
        connection: Some(of(request, id)),
        taken: None,
    }))
}

/// Nothing was written.
pub fn not_written(stage: Stage, code: &str) -> Outcome {
    let mut stages: Vec<StageReport> =
        Stage::SEATABLE.iter().take_while(|other| **other != stage).map(|stage| passed(*stage, 0)).collect();
    stages.push(failed(stage, code));
    let taken = (code == "_name_taken").then(|| BaseAccount {
        id: 17,
        name: "anna@gmail.com".to_owned(),
        kind: "email".to_owned(),
        sender: Some(address("anna@gmail.com").to_string()),
        provider: "GeneralEmailProvider".to_owned(),
    });
    Outcome::SeatableConnected(Box::new(SeatableReport { stages, connection: None, taken }))
}
