//! The listener that catches the OAuth redirect.
