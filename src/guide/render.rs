//! The forms that a [`super::handout::Handout`] can take.

pub mod html;
pub mod markdown;

/// True for what a browser can follow; words that stand for an address are not.
fn is_address(text: &str) -> bool {
    let has_scheme = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    has_scheme && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\\'))
}
