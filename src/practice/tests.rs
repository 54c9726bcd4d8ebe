//! The practice servers as a client meets them: over sockets, with the throw-away CA.

mod client;
mod device;
mod gmail;
mod life;
mod microsoft;
mod names;
mod oauth;
mod pages;
mod seatable_access;
mod seatable_accounts;
mod seatable_client;
mod seatable_pages;
mod seatable_sending;
mod smtp;
mod smtp_faults;
