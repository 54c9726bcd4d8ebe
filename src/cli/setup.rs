//! The command line of `mailkey setup`.

use clap::Args;

use super::{answers::AnswersFile, arrival::Arrival, discover::Discover, seatable::SignIn};

/// `mailkey setup`.
#[derive(Args, Clone, Debug, Default)]
pub struct Setup {
    /// What to call the account [default: its address]
    #[arg(long)]
    pub name: Option<String>,
    /// The address that will send
    #[arg(long)]
    pub address: Option<String>,
    /// The provider's id, or `other`; an id that is not known is refused with all of them
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// Asking the network for the provider.
    #[command(flatten)]
    pub discover: Discover,
    /// The provider's region, where it has several and the address does not tell
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    /// What to sign in as, where that is not the address
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// How to sign in: app-password, password or oauth
    #[arg(long)]
    pub method: Option<String>,
    /// Where the key goes: seatable, seatable-server, program or cli [with --no-input: program]
    #[arg(long = "for", value_name = "DESTINATION")]
    pub destination: Option<String>,
    /// The SeaTable server [default: SeaTable Cloud]
    #[arg(long, value_name = "URL")]
    pub seatable_url: Option<String>,
    /// How the key gets into SeaTable: api (done for you) or show [with --no-input: api where --base is given]
    #[arg(long, value_name = "HOW")]
    pub connect: Option<String>,
    /// With `--connect show` and OAuth, whether mailkey gets a key of its own: yes, or no where a person walks [default: yes]
    #[arg(long, value_name = "YES|NO")]
    pub own_consent: Option<String>,
    /// The SeaTable base: its UUID, or its name where only one has it
    #[arg(long, value_name = "BASE")]
    pub base: Option<String>,
    /// What to call the account in SeaTable [default: as here]
    #[arg(long, value_name = "TEXT")]
    pub seatable_account: Option<String>,
    /// Where the base has an account of that name already, give it the key
    #[arg(long)]
    pub take_over: bool,
    /// How to sign in to SeaTable.
    #[command(flatten)]
    pub seatable: SignIn,
    /// The OAuth client's downloaded JSON file
    #[arg(long, value_name = "FILE")]
    pub client_file: Option<String>,
    /// The OAuth client's ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// A file with the OAuth client's secret; - is standard input
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<String>,
    /// The directory (tenant) of the organisation for which alone the OAuth client is, at Microsoft 365: its ID or a domain
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// The kind of the OAuth client: web or desktop
    #[arg(long, value_name = "KIND")]
    pub client_kind: Option<String>,
    /// The publishing status of the OAuth project: testing, production, internal or unknown
    #[arg(long, value_name = "STATUS")]
    pub publishing: Option<String>,
    /// A file with the password or app password; - is standard input
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<String>,
    /// Who gets the test message [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Which way messages leave: smtp or api
    #[arg(long, value_name = "WAY")]
    pub send_via: Option<String>,
    /// Sign in only, send nothing
    #[arg(long, conflicts_with_all = ["send_to", "arrival"])]
    pub no_send: bool,
    /// Whether the message arrives.
    #[command(flatten)]
    pub arrival: Arrival,
    /// The port of the redirect address
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// How the consent gets here: device (a code to enter elsewhere) or redirect [default: device where the
    /// provider has it and no browser of this machine can be used]
    #[arg(long, value_name = "WAY")]
    pub consent: Option<String>,
    /// The answers of the run, in a file.
    #[command(flatten)]
    pub files: AnswersFile,
    /// Keep the key although the check failed, and use answers that look wrong
    #[arg(long)]
    pub keep_anyway: bool,
    /// With `--provider other`: the submission server
    #[arg(long, value_name = "HOST")]
    pub smtp_host: Option<String>,
    /// With `--provider other`: its port; else which of the provider's ports, 465 or 587
    #[arg(long, value_name = "PORT")]
    pub smtp_port: Option<String>,
    /// With `--provider other`: starttls or tls
    #[arg(long, value_name = "HOW")]
    pub security: Option<String>,
    /// With `--provider other`: the mailbox server
    #[arg(long, value_name = "HOST")]
    pub imap_host: Option<String>,
    /// With `--provider other`: its port
    #[arg(long, value_name = "PORT")]
    pub imap_port: Option<String>,
    /// With `--provider other`: what to sign in to the mailbox as, where that is something else
    #[arg(long, value_name = "NAME")]
    pub imap_user: Option<String>,
    /// With `--provider other`: the OAuth authorization endpoint
    #[arg(long, value_name = "URL")]
    pub authorize_url: Option<String>,
    /// With `--provider other`: the OAuth token endpoint
    #[arg(long, value_name = "URL")]
    pub token_url: Option<String>,
    /// With `--provider other`: the OAuth revocation endpoint
    #[arg(long, value_name = "URL")]
    pub revoke_url: Option<String>,
    /// With `--provider other`: the OAuth device authorization endpoint
    #[arg(long, value_name = "URL")]
    pub device_url: Option<String>,
    /// With `--provider other`: an OAuth scope; may be given several times
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
}
