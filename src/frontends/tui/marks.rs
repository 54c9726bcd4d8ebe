//! [`Marks`]: the signs that are drawn, in Unicode and in ASCII.

/// The marks, in both sets. Each is one cell wide, apart from those of a choice, which are alike in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Done, passed.
    pub good: &'static str,
    /// Failed.
    pub bad: &'static str,
    /// Where we are on the rail.
    pub here: &'static str,
    /// Before something to heed.
    pub warning: &'static str,
    /// Before something to know.
    pub note: &'static str,
    /// Before a point of a list.
    pub bullet: &'static str,
    /// A character of a secret.
    pub mask: &'static str,
    /// The chosen one of several.
    pub chosen: &'static str,
    /// One of several that is not chosen.
    pub open: &'static str,
    /// One of several that cannot be chosen.
    pub closed: &'static str,
    /// In front of what has the focus.
    pub focus: &'static str,
    /// A horizontal line.
    pub horizontal: &'static str,
    /// A vertical line.
    pub vertical: &'static str,
    /// There is more below.
    pub down: &'static str,
    /// There is more above.
    pub up: &'static str,
    /// Text was cut off here.
    pub cut: &'static str,
    /// The pictures of the progress sign.
    pub spinner: &'static [&'static str],
}

/// The usual set.
pub const UNICODE: Marks = Marks {
    good: "✓",
    bad: "✗",
    here: "●",
    warning: "!",
    note: "i",
    bullet: "•",
    mask: "•",
    chosen: "●",
    open: "○",
    closed: "×",
    focus: "▸",
    horizontal: "─",
    vertical: "│",
    down: "▼",
    up: "▲",
    cut: "…",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"],
};

/// For terminals without Unicode.
pub const ASCII: Marks = Marks {
    good: "+",
    bad: "x",
    here: "*",
    warning: "!",
    note: "i",
    bullet: "-",
    mask: "*",
    chosen: "(*)",
    open: "( )",
    closed: "(-)",
    focus: ">",
    horizontal: "-",
    vertical: "|",
    down: "v",
    up: "^",
    cut: "~",
    spinner: &["|", "/", "-", "\\"],
};

/// The ASCII character that stands for a sign that texts use. Letters with accents are not touched: there is
/// no locale without them in which someone chose French or German.
#[must_use]
pub fn plain_sign(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "→" | "▸" | "›" | "»" => ">",
        "←" | "‹" | "«" => "<",
        "–" | "—" | "‑" | "─" | "−" => "-",
        "’" | "‘" | "‚" => "'",
        "“" | "”" | "„" => "\"",
        "…" => "~",
        "•" | "·" | "●" => "*",
        "✓" => "+",
        "✗" => "x",
        "│" => "|",
        "▼" => "v",
        "▲" => "^",
        "\u{a0}" | "\u{202f}" => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_of_both_sets_is_one_cell_wide_and_one_set_is_ascii() {
        for marks in [UNICODE, ASCII] {
            let single = [
                marks.good,
                marks.bad,
                marks.here,
                marks.warning,
                marks.note,
                marks.bullet,
                marks.mask,
                marks.focus,
                marks.horizontal,
                marks.vertical,
                marks.down,
                marks.up,
                marks.cut,
            ];
            for mark in single.iter().chain(marks.spinner) {
                assert_eq!(unicode_width::UnicodeWidthStr::width(*mark), 1, "{mark}");
                assert!(marks == UNICODE || mark.is_ascii(), "{mark}");
            }
        }
    }
}
