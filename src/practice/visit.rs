//! [`visit`]: what a browser does with an address, for a terminal without one.

use std::time::Duration;

/// A visit is one page and one redirect on this machine.
const DEADLINE: Duration = Duration::from_secs(10);

/// Opens an address and follows where it leads; the page itself is not looked at.
pub fn visit(url: &str) {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(DEADLINE))
        .max_redirects(3)
        .proxy(None)
        .http_status_as_error(false)
        .build()
        .new_agent();
    let _ = agent.get(url).call();
}
