//! The IMAP session: our own, of a dozen commands, for looking whether one message arrived.
//!
//! [`Session`] speaks RFC 3501 as a client that only reads: mailboxes are opened with EXAMINE and headers fetched with
//! BODY.PEEK, so that no flag changes. Below it [`response`] reads what the server says; bytes, encryption and
//! mechanisms are those of [`super::smtp`]. What a server may send is bounded everywhere: the length of lines and
//! literals, their number in a response, the responses to a command, the depth of a list.
//!
//! Deliberately absent: any command that changes something, IDLE (the look is over in a minute), and any way to go on in
//! clear.

mod folders;
pub mod response;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;

pub use self::{folders::Folders, session::Session};
