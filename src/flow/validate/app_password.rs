//! Whether an app password has the shape that the provider gives it.

use super::{Remark, Verdict};
use crate::model::{invisible::is_invisible, provider::AppPassword, secret::Secret};

/// How far an app password is: characters there, characters needed.
#[must_use]
pub fn app_password_progress(text: &str, shape: &AppPassword) -> (usize, usize) {
    (counted(without_blanks(text).expose(), shape), shape.length)
}

/// A password without the blanks that it is shown with: every kind that Unicode knows, and the invisible
/// characters that web pages put between groups.
#[must_use]
pub fn without_blanks(text: &str) -> Secret {
    Secret::new(text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect())
}

/// The characters that count.
fn counted(bare: &str, shape: &AppPassword) -> usize {
    bare.chars().filter(|c| Some(*c) != shape.separator).count()
}

pub(super) fn app_password(text: &str, shape: &AppPassword) -> Verdict {
    let bare = without_blanks(text);
    let bare = bare.expose();
    let length = counted(bare, shape);
    let letters = bare.chars().filter(char::is_ascii_alphabetic).count();
    if bare.contains('@') {
        return Verdict::doubt("invalid.app-password.address");
    }
    // Copied out of a file, or written in groups as it is shown.
    let signs = |c: char| matches!(c, '"' | '\'' | '`' | '-' | '“' | '”' | '„' | '«' | '»' | '‘' | '’');
    let without_signs = bare.chars().filter(|c| !signs(*c)).count();
    if shape.letters_only && letters == shape.length && without_signs == shape.length && letters < length {
        let needed = shape.length.to_string();
        return Verdict::Doubt(Remark::new("invalid.app-password.signs").with("needed", needed));
    }
    if shape.letters_only && letters < length {
        // A few digits in sixteen are a slip; anything else is a password that a person thought up.
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let id = if letters + digits == length && length == shape.length {
            "invalid.app-password.digits"
        } else {
            "invalid.app-password.account-password"
        };
        return Verdict::doubt(id);
    }
    if !bare.starts_with(&shape.prefix) {
        return Verdict::Doubt(Remark::new("invalid.app-password.prefix").with("prefix", &shape.prefix));
    }
    if shape.length > 0 && length != shape.length {
        let id =
            if length < shape.length { "invalid.app-password.short" } else { "invalid.app-password.long" };
        return Verdict::Doubt(
            Remark::new(id).with("length", length.to_string()).with("needed", shape.length.to_string()),
        );
    }
    Verdict::Fine
}
