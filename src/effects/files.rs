//! The files without secrets: accounts, unfinished set-ups, pending notes.
