//! [`Theme`]: colours and marks, chosen once from what the environment says about the terminal.
//!
//! Two accents only: one for "this is the thing to do" and "this worked", one for "look out". Colour never
//! carries meaning alone: every mark differs in shape too, and without colours bold, underline and reverse
//! video take their place.

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

use super::marks::{ASCII, Marks, UNICODE, plain_sign};
use crate::environment::Environment;

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None: `NO_COLOR`, `--no-color`, or a terminal that has none.
    Mono,
    /// The sixteen that every colour terminal has.
    Sixteen,
    /// The 256 of xterm.
    Many,
}

/// What the letters stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// Not told: only colours that can be read on both are used.
    Unknown,
}

/// Colours and marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
    /// What the letters stand on.
    pub background: Background,
    /// False: marks and rules are drawn with ASCII characters only.
    pub unicode: bool,
    /// True where an OSC 8 link does no harm.
    pub links: bool,
}

/// What a piece of text is, for its looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Words to read.
    Text,
    /// Words that may be passed over.
    Dim,
    /// The heading of the step, the name of the program, what is focused.
    Heading,
    /// Words that matter.
    Strong,
    /// To be typed or copied to the letter; a number of a step; a thing that worked.
    Accent,
    /// A web address.
    Link,
    /// Something failed, or will if it is not heeded.
    Alert,
    /// The key of an action.
    Key,
    /// The same with the focus on it.
    KeyFocused,
    /// What a field holds.
    Entry,
    /// The same with the focus on it.
    EntryFocused,
    /// The label of practice mode.
    Practice,
    /// Lines between the parts of the screen.
    Rule,
}

impl Theme {
    /// What the environment says about the terminal; `color` is false with `--no-color`.
    #[must_use]
    pub fn of(environment: &Environment, color: bool) -> Self {
        let term = environment.variable("TERM").unwrap_or_default();
        Self {
            depth: depth(environment, term, color),
            background: background(environment.variable("COLORFGBG")),
            unicode: unicode(environment, term),
            // The Linux console prints parts of an OSC 8 sequence, and so does GNU screen.
            links: term != "linux" && (!term.starts_with("screen") || environment.variable("TMUX").is_some()),
        }
    }

    /// The marks to draw with.
    #[must_use]
    pub fn marks(self) -> &'static Marks {
        if self.unicode { &UNICODE } else { &ASCII }
    }

    /// How text of this role looks.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        match role {
            Role::Text => plain,
            Role::Dim => self.dim(),
            Role::Rule => self.rule(),
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Heading | Role::Key => self.accent().add_modifier(Modifier::BOLD),
            Role::Accent => self.accent(),
            Role::Link | Role::EntryFocused => self.accent().add_modifier(Modifier::UNDERLINED),
            Role::Alert => self.alert().add_modifier(Modifier::BOLD),
            Role::KeyFocused => self.accent().add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED),
            Role::Entry => self.rule().add_modifier(Modifier::UNDERLINED).fg(Color::Reset),
            Role::Practice => self.alert().add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED),
        }
    }

    /// The last touch: what a terminal without colours or without Unicode must not get is taken out of the
    /// finished picture, whoever put it there. (With `NO_COLOR`, crossterm 0.29 turns a colour into `CSI m`,
    /// which wipes bold and reverse video: so it must get none.)
    pub fn finish(self, buffer: &mut Buffer) {
        if self.unicode && self.depth != Depth::Mono {
            return;
        }
        for cell in &mut buffer.content {
            if self.depth == Depth::Mono {
                cell.fg = Color::Reset;
                cell.bg = Color::Reset;
            }
            if !self.unicode
                && let Some(plain) = plain_sign(cell.symbol())
            {
                cell.set_symbol(plain);
            }
        }
    }

    fn accent(self) -> Style {
        Style::new().fg(match (self.depth, self.background) {
            (Depth::Mono, _) => return Style::new(),
            (Depth::Sixteen, Background::Light) => Color::Blue,
            (Depth::Sixteen, _) => Color::Cyan,
            // 256 colours: sky blue, deep blue, and a blue of 4.2:1 on black and 5:1 on white.
            (Depth::Many, Background::Dark) => Color::Indexed(80),
            (Depth::Many, Background::Light) => Color::Indexed(25),
            (Depth::Many, Background::Unknown) => Color::Indexed(32),
        })
    }

    fn alert(self) -> Style {
        Style::new().fg(match (self.depth, self.background) {
            (Depth::Mono, _) => return Style::new(),
            (Depth::Sixteen, Background::Dark) => Color::LightRed,
            (Depth::Sixteen, _) => Color::Red,
            (Depth::Many, Background::Dark) => Color::Indexed(215),
            (Depth::Many, Background::Light) => Color::Indexed(130),
            (Depth::Many, Background::Unknown) => Color::Indexed(166),
        })
    }

    fn dim(self) -> Style {
        match (self.depth, self.background) {
            (Depth::Many, Background::Dark) => Style::new().fg(Color::Indexed(247)),
            (Depth::Many, Background::Light) => Style::new().fg(Color::Indexed(241)),
            (Depth::Many, Background::Unknown) => Style::new().fg(Color::Indexed(244)),
            // Bright black is invisible in some palettes of sixteen; faint is at worst not faint.
            (Depth::Sixteen | Depth::Mono, _) => Style::new().add_modifier(Modifier::DIM),
        }
    }

    fn rule(self) -> Style {
        match (self.depth, self.background) {
            (Depth::Many, Background::Dark) => Style::new().fg(Color::Indexed(240)),
            (Depth::Many, Background::Light) => Style::new().fg(Color::Indexed(250)),
            (Depth::Many, Background::Unknown) => Style::new().fg(Color::Indexed(244)),
            (Depth::Sixteen | Depth::Mono, _) => Style::new().add_modifier(Modifier::DIM),
        }
    }
}

