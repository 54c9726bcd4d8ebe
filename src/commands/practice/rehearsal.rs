//! [`Rehearsal`]: a front-end around the terminal's, which offers in the terminal what practice mode otherwise
//! shows in a browser: making an app password, making a client, saying yes or no, the account token of SeaTable, withdrawing keys. The wizard knows nothing of it.

use std::{
    cell::{Cell, RefCell},
    io,
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::{
    flow::{
        field,
        message::Input,
        screen::{Action, ActionView, Block, FieldValue, Screen, Span, TextBlock},
    },
    frontends::{Event, Frontend},
    guide::strings::Strings,
    model::{client::ClientKind, secret::Secret},
    practice::{self, Practice},
};

/// The actions that are added, by their ids.
const MAKE_PASSWORD: &str = "practice-make-password";
const MAKE_CLIENT: &str = "practice-make-client";
const SEATABLE_TOKEN: &str = "practice-seatable-token";
const WITHDRAW: &str = "practice-withdraw";
const SAY_YES: &str = "practice-say-yes";
const SAY_NO: &str = "practice-say-no";

/// The action of the wizard that asks for what the browser shows.
const WHAT_BROWSER_SHOWS: &str = "what-browser-shows";
/// A person does not notice so short a wait. A page that takes longer is not told of: the redirect itself is the news.
const PATIENCE: Duration = Duration::from_millis(100);

/// The steps that ask for an app of Microsoft's.
const ENTRA_CLIENT: [&str; 2] = ["entra-client", "entra-client-again"];

/// A front-end with the browser's part inside the terminal.
pub struct Rehearsal<'a, F> {
    inner: F,
    practice: &'a Practice,
    /// Our redirect addresses, for a web client that is made here.
    redirects: Vec<String>,
    /// All keys were withdrawn since the menu came.
    withdrawn: Cell<bool>,
    /// What the page says that the last visit ended at, where it led to none of ours.
    page: RefCell<Option<String>>,
}

impl<'a, F: Frontend> Rehearsal<'a, F> {
    /// Puts the rehearsal around a front-end.
    pub fn around(inner: F, practice: &'a Practice, redirects: Vec<String>) -> Self {
        Self { inner, practice, redirects, withdrawn: Cell::new(false), page: RefCell::new(None) }
    }

