//! What a server says means the same whichever program repeats it.

use mailkey::diagnosis::{Catalogue, explain::explain, reading::Reader};

/// What servers answer, on one or more lines, and what that means, with nothing else known. `send`: after the sign-in.
const ANSWERS: [(Stage, &str, &str, &str, &str); 34] = [
    (
        Stage::SignIn,
        "535",
        "5.7.8",
        "Username and Password not accepted. Learn more at\nhttps://support.google.com/mail/?p=BadCredentials x - gsmtp",
        "app-password-refused",
    ),
    (Stage::SignIn, "535", "5.7.8", "Username and Password not accepted.", "app-password-refused"),
    (
        Stage::SignIn,
        "534",
        "5.7.9",
        "Application-specific password required. Learn more at\nhttps://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
        "account-password-used",
    ),
    (Stage::SignIn, "534", "5.7.9", "Application-specific password required.", "account-password-used"),
    (
        Stage::SignIn,
        "534",
        "5.7.14",
        "<https://accounts.google.com/signin/continue?sarp=1>\nPlease log in via your web browser and then try again.\nx - gsmtp",
        "browser-sign-in-needed",
    ),
    (
        Stage::SignIn,
        "534",
        "5.7.9",
        "Please log in with your web browser and then try again.",
        "browser-sign-in-needed",
    ),
    (Stage::SignIn, "454", "4.7.0", "Too many login attempts, please try again later.", "too-many-attempts"),
    (
        Stage::SignIn,
        "535",
        "5.7.139",
        "Authentication unsuccessful, basic authentication is disabled. [A.PROD.OUTLOOK.COM]",
        "password-sign-in-ended",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.139",
        "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [A.PROD.OUTLOOK.COM]",
        "smtp-sign-in-off-for-organisation",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.139",
        "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
        "smtp-sign-in-off-for-mailbox",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.139",
        "Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
        "access-rule-refuses",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.139",
        "Authentication unsuccessful, user is locked by your organization's security defaults policy.",
        "security-defaults-on",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.3",
        "Authentication unsuccessful [A.PROD.OUTLOOK.COM]",
        "microsoft-sign-in-refused",
    ),
    (Stage::SignIn, "504", "5.7.4", "Unrecognized authentication type", "mechanism-not-offered"),
    (
        Stage::SignIn,
        "504",
        "5.7.4",
        "Unrecognized authentication type [A.PROD.OUTLOOK.COM]",
        "mechanism-not-offered",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.8",
        "Error: authentication failed: no mechanism available",
        "mechanism-not-offered",
    ),
    (
        Stage::SignIn,
        "535",
        "5.7.8",
        "Error: authentication failed: Invalid authentication mechanism",
        "mechanism-not-offered",
    ),
    (Stage::SignIn, "535", "", "Authentication Credentials Invalid", "sending-key-refused"),
    (Stage::SignIn, "535", "5.7.8", "Error: authentication failed: UGFzc3dvcmQ6", "credentials-refused"),
    (Stage::SignIn, "535", "5.7.0", "(#AUTH005) Too many bad auth attempts.", "app-password-wanted"),
    (Stage::SignIn, "535", "", "Incorrect authentication data", "credentials-refused"),
    (
        Stage::Send,
        "530",
        "5.7.0",
        "Must issue a STARTTLS command first. x - gsmtp",
        "encryption-wanted-first",
    ),
    (
        Stage::Send,
        "530",
        "5.7.57",
        "Client not authenticated to send mail. [A.PROD.OUTLOOK.COM]",
        "not-signed-in-at-microsoft",
    ),
    (
        Stage::Send,
        "550",
        "5.7.60",
        "SMTP; Client does not have permissions to send as this sender [A.prod.outlook.com]",
        "send-as-missing",
    ),
    (
        Stage::Send,
        "553",
        "5.7.1",
        "<a@b.example>: Sender address rejected: not owned by user c@b.example",
        "sender-not-allowed",
    ),
    (Stage::Send, "501", "", "mail from address must be same as authorization user", "sender-not-allowed"),
    (Stage::Send, "553", "", "Relaying disallowed as a@b.example", "sender-not-allowed"),
    (Stage::Send, "553", "", "Mail from must equal authorized user", "sender-not-allowed"),
    (
        Stage::Send,
        "554",
        "",
        "Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a@b.example",
        "address-not-verified",
    ),
    (
        Stage::Send,
        "550",
        "",
        "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
        "address-not-verified",
    ),
    (Stage::Send, "550", "5.4.5", "Daily user sending limit exceeded. x - gsmtp", "daily-limit-reached"),
    (
        Stage::Send,
        "554",
        "",
        "Transaction failed\nReject due to policy restrictions.",
        "message-against-policy",
    ),
    (
        Stage::Send,
        "550",
        "5.1.1",
        "<a@b.example>: Recipient address rejected: User unknown in virtual mailbox table",
        "recipient-unknown",
    ),
    (Stage::Send, "554", "5.7.1", "<a@b.example>: Relay access denied", "relay-refused-there"),
];