fn depth(environment: &Environment, term: &str, color: bool) -> Depth {
    let colorless = ["vt", "dumb", "xterm-mono"].iter().any(|name| term.starts_with(name));
    if !color || environment.variable("NO_COLOR").is_some() || colorless {
        Depth::Mono
    } else if term.contains("256color") || environment.variable("COLORTERM").is_some() {
        Depth::Many
    } else {
        Depth::Sixteen
    }
}

/// `COLORFGBG` is `15;0` or `0;default;15`: the last number is the background, in the order of the sixteen
/// colours, where 7 and 9 to 15 are light (rxvt's convention, which Konsole and others took over).
fn background(variable: Option<&str>) -> Background {
    match variable.and_then(|value| value.rsplit(';').next()).and_then(|last| last.parse::<u8>().ok()) {
        Some(7 | 9..=15) => Background::Light,
        Some(0..=6 | 8) => Background::Dark,
        _ => Background::Unknown,
    }
}

/// POSIX: the first of the three that is set decides. The Linux console speaks UTF-8 but its font lacks most
/// of our marks. Windows has no such variables and its terminals draw Unicode.
fn unicode(environment: &Environment, term: &str) -> bool {
    if term == "linux" {
        return false;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| environment.variable(name));
    locale.map_or(cfg!(windows), |locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::{Folders, Terminals};

    fn theme(variables: &[(&'static str, &str)], color: bool) -> Theme {
        let folders = Folders { config: "c".into(), state: "s".into(), home: "h".into() };
        let terminals = Terminals { input: true, output: true, error: true };
        Theme::of(&Environment::made(folders, terminals, variables), color)
    }

    #[test]
    fn the_environment_decides() {
        use {Background as B, Depth as D};
        let utf8 = ("LANG", "de_DE.UTF-8");
        for (variables, color, depth, background, unicode) in [
            (&[("TERM", "xterm-256color"), utf8][..], true, D::Many, B::Unknown, true),
            (&[("TERM", "xterm-256color"), utf8], false, D::Mono, B::Unknown, true),
            (&[("TERM", "xterm"), ("NO_COLOR", "1"), utf8], true, D::Mono, B::Unknown, true),
            (&[("TERM", "xterm"), ("NO_COLOR", ""), utf8], true, D::Sixteen, B::Unknown, true),
            (&[("TERM", "vt220"), utf8], true, D::Mono, B::Unknown, true),
            (&[("TERM", "linux"), utf8], true, D::Sixteen, B::Unknown, false),
            (&[("TERM", "xterm"), ("COLORTERM", "truecolor"), utf8], true, D::Many, B::Unknown, true),
            (&[("TERM", "rxvt"), ("COLORFGBG", "15;0")], true, D::Sixteen, B::Dark, cfg!(windows)),
            (&[("TERM", "rxvt"), ("COLORFGBG", "0;default;15"), utf8], true, D::Sixteen, B::Light, true),
            (&[("TERM", "rxvt"), ("COLORFGBG", "0;default")], true, D::Sixteen, B::Unknown, cfg!(windows)),
            (&[("LC_ALL", "C"), ("LC_CTYPE", "C.UTF-8"), utf8], true, D::Sixteen, B::Unknown, false),
            (&[("LC_CTYPE", "fr_FR.utf8"), ("LANG", "C")], true, D::Sixteen, B::Unknown, true),
        ] {
            let made = theme(variables, color);
            assert_eq!(
                (made.depth, made.background, made.unicode),
                (depth, background, unicode),
                "{variables:?}"
            );
        }
    }

    #[test]
    fn links_are_kept_from_terminals_that_print_them() {
        for (variables, links) in [
            (&[("TERM", "xterm")][..], true),
            (&[("TERM", "linux")], false),
            (&[("TERM", "screen")], false),
            (&[("TERM", "screen-256color"), ("TMUX", "/tmp/x")], true),
        ] {
            assert_eq!(theme(variables, true).links, links, "{variables:?}");
        }
    }
}
