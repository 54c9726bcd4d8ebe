//! Opening the person's browser.
