//! `mailkey show NAME`: everything that is known of an account, and never a secret.

use serde::Serialize;
use url::Url;

use super::{
    key, print,
    session::{CommandError, Session},
};
use crate::{
    effects::{files, keep, store, world::World},
    flow::{
        removal,
        report::{self, rfc3339, seatable_entry},
        situation::{Situation, answers_of},
    },
    model::{
        account::{Account, Destination},
        exit_code::ExitCode,
        life::WARN_DAYS,
        method::{Method, SendVia},
        report::{KeyEntry, SCHEMA, SeatableEntry},
        server::Server,
        shell,
        store_kind::StoreKind,
    },
};

#[derive(Serialize)]
struct Document {
    schema: u32,
    account: Entry,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    name: String,
    address: String,
    /// What it signs in as; null: the key itself.
    user: Option<String>,
    /// Where its servers are, at a provider with several regions.
    region: Option<String>,
    provider: String,
    provider_name: String,
    method: &'static str,
    send_via: &'static str,
    smtp: ServerEntry,
    imap: Option<ServerEntry>,
    oauth: Option<OAuthEntry>,
    destination: DestinationEntry,
    /// The base that has it; null: none.
    seatable: Option<SeatableEntry>,
    store: &'static str,
    created: Option<String>,
    key: KeyEntry,
    /// When the person obtained the key.
    obtained: Option<String>,
    last_check: Option<CheckEntry>,
    /// True when a new key was obtained and never promoted.
    pending: bool,
    /// The command that renews the key.
    renew: String,
    /// The files in which something stands of it.
    files: Vec<String>,
    /// The names under which the store may have something of it.
    entries: Vec<String>,
}

#[derive(Serialize)]
struct ServerEntry {
    host: String,
    port: u16,
    security: &'static str,
}

#[derive(Serialize)]
struct OAuthEntry {
    client_id: String,
    client_kind: &'static str,
    publishing: &'static str,
    scopes: Vec<String>,
    authorize_url: String,
    token_url: String,
    revoke_url: Option<String>,
    device_url: Option<String>,
    redirect_port: Option<u16>,
    api_url: Option<String>,
}

#[derive(Serialize)]
struct DestinationEntry {
    kind: &'static str,
    url: Option<String>,
}

#[derive(Serialize)]
struct CheckEntry {
    at: Option<String>,
    ok: bool,
    diagnosis: Option<String>,
    /// What the diagnosis means, in words.
    cause: Option<String>,
}

/// `mailkey show NAME`.
///
/// # Errors
/// When there is no such account, or a file cannot be read.
pub fn run(name: &str, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(name)?;
    let mut answers = session.answers();
    answers_of(&account, &mut answers);
    let situation = session.situation(&answers);
    let entry = entry(&account, &situation, session)?;
    if session.global.json {
        print::json(&Document { schema: SCHEMA, account: entry });
    } else {
        for line in lines(&entry, &account, &situation) {
            print::out_prose(&line);
        }
    }
    Ok(ExitCode::Proved)
}

/// The file of its store; commands that nobody changed stand in none.
fn store_file(account: &Account, world: &World) -> Option<String> {
    let path = store::file_of(account.store, &world.environment.folders)?;
    (account.store != StoreKind::Command || path.exists()).then(|| path.display().to_string())
}

fn entry(account: &Account, situation: &Situation<'_>, session: &Session) -> Result<Entry, CommandError> {
    let world = &session.world;
    let pending = files::pending(world, &account.id)?.is_some();
    let folders = &world.environment.folders;
    let mut paths = vec![folders.config.join("accounts.json").display().to_string()];
    paths.extend(store_file(account, world));
    // One that cannot be read is told by doctor and by move.
    let moves = files::moves(world).unwrap_or_default();
    if moves.iter().any(|begun| begun.account == account.id) {
        paths.push(folders.state.join("moving.json").display().to_string());
    }
    paths.extend(keep::unstored(world, account).map(|path| path.display().to_string()));
    if pending {
        paths.push(folders.state.join("pending.json").display().to_string());
    }
    let server = |server: &Server| ServerEntry {
        host: server.host.clone(),
        port: server.port,
        security: server.security.id(),
    };
    let url = match &account.destination {
        Destination::Seatable { url, .. } | Destination::SeatableServer { url } => Some(url.clone()),
        Destination::Program | Destination::Cli => None,
    };
    Ok(Entry {
        id: account.id.clone(),
        name: account.name.clone(),
        address: account.address.to_string(),
        user: account.user_name().map(str::to_owned),
        region: account.region.clone(),
        provider: account.provider.clone(),
        provider_name: removal::provider_name(account, situation),
        method: account.method.id(),
        send_via: account.send_via.id(),
        smtp: server(&account.smtp),
        imap: account.imap.as_ref().map(server),
        oauth: account.oauth.as_ref().map(|oauth| OAuthEntry {
            client_id: oauth.client_id.clone(),
            client_kind: oauth.client_kind.id(),
            publishing: account.key.publishing.id(),
            scopes: oauth.scopes.clone(),
            authorize_url: oauth.authorize_url.clone(),
            token_url: oauth.token_url.clone(),
            revoke_url: oauth.revoke_url.clone(),
            device_url: oauth.device_url.clone(),
            redirect_port: oauth.redirect_port,
            api_url: oauth.api_url.clone(),
        }),
        destination: DestinationEntry { kind: account.destination.id(), url },
        seatable: seatable_entry(account, None, None, session.words()),
        store: account.store.id(),
        created: rfc3339(account.created),
        key: key::entry(account, WARN_DAYS, world.environment.now(), session),
        obtained: rfc3339(account.key.obtained),
        last_check: account.last_check.as_ref().map(|check| CheckEntry {
            at: rfc3339(check.at),
            ok: check.ok,
            diagnosis: check.diagnosis.clone(),
            cause: check.diagnosis.as_ref().map(|id| report::cause_text(id, situation)),
        }),
        pending,
        renew: shell::command("reauth", &account.name),
        files: paths,
        entries: keep::entries_of(world, account, pending),
    })
}

