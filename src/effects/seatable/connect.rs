//! Connecting an account to a base, stage by stage: find, write and read back, send.

use super::{
    Patience,
    accounts::{Accounts, Listed},
    api::Api,
    detail::{self, OAuthEntry},
    is_at, keeps_token, send, stored_token,
};
use crate::{
    effects::{
        cancel::Cancel,
        files, keep,
        stages::{Ended, Stages},
        world::World,
    },
    flow::effect::{BaseAccountWrite, Progress, SeatableReport, SeatableRequest},
    guide::providers,
    model::{
        account::Account,
        failure::Failure,
        seatable::{BaseAccount, Connection, Form},
        stage::{Detail, Stage, StageReport},
    },
};

/// Connects. It never fails as a whole: what failed is in the report.
pub fn connect(
    request: &SeatableRequest,
    patience: &Patience,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> SeatableReport {
    let report = SeatableReport { stages: Vec::new(), connection: None, taken: None };
    let mut run = Run { request, patience, world, cancel, progress, report };
    // A stage that failed is in the report already.
    let _ = run.all();
    run.report
}

/// A connecting that runs.
struct Run<'a> {
    request: &'a SeatableRequest,
    patience: &'a Patience,
    world: &'a World,
    cancel: &'a Cancel,
    progress: &'a mut dyn FnMut(Progress),
    report: SeatableReport,
}

/// The account of the base that is to be written or kept.
enum Target {
    /// None is there yet.
    New,
    /// This one.
    There(Listed),
    /// Another has its name.
    Taken(Failure),
}

impl Stages for Run<'_> {
    fn cancel(&self) -> &Cancel {
        self.cancel
    }

    fn tell(&mut self, progress: Progress) {
        (self.progress)(progress);
    }

    fn reports(&mut self) -> &mut Vec<StageReport> {
        &mut self.report.stages
    }
}

impl<'a> Run<'a> {
    fn all(&mut self) -> Result<(), Ended> {
        let entry = oauth_entry(&self.request.account, self.request.form);
        let writes = !matches!(self.request.write, BaseAccountWrite::Keep(_));
        if writes && let Err(failure) = detail::refuse_unusable(&self.request.account, entry.as_ref()) {
            // Nobody needs to be asked for that.
            let failure = self.api().about(failure);
            return self.stage(Stage::SeatableWrite, |_| Err(failure));
        }
        let (mut api, target) = self.stage(Stage::SeatableFind, Self::find)?;
        let target = match target {
            Target::New => None,
            Target::There(listed) => Some(listed),
            // The base is there; what cannot be done is to write.
            Target::Taken(failure) => return self.stage(Stage::SeatableWrite, |_| Err(failure)),
        };
        let account = match target {
            Some(target) if !writes => {
                self.settle_working_token(&api, target.id);
                target
            }
            target => {
                self.stage(Stage::SeatableWrite, |run| run.write(&mut api, target.as_ref(), entry.as_ref()))?
            }
        };
        let Some(message) = &self.request.message else {
            return Ok(());
        };
        self.stage(Stage::SeatableSend, |run| {
            let now = run.world.environment.now();
            send::send(&api, &run.request.base, &account.name, message, now)?;
            Ok((Detail::SeatableSent { to: message.to.as_str().to_owned() }, ()))
        })
    }

