//! [`Missing`]: what answers are worth, and what a script did not say.

use super::{Plan, Wizard};
use crate::{
    flow::{
        answers::Source,
        field, present,
        validate::{self, Verdict},
    },
    model::{method::Method, provider},
};

/// Something that a script did not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The field.
    pub field: String,
    /// Its label, in the person's language.
    pub label: String,
    /// What is wrong with the answer; `None`: there is none.
    pub remark: Option<String>,
}

/// Flags of a set-up that say how the key gets into a base.
const OF_CONNECTING: [&str; 8] = [
    field::SEATABLE_BASE,
    field::SEATABLE_ACCOUNT,
    field::SEATABLE_TOKEN,
    field::SEATABLE_USER,
    field::SEATABLE_PASSWORD,
    field::SEATABLE_CODE,
    field::SEATABLE_KEEP_TOKEN,
    field::SEATABLE_TAKE_OVER,
];

/// Flags that speak of a client or of its consent.
const OF_CONSENT: [&str; 8] = [
    field::CLIENT_FILE,
    field::CLIENT_ID,
    field::CLIENT_KIND,
    field::CLIENT_SECRET,
    field::TENANT,
    field::PUBLISHING,
    field::REDIRECT_PORT,
    field::CONSENT_WAY,
];

impl Wizard {
    /// An answer that is there and cannot be used, or looks wrong, is told of. One that is missing may still come.
    pub(super) fn leave_field(&mut self, id: String) {
        let is_asked =
            self.spec().is_some_and(|step| self.fields_of(step).iter().any(|(known, _)| *known == id));
        if is_asked && matches!(self.verdict(&id), Verdict::Wrong(_) | Verdict::Doubt(_)) {
            self.judged.insert(id);
        }
    }

    /// The fields of this step whose answers look wrong and could be insisted on.
    pub(in crate::flow) fn doubtful(&self) -> Vec<String> {
        let Some(step) = self.spec() else {
            return Vec::new();
        };
        self.fields_of(step)
            .into_iter()
            .filter(|(id, _)| matches!(self.verdict(id), Verdict::Doubt(_)))
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    /// To keep a key without proof is said of one failed check; the next one is another matter. A flag holds for
    /// the whole run.
    pub(super) fn forget_decision(&mut self) {
        if self.answers.entry(field::KEEP_ANYWAY).is_some_and(|answer| answer.source == Source::Typed) {
            self.answers.remove(field::KEEP_ANYWAY);
        }
    }

    /// What the answer to a field is worth; a doubt on which the person insisted is none.
    pub(in crate::flow) fn verdict(&self, id: &str) -> Verdict {
        let verdict = validate::judge(id, &self.situation());
        let insisted = self.insisted.get(id).is_some_and(|text| text.expose() == self.answers.text(id));
        match verdict {
            Verdict::Doubt(_) if insisted || self.situation().text(field::KEEP_ANYWAY) == field::YES => {
                Verdict::Fine
            }
            // A script asks for the check; what SeaTable needs later is another matter, unless it is to be done now.
            Verdict::Doubt(_)
                if self.unattended && id == field::FOR && self.situation().text(field::CONNECT) != "api" =>
            {
                Verdict::Fine
            }
            // It is tried at once.
            Verdict::Doubt(_) if self.unattended && id == field::SECURITY => Verdict::Fine,
            Verdict::Missing
                if self.comes_from_file(id) || self.may_be_public(id) || self.comes_from_seatable(id) =>
            {
                Verdict::Fine
            }
            Verdict::Missing if id == field::PROVIDER && self.situation().fact("discovers") == field::YES => {
                Verdict::Fine
            }
            Verdict::Missing | Verdict::Fine if id == field::FOUND => self.found_verdict(),
            // To say it twice is for fingers that cannot be seen.
            Verdict::Missing if self.unattended && id == field::PASSPHRASE_AGAIN => Verdict::Fine,
            Verdict::Fine if id == field::SEATABLE_BASE => self.base_verdict(),
            // Nothing would come of it that a script could use.
            Verdict::Fine
                if self.unattended
                    && id == field::OWN_CONSENT
                    && self.situation().text(field::OWN_CONSENT) == field::NO =>
            {
                Verdict::Wrong(validate::Remark::new("invalid.own-consent"))
            }
            Verdict::Fine if id == field::NAME => self.name_verdict(),
            verdict => verdict,
        }
    }

    /// ID, secret and kind are not missing while a file that has them is named and was not read yet.
    fn comes_from_file(&self, id: &str) -> bool {
        matches!(id, field::CLIENT_ID | field::CLIENT_SECRET | field::CLIENT_KIND)
            && self.answers.has(field::CLIENT_FILE)
            && !self.import.has_read(self.answers.text(field::CLIENT_FILE))
    }

    /// True for an answer that stood in a file.
    pub(super) fn stood_in_file(&self, id: &str) -> bool {
        self.answers.entry(id).is_some_and(|answer| answer.source == Source::File)
    }

    /// A client of somebody's own server may be a public one, without a secret (RFC 6749 §2.1); elsewhere all are.
    fn may_be_public(&self, id: &str) -> bool {
        let situation = self.situation();
        id == field::CLIENT_SECRET
            && (situation.fact("provider") == provider::OTHER || situation.is_public_client())
    }

    fn name_verdict(&self) -> Verdict {
        if self.plan.name() != Plan::Setup.name() {
            // It is the account's own, and is not asked.
            return Verdict::Fine;
        }
        let name = self.answers.text(field::NAME).trim();
        let own = self.subject.as_ref().or(self.kept.as_ref()).map(|account| account.id.as_str());
        let situation = self.situation();
        let address = situation.text(field::ADDRESS);
        let taken = self
            .accounts()
            .iter()
            .any(|account| account.takes_name(name, address) && Some(account.id.as_str()) != own);
        if taken {
            Verdict::Wrong(validate::Remark::new("invalid.name.taken").with("name", name))
        } else {
            Verdict::Fine
        }
    }

    /// Everything that a script has to say and did not, or said in a way that cannot be used: all at once, as
    /// far as the answers so far tell which steps there will be.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing = Vec::new();
        // What else is needed depends on the provider, which the address tells.
        let no_address = matches!(self.verdict(field::ADDRESS), Verdict::Wrong(_));
        for step in self.steps() {
            for (id, _) in self.fields_of(step) {
                if no_address && !self.answers.has(id) {
                    continue;
                }
                // Which accounts there are is known only once they are read.
                let of_account = self.answers.has(field::ACCOUNT) && id == field::SEATABLE_BASE;
                if (id == field::ACCOUNT || of_account) && self.state().is_none() {
                    continue;
                }
                let remark = match self.verdict(id) {
                    Verdict::Fine => continue,
                    Verdict::Missing => None,
                    Verdict::Doubt(remark) | Verdict::Wrong(remark) => Some(present::remark(self, &remark)),
                };
                missing.push(Missing {
                    field: id.to_owned(),
                    label: present::field_label(self, &step.id, id),
                    remark,
                });
            }
        }
        missing.extend(self.misused());
        if let Some(remark) = present::client_file_error(self) {
            let field = field::CLIENT_FILE.to_owned();
            missing.push(Missing { label: field.clone(), field, remark: Some(remark) });
        }
        missing
    }