/// When a server says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    SignIn,
    Send,
}

/// The reply as it goes over the line (RFC 5321 §4.2.1), with `between` between its lines.
fn reply(code: &str, enhanced: &str, words: &str, between: &str) -> String {
    let last = words.lines().count() - 1;
    let lines = words.lines().enumerate().map(|(number, line)| {
        let sign = if number == last { " " } else { "-" };
        let enhanced = if enhanced.is_empty() { String::new() } else { format!("{enhanced} ") };
        format!("{code}{sign}{enhanced}{line}")
    });
    lines.collect::<Vec<_>>().join(between)
}

/// The reply as programs keep it that take the code apart: the enhanced codes stay.
fn without_code(enhanced: &str, words: &str, between: &str) -> String {
    let with = |line: &str| if enhanced.is_empty() { line.to_owned() } else { format!("{enhanced} {line}") };
    words.lines().map(with).collect::<Vec<_>>().join(between)
}

/// What .NET says for a reply code. After a refused sign-in it goes on without one, and is asked for it.
fn dotnet(code: &str) -> &'static str {
    match code {
        "501" => "Syntax error in parameters or arguments",
        "550" => "Mailbox unavailable",
        "553" => "Mailbox name not allowed",
        "554" => "Transaction failed",
        _ => "The SMTP server requires a secure connection or the client was not authenticated",
    }
}

/// Two ways for each kind of program to tell it.
fn told(stage: Stage, code: &str, enhanced: &str, words: &str) -> Vec<(&'static str, String)> {
    let mut told = told_by_scripts(stage, code, enhanced, words);
    told.extend(told_by_others(stage, code, enhanced, words));
    told
}

fn told_by_scripts(stage: Stage, code: &str, enhanced: &str, words: &str) -> Vec<(&'static str, String)> {
    let signing = stage == Stage::SignIn;
    let line = |between: &str| reply(code, enhanced, words, between);
    let bare = |between: &str| without_code(enhanced, words, between);
    let pick = |one: &str, other: &str| if signing { one.to_owned() } else { other.to_owned() };
    vec![
        (
            "nodemailer",
            format!(
                "Error: {}: {}\n    at SMTPConnection._formatError (/srv/smtp-connection/index.js:798:19) {{\n  code: '{}',\n  response: '{}',\n  responseCode: {code},\n  command: '{}'\n}}",
                pick("Invalid login", "Mail command failed"),
                line("\n"),
                pick("EAUTH", "EENVELOPE"),
                line("\\n"),
                pick("AUTH PLAIN", "MAIL FROM"),
            ),
        ),
        (
            "nodemailer as JSON",
            format!(
                "{{\"code\":\"{}\",\"response\":\"{}\",\"responseCode\":{code},\"command\":\"{}\"}}",
                pick("EAUTH", "EMESSAGE"),
                line("\\n"),
                pick("AUTH LOGIN", "DATA"),
            ),
        ),
        (
            "PHPMailer",
            format!(
                "2026-01-02 03:04:05 SERVER -> CLIENT: {}\n2026-01-02 03:04:05 SMTP ERROR: {} command failed: {}\nSMTP Error: {}",
                line("\n"),
                pick("Password", "MAIL FROM"),
                line("\n"),
                pick("Could not authenticate.", "data not accepted."),
            ),
        ),
        (
            "Swift Mailer",
            format!(
                "Expected response code {} but got code \"{code}\", with message \"{}\"",
                pick("235", "250"),
                line("\r\n"),
            ),
        ),
        (
            "smtplib",
            format!(
                "smtplib.{}: ({code}, b'{}')",
                pick("SMTPAuthenticationError", "SMTPDataError"),
                bare("\\n")
            ),
        ),
        (
            "smtplib in Django",
            format!(
                "File \"/usr/lib/python3/smtplib.py\", line 662, in auth\n    raise {}(code, resp)\n({code}, '{}')",
                pick("SMTPAuthenticationError", "SMTPDataError"),
                bare("\\n"),
            ),
        ),
    ]
}

