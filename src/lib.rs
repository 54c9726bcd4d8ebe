//! mailkey: gets, checks, keeps and renews the key that a program needs to send mail.

pub mod commands;
pub mod diagnosis;
pub mod effects;
pub mod environment;
pub mod flow;
pub mod frontends;
pub mod guide;
pub mod model;
pub mod practice;
