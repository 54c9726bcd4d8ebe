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

/// Whoever makes the key at the provider goes there before anything asks for it, and again in a renewal.
#[test]
fn the_key_of_each_provider_comes_before_the_password() {
    let plans = Plans::embedded().unwrap();
    let keys: Vec<_> = plans.steps.iter().filter(|step| step.id.starts_with("key-")).collect();
    assert!(keys.len() > 20, "{}", keys.len());
    for plan in ["setup", "reauth"] {
        let place = |id: &str| plans.plans[plan].iter().position(|step| step == id);
        for key in &keys {
            assert!(place(&key.id).is_some() && place(&key.id) < place("password"), "{plan}: {}", key.id);
            let [guide, method] = &key.when[..] else { panic!("{}: {:?}", key.id, key.when) };
            assert_eq!((guide.fact.as_str(), method.value.as_str(), method.is), ("guide", "oauth", false));
            assert_eq!(key.id.strip_prefix("key-").unwrap().replace('-', "_"), guide.value);
        }
    }
}

/// Where a provider makes app passwords and takes its own password as well, its step is for both.
#[test]
fn gmx_by_app_password_and_by_its_own() {
    let walk = |method, passwordlike| {
        let facts = [
            ("provider", "gmx"),
            ("guide", "gmx"),
            ("method", method),
            ("passwordlike", passwordlike),
            ("for", "program"),
            ("obtains", "yes"),
        ];
        let steps = walked("setup", &facts);
        let asked = Plans::embedded().unwrap().fields["app-password"].clone();
        let asks = asked.when.iter().all(|when| when.holds(&|_| method.to_owned()));
        (steps.iter().skip_while(|step| *step != "store").skip(1).take(2).cloned().collect::<Vec<_>>(), asks)
    };
    assert_eq!(walk("app-password", "no"), (vec!["key-gmx".to_owned(), "check".to_owned()], true));
    assert_eq!(walk("password", "yes"), (vec!["key-gmx".to_owned(), "password".to_owned()], false));
}

#[test]
fn microsoft_by_oauth() {
    let walk = |provider, destination, obtains: &str| {
        let facts = [
            ("provider", provider),
            ("guide", "microsoft"),
            ("method", "oauth"),
            ("for", destination),
            ("send-via", "smtp"),
            ("obtains", obtains),
            ("connect", "show"),
            ("connected", "no"),
        ];
        let steps = walked("setup", &facts);
        let of_microsoft = |step: &String| {
            ["entra-", "smtp-auth", "client", "deliver-seatable"].iter().any(|start| step.starts_with(start))
        };
        steps.into_iter().filter(of_microsoft).collect::<Vec<_>>()
    };
    let own = ["entra-app-desktop", "entra-permissions", "entra-client"];
    assert_eq!(walk("outlook_com", "cli", "yes"), own);
    assert_eq!(walk("microsoft365", "cli", "yes"), [&["smtp-auth"], &own[..]].concat());
    let seatable = ["entra-app-web", "entra-permissions", "entra-secret", "entra-client"];
    let shown = [&seatable[..], &["deliver-seatable-microsoft"]].concat();
    assert_eq!(walk("microsoft365", "seatable", "no"), shown, "SeaTable sends without SMTP");
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