fn told_by_others(stage: Stage, code: &str, enhanced: &str, words: &str) -> Vec<(&'static str, String)> {
    let signing = stage == Stage::SignIn;
    let line = |between: &str| reply(code, enhanced, words, between);
    let bare = |between: &str| without_code(enhanced, words, between);
    let pick = |one: &str, other: &str| if signing { one.to_owned() } else { other.to_owned() };
    vec![
        (
            "JavaMail",
            format!(
                "{}: {}\n\n\tat com.sun.mail.smtp.SMTPTransport.issue(SMTPTransport.java:2374)",
                pick("javax.mail.AuthenticationFailedException", "com.sun.mail.smtp.SMTPSendFailedException"),
                line("\n"),
            ),
        ),
        (
            "Spring",
            format!(
                "org.springframework.mail.{}; nested exception is {}: {}",
                pick(
                    "MailAuthenticationException: Authentication failed",
                    "MailSendException: Failed messages"
                ),
                pick(
                    "jakarta.mail.AuthenticationFailedException",
                    "org.eclipse.angus.mail.smtp.SMTPSendFailedException"
                ),
                line("\n"),
            ),
        ),
        ("Go", format!("2026/01/02 03:04:05 failed to send: {code} {}", bare("\n"))),
        ("Go, gomail", format!("gomail: could not send email 1: {code} {}", bare("\n"))),
        ("Ruby", format!("Net::{}: {}", pick("SMTPAuthenticationError", "SMTPFatalError"), line("\n"))),
        (
            "Rails",
            format!(
                "Net::{} ({}\n):\n\napp/mailers/a.rb:7:in `deliver'",
                pick("SMTPAuthenticationError", "SMTPFatalError"),
                line("\n"),
            ),
        ),
        (
            ".NET",
            format!(
                "System.Net.Mail.SmtpException: {}. The server response was: {}",
                dotnet(code),
                bare(" "),
            ),
        ),
        (
            "MailKit",
            format!(
                "MailKit.{}: {code}: {}",
                pick("Security.AuthenticationException", "Net.Smtp.SmtpCommandException"),
                bare(" "),
            ),
        ),
        (
            "Postfix",
            format!(
                "Jan  2 03:04:05 mx postfix/smtp[7]: A1: to=<a@b.example>, relay=relay.example[192.0.2.7]:587, delay=1, dsn={}, status=bounced ({} relay.example[192.0.2.7] said: {}{})",
                if enhanced.is_empty() { "5.0.0" } else { enhanced },
                pick("SASL authentication failed; server", "host"),
                line(" "),
                pick("", " (in reply to end of DATA command)"),
            ),
        ),
        (
            "a bounce",
            format!(
                "<a@b.example>: {} relay.example[192.0.2.7] said:\n    {}{}",
                pick("SASL authentication failed; server", "host"),
                line(" ").replace(". ", ".\n    "),
                pick("", " (in reply to end of\n    DATA command)"),
            ),
        ),
    ]
}

