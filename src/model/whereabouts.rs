//! [`Whereabouts`]: where the program runs, as far as that decides how a browser reaches it.

/// Where the program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whereabouts {
    /// Beside the person's browser.
    #[default]
    Desktop,
    /// On another machine, over SSH.
    Ssh,
    /// In a container, whose loopback is its own.
    Container,
    /// In the Windows Subsystem for Linux: the browser is that of Windows.
    Wsl,
    /// On a machine without a display, or on its text console.
    NoDisplay,
}

impl Whereabouts {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Desktop, Self::Ssh, Self::Container, Self::Wsl, Self::NoDisplay];

    /// The id in JSON and in the ids of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Ssh => "ssh",
            Self::Container => "container",
            Self::Wsl => "wsl",
            Self::NoDisplay => "no-display",
        }
    }
}
