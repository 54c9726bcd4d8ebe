//! The practice servers as a client meets them: over sockets, with the throw-away CA.

mod client;
mod gmail;
mod life;
mod oauth;
mod pages;
mod smtp;
mod smtp_faults;