#[test]
fn a_servers_answer_is_understood_whichever_program_tells_it() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let mut wrong = Vec::new();
    for (stage, code, enhanced, words, expected) in ANSWERS {
        for (program, text) in told(stage, code, enhanced, words) {
            // Go joins the lines with no sign: nothing tells then that such a reply goes on.
            if program.starts_with("Go") && enhanced.is_empty() && words.contains('\n') {
                continue;
            }
            let explained = explain(&text, None, None, &reader, &catalogue);
            let id = explained.first().map_or("nothing", |first| first.diagnosis.id.as_str());
            if id != expected {
                wrong.push(format!("{program}: {expected} is taken for {id}:\n{text}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// What programs say when no server of mail spoke, and what of it.
const FAILURES: [(&str, &str); 80] = [
    // Names.
    (
        "Error: getaddrinfo ENOTFOUND smtp.gmial.example\n  errno: -3008,\n  code: 'EDNS',\n  hostname: 'smtp.gmial.example'",
        "host-unknown",
    ),
    (
        "Error: getaddrinfo ENOTFOUND smtp.gmail.com \n  errno: -3008,\n  code: 'EDNS',\n  hostname: 'smtp.gmail.com ',\n",
        "host-name-malformed",
    ),
    (
        "Error: getaddrinfo ENOTFOUND 'smtp.gmail.com'\n    at GetAddrInfoReqWrap.onlookup",
        "host-name-malformed",
    ),
    (
        "{\"errno\":-3008,\"code\":\"EDNS\",\"syscall\":\"getaddrinfo\",\"hostname\":\"smtp.example.org;\"}",
        "host-name-malformed",
    ),
    ("Error: getaddrinfo ENOTFOUND smtp://smtp.example.org", "host-name-malformed"),
    ("Error: getaddrinfo ENOTFOUND smtp.example.org:587", "host-name-malformed"),
    ("Error: getaddrinfo ENOTFOUND undefined undefined:465", "host-not-set"),
    ("Error: getaddrinfo EAI_AGAIN smtp.gmail.com\n  errno: -3001,\n  code: 'EDNS'", "resolver-down"),
    ("socket.gaierror: [Errno -2] Name or service not known", "host-unknown"),
    ("socket.gaierror: [Errno 11001] getaddrinfo failed", "host-unknown"),
    ("socket.gaierror: [Errno 8] nodename nor servname provided, or not known", "host-unknown"),
    ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "resolver-down"),
    ("dial tcp: lookup \"smtp.example.org\": no such host", "host-name-malformed"),
    ("dial tcp: lookup smtp.example.org: no such host", "host-unknown"),
    ("java.net.UnknownHostException: smtp.example.org,", "host-name-malformed"),
    (
        "stream_socket_client(): php_network_getaddresses: getaddrinfo for tls://smtp.example.org failed: Name or service not known",
        "host-name-malformed",
    ),
    ("SocketError: getaddrinfo: Name or service not known", "host-unknown"),
    (
        "System.Net.Sockets.SocketException (11001): No such host is known. (smtp.example.org:587)",
        "host-unknown",
    ),
    // The own computer, IPv6.
    (
        "Error: connect ECONNREFUSED ::1:587\n    at TCPConnectWrap\n  errno: -111,\n  code: 'ESOCKET',\n  syscall: 'connect',\n  address: '::1',\n  port: 587",
        "host-not-set",
    ),
    ("Errno::ECONNREFUSED: Connection refused - connect(2) for \"localhost\" port 25", "host-not-set"),
    ("dial tcp 127.0.0.1:25: connect: connection refused", "host-not-set"),
    (
        "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: localhost, 25; timeout -1;\n  nested exception is:\n\tjava.net.ConnectException: Connection refused",
        "host-not-set",
    ),
    (
        "System.Net.Sockets.SocketException: No connection could be made because the target machine actively refused it [::1]:25",
        "host-not-set",
    ),
    (
        "SMTP ERROR: Failed to connect to server: Connection refused (111) stream_socket_client(): Unable to connect to localhost:25 (Connection refused)",
        "host-not-set",
    ),
    ("Error: connect ECONNREFUSED 127.0.0.1:1025", "local-server-not-running"),
    ("dial tcp 192.0.2.7:587: connect: connection refused", "host-refuses"),
    (
        "This site can't be reached. 127.0.0.1 refused to connect.\nERR_CONNECTION_REFUSED",
        "callback-not-reached",
    ),
    ("Error: connect ENETUNREACH 2a00:1450:4013:c03::6c:587 - Local (:::0)", "no-way-over-ipv6"),
    ("dial tcp [2a00:1450:4013:c03::6c]:587: connect: network is unreachable", "no-way-over-ipv6"),
    ("dial tcp [2a00:1450:4013:c03::6c]:465: connect: cannot assign requested address", "no-way-over-ipv6"),
    (
        "postfix/smtp[7]: connect to smtp.gmail.com[2a00:1450:4013:c03::6c]:587: Network is unreachable",
        "no-way-over-ipv6",
    ),
    (
        "postfix/smtp[7]: connect to smtp.gmail.com[2a00:1450:4013:c03::6c]:587: Network is unreachable\npostfix/smtp[7]: connect to smtp.gmail.com[192.0.2.7]:587: Connection timed out",
        "port-blocked",
    ),
    ("OSError: [Errno 101] Network is unreachable", "no-way-to-host"),
    ("connect ENETUNREACH 192.0.2.7:587 - Local (0.0.0.0:0)", "no-way-to-host"),
    // Certificates.
    (
        "System.Security.Authentication.AuthenticationException: The remote certificate is invalid according to the validation procedure.",
        "certificate-not-accepted",
    ),
    (
        "The remote certificate was rejected by the provided RemoteCertificateValidationCallback.",
        "certificate-not-accepted",
    ),
    (
        "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot",
        "certificate-not-trusted-there",
    ),
    (
        "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
        "certificate-name-wrong",
    ),
    (
        "ssl.SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:777)",
        "certificate-not-accepted",
    ),
    (
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'smtp.example.org'. (_ssl.c:1129)",
        "certificate-name-wrong",
    ),
    (
        "stream_socket_enable_crypto(): SSL operation failed with code 1. OpenSSL Error messages:\nerror:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
        "certificate-not-accepted",
    ),
    (
        "OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 state=error: certificate verify failed",
        "certificate-not-accepted",
    ),
    (
        "OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 state=error: certificate verify failed (self signed certificate)",
        "certificate-not-trusted-there",
    ),
    (
        "Error: self signed certificate in certificate chain\n    at TLSSocket.onConnectSecure (_tls_wrap.js:1515:34) code: 'ESOCKET', command: 'CONN' smtp.gmail.com",
        "opened-on-the-way-there",
    ),
    (
        "javax.net.ssl.SSLHandshakeException: sun.security.validator.ValidatorException: PKIX path building failed",
        "certificate-not-trusted-there",
    ),
    (
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "certificate-not-trusted-there",
    ),
    (
        "x509: certificate has expired or is not yet valid: current time 2026-01-02T03:04:05Z is after 2025-12-31T23:59:59Z",
        "certificate-out-of-date",
    ),
    // The sign-in, without a reply.
    ("Please log in via your web browser and then try again.", "browser-sign-in-needed"),
    ("Failed to authenticate: Unsupported authentication mechanism", "mechanism-not-offered"),
    (
        "535-5.7.8 535-5.7.8 Username and Password not accepted. Learn more at 535 5.7.8 https://support.google.com/mail/?p=BadCredentials",
        "app-password-refused",
    ),
    (
        "Authentication failed: 534-5.7.9 534-5.7.9 Application-specific password required.",
        "account-password-used",
    ),
    (
        "534 5.7.14 534-5.7.14 Please log in with your web browser and then try again. 534 5.7.14 Learn more",
        "browser-sign-in-needed",
    ),
    // Pages and tokens.
    ("Error 401: deleted_client\nThe OAuth client was deleted.", "client-deleted"),
    ("401. That’s an error.\n\nError: deleted_client\n\nThe OAuth client was deleted.", "client-deleted"),
    ("Authorization Error\nError: invalid_client\nThe OAuth client was not found.", "client-id-wrong"),
    (
        "401. That’s an error.\nError: invalid_client\nThe OAuth client was not found.\nRequest Details",
        "client-id-wrong",
    ),
    ("The OAuth client was deleted.", "client-deleted"),
    (
        "Access blocked: x can only be used within its organization\nError 403: org_internal",
        "organisation-only",
    ),
    ("Error: org_internal\nThis client is restricted to users within its organization.", "organisation-only"),
    (
        "403. That’s an error.\nError: disallowed_useragent\nThis user-agent is not permitted to make an OAuth authorization request to Google.",
        "embedded-browser",
    ),
    ("disallowed_useragent", "embedded-browser"),
    ("Error 400: admin_policy_enforced", "admin-blocks-client"),
    (
        "Error: admin_policy_enforced\nAccess to your account data is restricted by policies within your organization.",
        "admin-blocks-client",
    ),
    (
        "Error: redirect_uri_mismatch\nThe redirect URI in the request did not match a registered redirect URI.",
        "redirect-not-registered",
    ),
    ("Error 403: access_denied\nx has not completed the Google verification process.", "not-a-test-user"),
    (
        "AADSTS500201: We are unable to issue tokens from this API version for a Microsoft account.",
        "wrong-kind-of-account",
    ),
    ("AADSTS50126: Error validating credentials due to invalid username or password.", "credentials-refused"),
    (
        "{\"error\":{\"code\":\"NoPermissionsInAccessToken\",\"message\":\"The token contains no permissions, or permissions can not be understood.\"}}",
        "token-lacks-mail-scope",
    ),
    (
        "Message: The token contains no permissions, or permissions can not be understood.",
        "token-lacks-mail-scope",
    ),
    (
        "MessageRejected: Email address is not verified. The following identities failed the check in region US-EAST-1: a@b.example",
        "address-not-verified",
    ),
    // Two errors, one of which follows from the other.
    (
        "5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "password-sign-in-ended",
    ),
    (
        "SMTP Error: 530 5.7.57 Client not authenticated to send mail.\nlater: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
        "smtp-sign-in-off-for-organisation",
    ),
    (
        "host smtp.ionos.de[192.0.2.7] said: 554-Transaction failed 554-Reject due\n    to policy restrictions. 554 For explanation visit x (in reply to\n    end of DATA command)",
        "message-against-policy",
    ),
    ("535 Login fail. Please enter your authorization code to login.", "app-password-wanted"),
    ("503 AUTH command used when not advertised", "sign-in-not-offered-in-clear"),
    ("501 5.5.4 Invalid domain name [A.PROD.OUTLOOK.COM]", "greeting-name-refused"),
    (
        "AADSTS900144: The request body must contain the following parameter: 'grant_type'.",
        "program-asks-wrongly",
    ),
    (
        "Hostname/IP doesn't match certificate's altnames: \"Host: smtp.example.org. is not in the cert's altnames: DNS:*.example.net\"",
        "certificate-of-another-name",
    ),
    ("550 5.7.1 Sender not authenticated", "not-signed-in"),
    ("everything is well", "nothing"),
];

#[test]
fn what_programs_say_themselves_is_understood() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let mut wrong = Vec::new();
    for (text, expected) in FAILURES {
        let explained = explain(text, None, None, &reader, &catalogue);
        let id = explained.first().map_or("nothing", |first| first.diagnosis.id.as_str());
        if id != expected {
            wrong.push(format!("{expected} is taken for {id}:\n{text}\n"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
