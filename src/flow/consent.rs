//! [`Consent`]: from the bound listener, or from a code for another device, to a grant.

mod grant;
mod waiting;

pub use self::waiting::{Browser, Waiting};
use self::{
    grant::{doubt_of, fault_of},
    waiting::is_out_of_reach,
};
use super::{
    effect::{
        ClientProbe, DeviceCode, DeviceRequest, Effect, ExchangeRequest, ListenRequest, Listening, OrderId,
        Outcome, Progress, Redirect,
    },
    field,
    orders::Orders,
    situation::{ConsentWay, Situation},
    turn::Turn,
};
use crate::model::{
    account::Account,
    client::Client,
    failure::{Failure, Layer},
    grant::Grant,
    redirect::{self, RedirectFault},
    secret::Secret,
};

/// The step `consent`.
#[derive(Debug, PartialEq)]
pub enum Consent {
    /// The client's secret is read from the store (renewal).
    Reading {
        /// The order.
        order: OrderId,
    },
    /// The listener is being bound.
    Binding {
        /// The order.
        listen: OrderId,
        /// What is asked instead where it turns out that no redirect finds its way here.
        instead: Option<Box<DeviceRequest>>,
    },
    /// The person is in the browser.
    Waiting(Box<Waiting>),
    /// A code for another device is asked for.
    AskingCode {
        /// The order.
        order: OrderId,
    },
    /// The person enters the code on another device.
    Device {
        /// The order, which asks for the grant meanwhile.
        order: OrderId,
        /// What the person needs there.
        code: Box<DeviceCode>,
    },
    /// The code is traded for a grant.
    Exchanging {
        /// The order.
        order: OrderId,
    },
    /// It did not work.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// There is a grant, and something speaks against it that the person may know better: whose it is.
    Doubtful {
        /// What speaks against it.
        failure: Failure,
        /// The grant.
        grant: Box<Grant>,
    },
}

impl Consent {
    /// Binds the listener; before that, reads the client's secret of an account that is renewed.
    pub fn begin(situation: &Situation<'_>, renewed: Option<&Account>, orders: &mut Orders) -> Self {
        let recorded = |account: &Account| {
            let client = account.oauth.as_ref().map(|oauth| oauth.client_id.as_str());
            client == Some(situation.text(field::CLIENT_ID).trim())
        };
        // The secret of one client is not tried on another.
        if let Some(account) = renewed.filter(|account| recorded(account))
            && !situation.answers.has(field::CLIENT_SECRET)
        {
            let effect = Effect::ReadClientSecret { account: Box::new(account.clone()) };
            return Self::Reading { order: orders.run(effect) };
        }
        Self::ask(situation, None, orders)
    }

    /// The way that was said; else the listener first, which tells where we are. `secret` is the client's, where it
    /// is not among the answers yet.
    fn ask(situation: &Situation<'_>, secret: Option<Secret>, orders: &mut Orders) -> Self {
        let mut request = situation.device_request().map(Box::new);
        if let (Some(request), Some(secret)) = (&mut request, &secret) {
            request.client.secret = Some(secret.clone());
        }
        match (situation.consent_way(), request) {
            (Some(ConsentWay::Device), Some(request)) => Self::ask_code(request, orders),
            (None, instead) => Self::listen(situation, instead, secret, orders),
            (Some(_), _) => Self::listen(situation, None, secret, orders),
        }
    }

    fn ask_code(request: Box<DeviceRequest>, orders: &mut Orders) -> Self {
        Self::AskingCode { order: orders.run(Effect::AuthorizeDevice(request)) }
    }

    fn listen(
        situation: &Situation<'_>,
        instead: Option<Box<DeviceRequest>>,
        secret: Option<Secret>,
        orders: &mut Orders,
    ) -> Self {
        let provider = situation.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        let (Some(oauth), Some(client), Some(login_hint)) = (oauth, situation.client(), situation.address())
        else {
            // The steps before this one do not let a person pass without them.
            return Self::Failed { failure: Failure::new(Layer::Bug, "_incomplete") };
        };
        let probe = Client { secret: secret.or_else(|| client.secret.clone()), ..client.clone() };
        let request = ListenRequest {
            probe: Some(ClientProbe { token_url: oauth.token_url.clone(), client: probe }),
            authorize_url: oauth.authorize_url.clone(),
            issuer: oauth.issuer.clone(),
            client_id: client.id,
            scopes: situation.scopes(),
            login_hint,
            parameters: oauth.parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            redirect: situation.redirect_form(),
            port: situation.redirect_port(),
            language: situation.language(),
        };
        Self::Binding { listen: orders.run(Effect::Listen(Box::new(request))), instead }
    }

    /// News of the listener.
    pub fn progress(&mut self, id: OrderId, progress: Progress, orders: &mut Orders) {
        match (&mut *self, progress) {
            (Self::Binding { listen, instead }, Progress::Listening(listening)) if *listen == id => {
                if let Some(request) = instead.take().filter(|_| is_out_of_reach(&listening)) {
                    orders.cancel(id);
                    *self = Self::ask_code(request, orders);
                    return;
                }
                let browser = if listening.browser_likely {
                    Browser::Opening(orders.run(Effect::OpenBrowser { url: listening.authorize_url.clone() }))
                } else {
                    Browser::NotTried
                };
                *self = Self::Waiting(Box::new(Waiting {
                    listen: id,
                    listening: *listening,
                    browser,
                    strange: false,
                    pasted: None,
                    asks_browser: false,
                }));
            }
            (Self::Waiting(waiting), Progress::StrangeRedirect) if waiting.listen == id => {
                waiting.strange = true;
            }
            (Self::AskingCode { order }, Progress::DeviceCode(code)) if *order == id => {
                *self = Self::Device { order: id, code };
            }
            _ => {}
        }
    }

