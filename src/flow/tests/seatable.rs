//! SeaTable: from the server's version to a message that SeaTable sent.

mod connecting;
mod forms;
mod leaving;
mod repairing;
mod signing_in;

use super::{
    table,
    walk::Walk,
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::effect::{Effect, Outcome, SeatableRequest},
    model::account::Account,
};

/// The answers of a set-up in which mailkey does it.
const BY_API: [(&str, &str); 5] = [
    ("address", "anna@gmail.com"),
    ("for", "seatable"),
    ("seatable-url", table::URL),
    ("connect", "api"),
    ("method", "app-password"),
];

/// An account is kept; SeaTable comes next.
fn kept() -> Walk {
    let mut walk = Walk::setup();
    walk.through(&BY_API, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
    walk.next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "seatable-sign-in");
    walk
}

/// Signed in; a base is to be chosen.
fn choosing() -> Walk {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in()).did();
    assert_eq!(walk.step(), "seatable-base");
    walk
}

/// Everything is chosen.
fn ready() -> Walk {
    let mut walk = choosing();
    walk.edit("seatable-base", table::ORDERS).next().did();
    assert_eq!(walk.step(), "seatable-connect");
    walk
}

/// What was ordered of SeaTable.
fn request(walk: &mut Walk) -> SeatableRequest {
    match walk.order() {
        Effect::ConnectSeatable(request) => *request,
        other => panic!("SeaTable is not asked to connect: {other:?}"),
    }
}

/// A plan on a computer with this account.
fn with_account(plan: crate::flow::wizard::Plan, account: Account) -> Walk {
    let mut state = world::nothing();
    let name = account.name.clone();
    state.accounts = vec![account];
    let mut walk = Walk::loaded(plan, state);
    if walk.step() == "choose-account" {
        walk.edit("account", &name).next();
    }
    walk
}
