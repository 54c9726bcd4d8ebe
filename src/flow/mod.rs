//! The wizard: what is asked, in which order, what is done, and what is shown. Pure: no files, no network,
//! no threads, no clock, no randomness. Everything that happens outside arrives as a [`message::Message`],
//! everything that must be done leaves as an [`effect::Effect`].

pub mod answers;
pub mod effect;
pub mod message;
pub mod screen;
