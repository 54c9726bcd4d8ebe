use super::{super::http::scripted::world_with, *};

fn likely_with(variables: &[(&'static str, &str)]) -> bool {
    likely(&world_with(variables).environment, BrowserChoice::Auto)
}

#[test]
fn a_browser_is_tried_where_a_person_would_see_it() {
    let desktop = cfg!(any(target_os = "macos", windows));
    for (variables, expected) in [
        (&[][..], desktop),
        (&[("DISPLAY", ":0")], true),
        (&[("WAYLAND_DISPLAY", "wayland-0")], true),
        (&[("DISPLAY", "")], desktop),
        (&[("DISPLAY", ":10"), ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")], false),
        (&[("DISPLAY", ":10"), ("SSH_CLIENT", "192.0.2.1 5 22")], false),
        (&[("DISPLAY", ":10"), ("SSH_TTY", "/dev/pts/1")], false),
        (&[("BROWSER", "/usr/bin/firefox %s")], true),
        (&[("BROWSER", "firefox"), ("SSH_TTY", "/dev/pts/1")], false),
        (&[("DISPLAY", ":0"), ("BROWSER", "/usr/bin/w3m")], false),
        (&[("DISPLAY", ":0"), ("BROWSER", "lynx -x")], false),
    ] {
        assert_eq!(likely_with(variables), expected, "{variables:?}");
    }
    let world = world_with(&[("DISPLAY", ":0")]);
    assert!(!likely(&world.environment, BrowserChoice::Never));
}

#[cfg(unix)]
mod unix {
    use std::{fs, path::Path};

    use super::*;

    const URL: &str = "http://127.0.0.1:1/a?b=c&d=%25s;$(touch%20x)";

    /// A line for `$BROWSER` that does what the shell lines say. The file itself is not executed: a file that
    /// another thread's fork still holds open for writing could not be (ETXTBSY).
    fn program(folder: &Path, name: &str, lines: &str) -> String {
        let path = folder.join(name);
        fs::write(&path, format!("{lines}\n")).unwrap();
        format!("/bin/sh {}", path.display())
    }

    fn open_with(browser: &str, url: &str) -> bool {
        open(url, &world_with(&[("BROWSER", browser)]))
    }

    fn wait_for(path: &Path) -> String {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match fs::read_to_string(path) {
                Ok(text) if text.ends_with('\n') => return text,
                _ => assert!(Instant::now() < deadline, "{} was not written", path.display()),
            }
            thread::yield_now();
        }
    }

    #[test]
    fn the_address_arrives_whole_whatever_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let tell = format!("echo \"$#|$*\" > {}", told.display());
        let browser = program(folder.path(), "browser", &tell);
        assert!(open_with(&browser, URL));
        assert_eq!(wait_for(&told), format!("1|{URL}\n"));
        fs::remove_file(&told).unwrap();
        assert!(open_with(&format!("{browser} --url=%s -n"), URL));
        assert_eq!(wait_for(&told), format!("2|--url={URL} -n\n"));
    }

    #[test]
    fn a_browser_that_fails_makes_room_for_the_next_and_a_text_browser_is_never_run() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let failing = program(folder.path(), "failing", "exit 3");
        let good = program(folder.path(), "good", &format!("echo good >> {}", told.display()));
        let text = folder.path().join("lynx").display().to_string();
        fs::copy("/bin/sh", &text).unwrap();
        assert!(!open_with(&failing, URL));
        assert!(!open_with("/nonexistent/browser", URL));
        assert!(!open_with(&text, URL));
        assert!(open_with(&format!("{text} -c exit:/nonexistent/browser:{failing}:{good}"), URL));
        assert_eq!(wait_for(&told), "good\n");
    }

    #[test]
    fn a_browser_that_stays_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("never");
        // Opening a pipe that nobody writes to waits, without a clock.
        let stays =
            program(folder.path(), "stays", &format!("mkfifo {0} && timeout 20 cat {0}", fifo.display()));
        let began = Instant::now();
        assert!(open_with(&stays, URL));
        assert!(began.elapsed() < MAX_WAIT);
        // Lets the child end.
        drop(fs::OpenOptions::new().write(true).open(&fifo));
    }

    #[test]
    fn only_web_addresses_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let browser = program(folder.path(), "browser", "exit 0");
        for url in ["file:///etc/passwd", "javascript:alert(1)", "--help", "", "127.0.0.1:80/x"] {
            assert!(!open_with(&browser, url), "{url}");
        }
    }
}
