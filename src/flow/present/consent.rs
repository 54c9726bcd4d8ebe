//! What the step `consent` shows: the address to open, or the code for another device, and what became of it.

use super::{
    View, sheets,
    work::{failed, working},
};
use crate::{
    flow::{
        consent::{Browser, Consent, Waiting},
        effect::DeviceCode,
        field,
        screen::{Block, ByHand, Code, Screen, Span, TextBlock},
    },
    model::{
        failure::{Failure, Layer},
        whereabouts::Whereabouts,
    },
};

/// What a token endpoint answers where it does not take the client (RFC 6749 §5.2), and Google where it is gone.
const CLIENT_REFUSED: [&str; 3] = ["invalid_client", "unauthorized_client", "deleted_client"];

pub(super) fn describe(view: &View<'_>, consent: &Consent, screen: &mut Screen) {
    match consent {
        Consent::Reading { .. } => working(view, screen, "status.reading-secret"),
        Consent::Binding { .. } => working(view, screen, "status.binding"),
        Consent::Waiting(waiting) if waiting.asks_browser => browser_question(view, screen),
        Consent::Waiting(waiting) => waits(view, waiting, screen),
        Consent::AskingCode { .. } => {
            screen.blocks.clear();
            working(view, screen, "status.asking-code");
        }
        Consent::Device { code, .. } => device(view, code, screen),
        Consent::Exchanging { .. } => working(view, screen, "status.exchanging"),
        Consent::Failed { failure } | Consent::Doubtful { failure, .. } => {
            screen.blocks.clear();
            // The same client would be refused again.
            let is_of_client =
                matches!(consent, Consent::Failed { .. }) && CLIENT_REFUSED.contains(&failure.code.as_str());
            screen.first = is_of_client.then(|| "give-client".to_owned());
            failed(view, screen, failure);
        }
    }
}

fn waits(view: &View<'_>, waiting: &Waiting, screen: &mut Screen) {
    screen.paste = Some(field::REDIRECTED_ADDRESS.to_owned());
    screen.code = Some(Code {
        text: waiting.listening.authorize_url.clone(),
        label: view.text("consent.code").to_owned(),
        by_hand: None,
    });
    let whereabouts = waiting.listening.whereabouts;
    let browser = match waiting.browser {
        Browser::NotTried if whereabouts == Whereabouts::NoDisplay => "consent.open-elsewhere",
        Browser::NotTried => "consent.open-yourself",
        Browser::Opening(_) => "consent.opening",
        Browser::Opened => "consent.opened",
        Browser::Failed => "consent.not-opened",
    };
    // First: without it nothing comes back, and it is short.
    if let Some(advice) = way_back(waiting) {
        screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(view.fill(view.text(advice)))])));
    }
    if let Some(command) = &waiting.listening.ssh_command {
        screen.blocks.push(Block::Text(TextBlock::Verbatim { text: command.clone(), link: false }));
    }
    let url = waiting.listening.authorize_url.clone();
    screen.blocks.push(view.paragraph(browser));
    screen.blocks.push(Block::Text(TextBlock::Verbatim { text: url, link: true }));
    // Before all else: the address is long, and what stands below it may be out of sight.
    if waiting.strange {
        let warning = vec![Span::Text(view.text("consent.strange").to_owned())];
        screen.blocks.insert(0, Block::Text(TextBlock::Warning(warning)));
    }
    if screen.status.is_none() {
        working(view, screen, "status.waiting");
    }
}

/// What the person has to know about where we run, so that the answer gets here. A browser that was opened here finds
/// its way back.
fn way_back(waiting: &Waiting) -> Option<&'static str> {
    let is_open = matches!(waiting.browser, Browser::Opening(_) | Browser::Opened);
    match waiting.listening.whereabouts {
        Whereabouts::Ssh => waiting.listening.ssh_command.is_some().then_some("consent.ssh"),
        Whereabouts::Container if !is_open => Some("consent.container"),
        Whereabouts::Wsl if !is_open => Some("consent.wsl"),
        Whereabouts::NoDisplay if !is_open => Some("consent.no-display"),
        Whereabouts::Desktop | Whereabouts::Container | Whereabouts::Wsl | Whereabouts::NoDisplay => None,
    }
}

fn browser_question(view: &View<'_>, screen: &mut Screen) {
    screen.blocks.clear();
    screen.blocks.push(view.paragraph("consent.question"));
    let chosen = view.wizard.answers.text(field::BROWSER_SHOWS);
    if !chosen.is_empty() {
        let mut failure = Failure::new(Layer::Page, chosen);
        if let Some(redirect) = view.placeholder("redirect-own") {
            failure = failure.with("redirect", redirect);
        }
        screen.blocks.push(sheets::diagnosis(view, &failure));
    }
}

/// What to do on another device: an address, a code, and how long there is.
fn device(view: &View<'_>, code: &DeviceCode, screen: &mut Screen) {
    screen.code = Some(Code {
        text: code.whole_address.as_ref().unwrap_or(&code.address).clone(),
        label: view.strings.fill("device.scan", &[("code", &code.user_code)]),
        by_hand: Some(ByHand { address: code.address.clone(), code: code.user_code.clone() }),
    });
    let shown = grouped(&code.user_code);
    let minutes = (code.seconds / 60).max(1).to_string();
    let numbered = |number, id: &str, more: Vec<Span>| {
        let mut spans = vec![Span::Text(view.fill(view.text(id)))];
        spans.extend(more);
        Block::Text(TextBlock::Numbered { number, spans })
    };
    let key = |id: &str| [Span::Text(" ".to_owned()), Span::Key(id.to_owned())];
    let opened = key("open-consent").into_iter().chain(key("copy-consent")).collect();
    // On a line of its own: it is read off here and typed there.
    let shown = std::iter::once(Span::Lead(shown)).chain(key("copy-code")).collect();
    let valid = view.strings.fill("device.valid", &[("minutes", &minutes)]);
    screen.blocks = vec![
        numbered(1, "device.open", opened),
        Block::Text(TextBlock::Verbatim { text: code.address.clone(), link: true }),
        numbered(2, "device.enter", Vec::new()),
        Block::Text(TextBlock::Paragraph(shown)),
        numbered(3, "device.allow", Vec::new()),
        Block::Text(TextBlock::Paragraph(vec![Span::Text(valid)])),
    ];
    if screen.status.is_none() {
        working(view, screen, "status.waiting-device");
    }
}

/// A code in groups that an eye can hold: with the marks that it came with, else with blanks.
fn grouped(code: &str) -> String {
    let is_plain = code.chars().all(char::is_alphanumeric);
    let length = code.chars().count();
    if !is_plain || length < 6 {
        return code.to_owned();
    }
    let size = if length.is_multiple_of(3) && !length.is_multiple_of(4) { 3 } else { 4 };
    let characters: Vec<char> = code.chars().collect();
    characters.chunks(size).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_code_is_shown_in_groups() {
        for (code, shown) in [
            ("WDJB-MJHT", "WDJB-MJHT"),
            ("WDJBMJHT", "WDJB MJHT"),
            ("A1B2C3D4E", "A1B 2C3 D4E"),
            ("1234567", "1234 567"),
            ("12345", "12345"),
        ] {
            assert_eq!(grouped(code), shown);
        }
    }
}
