//! The figures that mailkey keeps to, measured on the real binary: `cargo bench --bench figures`.
//!
//! Each line says what was measured, what came out, the limit, and the command it was measured with. A busy
//! machine makes times worse, so a figure beyond its limit is marked and fails nothing.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod base_list;
mod catalogue;
mod explain;
mod keyring;
mod life;
mod long_list;

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use support::{
    DEADLINE, MAILKEY, place::Place, practice::Practice, relay::Relay, run::Run, terminal::Terminal,
};

/// How often what varies is measured.
const TIMES: usize = 50;
/// How often a key is pressed.
const KEYS: usize = 200;
/// How long nothing is done.
const IDLE: Duration = Duration::from_secs(5);
/// How far away the server is, there and back.
const ROUND_TRIP: Duration = Duration::from_millis(100);

fn main() {
    println!("{:<44} {:>12} {:>10}   measured with", "figure", "value", "limit");
    binary_size();
    version();
    first_frame();
    idle_and_memory();
    keys();
    long_list::measure();
    base_list::measure();
    round_trips("587, STARTTLS", "starttls", 9.0);
    round_trips("465, TLS", "tls", 7.0);
    life::measure();
    catalogue::measure();
    explain::measure();
}

/// Prints a line.
fn figure(what: &str, value: f64, unit: &str, limit: f64, with: &str) {
    let mark = if value > limit { "over" } else { "" };
    println!("{what:<44} {:>12} {:>10} {mark:<4} {with}", format!("{value:.2} {unit}"), format!("≤ {limit}"));
}

fn binary_size() {
    let bytes = fs::metadata(MAILKEY).map_or(0, |it| it.len());
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    figure("size of the program", f64::from(bytes) / 1e6, "MB", 6.0, &format!("stat {MAILKEY}"));
}

fn version() {
    let place = Place::new();
    let times = (0..TIMES).map(|_| {
        let begin = Instant::now();
        let mut command = Command::new(MAILKEY);
        let status =
            command.arg("--version").env_clear().envs(place.variables()).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "mailkey --version");
        begin.elapsed()
    });
    let with = format!("mailkey --version, median of {TIMES}");
    figure("start to end of --version", percentile(times.collect(), 50), "ms", 5.0, &with);
}

/// Starts the wizard and waits until its first screen is whole: the line with the keys is the last one.
fn begin(place: &Place) -> Terminal {
    let mut terminal = Terminal::start(place, &["setup"]);
    terminal.wait_until("the first frame", |screen| {
        let (_, columns) = screen.size();
        let lines: Vec<_> = screen.rows(0, columns).collect();
        screen.alternate_screen()
            && lines.first().is_some_and(|line| line.contains("mailkey"))
            && lines.last().is_some_and(|line| !line.trim().is_empty())
    });
    terminal
}

fn first_frame() {
    let place = Place::new();
    let times = (0..TIMES).map(|_| {
        let terminal = begin(&place);
        terminal.recording().newest().map_or(DEADLINE, |newest| newest.duration_since(terminal.started))
    });
    let with = format!("mailkey setup in an 80×24 pty, median of {TIMES}");
    figure("exec to first full frame", percentile(times.collect(), 50), "ms", 5.0, &with);
}

fn idle_and_memory() {
    let place = Place::new();
    let mut terminal = begin(&place);
    terminal.keys("<Enter>");
    let written = terminal.recording().bytes().len();
    // The screen after the first one; then everything that comes of it is over when nothing is written any more.
    terminal.recording().wait(Instant::now() + DEADLINE, |bytes| (bytes.len() > written).then_some(()));
    quiet(&terminal, Duration::from_millis(500));
    let (ticks, switches, written) =
        (ticks(&terminal), switches(&terminal), terminal.recording().bytes().len());
    quiet(&terminal, IDLE);
    let since = |now: u32, before: u32| f64::from(now.saturating_sub(before));
    let drawn = u32::try_from(terminal.recording().bytes().len() - written).unwrap_or(u32::MAX);
    let with = format!("mailkey setup, {} s without a key", IDLE.as_secs());
    figure("drawn while idle", f64::from(drawn), "bytes", 0.0, &with);
    figure(
        "processor time while idle",
        since(self::ticks(&terminal), ticks),
        "ticks",
        0.0,
        &format!("{with}, /proc/PID/stat"),
    );
    let wakes = since(self::switches(&terminal), switches);
    figure("wake-ups while idle", wakes, "", 0.0, &format!("{with}, voluntary_ctxt_switches of all threads"));
    let kilobytes = number_after(&status(&terminal, "status"), "VmHWM:");
    figure("peak memory", f64::from(kilobytes) / 1024.0, "MiB", 12.0, "the same, VmHWM in /proc/PID/status");
}

