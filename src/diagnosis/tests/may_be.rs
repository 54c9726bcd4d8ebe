//! What a text may be about that no rule knows, and what else may be behind words that are known.

use super::catalogue;
use crate::{
    diagnosis::{
        Confidence, Context, REPORTED,
        explain::{Explanation, explain},
        reading::Reader,
    },
    model::failure::{Failure, Layer},
};

fn explained(text: &str) -> Vec<Explanation> {
    explain(text, None, None, &Reader::embedded(), &catalogue())
}

fn others(one: &Explanation) -> Vec<&str> {
    one.may_be.iter().map(|other| other.id.as_str()).collect()
}

#[test]
fn what_no_rule_knows_is_guessed_at_and_rules_nothing_out() {
    for (text, guess) in [
        ("mailer: error, no message goes out: sender not set", "sender-not-set"),
        ("smtp gateway gave up the login: well, this password is wrong", "credentials-refused"),
        ("Mailgun says no (Forbidden), error", "api-key-refused"),
        ("SMTP-Anmeldung schlägt fehl: Passwort leider ungültig", "credentials-refused"),
        ("Problem: it still uses the old SMTP settings", "other-settings-used"),
        ("The emails are stuck in the queue, no error", "queue-not-worked-off"),
        ("The email is not sent, it is printed to the console instead of sending", "mail-only-written-down"),
        ("Emails fail to send: the site name contains a comma", "sender-name-unquoted"),
    ] {
        let explained = explained(text);
        let first = explained.first().unwrap_or_else(|| panic!("nothing in {text}"));
        assert_eq!(
            (first.diagnosis.id.as_str(), first.diagnosis.confidence),
            (guess, Confidence::Guess),
            "{text}"
        );
        assert_eq!(first.diagnosis.ruled_out, Vec::<String>::new(), "{text}");
        assert!(!others(first).is_empty() && !others(first).contains(&guess), "{text}");
    }
}

/// What only says that something failed is not told a second time behind the guess at why.
#[test]
fn a_guess_takes_the_place_of_what_says_nothing() {
    let explained = explained("SMTP Error: Could not authenticate.");
    let ids: Vec<_> = explained.iter().map(|one| one.diagnosis.id.as_str()).collect();
    assert_eq!(ids, ["credentials-refused"]);
    let said = explained[0].diagnosis.server_said.as_deref().unwrap_or_default();
    assert!(said.contains("Could not authenticate"), "{said}");
}

#[test]
fn a_rule_goes_before_any_guess() {
    let text = "error: sender not set\n535 5.7.8 Username and Password not accepted - gsmtp";
    let explained = explained(text);
    assert_eq!(explained[0].diagnosis.id, "app-password-refused");
    assert!(!others(&explained[0]).contains(&"sender-not-set"), "{:?}", others(&explained[0]));
}

#[test]
fn nothing_is_guessed_of_what_is_no_failure_or_not_of_mail() {
    for text in [
        "smtp.starttls.required=true",
        "Sending limit: 300 emails per day",
        "error: the password is wrong",
        "psql: error: password wrong for the database",
    ] {
        let explained = explained(text);
        assert!(explained.iter().all(|one| one.diagnosis.confidence != Confidence::Guess), "{text}");
    }
}

