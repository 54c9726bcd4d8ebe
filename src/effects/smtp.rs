//! The SMTP session: our own, since it must tell exactly what happened at each stage.
//!
//! [`Session`] speaks RFC 5321 as a submission client (RFC 6409) and knows nothing of stages or progress; the
//! order is [`super::check`]'s. Below it: [`wire`] moves bytes under a deadline, [`reply`] reads what the server
//! says, [`sasl`] makes what proves who we are, [`tls`] and [`certificate`] explain encryption.
//!
//! Deliberately absent: a log of the dialogue (AUTH lines would be in it), HELO (no server without EHLO offers
//! STARTTLS or AUTH), CHUNKING, SMTPUTF8, and any way to go on in clear.

mod authenticate;
pub mod certificate;
pub mod reply;
pub mod sasl;
pub mod session;
mod submit;
#[cfg(test)]
pub(crate) mod testing;
pub mod tls;
pub mod wire;

pub use self::{
    authenticate::Credential,
    session::{Encryption, Session},
    submit::Accepted,
};

#[cfg(test)]
mod tests;
