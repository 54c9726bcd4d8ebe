//! How long `mailkey explain` takes, as a process: a text as people paste it, and a log of 10 MB.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    TIMES, figure, percentile,
    support::{MAILKEY, place::Place},
};

const TEXT: &str = "Error: Invalid login: 535-5.7.8 Username and Password not accepted. For more information, go to\n\
    535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp\n  code: 'EAUTH', responseCode: 535";
/// A line as a mail server logs it; the number makes each another one.
const LINE: &str = "Jan  1 00:00:00 host postfix/smtp[1]: ABC: to=<a@example.org>, relay=smtp.example.org[192.0.2.1]:587, \
    status=deferred (SASL authentication failed; server smtp.example.org[192.0.2.1] said: 535 5.7.8 no), id ";

pub fn measure() {
    let times = (0..TIMES).map(|_| timed(TEXT.as_bytes())).collect();
    let with = format!("mailkey explain, the text piped in, median of {TIMES}");
    figure("start to end of explain", percentile(times, 50), "ms", 10.0, &with);
    let mut log = Vec::with_capacity(11 << 20);
    let mut number = 0;
    while log.len() < 10 << 20 {
        log.extend_from_slice(format!("{LINE}{number}\n").as_bytes());
        number += 1;
    }
    let times = (0..5).map(|_| timed(&log)).collect();
    figure("the same with a log of 10 MB", percentile(times, 50), "ms", 500.0, "the same, median of 5");
    let prose = "The quick brown fox jumps over the lazy dog at port 587, and nothing else happens here.\n";
    let prose = prose.repeat((10 << 20) / prose.len());
    let times = (0..5).map(|_| timed(prose.as_bytes())).collect();
    figure(
        "the same with 10 MB that report nothing",
        percentile(times, 50),
        "ms",
        500.0,
        "the same, median of 5",
    );
}

fn timed(text: &[u8]) -> Duration {
    let place = Place::new();
    let mut command = Command::new(MAILKEY);
    command.args(["explain", "--json", "-"]).env_clear().envs(place.variables());
    let begin = Instant::now();
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.spawn().and_then(|mut child| {
        // One that ends early has read what it wants.
        let _ = child.stdin.take().map(|mut input| input.write_all(text));
        child.wait()
    });
    assert!(status.is_ok_and(|status| status.success()), "mailkey explain");
    begin.elapsed()
}
