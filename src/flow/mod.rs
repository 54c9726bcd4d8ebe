//! The wizard: what is asked, in which order, what is done, and what is shown. Pure: no files, no network,
//! no threads, no clock, no randomness. Everything that happens outside arrives as a [`message::Message`],
//! everything that must be done leaves as an [`effect::Effect`].

pub mod answers;
pub mod answers_file;
pub mod arrival;
pub mod check;
pub mod client_import;
pub mod consent;
pub mod discovery;
pub mod effect;
pub mod export;
pub mod field;
pub mod keep;
pub mod knowledge;
pub mod life;
pub mod message;
pub mod orders;
pub mod present;
pub mod purpose;
pub mod recognition;
pub mod removal;
pub mod report;
pub mod screen;
pub mod seatable;
pub mod server_mail;
pub mod situation;
pub mod staged;
pub mod store_trial;
pub mod turn;
pub mod validate;
pub mod wizard;

#[cfg(test)]
pub(crate) mod tests;
