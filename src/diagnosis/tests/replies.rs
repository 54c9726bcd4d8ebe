//! What was really seen on the wire, and what it must be taken for.

use super::{catalogue, id_of, smtp};
use crate::{
    diagnosis::Context,
    model::{
        failure::{
            Failure, KEPT,
            Layer::{self, Api, Connect, Consent, Page, Send, SignIn, Tls, Token},
            TO_SELF, USER_NAME,
        },
        method::Method,
    },
};

/// How one signed in.
pub(crate) type Way = (Option<Method>, Option<&'static str>);

const APP: Way = (Some(Method::AppPassword), Some("PLAIN"));
const PASSWORD: Way = (Some(Method::Password), Some("LOGIN"));
const OAUTH: Way = (Some(Method::OAuth), Some("XOAUTH2"));
const BEARER: Way = (Some(Method::OAuth), Some("OAUTHBEARER"));
const UNKNOWN: Way = (None, None);

/// The provider that speaks, how one signed in, where it happened, the reply, the diagnosis.
pub(crate) const REPLIES: &[(&str, Way, Layer, &str, &str)] = &[
    (
        "gmail",
        APP,
        SignIn,
        "535-5.7.8 Username and Password not accepted. For more information, go to\n\
         535 5.7.8  https://support.google.com/mail/?p=BadCredentials 5b1f17b1804b1-abc.1 - gsmtp",
        "app-password-refused",
    ),
    ("gmail", UNKNOWN, SignIn, "535-5.7.8 Username and Password not accepted.", "app-password-refused"),
    ("google_workspace", APP, SignIn, "535 5.7.1 Username and Password not accepted", "app-password-refused"),
    ("gmail", APP, SignIn, "535 5.7.8 Something that Google never said before", "app-password-refused"),
    (
        "gmail",
        APP,
        SignIn,
        "534-5.7.9 Application-specific password required. Learn more at\n\
         534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
        "account-password-used",
    ),
    (
        "gmail",
        APP,
        SignIn,
        "534-5.7.14 <https://accounts.google.com/signin/continue?x> Please log in with your web browser and then try again.",
        "browser-sign-in-needed",
    ),
    (
        "gmail",
        APP,
        SignIn,
        "534-5.7.9 Please log in with your web browser and then try again. \
         Learn more at https://support.google.com/mail/?p=WebLoginRequired",
        "browser-sign-in-needed",
    ),
    ("gmail", APP, SignIn, "454 4.7.0 Too many login attempts, please try again later.", "too-many-attempts"),
    (
        "gmail",
        APP,
        SignIn,
        "454 4.7.0 Cannot authenticate due to a temporary system problem. Try again later.",
        "sign-in-not-available",
    ),
    (
        "gmail",
        OAUTH,
        SignIn,
        "535-5.7.8 Username and Password not accepted. p=BadCredentials",
        "token-not-for-this-mailbox",
    ),
    (
        "gmail",
        OAUTH,
        SignIn,
        "334 {\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}",
        "token-not-for-this-mailbox",
    ),
    ("other", BEARER, SignIn, "535 5.7.8 {\"status\":\"insufficient_scope\"}", "token-lacks-mail-scope"),
    ("other", BEARER, SignIn, "535 5.7.8 {\"status\":\"invalid_token\"}", "token-not-for-this-mailbox"),
    ("gmail", APP, SignIn, "504 5.7.4 Unrecognized Authentication Type", "mechanism-not-offered"),
    ("gmail", APP, SignIn, "501 5.5.2 Cannot Decode response", "protocol-fault"),
    ("gmail", APP, SignIn, "530 5.7.0 Must issue a STARTTLS command first.", "encryption-wanted-first"),
    ("gmail", APP, Send, "530-5.7.0 Authentication Required. p=WantAuthError", "protocol-fault"),
    (
        "other",
        PASSWORD,
        SignIn,
        "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
        "credentials-refused",
    ),
    ("other", PASSWORD, SignIn, "535 5.7.0 Authentication failed", "credentials-refused"),
    ("other", APP, SignIn, "535 5.7.8 Error: authentication failed", "app-password-rejected"),
    ("other", PASSWORD, SignIn, "534 5.7.9 Authentication mechanism is too weak", "mechanism-not-offered"),
    ("other", PASSWORD, SignIn, "432 4.7.12 A password transition is needed", "password-change-needed"),
    ("other", PASSWORD, SignIn, "454 4.7.0 Temporary authentication failure", "sign-in-not-available"),
    (
        "other",
        PASSWORD,
        SignIn,
        "538 5.7.11 Encryption required for requested authentication mechanism",
        "encryption-wanted-first",
    ),
    ("other", PASSWORD, SignIn, "502 5.5.1 Unrecognized command", "encryption-wanted-first"),
    (
        "gmail",
        APP,
        Send,
        "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail",
        "daily-limit-reached",
    ),
    ("gmail", APP, Send, "550-5.4.5 Daily sending quota exceeded.", "daily-limit-reached"),
    ("gmail", APP, Connect, "421-4.7.28 Gmail has detected an unusual rate of email", "sending-too-fast"),
    (
        "gmail",
        APP,
        Send,
        "550 5.7.1 Our system has detected an unusual rate of unsolicited mail",
        "content-refused",
    ),
    (
        "gmail",
        APP,
        Send,
        "550 5.7.1 [1.2.3.4] Our system has detected that this message is likely unsolicited mail.",
        "content-refused",
    ),
    (
        "gmail",
        APP,
        Send,
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
        "recipient-gets-too-much",
    ),
    (
        "gmail",
        APP,
        Send,
        "550-5.1.1 The email account that you tried to reach does not exist.",
        "recipient-unknown",
    ),
    (
        "gmail",
        APP,
        Send,
        "550 5.2.1 The email account that you tried to reach is disabled.",
        "recipient-unknown",
    ),
    (
        "gmail",
        APP,
        Send,
        "553 5.1.3 The recipient address <x> is not a valid RFC-5321 address.",
        "recipient-address-wrong",
    ),
    ("gmail", APP, Send, "553 5.1.7 The sender address <x> is not a valid", "sender-not-allowed"),
    (
        "gmail",
        APP,
        Send,
        "452 4.2.2 The email account that you tried to reach is over quota.",
        "recipient-mailbox-full",
    ),
    (
        "gmail",
        APP,
        Send,
        "552 5.3.4 Your message exceeded Google's message size limits.",
        "message-too-large",
    ),
    (
        "gmail",
        APP,
        Send,
        "552 5.7.0 This message was blocked because its content presents a potential security issue.",
        "content-refused",
    ),
    ("gmail", APP, Send, "550 5.7.1 This message is not RFC 5322 compliant", "message-malformed"),
    ("gmail", APP, Send, "550 5.7.0 Mail relay denied", "account-may-not-send"),
    ("gmail", APP, Send, "550 5.7.1 Invalid credentials for relay [1.2.3.4].", "relay-refused"),
    (
        "gmail",
        APP,
        Send,
        "550-5.7.26 This message does not pass authentication checks",
        "domain-records-missing",
    ),
    ("gmail", APP, Send, "421 4.3.0 Temporary System Problem. Try again later.", "provider-fault"),
    ("gmail", APP, Connect, "421 4.7.0 Try again later, closing connection.", "network-not-welcome"),
    ("gmail", APP, Connect, "421 4.4.5 Server busy, try again later.", "provider-fault"),
    (
        "other",
        PASSWORD,
        Send,
        "553 5.7.1 <a@b>: Sender address rejected: not owned by user c@d",
        "sender-not-allowed",
    ),
    ("other", PASSWORD, Send, "554 5.7.1 <x@y>: Relay access denied", "relay-refused"),
    (
        "other",
        PASSWORD,
        Send,
        "550 5.1.1 <x@y>: Recipient address rejected: User unknown",
        "recipient-unknown",
    ),
    ("other", PASSWORD, Send, "450 4.2.0 Greylisted", "greylisted"),
    ("other", PASSWORD, Send, "554 5.7.1 Spam message rejected", "content-refused"),
    ("other", PASSWORD, Send, "550 No", "message-refused"),
    ("other", PASSWORD, Connect, "554 no service", "network-not-welcome"),
    (
        "other",
        PASSWORD,
        Tls,
        "454 4.7.0 TLS not available due to local problem",
        "encryption-not-available-now",
    ),
    ("other", PASSWORD, Tls, "502 5.5.1 Not implemented", "encryption-not-offered"),
    ("other", PASSWORD, Send, "421 4.4.2 Error: timeout exceeded", "provider-fault"),
];

#[test]
fn the_store_of_a_kept_account_is_not_chosen_as_in_a_set_up() {
    let catalogue = catalogue();
    let told = |failure: &Failure| catalogue.diagnose(failure, &Context::of("gmail")).remedies;
    let failure = Failure::new(Layer::Store, "_no_keyring");
    assert_eq!(told(&failure), ["start-keyring", "use-encrypted-file"]);
    assert_eq!(told(&failure.with(KEPT, "anna")), ["start-keyring", "renew-into-file"]);
}

#[test]
fn who_sent_to_oneself_is_not_told_to_do_just_that() {
    let catalogue = catalogue();
    let told = |failure: &Failure| catalogue.diagnose(failure, &Context::of("gmail")).remedies;
    let failure = smtp(Layer::Send, "550 5.7.1 Refused").with("command", "RCPT");
    assert_eq!(told(&failure), ["fix-recipient", "send-test-to-self", "read-server-words"]);
    let to_self = told(&failure.with(TO_SELF, "yes"));
    assert_eq!(to_self, ["check-address", "send-test-elsewhere", "read-server-words"]);
}

#[test]
fn who_signed_in_under_another_name_is_told_that_name() {
    let catalogue = catalogue();
    let told = |failure: &Failure| catalogue.diagnose(failure, &Context::of("gmail")).remedies;
    let refused = smtp(Layer::SignIn, "535 5.7.8 Username and Password not accepted. BadCredentials");
    assert!(told(&refused).iter().any(|id| id == "check-address"));
    let named = told(&refused.with(USER_NAME, "anna"));
    assert!(named.iter().any(|id| id == "check-user-name") && !named.iter().any(|id| id == "check-address"));
}

#[test]
fn behind_encryption_nobody_is_said_to_want_it() {
    let closed = Failure::new(Layer::Connect, "_closed").with("host", "mail.example.org").with("port", "465");
    let told = |security: &str| {
        catalogue().diagnose(&closed.clone().with("security", security), &Context::of("x")).id
    };
    assert_eq!(told("tls"), "closed-behind-encryption");
    assert_eq!(told("starttls"), "closed-before-greeting");
}

#[test]
fn a_private_account_has_no_administrator() {
    let off = smtp(
        Layer::SignIn,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
    );
    let told = |provider| catalogue().diagnose(&off, &Context::of(provider)).remedies;
    assert_eq!(told("outlook_com")[0], "allow-smtp-personal");
    assert_eq!(told("microsoft365")[0], "allow-smtp-mailbox");
}

#[test]
fn whose_key_is_kept_is_told_how_to_renew_it_and_not_to_enter_another() {
    let context = Context { method: Some(Method::AppPassword), ..Context::of("gmail") };
    let refused = smtp(Layer::SignIn, "535 5.7.8 Username and Password not accepted. BadCredentials");
    let refused = Failure { mechanism: Some("PLAIN".to_owned()), ..refused };
    let told = |failure: &Failure| catalogue().diagnose(failure, &context).remedies;
    assert_eq!(told(&refused)[..2], ["make-app-password", "paste-again"]);
    let kept = refused.with(KEPT, "anna").with(TO_SELF, "yes");
    assert_eq!(told(&kept)[..2], ["renew-with-app-password", "renew-if-changed"]);
}

#[test]
fn replies_of_mail_servers() {
    for (provider, (method, mechanism), layer, reply, id) in REPLIES.iter().copied() {
        let context = Context { method, mechanism, ..Context::of(provider) };
        assert_eq!(id_of(&smtp(layer, reply), &context), id, "{provider} {layer:?}: {reply}");
    }
}

#[test]
fn answers_of_web_services() {
    for (layer, code, said, id) in [
        (Token, "invalid_grant", "Token has been expired or revoked.", "key-expired-or-withdrawn"),
        (Token, "invalid_grant", "Malformed auth code.", "code-damaged"),
        (Token, "invalid_grant", "Invalid code verifier.", "proof-of-beginning-refused"),
        (Token, "invalid_grant", "Bad Request", "code-not-accepted"),
        (Token, "invalid_grant", "reauth related error (invalid_rapt)", "session-ended-by-organisation"),
        (Token, "invalid_client", "The OAuth client was not found.", "client-id-wrong"),
        (Token, "invalid_client", "Unauthorized", "client-secret-wrong"),
        (Token, "invalid_client", "The provided client secret is invalid.", "client-secret-wrong"),
        (Token, "invalid_request", "client_secret is missing.", "client-secret-missing"),
        (Token, "deleted_client", "The OAuth client was deleted.", "client-deleted"),
        (Token, "redirect_uri_mismatch", "Bad Request", "redirect-not-registered"),
        (Token, "admin_policy_enforced", "", "admin-blocks-client"),
        (Token, "503", "Service Unavailable", "provider-fault"),
        (Consent, "access_denied", "", "consent-refused"),
        (Consent, "temporarily_unavailable", "", "provider-fault"),
        (Page, "access_denied", "", "not-a-test-user"),
        (Page, "unverified_app", "", "app-not-verified"),
        (Api, "403", "Gmail API has not been used in project 123 before or it is disabled.", "gmail-api-off"),
        (Api, "403", "Request had insufficient authentication scopes.", "token-lacks-mail-scope"),
        (Api, "403", "The caller does not have permission", "organisation-blocks-gmail"),
        (Api, "403", "User Rate Limit Exceeded", "sending-too-fast"),
        (Api, "429", "User-rate limit exceeded (Mail sending)", "daily-limit-reached"),
        (Api, "429", "Too many concurrent requests for user", "sending-too-fast"),
        (Api, "400", "Mail service not enabled", "no-gmail-mailbox"),
        (Api, "401", "Request had invalid authentication credentials.", "access-token-refused"),
        (Api, "413", "", "message-too-large"),
        (Api, "500", "Backend Error", "provider-fault"),
    ] {
        let failure = Failure::new(layer, code).saying(said);
        assert_eq!(id_of(&failure, &Context::of("gmail")), id, "{layer:?} {code}: {said}");
    }
    for (reason, id) in [
        ("accessNotConfigured", "gmail-api-off"),
        ("SERVICE_DISABLED", "gmail-api-off"),
        ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "token-lacks-mail-scope"),
        ("domainPolicy", "organisation-blocks-gmail"),
        ("dailyLimitExceeded", "project-quota-used"),
        ("userRateLimitExceeded", "sending-too-fast"),
    ] {
        let failure = Failure::new(Api, "403").saying("Forbidden").with("reason", reason);
        assert_eq!(id_of(&failure, &Context::of("gmail")), id, "{reason}");
    }
    // Google gives the general status along with the reason; the reason decides.
    for (reason, id) in [
        ("SERVICE_DISABLED", "gmail-api-off"),
        ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "token-lacks-mail-scope"),
        ("rateLimitExceeded", "sending-too-fast"),
        ("notKnownYet", "organisation-blocks-gmail"),
    ] {
        let failure = Failure::new(Api, "403").with("reason", reason).with("status", "PERMISSION_DENIED");
        assert_eq!(id_of(&failure, &Context::of("gmail")), id, "{reason}");
    }
    let failure = Failure::new(Token, "invalid_grant").saying("Bad Request").with("subtype", "invalid_rapt");
    assert_eq!(id_of(&failure, &Context::of("gmail")), "session-ended-by-organisation");
}
