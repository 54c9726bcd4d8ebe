//! Our own codes: each is explained, and each ends a run as the contract says.

use super::catalogue;
use crate::{
    diagnosis::{Confidence, Context},
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
    },
};

/// Our own codes, by the layer that gives them, with the exit code of a run that ends with them.
const OWN_CODES: [(Layer, ExitCode, &[&str]); 22] = [
    (Layer::Resolve, ExitCode::Network, &["_not_found", "_resolver", "_timeout"]),
    (
        Layer::Connect,
        ExitCode::Network,
        &["_refused", "_unreachable", "_timeout", "_closed", "_not_smtp", "_reset"],
    ),
    (
        Layer::Tls,
        ExitCode::Network,
        &["_unknown_issuer", "_expired", "_not_yet_valid", "_wrong_name", "_not_tls", "_tls_version"],
    ),
    (
        Layer::Tls,
        ExitCode::Network,
        &["_starttls_missing", "_injected", "_no_trust", "_tls", "_closed", "_timeout"],
    ),
    (Layer::SignIn, ExitCode::CheckFailed, &["_no_mechanism"]),
    (Layer::SignIn, ExitCode::RenewKey, &["_bad_secret"]),
    (Layer::SignIn, ExitCode::Network, &["_closed", "_timeout"]),
    (Layer::Send, ExitCode::CheckFailed, &["_unknown_outcome", "_address", "_bad_reply", "_no_randomness"]),
    (Layer::Send, ExitCode::Network, &["_closed", "_timeout"]),
    (
        Layer::Discover,
        ExitCode::Network,
        &[
            "_no_resolver",
            "_timeout",
            "_refused",
            "_dns_failed",
            "_bad_answer",
            "_wrong_name",
            "_too_large",
            "_redirect_http",
            "_redirects",
            "_status",
            "_doctype",
            "_entity",
            "_not_xml",
            "_not_autoconfig",
            "_no_server",
        ],
    ),
    (Layer::Discover, ExitCode::CheckFailed, &["_nothing"]),
    // Whatever keeps us from looking, the key is good and the network carried the message.
    (
        Layer::Arrive,
        ExitCode::CheckFailed,
        &[
            "_not_seen",
            "_no_mailbox",
            "_other_mailbox",
            "_scope",
            "_unreachable",
            "_not_imap",
            "_tls",
            "_closed",
        ],
    ),
    (
        Layer::Token,
        ExitCode::Network,
        &["_not_json", "_not_found", "_refused", "_timeout", "_unreachable", "_closed", "_unknown_issuer"],
    ),
    (
        Layer::Api,
        ExitCode::Network,
        &["_proxy", "_too_large", "_not_http", "_bad_certificate", "_wrong_name", "_reset", "_failed"],
    ),
    (Layer::Consent, ExitCode::Usage, &["_bad_url", "_not_https"]),
    (
        Layer::Token,
        ExitCode::RenewKey,
        &["_no_refresh_token", "_scope_missing", "_wrong_account", "_no_secret"],
    ),
    (Layer::Token, ExitCode::Usage, &["_not_https"]),
    (Layer::Consent, ExitCode::Network, &["_timeout"]),
    (Layer::Listener, ExitCode::CheckFailed, &["_port_busy", "_bind"]),
    (
        Layer::Store,
        ExitCode::Store,
        &[
            "_no_keyring",
            "_locked",
            "_silent",
            "_ambiguous",
            "_missing",
            "_mismatch",
            "_read_only",
            "_full",
            "_io",
            "_corrupt",
            "_exposed",
            "_newer",
        ],
    ),
    (Layer::Files, ExitCode::Usage, &["_not_found", "_is_folder", "_too_large", "_not_text", "_name_taken"]),
    (
        Layer::Files,
        ExitCode::Store,
        &[
            "_denied",
            "_in_the_way",
            "_read_only",
            "_full",
            "_corrupt",
            "_locked",
            "_io",
            "_newer",
            "_mismatch",
        ],
    ),
];

#[test]
fn every_code_of_ours_is_explained() {
    let rest = [
        (Layer::Consent, ExitCode::CheckFailed, &["_iss_mismatch", "_state_mismatch"][..]),
        (Layer::Bug, ExitCode::Bug, &["_panic", "_incomplete"]),
        (Layer::Connect, ExitCode::CheckFailed, &["_bad_reply", "_bad_command"]),
    ];
    let cancelled = Layer::ALL.map(|layer| (layer, ExitCode::Cancelled, &["_cancelled"][..]));
    for (layer, exit, codes) in OWN_CODES.into_iter().chain(rest).chain(cancelled) {
        for (provider, code) in codes.iter().flat_map(|code| [("gmail", code), ("other", code)]) {
            let diagnosis = catalogue().diagnose(&Failure::new(layer, code), &Context::of(provider));
            assert_ne!(diagnosis.confidence, Confidence::Unknown, "{layer:?} {code}: {}", diagnosis.id);
            assert_eq!(diagnosis.exit, exit, "{layer:?} {code}: {}", diagnosis.id);
        }
    }
}
