//! [`Template`]: fills in the lines of a format. What it does not know is a fault, never an empty place.

use super::{Format, Unfit, comment, quoting::Quoting, values::Values};
use crate::guide::strings::Strings;

/// How deep a value of the format may refer to another: as deep as any does.
const DEPTH: usize = 3;

/// The lines of a format, with what is put into them.
pub(super) struct Template<'a> {
    /// Which format.
    pub(super) format: &'a Format,
    /// What is put in.
    pub(super) values: &'a Values,
    /// Words for the notes.
    pub(super) strings: &'a Strings,
}

impl Template<'_> {
    /// The whole text.
    pub(super) fn text(&self, lines: &str) -> Result<String, Unfit> {
        let mut text = String::new();
        for line in lines.lines() {
            let Some(line) = self.guarded(line) else { continue };
            let line = match line.strip_prefix("#: ") {
                Some(note) => comment(&self.note(note.trim())),
                None => self.filled(&line, self.format.quoting, DEPTH)?,
            };
            text.push_str(&line);
            text.push('\n');
        }
        Ok(text)
    }

    /// The line without its conditions; `None` where one of them does not hold.
    fn guarded(&self, line: &str) -> Option<String> {
        let bare = line.trim_start();
        let indentation = &line[..line.len() - bare.len()];
        let Some(rest) = bare.strip_prefix('@') else { return Some(line.to_owned()) };
        let (conditions, rest) = rest.split_once(' ')?;
        conditions
            .split(',')
            .all(|condition| self.values.holds(condition))
            .then(|| format!("{indentation}{rest}"))
    }

    fn note(&self, id: &str) -> String {
        let id = format!("export.note.{id}");
        crate::guide::strings::fill(self.strings.text(&id), |name| self.values.text(name).map(str::to_owned))
    }

    /// The line with its `{name}`s and `{name:quoting}`s replaced.
    fn filled(&self, line: &str, quoting: Quoting, depth: usize) -> Result<String, Unfit> {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let inner = after.split_once('}').filter(|(inner, _)| is_placeholder(inner));
            let Some((inner, behind)) = inner else {
                filled.push('{');
                rest = after;
                continue;
            };
            let (name, asked) = inner.split_once(':').unwrap_or((inner, ""));
            let quoting = if asked.is_empty() { Some(quoting) } else { Quoting::named(asked) };
            let text = self.value(name, depth)?;
            let quoted = quoting.and_then(|quoting| quoting.quoted(&text));
            // The secret itself is never told.
            let unwritable = || {
                if self.values.is_open(&text) {
                    Unfit { id: "command.export-unwritable", value: text.clone() }
                } else {
                    Unfit::new("command.export-unwritable-key")
                }
            };
            filled.push_str(&quoted.ok_or_else(unwritable)?);
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, name: &str, depth: usize) -> Result<String, Unfit> {
        if let Some(text) = self.values.text(name) {
            return Ok(text.to_owned());
        }
        match (self.format.values.get(name), depth.checked_sub(1)) {
            // What a line break would do here is asked where the whole is quoted.
            (Some(parts), Some(depth)) => self.filled(parts, Quoting::Lines, depth),
            _ => Err(Unfit { id: "command.export-unwritable", value: format!("{{{name}}}") }),
        }
    }
}

/// `name` or `name:quoting`; anything else between braces is the text's own.
fn is_placeholder(inner: &str) -> bool {
    !inner.is_empty() && inner.chars().all(|c| c.is_ascii_lowercase() || "-:".contains(c))
}
