//! What is done with a SeaTable server: read its version, sign in, connect an account to a base. A small machine for
//! each; only the wizard knows what comes next.

mod connect;
mod server;
mod sign_in;

pub use self::{connect::Connect, server::Server, sign_in::SignIn};
