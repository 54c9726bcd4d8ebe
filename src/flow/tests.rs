//! The flow, walked by hand: no effect is run here, each is answered by the test.

mod back;
mod catalogue;
mod check;
mod client;
mod conclusions;
mod consent;
mod deliver;
mod device;
mod explain;
mod guides;
pub mod journeys;
mod leaving;
mod menu;
mod missing;
mod password;
mod pending;
mod picture;
mod renewal;
mod seatable;
mod simulation;
mod start;
mod store;
mod store_opened;
mod table;
mod walk;
pub(crate) mod world;
