use super::*;

/// The ids of the steps of a use that are walked when these facts hold.
fn walked(plan: &str, facts: &[(&str, &str)]) -> Vec<String> {
    let fact = |name: &str| {
        facts.iter().find(|(key, _)| *key == name).map_or_else(String::new, |(_, value)| (*value).to_owned())
    };
    let plans = Plans::embedded().unwrap();
    let steps = plans.steps_of(plan).filter(|step| step.when.iter().all(|when| when.holds(&fact)));
    steps.map(|step| step.id.clone()).collect()
}

#[test]
fn gmail_by_app_password_for_seatable() {
    let facts = |connect, connected| {
        let common =
            [("provider", "gmail"), ("guide", "google"), ("words", "google"), ("method", "app-password")];
        let own = [("for", "seatable"), ("seatable", "yes"), ("obtains", "yes"), ("connect", connect)];
        [&common[..], &own[..], &[("connected", connected)]].concat()
    };
    let until_kept = [
        "start",
        "sender",
        "for",
        "seatable-server",
        "method",
        "seatable-how",
        "store",
        "two-step",
        "app-password",
        "check",
        "keep",
    ];
    let api = ["seatable-sign-in", "seatable-base", "seatable-connect", "seatable-use", "finish"];
    assert_eq!(walked("setup", &facts("api", "no")), [&until_kept[..], &api[..]].concat());
    let show = ["deliver-seatable", "seatable-use", "finish"];
    assert_eq!(walked("setup", &facts("show", "no")), [&until_kept[..], &show[..]].concat());
    let renewed = ["choose-account", "store", "app-password", "check", "keep"];
    let shown = ["seatable-server", "deliver-seatable", "finish"];
    assert_eq!(walked("reauth", &facts("show", "no")), [&renewed[..], &shown[..]].concat());
    let repaired = ["seatable-sign-in", "seatable-connect", "finish"];
    assert_eq!(walked("reauth", &facts("api", "yes")), [&renewed[..], &repaired[..]].concat());
}

/// Where only SeaTable asks Google there is nothing to keep and nothing to check.
#[test]
fn a_consent_that_is_left_to_seatable() {
    let facts = [
        ("provider", "gmail"),
        ("guide", "google"),
        ("words", "google"),
        ("method", "oauth"),
        ("for", "seatable"),
        ("seatable", "yes"),
        ("connect", "show"),
        ("obtains", "no"),
        ("connected", "no"),
    ];
    let steps = walked("setup", &facts);
    let end = ["client", "deliver-seatable-oauth", "seatable-use", "finish-shown"];
    assert_eq!(steps[steps.len() - end.len()..], end);
    for step in ["store", "consent", "check", "keep", "finish"] {
        assert!(!steps.iter().any(|other| other == step), "{step}");
    }
}

#[test]
fn gmail_by_oauth_for_a_command_line_program() {
    let facts = [
        ("provider", "gmail"),
        ("guide", "google"),
        ("words", "google"),
        ("method", "oauth"),
        ("for", "cli"),
        ("api", "yes"),
        ("obtains", "yes"),
    ];
    assert_eq!(
        walked("setup", &facts),
        [
            "start",
            "sender",
            "for",
            "method",
            "access",
            "store",
            "cloud-project",
            "cloud-api",
            "cloud-platform",
            "cloud-audience",
            "cloud-publish",
            "cloud-client-desktop",
            "client",
            "consent",
            "check",
            "keep",
            "deliver-cli",
            "finish",
        ]
    );
    assert_eq!(
        walked("reauth", &facts),
        ["choose-account", "store", "published", "consent", "check", "keep", "deliver-cli", "finish"]
    );
}

#[test]
fn another_server_by_password() {
    let facts = [
        ("provider", "other"),
        ("method", "password"),
        ("passwordlike", "yes"),
        ("for", "program"),
        ("obtains", "yes"),
    ];
    assert_eq!(
        walked("setup", &facts),
        [
            "start",
            "sender",
            "server",
            "for",
            "method-other",
            "store",
            "password",
            "check",
            "keep",
            "deliver-program",
            "finish",
        ]
    );
}

#[test]
fn a_condition_has_two_sides_and_is_or_is_not() {
    let none = |_: &str| String::new();
    let oauth = |_: &str| "oauth".to_owned();
    let is = Condition::try_from("method=oauth".to_owned()).unwrap();
    let is_not = Condition::try_from("method!=oauth".to_owned()).unwrap();
    assert_eq!((is.holds(&oauth), is.holds(&none)), (true, false));
    assert_eq!((is_not.holds(&oauth), is_not.holds(&none)), (false, true));
    for text in ["method", "=oauth", "!=oauth", "method="] {
        assert!(Condition::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn an_action_opens_or_copies() {
    let step = |action: &str| {
        let text = format!(
            "[fields]\n[plans]\n[[steps]]\nid = \"a\"\nrail = \"a\"\nactions = [{{ id = \"x\", {action} }}]"
        );
        Plans::parse(&text).map(|plans| plans.steps[0].actions[0].kind.clone())
    };
    assert_eq!(step("open = \"{link.a}\""), Ok(ActionKind::Open("{link.a}".to_owned())));
    assert_eq!(step("copy = \"b\""), Ok(ActionKind::Copy("b".to_owned())));
    for wrong in ["key = \"o\"", "open = \"a\", copy = \"b\"", "open = \"a\", other = 1"] {
        assert!(step(wrong).is_err(), "{wrong}");
    }
}
