//! Opening the person's browser: whether it makes sense, and doing it without ever touching our terminal or
//! keeping the wizard waiting.

#[cfg(test)]
mod tests;

use std::{
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use url::Url;

use super::world::{BrowserChoice, World};
use crate::environment::Environment;

/// The longest wait for a browser; the address stands on the screen anyway.
const MAX_WAIT: Duration = Duration::from_secs(3);
/// A program that is still there after this has not failed to start.
const GRACE: Duration = Duration::from_secs(1);

/// Browsers that would take over our terminal.
const TEXT_BROWSERS: [&str; 7] = ["lynx", "w3m", "links", "links2", "elinks", "browsh", "www-browser"];

/// True where opening a browser makes sense: not over SSH (it would open on the other machine, if at all), not
/// without a display, not where `$BROWSER` names text browsers only. A `$BROWSER` of another kind counts as a
/// display: WSL, containers and tests bring their own opener.
#[must_use]
pub fn likely(environment: &Environment, choice: BrowserChoice) -> bool {
    if choice == BrowserChoice::Never || is_remote(environment) {
        return false;
    }
    if environment.variable("BROWSER").is_some() {
        return named(environment).next().is_some();
    }
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| environment.variable(name).is_some());
    display || cfg!(any(target_os = "macos", windows))
}

/// True over SSH.
#[must_use]
pub fn is_remote(environment: &Environment) -> bool {
    ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(|name| environment.variable(name).is_some())
}

/// Shows a web address in the person's browser, where that is [`likely`]. False means that it did not work;
/// true proves nothing. Takes 3 s at most.
#[must_use]
pub fn open(url: &str, world: &World) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if !matches!(url.scheme(), "http" | "https") || !likely(&world.environment, world.browser) {
        return false;
    }
    if world.environment.variable("BROWSER").is_none() {
        return open_default(url);
    }
    let deadline = Instant::now() + MAX_WAIT;
    named(&world.environment).any(|line| Instant::now() < deadline && run(line, url.as_str(), deadline))
}

/// The programs of `$BROWSER`, separated by colons, without the text browsers.
fn named(environment: &Environment) -> impl Iterator<Item = &str> {
    let lines = environment.variable("BROWSER").unwrap_or_default().split(separator());
    lines.filter(|line| {
        let program = line.split_ascii_whitespace().next().unwrap_or_default();
        let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
        !name.is_empty() && !TEXT_BROWSERS.contains(&name)
    })
}

/// A colon is part of a path on Windows.
fn separator() -> char {
    if cfg!(windows) { ';' } else { ':' }
}

/// Runs one program of `$BROWSER`; no shell reads the line. `%s` is the address, else it comes last.
fn run(line: &str, url: &str, deadline: Instant) -> bool {
    let mut words = line.split_ascii_whitespace();
    let Some(program) = words.next() else { return false };
    let mut arguments: Vec<String> = words.map(|word| word.replace("%s", url)).collect();
    if !line.contains("%s") {
        arguments.push(url.to_owned());
    }
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C in our terminal is not meant for the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let Ok(mut child) = command.spawn() else { return false };
    let (sender, ended) = mpsc::channel();
    // Waits as long as the browser lives, so that it leaves no zombie; ends with the process at the latest.
    let waiter = thread::Builder::new().name("browser".to_owned()).spawn(move || {
        let _ = sender.send(child.wait().is_ok_and(|status| status.success()));
    });
    if waiter.is_err() {
        return true;
    }
    let grace = GRACE.min(deadline.saturating_duration_since(Instant::now()));
    !matches!(ended.recv_timeout(grace), Ok(false))
}

/// The system's own choice. webbrowser finds it, starts it in the background and suppresses its output; it may
/// hang in a helper program, so it runs beside us.
fn open_default(url: Url) -> bool {
    let (sender, opened) = mpsc::channel();
    let worker = thread::Builder::new().name("browser".to_owned()).spawn(move || {
        let _ = sender.send(webbrowser::open(url.as_str()).is_ok());
    });
    match opened.recv_timeout(MAX_WAIT) {
        Ok(opened) => opened,
        // Still at it: nobody knows.
        Err(RecvTimeoutError::Timeout) => worker.is_ok(),
        Err(RecvTimeoutError::Disconnected) => false,
    }
}