    /// Lists the accounts of the base; gives the one that is to be updated or kept.
    fn find(&mut self) -> Result<(Detail, (Api<'a>, Target)), Failure> {
        let (request, world, cancel) = (self.request, self.world, self.cancel);
        let api = self.api();
        let token = if let Some(token) = &request.token {
            token.clone()
        } else {
            let account = self.recorded()?;
            let account = account.as_ref().unwrap_or(&request.account);
            stored_token(&request.url, account, world, cancel).map_err(|failure| api.about(failure))?
        };
        let api = api.with_token(token);
        let listed = Accounts::of(&api, &request.base).list()?;
        let count = listed.iter().filter(|account| account.is_email()).count();
        let target = match &request.write {
            BaseAccountWrite::Create(name) => {
                if let Some(taken) = listed.iter().find(|account| account.name == *name) {
                    let failure = api.failure("_name_taken").with("base", request.base.name.as_str());
                    Target::Taken(self.taken(failure, taken))
                } else {
                    Target::New
                }
            }
            BaseAccountWrite::Update(id) | BaseAccountWrite::Keep(id) => {
                let target = listed.into_iter().find(|account| account.id == *id && account.is_email());
                let gone = || api.failure("_account_gone").with("id", id.to_string());
                Target::There(target.ok_or_else(gone)?)
            }
        };
        Ok((Detail::BaseFound { base: request.base.name.clone(), accounts: count }, (api, target)))
    }

    /// Writes the account, notes that it is there, and reads it back.
    fn write(
        &mut self,
        api: &mut Api<'a>,
        target: Option<&Listed>,
        entry: Option<&OAuthEntry>,
    ) -> Result<(Detail, Listed), Failure> {
        let request = self.request;
        let secrets = match &request.secrets {
            Some(secrets) => (**secrets).clone(),
            None => keep::read_secrets(self.world, &request.account, false, self.cancel)?,
        };
        api.hide(&secrets.key);
        if let Some(client_secret) = &secrets.client_secret {
            api.hide(client_secret);
        }
        let wanted = detail::build(&request.account, &secrets, entry);
        let wanted = wanted.map_err(|failure| api.about(failure))?;
        let accounts = Accounts::of(api, &request.base);
        let written = match (&request.write, target) {
            (BaseAccountWrite::Create(name), _) => accounts.create(name, &wanted).map_err(|failure| {
                // Somebody else was faster.
                let listed = if failure.code == "_name_taken" { accounts.list().ok() } else { None };
                match listed.as_deref().and_then(|listed| holder(listed, name)) {
                    Some(taken) => self.taken(failure, taken),
                    None => failure,
                }
            })?,
            (_, Some(target)) => accounts.update(target, &detail::over_another(wanted.clone()))?,
            // `find` gives one in these cases, or fails.
            (BaseAccountWrite::Update(id) | BaseAccountWrite::Keep(id), None) => {
                return Err(api.failure("_account_gone").with("id", id.to_string()));
            }
        };
        self.record(api, &written)?;
        let name = target.map_or(written.name.as_str(), |target| target.name.as_str());
        let back = accounts.list()?.into_iter().find(|account| account.id == written.id);
        let mismatch = |field: &str| {
            api.failure("_mismatch").with("id", written.id.to_string()).with("field", field.to_owned())
        };
        let back = back.ok_or_else(|| mismatch("id"))?;
        if back.name != name || !back.is_email() {
            return Err(mismatch("account_name"));
        }
        if let Some(field) = detail::difference(&wanted, &back.detail) {
            return Err(mismatch(field));
        }
        let BaseAccount { id, name, .. } = back.shown();
        Ok((Detail::BaseAccountWritten { account: name, id, updated: target.is_some() }, back))
    }

    /// Writes into the record of the account where its key is now, before anything else can fail; then keeps the token
    /// or forgets it.
    fn record(&mut self, api: &Api<'_>, written: &Listed) -> Result<(), Failure> {
        let (request, world) = (self.request, self.world);
        let former = self.recorded()?;
        let kept = former.as_ref().and_then(Account::connection).is_some_and(|former| former.keeps_token);
        let kept_here = former.as_ref().is_some_and(|former| keeps_token(former, api.url()));
        if kept && !kept_here {
            // A token of another server is of no use here, and must not be sent here: the record tells them apart, and
            // will be of this one. A store that does not let go of it is not asked for it again.
            let _ = keep::delete_token(world, &request.account, self.cancel);
        }
        let BaseAccount { id, name, .. } = written.shown();
        let connection = Connection {
            base_uuid: request.base.uuid.clone(),
            base: request.base.name.clone(),
            workspace: request.base.workspace.clone(),
            account_id: id,
            account: name,
            keeps_token: kept_here,
            key_obtained: Some(request.account.key.obtained),
        };
        keep::record_connection(world, &request.account, api.url(), &connection)?;
        self.report.connection = Some(connection.clone());
        self.settle_token(api, connection)
    }

    /// Keeps the token or forgets it, as it is wanted, and notes that.
    fn settle_token(&mut self, api: &Api<'_>, mut connection: Connection) -> Result<(), Failure> {
        let keeps = self.keep_or_forget(connection.keeps_token);
        if keeps != connection.keeps_token {
            connection.keeps_token = keeps;
            keep::record_connection(self.world, &self.request.account, api.url(), &connection)?;
            self.report.connection = Some(connection);
        }
        Ok(())
    }

    /// Does what is wanted of the token; true when there is one in the store afterwards. A store that does not take it
    /// costs the person another sign-in, one day; the account is connected.
    fn keep_or_forget(&self, kept: bool) -> bool {
        let (world, account, cancel) = (self.world, &self.request.account, self.cancel);
        match &self.request.token {
            _ if !self.request.keep_token => kept && keep::delete_token(world, account, cancel).is_err(),
            // The one in the store was used.
            None => kept,
            Some(token) => {
                let is_there =
                    || matches!(keep::read_token(world, account, cancel), Ok(Some(it)) if it == *token);
                let is_kept =
                    (kept && is_there()) || keep::write_token(world, account, token, cancel).is_ok();
                // Neither an earlier one, for which somebody had to sign in anew, nor what is left of this one is of use.
                is_kept || (keep::delete_token(world, account, cancel).is_err() && kept)
            }
        }
    }

    /// The same where nothing is written: somebody who signed in anew for a check need not do so for the next.
    fn settle_working_token(&mut self, api: &Api<'_>, id: u64) {
        // Whether the account still sends is the question; the token is by the way.
        let Ok(Some(record)) = self.recorded() else { return };
        if let Some(connection) = record.connection().filter(|it| it.account_id == id)
            && is_at(&record, api.url())
        {
            let _ = self.settle_token(api, connection.clone());
        }
    }

    fn recorded(&self) -> Result<Option<Account>, Failure> {
        let accounts = files::accounts(self.world)?;
        Ok(accounts.into_iter().find(|known| known.id == self.request.account.id))
    }

    /// Notes the account that has the name.
    fn taken(&mut self, failure: Failure, taken: &Listed) -> Failure {
        let shown = taken.shown();
        let failure = if failure.details.iter().any(|(name, _)| *name == "account") {
            failure
        } else {
            failure.with("account", shown.name.clone())
        };
        let failure = failure.with("id", taken.id.to_string());
        self.report.taken = Some(shown);
        failure
    }

    fn api(&self) -> Api<'a> {
        Api::new(&self.request.url, self.patience, self.world, self.cancel)
            .knowing(self.request.account.address.as_str())
    }
}

/// Who has a name that SeaTable says is taken. Its database may compare without regard to capital letters, and to
/// blanks at the end.
fn holder<'a>(listed: &'a [Listed], name: &str) -> Option<&'a Listed> {
    let folded = |name: &str| name.trim_end().to_lowercase();
    let exact = listed.iter().find(|account| account.name == name);
    exact.or_else(|| listed.iter().find(|account| folded(&account.name) == folded(name)))
}

/// SeaTable's entry for the provider of an account, where it has one for OAuth.
fn oauth_entry(account: &Account, form: Form) -> Option<OAuthEntry> {
    let providers = providers::embedded().unwrap_or_default();
    let provider = providers.into_iter().find(|provider| provider.id == account.provider)?;
    let name = provider.name_in_seatable(form)?.to_owned();
    let oauth = provider.oauth?;
    Some(OAuthEntry { name, arguments: oauth.parameters, one_resource: oauth.one_resource })
}