/// None of these is in `tests/diagnosis`, where it would teach what it is to test.
#[test]
fn nothing_is_guessed_where_nobody_complains() {
    for text in [
        "Thanks everybody, my smtp works now with the app password and port 587, closing this",
        "Our newsletter was delivered to all of the subscribers this morning and the smtp server works well",
        "Mail sent successfully to 25 recipients via smtp.sendgrid.net port 587 in 3 seconds, queue is empty",
        "We use SendGrid for transactional email and Mailchimp for newsletters and we are happy with both of them",
        "Here is how I set it up: smtp.gmail.com, port 465, SSL, app password, and now all mails arrive in seconds",
        "Le message a bien été envoyé par le serveur smtp et tous les destinataires ont reçu le mail ce matin",
        "postfix/lmtp[204]: 9698F500310: to=<name@example.com>, relay=192.168.203.7[192.168.203.7]:2525, delay=0.1, \
         dsn=2.1.5, status=sent (250 2.1.5 Ok)",
        "Dear team, please send me the quarterly report by email before Friday, thank you and best regards",
        "邮件已经发送成功 smtp 服务器 返回 250 ok 收件人 已经 收到 邮件 谢谢 大家",
    ] {
        let told = explained(text);
        assert!(told.is_empty(), "{text}: {:?}", told.first().map(|one| &one.diagnosis.id));
    }
}

/// What happened to a program of another trade is not guessed at, either, whatever the rest of the text is about.
#[test]
fn mail_far_away_makes_no_guess_of_another_trade() {
    let far = format!("smtp ok\n{}psql: error: the password is wrong", "filler\n".repeat(400));
    assert!(explained(&far).is_empty(), "{:?}", explained(&far));
    let near = "smtp ok\npsql: error: the password is wrong";
    assert_eq!(explained(near)[0].diagnosis.confidence, Confidence::Guess);
}

#[test]
fn where_it_failed_stays_first_and_the_guess_says_why_it_may_be() {
    let explained = explained("smtp: connection reset by peer, the daily limit was reached, error");
    let first = &explained[0];
    assert_eq!(
        (first.diagnosis.id.as_str(), first.diagnosis.confidence),
        ("connection-cut", Confidence::Unknown)
    );
    assert_eq!(others(first).first(), Some(&"daily-limit-reached"));
}

#[test]
fn what_else_it_may_be_is_short_and_fits_the_provider() {
    let gmail = &explained("535 5.7.8 Username and Password not accepted - gsmtp")[0];
    assert_eq!(gmail.may_be.len(), 2);
    assert!(gmail.may_be.iter().all(|other| other.confidence == Confidence::Guess));
    assert!(gmail.may_be.iter().all(|other| !other.remedies.is_empty()));
    // What only Microsoft does is no cause at another provider, and may be one where nobody is named.
    let kin = |provider| {
        let failure = Failure::new(Layer::SignIn, "334");
        let kin = catalogue().kin("token-lacks-mail-scope", &failure, &Context::of(provider));
        kin.into_iter().map(|other| other.id).collect::<Vec<_>>()
    };
    let of_google = "scope-only-for-api".to_owned();
    assert!(kin("gmail").contains(&of_google) && kin("").contains(&of_google));
    assert!(!kin("microsoft365").contains(&of_google), "{:?}", kin("microsoft365"));
    // Of a cause that only one provider has, its own remedies are told.
    let token = &explained("sending mail: error invalid_grant")[0];
    let testing = token.may_be.iter().find(|other| other.id == "testing-seven-days");
    assert_eq!(testing.map(|other| other.remedies[0].as_str()), Some("publish-project"));
}

#[test]
fn what_may_be_something_else_is_never_certain() {
    let refused = &explained("connect to smtp.example.org:587: Connection refused")[0];
    assert_eq!(refused.diagnosis.confidence, Confidence::Likely);
    assert!(!refused.may_be.is_empty());
    // Whatever rule leads to a diagnosis that has company.
    let catalogue = catalogue();
    for entry in catalogue.entries() {
        if !catalogue.beside().reported.may_be.contains_key(entry.id.get()) {
            continue;
        }
        for rule in entry.rules {
            let (failure, provider, context) = super::case_of(rule, &catalogue);
            let context = Context { provider: &provider, ..context };
            let diagnosis = catalogue.diagnose(&failure.with(REPORTED, "yes"), &context);
            assert!(diagnosis.id != *entry.id || diagnosis.confidence != Confidence::Certain, "{}", entry.id);
        }
    }
}
