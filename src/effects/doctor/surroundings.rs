//! Terminal, locale, browser, proxies: what the environment says.

use url::Url;

use crate::{
    effects::{browser, whereabouts::whereabouts, world::BrowserChoice},
    environment::Environment,
    model::{
        health::{Detail, Finding},
        whereabouts::Whereabouts,
    },
};

/// Below this the rail with the steps is left out.
const ROOMY: (u16, u16) = (60, 20);

/// What HTTP goes by, in the order in which the HTTP package looks.
const PROXIES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
/// For which hosts it does not.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Looks at all of it.
pub(super) fn look(
    environment: &Environment,
    size: Option<(u16, u16)>,
    choice: BrowserChoice,
) -> Vec<Finding> {
    vec![terminal(environment, size), locale(environment), browser(environment, choice), proxy(environment)]
}

fn terminal(environment: &Environment, size: Option<(u16, u16)>) -> Finding {
    let term = environment.variable("TERM").unwrap_or("–");
    let terminals = environment.terminals;
    if !(terminals.input && terminals.output) {
        return Finding::warning("terminal", "terminal.none");
    }
    // Some systems do not tell it.
    let Some((columns, rows)) = size else {
        return Finding::ok("terminal", "terminal.no-size").saying("term", term);
    };
    let finding =
        |found: Finding| found.saying("columns", &columns).saying("rows", &rows).saying("term", term);
    // Windows does without the variable.
    if term == "dumb" || (term == "–" && !cfg!(windows)) {
        return finding(Finding::warning("terminal", "terminal.dumb"));
    }
    if columns < ROOMY.0 || rows < ROOMY.1 {
        return finding(Finding::warning("terminal", "terminal.small"));
    }
    let plain = environment.variable("NO_COLOR").is_some();
    finding(Finding::ok("terminal", if plain { "terminal.no-colours" } else { "terminal.fine" }))
}

/// The order of POSIX: `LC_ALL` overrides the category, the category overrides `LANG`.
fn locale(environment: &Environment) -> Finding {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| environment.variable(name));
    let locale = locale.unwrap_or("C");
    let charset = locale.split('.').nth(1).unwrap_or_default().to_ascii_lowercase();
    let is_utf8 = ["utf-8", "utf8"].iter().any(|known| charset.starts_with(known));
    let found = if is_utf8 || cfg!(windows) {
        Finding::ok("locale", "locale.fine")
    } else {
        Finding::warning("locale", "locale.not-utf8")
    };
    found.saying("locale", locale)
}

fn browser(environment: &Environment, choice: BrowserChoice) -> Finding {
    if choice == BrowserChoice::Never {
        return Finding::ok("browser", "browser.never");
    }
    if browser::likely(environment, choice) {
        return match environment.variable("BROWSER") {
            Some(named) => {
                Finding::ok("browser", "browser.named").with("browser", Detail::Private(named.to_owned()))
            }
            None => Finding::ok("browser", "browser.fine"),
        };
    }
    Finding::warning(
        "browser",
        match whereabouts(environment) {
            Whereabouts::Ssh => "browser.ssh",
            Whereabouts::Container => "browser.container",
            Whereabouts::Wsl => "browser.wsl",
            Whereabouts::NoDisplay => "browser.no-display",
            // There is a display, and `$BROWSER` names text browsers only.
            Whereabouts::Desktop => "browser.text-only",
        },
    )
}

/// The proxy that the environment names: its host and, where it says one, its port. What stands before the host may be
/// a name and a password.
#[must_use]
pub fn proxy_host(environment: &Environment) -> Option<String> {
    host_of(PROXIES.iter().find_map(|name| environment.variable(name))?)
}

fn host_of(value: &str) -> Option<String> {
    let address = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let url = Url::parse(&address).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn proxy(environment: &Environment) -> Finding {
    let set = |names: &'static [&'static str]| {
        names.iter().find_map(|name| environment.variable(name).map(|value| (*name, value)))
    };
    let Some((name, value)) = set(&PROXIES) else {
        return Finding::ok("proxy", "proxy.none");
    };
    let Some(host) = host_of(value) else {
        return Finding::problem("proxy", "proxy.broken").saying("name", name);
    };
    let outcome = if set(&NO_PROXY).is_some() { "proxy.set-but" } else { "proxy.set" };
    Finding::ok("proxy", outcome).saying("name", name).with("host", Detail::Host(host))
}
