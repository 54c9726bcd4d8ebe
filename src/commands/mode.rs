//! [`Mode`]: in which of the three ways the wizard is walked.
//!
//! The first of these that holds decides:
//! 1. `--no-input`: by a script.
//! 2. `--plain`: in lines.
//! 3. Standard input is no terminal: by a script, where the command can be walked by one.
//! 4. `ACCESSIBLE` is set (to anything but nothing, `0`, `false` or `no`): in lines. Other programs read it as well.
//! 5. `TERM` is `dumb`, or outside Windows empty or not set: in lines.
//! 6. Neither standard output nor standard error is a terminal, or it has less room than `ROOM`: in lines.
//! 7. Full-screen.

use super::session::{CommandError, Session};
use crate::{cli::Global, environment::Environment, frontends::plain::Stream};

/// Columns and rows below which a screen cannot be read: the narrowest step needs so many to show a field and what is
/// wrong with it.
const ROOM: (u16, u16) = (30, 8);

/// How the wizard is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nobody is there.
    Script,
    /// In lines.
    Plain,
    /// Full-screen.
    Screen,
}

impl Mode {
    /// The mode of a run; `size`: the terminal's columns and rows, where it tells them.
    #[must_use]
    pub fn of(global: &Global, environment: &Environment, size: Option<(u16, u16)>) -> Self {
        let terminals = environment.terminals;
        if global.no_input {
            return Self::Script;
        }
        if global.plain {
            return Self::Plain;
        }
        if !terminals.input {
            return Self::Script;
        }
        let accessible = environment.variable("ACCESSIBLE").unwrap_or_default().to_ascii_lowercase();
        let asks_for_lines = !matches!(accessible.as_str(), "" | "0" | "false" | "no");
        let is_dumb = match environment.variable("TERM") {
            Some("dumb") => true,
            None | Some("") => !cfg!(windows),
            Some(_) => false,
        };
        let has_room = size.is_none_or(|(columns, rows)| columns >= ROOM.0 && rows >= ROOM.1);
        if asks_for_lines || is_dumb || !has_room || !(terminals.output || terminals.error) {
            return Self::Plain;
        }
        Self::Screen
    }
}

impl Session {
    /// Without a terminal nobody is asked.
    ///
    /// # Errors
    /// Where only a person can say what is wanted; `complaint`: the id of what is said then.
    pub fn settle_mode(&mut self, complaint: Option<&'static str>) -> Result<(), CommandError> {
        if self.mode() != Mode::Script {
            return Ok(());
        }
        if let Some(id) = complaint {
            return Err(CommandError::usage(id));
        }
        self.global.no_input = true;
        Ok(())
    }

    /// Whether the wizard talks in lines where the result stands, too.
    #[must_use]
    pub fn talks_on_output(&self) -> bool {
        let terminals = self.world.environment.terminals;
        self.mode() == Mode::Plain && Stream::of(self.global.json, terminals) == Stream::Output
    }

    /// In which way the wizard is walked.
    #[must_use]
    pub fn mode(&self) -> Mode {
        Mode::of(&self.global, &self.world.environment, crate::frontends::plain::terminal::size())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        cli::Cli,
        environment::{Folders, Terminals},
    };

    const ALL: Terminals = Terminals { input: true, output: true, error: true };
    const NONE: Terminals = Terminals { input: false, output: false, error: false };

    fn mode(
        words: &[&str],
        terminals: Terminals,
        variables: &[(&'static str, &str)],
        size: Option<(u16, u16)>,
    ) -> Mode {
        let words = ["mailkey", "setup"].iter().chain(words);
        let cli = Cli::try_parse_from(words).unwrap();
        let folders = Folders { config: "c".into(), state: "s".into(), home: "h".into() };
        Mode::of(&cli.global, &Environment::made(folders, terminals, variables), size)
    }

    #[test]
    fn the_first_that_holds_decides() {
        let xterm = ("TERM", "xterm");
        let (home, tiny) = (Some((80, 24)), Some((20, 5)));
        let piped = Terminals { input: false, ..ALL };
        let to_file = Terminals { output: false, ..ALL };
        let unseen = Terminals { input: true, output: false, error: false };
        for (words, terminals, variables, size, expected) in [
            (&[][..], ALL, &[xterm][..], home, Mode::Screen),
            (&["--no-input", "--plain"], ALL, &[xterm], home, Mode::Script),
            (&["--plain"], ALL, &[xterm], home, Mode::Plain),
            (&["--plain"], NONE, &[], None, Mode::Plain),
            (&[], piped, &[xterm], home, Mode::Script),
            (&[], NONE, &[("ACCESSIBLE", "1")], None, Mode::Script),
            (&[], ALL, &[xterm, ("ACCESSIBLE", "1")], home, Mode::Plain),
            (&[], ALL, &[xterm, ("ACCESSIBLE", "yes")], home, Mode::Plain),
            (&[], ALL, &[xterm, ("ACCESSIBLE", "")], home, Mode::Screen),
            (&[], ALL, &[xterm, ("ACCESSIBLE", "0")], home, Mode::Screen),
            (&[], ALL, &[xterm, ("ACCESSIBLE", "False")], home, Mode::Screen),
            (&[], ALL, &[("TERM", "dumb")], home, Mode::Plain),
            (&[], ALL, &[], home, if cfg!(windows) { Mode::Screen } else { Mode::Plain }),
            (&[], ALL, &[xterm], tiny, Mode::Plain),
            (&[], ALL, &[xterm], Some((80, 7)), Mode::Plain),
            (&[], ALL, &[xterm], None, Mode::Screen),
            (&[], to_file, &[xterm], home, Mode::Screen),
            (&[], unseen, &[xterm], None, Mode::Plain),
        ] {
            let found = mode(words, terminals, variables, size);
            assert_eq!(found, expected, "{words:?} {terminals:?} {variables:?} {size:?}");
        }
    }
}
