//! The step `discover`: the network is asked who runs the mail of the domain, and the person takes what it says.

use super::{Wizard, Work};
use crate::{
    flow::{
        answers::Source,
        discovery::Discovery,
        effect::DiscoverRequest,
        field,
        recognition::{Candidate, Named, Recognition, Settings, Standing, Who},
        validate::{self, Remark, Verdict},
    },
    model::{
        account::Destination,
        failure::{Failure, Layer},
        provider,
        server::Security,
    },
};

/// What a recognition fills in besides the provider, of a server that no entry of the catalogue describes.
const OF_SERVERS: [&str; 7] = [
    field::SMTP_HOST,
    field::SMTP_PORT,
    field::SECURITY,
    field::USER,
    field::IMAP_HOST,
    field::IMAP_PORT,
    field::IMAP_USER,
];

impl Wizard {
    /// True where the network can be asked: there is an address, the table does not know its domain, and the person has
    /// not said either who it is.
    pub(in crate::flow) fn may_discover(&self) -> bool {
        let situation = self.situation();
        let is_open = situation.provider().is_none_or(|known| known.id == provider::OTHER)
            && self.given(field::PROVIDER).is_none();
        let is_known = situation.recognised().is_some();
        // Of a domain that was misspelt nobody is asked.
        self.step == "sender"
            && is_open
            && !is_known
            && situation.address().is_some()
            && self.verdict(field::ADDRESS) == Verdict::Fine
    }

    /// The person wants the network to be asked.
    pub(super) fn offer_discovery(&mut self) {
        if self.may_discover() {
            self.answers.set(field::DISCOVER, field::YES, Source::Typed);
            self.enter("discover");
        }
    }

    /// Whoever goes back from there does not want it any more.
    pub(super) fn withdraw_discovery(&mut self) {
        let is_typed =
            self.answers.entry(field::DISCOVER).is_some_and(|answer| answer.source == Source::Typed);
        if self.step == "discover" && is_typed {
            self.answers.remove(field::DISCOVER);
        }
    }

    /// Asks.
    pub(super) fn discover(&mut self) {
        let situation = self.situation();
        let Some(address) = situation.address() else { return };
        let resolver = validate::resolver(situation.text(field::RESOLVER));
        let request = DiscoverRequest { domain: address.domain().to_owned(), resolver };
        self.forget_finding();
        self.work = Work::Discover(Discovery::begin(address, request, &mut self.orders));
    }

    /// What was found is a new question: an answer to the one before is none to this, but what a script said.
    fn forget_finding(&mut self) {
        if self.given(field::FOUND).is_none() {
            self.answers.remove(field::FOUND);
        }
    }

    /// Everything was asked. What is certain stands chosen, what is not is for the person to choose.
    pub(super) fn discovered(&mut self) {
        let failure = self.why_not_found();
        if let (Some(failure), Work::Discover(discovery)) = (failure, &mut self.work) {
            discovery.fail(failure);
            return;
        }
        let Some(found) = self.recognition() else { return };
        if found.standing != Standing::Certain || self.answers.has(field::FOUND) {
            return;
        }
        if let Some(id) = found.candidates.first().map(|candidate| candidate.id().to_owned()) {
            self.answers.set(field::FOUND, id, Source::Discovered);
        }
    }

    /// What follows from the answers, once all are there.
    pub(in crate::flow) fn recognition(&self) -> Option<&Recognition> {
        match &self.work {
            Work::Discover(discovery) => discovery.recognition(),
            _ => None,
        }
    }

    /// What the network says is one of several, or nothing; before it was asked, nothing speaks against an answer.
    pub(super) fn found_verdict(&self) -> Verdict {
        let Some(found) = self.recognition().filter(|found| !found.candidates.is_empty()) else {
            return Verdict::Fine;
        };
        let text = self.answers.text(field::FOUND);
        if text.is_empty() {
            return Verdict::Missing;
        }
        if found.candidate(text).is_some() {
            return Verdict::Fine;
        }
        Verdict::Wrong(Remark::new("invalid.choice").with("value", text).with("options", listed(found)))
    }

    /// Takes what was found, and goes on.
    pub(super) fn take_finding(&mut self) {
        let found = self.recognition();
        let Some(candidate) =
            found.and_then(|found| found.candidate(self.answers.text(field::FOUND))).cloned()
        else {
            return;
        };
        match candidate.who {
            Who::Provider(id) => self.take_provider(id),
            Who::Servers(settings) => self.take_servers(&settings),
        }
        self.leave_discovery();
    }

    /// The person describes the server by hand.
    pub(super) fn describe_by_hand(&mut self) {
        self.answers.set(field::PROVIDER, provider::OTHER, Source::Typed);
        self.leave_discovery();
    }

    /// A provider of the catalogue, unless the person named a server that is none of its own.
    fn take_provider(&mut self, id: String) {
        let is_its_own = |host: &str| {
            let known = self.knowledge.provider(&id);
            known.is_some_and(|known| known.all_smtp().iter().any(|server| server.host == host))
        };
        let fits = self.given(field::SMTP_HOST).is_none_or(is_its_own);
        self.find_no_servers();
        self.find(field::PROVIDER, if fits { id } else { provider::OTHER.to_owned() });
    }