    fn offers(screen: &Screen) -> &'static [(&'static str, char)] {
        let has = |id: &str| shows(screen, id);
        if has(field::APP_PASSWORD) {
            &[(MAKE_PASSWORD, 'm')]
        } else if has(field::CLIENT_ID) {
            &[(MAKE_CLIENT, 'm')]
        } else if has(field::SEATABLE_TOKEN) {
            &[(SEATABLE_TOKEN, 't')]
        } else if has(field::TASK) {
            &[(WITHDRAW, 'x')]
        } else if screen.code.is_some() {
            &[(SAY_YES, 'y'), (SAY_NO, 'n')]
        } else {
            &[]
        }
    }

    /// The screen with what can be done here instead of in a browser.
    fn extended(&self, screen: &Screen) -> Screen {
        let mut screen = screen.clone();
        let strings = Strings::embedded(screen.language);
        if screen.step == "sender" {
            let domains = practice::DOMAINS.join(", ");
            let text = strings.fill("practice.domains", &[("domains", &domains)]);
            screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
        }
        if let Some(page) = self.page.borrow().as_ref().filter(|_| shows(&screen, field::BROWSER_SHOWS)) {
            let text = strings.fill("practice.page-says", &[("text", page)]);
            screen.blocks.insert(0, Block::Text(TextBlock::Note(vec![Span::Text(text)])));
        }
        let offers = Self::offers(&screen);
        if offers.is_empty() {
            return screen;
        }
        let lead = if screen.step == "menu" { "practice.break-it" } else { "practice.in-terminal" };
        let mut spans = vec![Span::Text(strings.text(lead).to_owned())];
        for (id, _) in offers {
            spans.push(Span::Text(" ".to_owned()));
            spans.push(Span::Key((*id).to_owned()));
        }
        // The address for the browser is long: below it this would be out of sight.
        let place = if screen.code.is_some() { 0 } else { screen.blocks.len() };
        screen.blocks.insert(place, Block::Text(TextBlock::Note(spans)));
        let in_menu = offers.iter().any(|(id, _)| *id == WITHDRAW);
        if in_menu && self.withdrawn.get() {
            let text = Span::Text(strings.text("practice.withdrawn").to_owned());
            screen.blocks.push(Block::Text(TextBlock::Note(vec![text])));
        }
        screen.actions.extend(offers.iter().map(|(id, key)| ActionView {
            id: (*id).to_owned(),
            action: Action::Step((*id).to_owned()),
            key: Some(*key),
            label: strings.text(&format!("practice.action.{id}")).to_owned(),
            disabled: None,
            is_detour: true,
        }));
        screen
    }

    /// What an input of ours means to the wizard; others pass.
    fn translate(&self, input: Input, screen: &Screen) -> Vec<Input> {
        let Input::Act(Action::Step(id)) = &input else {
            return vec![input];
        };
        match id.as_str() {
            MAKE_PASSWORD => match self.practice.make_app_password("mailkey") {
                Ok(password) => vec![edit(field::APP_PASSWORD, password)],
                Err(_) => Vec::new(),
            },
            MAKE_CLIENT => self.client(screen).unwrap_or_default(),
            SEATABLE_TOKEN => vec![edit(field::SEATABLE_TOKEN, self.practice.seatable_token())],
            WITHDRAW => {
                self.practice.withdraw_keys();
                self.withdrawn.set(true);
                Vec::new()
            }
            SAY_YES => self.visit(screen, "allow"),
            SAY_NO => self.visit(screen, "deny"),
            _ => vec![input],
        }
    }

    /// Visits the consent page as a browser would; what comes of it arrives at the wizard's listener. Where a page stands
    /// in the way, the wizard is asked what that means.
    fn visit(&self, screen: &Screen, answer: &str) -> Vec<Input> {
        let Some(code) = &screen.code else { return Vec::new() };
        let url = format!("{}&practice={answer}", code.text);
        let (tell, told) = mpsc::channel();
        let visit = move || tell.send(practice::visit(&url));
        let visiting = thread::Builder::new().name("practice visit".to_owned()).spawn(visit);
        let page = visiting.ok().and_then(|_| told.recv_timeout(PATIENCE).ok().flatten());
        let asks = page.is_some() && screen.actions.iter().any(|view| view.id == WHAT_BROWSER_SHOWS);
        self.page.replace(page);
        if asks { vec![Input::Act(Action::Step(WHAT_BROWSER_SHOWS.to_owned()))] } else { Vec::new() }
    }

    /// A client as the guide of this step has it made: at Microsoft of the kind that is chosen, elsewhere for the web.
    fn client(&self, screen: &Screen) -> io::Result<Vec<Input>> {
        let redirects = self.redirects.clone();
        let client = if ENTRA_CLIENT.contains(&screen.step.as_str()) {
            self.practice.make_app(chosen_kind(screen).unwrap_or(ClientKind::Web), redirects)?
        } else {
            self.practice.make_client(ClientKind::Web, redirects)?
        };
        Ok(vec![
            edit(field::CLIENT_ID, Secret::new(client.id)),
            edit(field::CLIENT_SECRET, client.secret.unwrap_or_default()),
            edit(field::CLIENT_KIND, Secret::from(client.kind.id())),
        ])
    }
}

/// The kind of client that is chosen on the screen.
fn chosen_kind(screen: &Screen) -> Option<ClientKind> {
    let field = screen.fields.iter().find(|field| field.id == field::CLIENT_KIND)?;
    let FieldValue::Choice { chosen, .. } = &field.value else { return None };
    ClientKind::from_id(chosen)
}

fn shows(screen: &Screen, id: &str) -> bool {
    screen.fields.iter().any(|field| field.id == id)
}

fn edit(field: &str, text: Secret) -> Input {
    Input::Edit { field: field.to_owned(), text }
}

impl<F: Frontend> Frontend for Rehearsal<'_, F> {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        // A new key is none of those that were withdrawn.
        if screen.step == "keep" {
            self.withdrawn.set(false);
        }
        // What a page said belongs to the consent that it stood in the way of.
        if screen.code.is_none() && !shows(screen, field::BROWSER_SHOWS) {
            self.page.replace(None);
        }
        let extended = self.extended(screen);
        self.inner.show(&extended)
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        let extended = self.extended(screen);
        let inputs = self.inner.handle(event, &extended);
        inputs.into_iter().flat_map(|input| self.translate(input, &extended)).collect()
    }

    fn copy(&mut self, text: &Secret) -> bool {
        self.inner.copy(text)
    }

    fn interrupt(&mut self, screen: &Screen) -> Vec<Input> {
        self.inner.interrupt(screen)
    }

    fn next_tick(&self) -> Option<Duration> {
        self.inner.next_tick()
    }
}
