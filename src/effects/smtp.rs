//! The SMTP session.