    /// Flags and answers of a file that cannot be used, though no step of this run asks for them: ignored silently
    /// they would look obeyed.
    #[must_use]
    pub fn misused(&self) -> Vec<Missing> {
        let steps = self.steps();
        let asked =
            |id: &str| steps.iter().any(|step| self.fields_of(step).iter().any(|(field, _)| *field == id));
        let given =
            self.answers.iter().filter(|(_, answer)| matches!(answer.source, Source::Flag | Source::File));
        given
            .filter(|(id, _)| !asked(id))
            .filter_map(|(id, answer)| {
                let remark = match self.verdict(id) {
                    Verdict::Wrong(remark) => remark,
                    // It is not asked, so nobody would hear of it.
                    // A file may be the record of a run in which another way was taken in the end.
                    Verdict::Fine | Verdict::Missing | Verdict::Doubt(_) => (answer.source == Source::Flag)
                        .then(|| self.comes_to_nothing(id, answer.text.expose()))
                        .flatten()
                        .or_else(|| {
                            validate::server_of_another(id, answer.text.expose(), &self.situation())
                        })?,
                };
                let remark = Some(present::remark(self, &remark));
                Some(Missing { field: id.to_owned(), label: id.to_owned(), remark })
            })
            .collect()
    }

    /// Why nothing comes of a flag that no step asks for.
    fn comes_to_nothing(&self, id: &str, text: &str) -> Option<validate::Remark> {
        if !matches!(self.plan, Plan::Setup | Plan::Reauth) {
            return None;
        }
        let situation = self.situation();
        // Somebody may still choose on a screen where the key goes and how it is got; a script cannot.
        let is_settled = |ids: &[&str]| self.unattended || ids.iter().all(|id| self.answers.has(id));
        let is_of_connecting = OF_CONNECTING.contains(&id) || id == field::CONNECT && text == "api";
        let connects = match self.plan {
            // What is done with its base is in the record, which may be read later.
            Plan::Reauth => self.answers.text(field::CONNECT) != "show",
            _ => self.connects(),
        };
        if is_of_connecting && is_settled(&[field::FOR, field::CONNECT]) && !connects {
            return Some(validate::Remark::new("invalid.unused"));
        }
        let has_other_method = situation.method().is_some_and(|method| method != Method::OAuth);
        // The record of a renewal says of every key what its project is.
        let is_recorded = self.plan == Plan::Reauth && id == field::PUBLISHING;
        (OF_CONSENT.contains(&id) && !is_recorded && is_settled(&[field::METHOD]) && has_other_method)
            .then(|| validate::Remark::new("invalid.unused-oauth"))
    }
}
