//! Signing in to SeaTable, and the bases that can be seen then.

use crate::{
    flow::{
        answers::Source,
        effect::SeatableSignIn,
        field,
        seatable::SignIn,
        validate::{self, Verdict},
        wizard::{Wizard, Work},
    },
    model::{
        account::Account,
        failure::{Failure, Layer},
        seatable::{Base, Right},
        secret::Secret,
    },
};

impl Wizard {
    /// The token in the store signs in by itself, unless another way is given.
    pub(in crate::flow::wizard) fn enter_seatable_sign_in(&mut self) -> Work {
        if self.seatable.session.is_some() || self.needs_no_sign_in() {
            return Work::SeatableSignIn(SignIn::Done);
        }
        if self.has_stored_token() && !self.has_credentials() {
            self.sign_in_again();
            return std::mem::replace(&mut self.work, Work::Form);
        }
        Work::SeatableSignIn(SignIn::Ready)
    }

    /// Signs in with what was answered.
    pub(in crate::flow::wizard) fn sign_in_seatable(&mut self) {
        let answer = |id: &str| self.answers.secret(id).cloned().unwrap_or_default();
        let text = |id: &str| self.situation().text(id).trim().to_owned();
        let how = if text(field::SEATABLE_AUTH) == "password" {
            let code = answer(field::SEATABLE_CODE);
            SeatableSignIn::Password {
                user: text(field::SEATABLE_USER),
                password: answer(field::SEATABLE_PASSWORD),
                code: (!code.expose().trim().is_empty()).then_some(code),
            }
        } else {
            SeatableSignIn::Token(Secret::from(answer(field::SEATABLE_TOKEN).expose().trim()))
        };
        self.begin_sign_in(how);
    }

    /// Signs in with a token that needs nobody: the one of the session, the one that was answered, or the one in the
    /// store. A password is never tried again.
    pub(in crate::flow::wizard) fn sign_in_again(&mut self) {
        let answered = self.answers.secret(field::SEATABLE_TOKEN).filter(|token| !token.is_empty());
        let session = self.seatable.session.as_ref().map(|session| &session.token);
        let how = match (session.or(answered), self.connected_account()) {
            (Some(token), _) => SeatableSignIn::Token(Secret::from(token.expose().trim())),
            (None, Some(account)) if self.has_stored_token() => {
                SeatableSignIn::Stored(Box::new(account.clone()))
            }
            (None, _) => return,
        };
        self.begin_sign_in(how);
    }

    /// True where the sign-in can be tried once more without anything typed.
    pub(in crate::flow) fn may_sign_in_again(&self) -> bool {
        let stands = matches!(self.work, Work::SeatableSignIn(SignIn::Ready | SignIn::Failed { .. }));
        let failed = matches!(self.work, Work::SeatableSignIn(SignIn::Failed { .. }));
        stands
            && (self.has_stored_token() && !self.has_credentials()
                || failed && self.answers.has(field::SEATABLE_TOKEN))
    }

    fn begin_sign_in(&mut self, how: SeatableSignIn) {
        if let Some(url) = self.seatable_url() {
            self.work = Work::SeatableSignIn(SignIn::begin(url, how, &mut self.orders));
        }
    }

    /// A password and a code are good for one sign-in.
    pub(in crate::flow::wizard) fn seatable_signed_in(&mut self) {
        self.forget_password();
        self.seatable.no_base = self.why_no_base();
        self.choose_only_base();
        self.advance();
    }

    pub(in crate::flow::wizard) fn seatable_refused(&mut self, failure: &Failure) {
        // Whoever was signed in before is not any more.
        self.seatable.session = None;
        if matches!(failure.code.as_str(), "_code_missing" | "_code_wrong") {
            self.answers.remove(field::SEATABLE_CODE);
            self.answers.set(field::SEATABLE_CODE_ASKED, field::YES, Source::Discovered);
        } else {
            self.forget_password();
        }
    }