    /// An answer came.
    pub fn finished(
        &mut self,
        id: OrderId,
        outcome: Outcome,
        situation: &Situation<'_>,
        orders: &mut Orders,
    ) -> Turn {
        match (&mut *self, outcome) {
            (Self::Reading { order }, Outcome::ClientSecretRead(Ok(Some(text)))) if *order == id => {
                *self = Self::ask(situation, Some(text.clone()), orders);
                Turn::Found { field: field::CLIENT_SECRET, text }
            }
            (Self::Reading { order }, Outcome::ClientSecretRead(Ok(None))) if *order == id => {
                if situation.needs_client_secret() {
                    *self = Self::Failed { failure: Failure::new(Layer::Store, "_missing") };
                    return Turn::ClientGone;
                }
                // A public client has none (RFC 6749 §2.1).
                *self = Self::ask(situation, None, orders);
                Turn::Stay
            }
            (Self::Waiting(waiting), Outcome::BrowserOpened(opened))
                if waiting.browser == Browser::Opening(id) =>
            {
                waiting.browser = if opened { Browser::Opened } else { Browser::Failed };
                Turn::Stay
            }
            (Self::Waiting(waiting), Outcome::Redirected(Ok(redirect))) if waiting.listen == id => {
                let listening = waiting.listening.clone();
                *self = Self::exchange(&listening, redirect, situation, orders);
                Turn::Stay
            }
            (Self::Exchanging { order } | Self::Device { order, .. }, Outcome::Exchanged(Ok(mut grant)))
                if *order == id =>
            {
                grant.scopes = situation.as_asked(std::mem::take(&mut grant.scopes));
                if let Some(failure) = fault_of(&grant, situation) {
                    return self.fail(failure);
                }
                let insists = situation.text(field::KEEP_ANYWAY) == field::YES;
                match doubt_of(&grant, situation).filter(|_| !insists) {
                    None => Turn::Obtained(grant),
                    Some(failure) => {
                        *self = Self::Doubtful { failure: failure.clone(), grant };
                        Turn::Failed(failure)
                    }
                }
            }
            (
                Self::Binding { listen: order, .. }
                | Self::Exchanging { order }
                | Self::Reading { order }
                | Self::AskingCode { order }
                | Self::Device { order, .. },
                outcome,
            ) if *order == id => self.fail(failure_of(outcome)),
            (Self::Waiting(waiting), outcome) if waiting.listen == id => self.fail(failure_of(outcome)),
            _ => Turn::Stay,
        }
    }

    fn fail(&mut self, failure: Failure) -> Turn {
        *self = Self::Failed { failure: failure.clone() };
        Turn::Failed(failure)
    }

    fn exchange(
        listening: &Listening,
        redirect: Redirect,
        situation: &Situation<'_>,
        orders: &mut Orders,
    ) -> Self {
        let provider = situation.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        let (Some(oauth), Some(client)) = (oauth, situation.client()) else {
            return Self::Failed { failure: Failure::new(Layer::Bug, "_incomplete") };
        };
        let request = ExchangeRequest {
            token_url: oauth.token_url.clone(),
            client,
            code: redirect.code,
            verifier: listening.verifier.clone(),
            redirect_uri: listening.redirect_uri.clone(),
            scopes: situation.scopes(),
        };
        Self::Exchanging { order: orders.run(Effect::Exchange(Box::new(request))) }
    }

    /// Takes a redirected address that was pasted, while the listener goes on waiting.
    pub fn paste(&mut self, address: &Secret, situation: &Situation<'_>, orders: &mut Orders) -> Turn {
        let Self::Waiting(waiting) = self else {
            return Turn::Stay;
        };
        let provider = situation.provider();
        let issuer = provider.as_ref().and_then(|provider| provider.oauth.as_ref()?.issuer.as_deref());
        let listening = waiting.listening.clone();
        match redirect::read_redirect(address.expose(), &listening.redirect_uri, &listening.state, issuer) {
            Ok(redirect) => {
                orders.cancel(waiting.listen);
                *self = Self::exchange(&listening, Redirect { code: redirect.code }, situation, orders);
                Turn::Stay
            }
            Err(RedirectFault::Refused { error, description }) => {
                orders.cancel(waiting.listen);
                let mut failure = Failure::new(Layer::Consent, &error);
                failure.said = description;
                self.fail(failure)
            }
            Err(fault) => {
                waiting.pasted = Some(fault);
                Turn::Stay
            }
        }
    }

    /// Opens the browser again.
    pub fn open(&mut self, orders: &mut Orders) {
        if let Self::Waiting(waiting) = self {
            let url = waiting.listening.authorize_url.clone();
            waiting.browser = Browser::Opening(orders.run(Effect::OpenBrowser { url }));
        }
    }

    /// What is pending.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderId> {
        match self {
            Self::Reading { order }
            | Self::Binding { listen: order, .. }
            | Self::Exchanging { order }
            | Self::AskingCode { order }
            | Self::Device { order, .. } => vec![*order],
            Self::Waiting(waiting) => match waiting.browser {
                Browser::Opening(order) => vec![waiting.listen, order],
                _ => vec![waiting.listen],
            },
            Self::Failed { .. } | Self::Doubtful { .. } => Vec::new(),
        }
    }
}

/// An answer that brings nothing to go on with ends the wait, whatever it is: there will be no other.
fn failure_of(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Redirected(Err(failure))
        | Outcome::Exchanged(Err(failure))
        | Outcome::ClientSecretRead(Err(failure))
        | Outcome::Panicked(failure) => failure,
        _ => Failure::new(Layer::Bug, "_incomplete"),
    }
}
