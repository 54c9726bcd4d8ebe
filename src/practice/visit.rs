//! [`visit`]: what a browser does with an address, for a terminal without one.

use std::time::Duration;

/// A visit is one page and one redirect on this machine.
const DEADLINE: Duration = Duration::from_secs(10);
/// Our pages are far smaller.
const MAX_PAGE: u64 = 256 * 1024;

/// How the line begins in which a page of the authorization server names an error.
pub(super) const ERROR_LINE: &str = "<p class=\"quiet\">";

/// Opens an address and follows where it leads. The answer is what the page says where it names an error; `None`: it led
/// back, or nothing came.
#[must_use]
pub fn visit(url: &str) -> Option<String> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(DEADLINE))
        .max_redirects(3)
        .proxy(None)
        .http_status_as_error(false)
        .build()
        .new_agent();
    let mut page = agent.get(url).call().ok()?;
    if page.status().as_u16() < 400 {
        return None;
    }
    let body = page.body_mut().with_config().limit(MAX_PAGE).read_to_string().ok()?;
    let (_, line) = body.split_once(ERROR_LINE)?;
    line.split_once('<').map(|(text, _)| text.to_owned())
}