    fn take_servers(&mut self, settings: &Settings) {
        self.find_no_servers();
        self.find(field::PROVIDER, provider::OTHER.to_owned());
        // Of a server that the person did not mean nothing is taken.
        let Some(Named { server, user }) = self.fitting(&settings.smtp).cloned() else { return };
        let is_meant = self.agrees(field::SMTP_PORT, &server.port.to_string())
            && self.agrees(field::SECURITY, server.security.id());
        self.find(field::SMTP_HOST, server.host);
        if is_meant {
            self.find(field::SMTP_PORT, server.port.to_string());
            self.find(field::SECURITY, server.security.id().to_owned());
        }
        let address = self.answers.text(field::ADDRESS).trim().to_owned();
        let user = user.unwrap_or_else(|| address.clone());
        // The whole address needs no answer.
        let own = if user.eq_ignore_ascii_case(&address) { String::new() } else { user.clone() };
        self.find(field::USER, own);
        let Some(Named { server, user: of_imap }) = settings.imap.clone() else { return };
        if self.agrees(field::IMAP_HOST, &server.host) {
            self.find(field::IMAP_HOST, server.host);
            self.find(field::IMAP_PORT, server.port.to_string());
            let other = of_imap.filter(|theirs| !theirs.eq_ignore_ascii_case(&user));
            self.find(field::IMAP_USER, other.unwrap_or_default());
        }
    }

    /// The first of the servers that the person may mean, or for SeaTable the first of those that it can reach. One of
    /// which everything is as the person said comes first.
    fn fitting<'a>(&self, servers: &'a [Named]) -> Option<&'a Named> {
        let destination = self.situation().destination();
        let is_for_seatable =
            matches!(destination, Some(Destination::Seatable { .. } | Destination::SeatableServer { .. }));
        let rank = |named: &&Named| {
            let is_meant = self.agrees(field::SMTP_PORT, &named.server.port.to_string())
                && self.agrees(field::SECURITY, named.server.security.id());
            (!is_meant, is_for_seatable && named.server.security != Security::StartTls)
        };
        servers.iter().filter(|named| self.agrees(field::SMTP_HOST, &named.server.host)).min_by_key(rank)
    }

    /// What flags or a file of answers say.
    pub(super) fn given(&self, id: &str) -> Option<&str> {
        let answer = self.answers.entry(id).filter(|answer| answer.source.is_given())?;
        Some(answer.text.expose().trim()).filter(|text| !text.is_empty())
    }

    /// True where that is what they say, or they say nothing.
    fn agrees(&self, id: &str, text: &str) -> bool {
        self.given(id).is_none_or(|given| given.eq_ignore_ascii_case(text))
    }

    /// What is known of one server is not that of another one.
    fn find_no_servers(&mut self) {
        for id in OF_SERVERS {
            self.find(id, String::new());
        }
    }

    /// What the command line or a file said stays.
    fn find(&mut self, id: &str, text: String) {
        if self.given(id).is_some() {
            return;
        }
        if text.is_empty() {
            self.answers.remove(id);
        } else {
            self.answers.set(id, text, Source::Discovered);
        }
    }

    /// The question is answered: what the answer was stays, that it was asked does not. A record of the run asks nobody.
    fn leave_discovery(&mut self) {
        self.answers.remove(field::DISCOVER);
        self.answers.remove(field::FOUND);
        // As if that had been answered there.
        "sender".clone_into(&mut self.step);
        self.work = Work::Form;
        self.advance();
    }

    /// Of another address nothing was found out. In a set-up that was left nobody remembers what was.
    pub(super) fn forget_recognition(&mut self, address: &str) {
        let domain = |address: &str| {
            address.rsplit_once('@').map(|(_, domain)| domain.trim().to_ascii_lowercase()).unwrap_or_default()
        };
        let is_elsewhere = domain(self.answers.text(field::ADDRESS)) != domain(address);
        for id in std::iter::once(field::PROVIDER).chain(OF_SERVERS) {
            // A name to sign in with may have been made of what stands before the domain.
            let is_over = |source| match source {
                Source::Discovered => true,
                Source::Left => is_elsewhere || matches!(id, field::USER | field::IMAP_USER),
                Source::Flag | Source::File | Source::Typed => false,
            };
            if self.answers.entry(id).is_some_and(|answer| is_over(answer.source)) {
                self.answers.remove(id);
            }
        }
    }

    /// Why there is nothing to go on with. A person may choose where a script has nobody to ask.
    fn why_not_found(&self) -> Option<Failure> {
        let Work::Discover(discovery) = &self.work else { return None };
        let found = discovery.recognition()?;
        let code = match found.standing {
            Standing::Certain => return None,
            Standing::Nothing => {
                // A DNS that cannot be asked is another matter than one that knows nothing. Without it a web server cannot
                // be found either, and it looks as if there were none.
                let of_dns = discovery.heard().iter().filter(|heard| heard.asked.is_dns());
                let failures: Option<Vec<_>> = of_dns.map(|heard| heard.said.as_ref().err()).collect();
                let first = failures.and_then(|failures| failures.first().copied().cloned());
                return first.or_else(|| Some(Failure::new(Layer::Discover, "_nothing")));
            }
            _ if !self.is_unattended() || self.answers.has(field::FOUND) => return None,
            Standing::Guess => "_guess",
            Standing::Conflict => "_conflict",
        };
        Some(Failure::new(Layer::Discover, code).with("found", listed(found)))
    }
}

fn listed(found: &Recognition) -> String {
    let ids: Vec<&str> = found.candidates.iter().map(Candidate::id).collect();
    ids.join(", ")
}
