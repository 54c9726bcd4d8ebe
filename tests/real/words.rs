//! The words and keys of the wizard that the tests of the screens go by, in one place. English.

/// The rail, while the password is asked.
pub const PASSWORD_STEP: &str = "● Password";
/// Beside the words of a server that refused.
pub const SERVER_SAID: &str = "The server said";
/// The rail, at the end.
pub const DONE: &str = "● Finish";
/// Offered while something runs.
pub const STOP: &str = "Esc stop";
/// Goes on.
pub const NEXT: &str = "<Enter>";
/// Leaves.
pub const QUIT: &str = "<C-q>";
/// At most this many screens lie between the start and the end.
pub const SCREENS: usize = 40;
