//! The words and the documents: everything a person reads, and the order of the steps. Parsed from `assets/`,
//! which is part of the program.

pub mod document;
pub mod markup;
pub mod plan;
pub mod strings;

use include_dir::{Dir, include_dir};

/// Everything below `assets/`.
pub static ASSETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets");
