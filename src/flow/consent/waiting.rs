//! [`Waiting`]: the person is in the browser.

use crate::{
    flow::effect::{Listening, OrderId},
    model::{redirect::RedirectFault, whereabouts::Whereabouts},
};

/// The listener is bound.
#[derive(Debug, PartialEq)]
pub struct Waiting {
    /// The order that listens.
    pub listen: OrderId,
    /// What the listener told.
    pub listening: Listening,
    /// What is known of the browser.
    pub browser: Browser,
    /// A redirect with a wrong `state` came.
    pub strange: bool,
    /// Why a pasted address was not taken.
    pub pasted: Option<RedirectFault>,
    /// The person asked what to do about what the browser shows.
    pub asks_browser: bool,
}

/// What is known of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Not tried: over SSH, without a display, or not wanted.
    NotTried,
    /// It was asked to open.
    Opening(OrderId),
    /// It was opened as far as can be known.
    Opened,
    /// It could not be opened.
    Failed,
}

/// True where no browser can be opened and a redirect to our loopback address leads nowhere, or only by a tunnel.
pub(super) fn is_out_of_reach(listening: &Listening) -> bool {
    let is_apart = match listening.whereabouts {
        Whereabouts::Ssh | Whereabouts::Container | Whereabouts::NoDisplay => true,
        // The browser of Windows reaches us.
        Whereabouts::Desktop | Whereabouts::Wsl => false,
    };
    is_apart && !listening.browser_likely
}