/// Waits until nothing has been written for so long.
fn quiet(terminal: &Terminal, long: Duration) {
    let ends = Instant::now() + DEADLINE;
    loop {
        let length = terminal.recording().bytes().len();
        let newer = |bytes: &[u8]| (bytes.len() > length).then_some(());
        if terminal.recording().wait(Instant::now() + long, newer).is_none() || Instant::now() > ends {
            return;
        }
    }
}

fn keys() {
    let place = Place::new();
    let mut terminal = begin(&place);
    terminal.keys("<Enter>");
    quiet(&terminal, Duration::from_millis(500));
    typed(&mut terminal, "key to changed frame", &["a", "<Backspace>"], "in the address field");
}

/// Presses these keys in turn, and prints how long each took to change the screen.
fn typed(terminal: &mut Terminal, what: &str, keys: &[&str], place: &str) {
    let mut unanswered = 0_u32;
    let times: Vec<_> = (0..KEYS)
        .map(|count| {
            let length = terminal.recording().bytes().len();
            let begin = Instant::now();
            terminal.keys(keys[count % keys.len()]);
            let changed = terminal
                .recording()
                .wait(begin + Duration::from_secs(1), |bytes| (bytes.len() > length).then(Instant::now));
            unanswered += u32::from(changed.is_none());
            changed.map_or(Duration::from_secs(1), |changed| changed.duration_since(begin))
        })
        .collect();
    let with = format!("{KEYS} keys {place}, {unanswered} of them changed nothing");
    figure(&format!("{what}, 99th percentile"), percentile(times.clone(), 99), "ms", 16.0, &with);
    figure(&format!("{what}, median"), percentile(times, 50), "ms", 16.0, &with);
}

fn round_trips(name: &str, security: &'static str, limit: f64) {
    let (practice, place) = (Practice::start(), Place::new());
    let mut endpoints = practice.endpoints();
    let port = practice.port(if security == "tls" { "/smtp/tls_port" } else { "/smtp/starttls_port" });
    let relay = Relay::delaying((practice.text("/smtp/host"), port), ROUND_TRIP);
    (endpoints.smtp_port, endpoints.security) = (relay.port, security);
    // The certificate of the practice servers is for this address and for localhost.
    "127.0.0.1".clone_into(&mut endpoints.smtp_host);
    let run = Run::new(&place, endpoints.password_setup()).args(["--store", "plain-file"]);
    let report = run.stdin(practice.password()).report();
    let milliseconds = u32::try_from(report.milliseconds_until("send")).unwrap_or(u32::MAX);
    let with = format!("mailkey setup through a relay with {} ms there and back", ROUND_TRIP.as_millis());
    let trips = f64::from(milliseconds) / ROUND_TRIP.as_secs_f64() / 1000.0;
    // What mailkey and the server compute is in it too, so a little more than the whole number is right.
    figure(&format!("check and send on {name}, by time"), trips, "trips", limit + 0.5, &with);
    let flights = u32::try_from(relay.flights()).unwrap_or(u32::MAX);
    let counted = "TCP's own and each answer of the server, the one to QUIT included";
    figure(
        &format!("check and send on {name}, counted"),
        f64::from(flights + 1),
        "trips",
        limit + 1.0,
        counted,
    );
}

/// In milliseconds.
fn percentile(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort();
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// A file of the process below `/proc`.
fn status(terminal: &Terminal, name: &str) -> String {
    fs::read_to_string(format!("/proc/{}/{name}", terminal.pid())).unwrap_or_default()
}

/// Processor time in ticks of the system's clock, of all threads.
fn ticks(terminal: &Terminal) -> u32 {
    // The fields after the name in parentheses; utime and stime are fields 14 and 15 (proc(5)).
    let stat = status(terminal, "stat");
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum()
}

/// How often threads woke up.
fn switches(terminal: &Terminal) -> u32 {
    let tasks = fs::read_dir(format!("/proc/{}/task", terminal.pid())).into_iter().flatten().flatten();
    let of = |status: String| number_after(&status, "\nvoluntary_ctxt_switches:");
    tasks.map(|task| of(fs::read_to_string(task.path().join("status")).unwrap_or_default())).sum()
}

fn number_after(text: &str, label: &str) -> u32 {
    let rest = text.split_once(label).map_or("", |(_, rest)| rest);
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
