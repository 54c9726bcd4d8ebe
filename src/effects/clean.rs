//! Cleaning what servers said before anybody sees it.