    pub(super) fn forget_password(&mut self) {
        self.answers.remove(field::SEATABLE_PASSWORD);
        self.answers.remove(field::SEATABLE_CODE);
    }

    /// With one base where an account may be added there is nothing to choose.
    fn choose_only_base(&mut self) {
        let mut admin = self.bases().iter().filter(|base| base.right == Right::Admin);
        let only = match (admin.next(), admin.next()) {
            (Some(only), None) => Some(only.uuid.clone()),
            _ => None,
        };
        if let Some(uuid) = only
            && !self.answers.has(field::SEATABLE_BASE)
        {
            self.answers.set(field::SEATABLE_BASE, uuid, Source::Discovered);
        }
    }

    /// True when the account token is in the store, as far as is known.
    pub(in crate::flow) fn has_stored_token(&self) -> bool {
        let keeps =
            self.connected_account().and_then(Account::connection).is_some_and(|known| known.keeps_token);
        keeps && !self.seatable.token_is_dead
    }

    /// True where the base is known, and the token in the store opens it: nothing is to be asked or listed.
    pub(in crate::flow) fn needs_no_sign_in(&self) -> bool {
        self.connection().is_some() && self.has_stored_token() && !self.has_credentials()
    }

    /// True where the base can be spoken to.
    pub(in crate::flow::wizard) fn may_speak_to_base(&self) -> bool {
        self.seatable.session.is_some() || self.needs_no_sign_in()
    }

    /// The person signs in after all.
    pub(in crate::flow::wizard) fn enter_sign_in(&mut self) {
        if let Some(step) = self.step_that("seatable-sign-in") {
            self.enter(&step);
        }
    }

    fn has_credentials(&self) -> bool {
        [field::SEATABLE_TOKEN, field::SEATABLE_PASSWORD].into_iter().any(|id| self.answers.has(id))
    }

    /// The bases that the person can see; none before the sign-in.
    pub(in crate::flow::wizard) fn bases(&self) -> &[Base] {
        self.seatable.session.as_ref().map_or(&[], |session| session.bases.as_slice())
    }

    fn why_no_base(&self) -> Option<Failure> {
        let bases = self.bases();
        if bases.is_empty() {
            return Some(Failure::new(Layer::Seatable, "_no_base"));
        }
        let nowhere = bases.iter().all(|base| base.right != Right::Admin);
        nowhere.then(|| Failure::new(Layer::Seatable, "_no_admin_base"))
    }

    /// The token in the store is enough; and what SeaTable has not asked for is not missing.
    pub(in crate::flow::wizard) fn comes_from_seatable(&self, id: &str) -> bool {
        let signs_in = matches!(
            id,
            field::SEATABLE_TOKEN | field::SEATABLE_USER | field::SEATABLE_PASSWORD | field::SEATABLE_CODE
        );
        // Which accounts there are, and whose token is kept, is known only once they are read.
        let unread = self.state().is_none() && self.answers.has(field::ACCOUNT);
        // On the step itself a token is wanted where the one in the store did not do.
        let stored = self.has_stored_token() && !matches!(self.work, Work::SeatableSignIn(_));
        signs_in && (unread || self.seatable.session.is_some() || stored)
    }

    /// A base is looked for among those that can be seen; before the sign-in nothing speaks against it.
    pub(in crate::flow::wizard) fn base_verdict(&self) -> Verdict {
        validate::base(&self.situation(), self.seatable.session.is_some())
    }

    /// Reads the bases again.
    pub(in crate::flow::wizard) fn read_bases(&mut self) {
        self.sign_in_again();
        if let Some(step) = self.step_that("seatable-sign-in") {
            self.step = step;
        }
    }

    /// The step of this journey that does this work.
    pub(in crate::flow::wizard) fn step_that(&self, work: &str) -> Option<String> {
        let steps = self.steps();
        steps.iter().find(|step| step.work.as_deref() == Some(work)).map(|step| step.id.clone())
    }
}