/// A label and what is known, one a line.
fn lines(entry: &Entry, account: &Account, situation: &Situation<'_>) -> Vec<String> {
    let strings = &situation.words().strings;
    let text = |id: &str| strings.text(id).to_owned();
    let server = |server: &ServerEntry| {
        let security = text(&format!("security.{}", server.security));
        format!("{}:{}, {security}", server.host, server.port)
    };
    let mut rows = vec![
        ("address", entry.address.clone()),
        ("provider", entry.provider_name.clone()),
        ("method", text(&format!("method.name.{}", entry.method))),
        (
            "smtp",
            by_interface(account).map_or_else(
                || server(&entry.smtp),
                |host| strings.fill("show.interface", &[("host", &host)]),
            ),
        ),
    ];
    rows.extend(entry.imap.as_ref().map(|imap| ("imap", server(imap))));
    rows.push(("user", entry.user.clone().unwrap_or_else(|| text("catalogue.user-is-key"))));
    rows.extend(entry.region.clone().map(|region| ("region", region)));
    if let (Some(oauth), true) = (&entry.oauth, account.method == Method::OAuth) {
        let kind = text(&format!("client-kind.{}", oauth.client_kind));
        rows.push(("client", format!("{} ({kind})", oauth.client_id)));
        rows.push(("scopes", oauth.scopes.join(" ")));
        rows.push(("publishing", text(&format!("show.publishing-{}", oauth.publishing))));
    }
    let place = text(&format!("show.destination-{}", entry.destination.kind));
    let url = entry.destination.url.as_ref();
    rows.push(("destination", url.map_or(place.clone(), |url| format!("{place}, {url}"))));
    if let Some((seatable, base)) =
        entry.seatable.as_ref().and_then(|found| Some((found, found.base.as_ref()?)))
    {
        let account = seatable.account.clone().unwrap_or_default();
        rows.push(("base", format!("{} ({}), {account}", base.name, base.workspace)));
    }
    rows.push(("store", text(&format!("store.{}", entry.store))));
    rows.push(("obtained", account.key.obtained.date().to_string()));
    rows.push(("life", entry.key.text.clone()));
    rows.push(("check", check_text(entry, account, situation)));
    rows.extend(entry.key.unstored.iter().map(|unstored| ("unstored", unstored.text.clone())));
    if entry.pending {
        rows.push(("pending", strings.text("show.pending-yes").to_owned()));
    }
    rows.push(("renew", entry.renew.clone()));
    rows.extend(entry.files.iter().map(|file| ("file", file.clone())));
    rows.extend(entry.entries.iter().map(|name| ("entry", name.clone())));
    let named = rows.into_iter().map(|(id, value)| (strings.text(&format!("show.{id}")).to_owned(), value));
    let named: Vec<(String, String)> = named.collect();
    let width = named.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    let row = |(label, value): &(String, String)| {
        let gap = " ".repeat(width - label.chars().count() + 2);
        format!("  {label}{gap}{value}")
    };
    std::iter::once(entry.name.clone()).chain(named.iter().map(row)).collect()
}

/// The host of the interface that an account sends through, where that is not SMTP.
fn by_interface(account: &Account) -> Option<String> {
    let url = account.oauth.as_ref()?.api_url.as_ref().filter(|_| account.send_via == SendVia::Api)?;
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

fn check_text(entry: &Entry, account: &Account, situation: &Situation<'_>) -> String {
    let strings = &situation.words().strings;
    let Some(check) = &account.last_check else { return strings.text("account.unchecked").to_owned() };
    let id = if check.ok { "account.checked" } else { "account.failed" };
    let date = check.at.date().to_string();
    let cause = entry.last_check.as_ref().and_then(|check| check.cause.as_deref());
    let line = if cause.is_some() { "show.check-cause" } else { "show.check-state" };
    let values = [("state", strings.text(id)), ("date", &date), ("cause", cause.unwrap_or_default())];
    strings.fill(line, &values)
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn only_who_sends_through_an_interface_is_told_its_host() {
        let mut account = testing::account();
        let oauth = account.oauth.as_mut().expect("it signs in with OAuth");
        oauth.api_url = Some("https://gmail.googleapis.com/gmail/v1/users/me/messages/send".to_owned());
        assert_eq!(by_interface(&account), None);
        account.send_via = SendVia::Api;
        assert_eq!(by_interface(&account).as_deref(), Some("gmail.googleapis.com"));
    }
}
