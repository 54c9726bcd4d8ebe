//! [`Terminal`]: the program in a real pseudo-terminal, with a screen that a test can read.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize};
use vt100::{MouseProtocolMode, Parser, Screen};

use super::{DEADLINE, MAILKEY, place::Place, recording::Recording};

/// The size that the screens are made for.
pub const HOME_SIZE: (u16, u16) = (24, 80);

/// vt100 0.16 subtracts with overflow when a line is wrapped on a screen of one row or column, as happens to a picture
/// that was written just before the terminal shrank. Its screen is never smaller; the terminal may be.
const SMALLEST: u16 = 2;

/// The program in a real pseudo-terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    written: Recording,
    parser: Parser,
    /// How much of `written` the parser has seen.
    parsed: usize,
    /// How much of it was there when the last question was asked.
    asked: usize,
    /// How the terminal was set before the program started.
    set_before: String,
    /// When the program was started.
    pub started: Instant,
    deadline: Duration,
}

impl Terminal {
    /// Starts mailkey at 80 × 24.
    pub fn start(place: &Place, arguments: &[&str]) -> Self {
        Self::sized(place, HOME_SIZE, arguments)
    }

    /// Starts mailkey at this many rows and columns.
    pub fn sized(place: &Place, size: (u16, u16), arguments: &[&str]) -> Self {
        let mut words = vec![MAILKEY];
        words.extend(arguments);
        Self::program(place, size, &words)
    }

    /// Starts mailkey as a job of a shell, as a person does, so that it can be stopped and continued. The shell
    /// says `[stopped]` when it has the terminal back, continues the job after a line of input, and ends with
    /// the job's exit code.
    pub fn job(place: &Place, arguments: &[&str]) -> Self {
        let script = r#"set -m; "$@"; printf '[stopped]'; read -r line; fg > /dev/null; exit $?"#;
        let mut words = vec!["/bin/sh", "-c", script, "sh", MAILKEY];
        words.extend(arguments);
        Self::program(place, HOME_SIZE, &words)
    }

    /// Starts any program.
    pub fn program(place: &Place, (rows, columns): (u16, u16), words: &[&str]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        for (name, value) in place.variables() {
            command.env(name, value);
        }
        command.cwd(place.path());
        let set_before = settings(&*pair.master);
        let written = Recording::of(pair.master.try_clone_reader().expect("its screen"));
        let keyboard = pair.master.take_writer().expect("its keyboard");
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        Self {
            master: pair.master,
            keyboard,
            child,
            written,
            parser: Parser::new(rows.max(SMALLEST), columns.max(SMALLEST), 0),
            parsed: 0,
            asked: 0,
            set_before,
            started,
            deadline: DEADLINE,
        }
    }

    /// How long each wait may take from here on.
    pub fn patience(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// The process; of [`Self::job`], the shell's.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("it was started")
    }

    /// Types. `<Enter>`, `<Tab>`, `<BackTab>`, `<Esc>`, `<Up>`, `<Down>`, `<Left>`, `<Right>`, `<PageDown>`,
    /// `<Backspace>`, `<F1>`, `<C-q>` (Ctrl) and `<A-o>` (Alt) are keys, the rest is text.
    pub fn keys(&mut self, keys: &str) {
        let mut rest = keys;
        let mut bytes = Vec::new();
        while let Some(open) = rest.find('<') {
            bytes.extend_from_slice(&rest.as_bytes()[..open]);
            let (name, after) = rest[open + 1..].split_once('>').expect("`<` begins the name of a key");
            bytes.extend(key(name));
            rest = after;
        }
        bytes.extend_from_slice(rest.as_bytes());
        self.send(&bytes);
    }

    /// Pastes, as a terminal does it: between brackets where the program asked for them.
    pub fn paste(&mut self, text: &str) {
        self.read();
        let bracketed = self.parser.screen().bracketed_paste();
        let text = if bracketed { format!("\x1b[200~{text}\x1b[201~") } else { text.to_owned() };
        self.send(text.as_bytes());
    }

    /// Changes the size.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        self.read();
        self.parser.screen_mut().set_size(rows.max(SMALLEST), columns.max(SMALLEST));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("any size can be had");
    }

    /// Waits until the screen shows this text, which may go over the end of a line.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| shows(screen, text));
    }

    /// Waits until the screen no longer shows this text.
    pub fn wait_gone(&mut self, text: &str) {
        self.wait_until(&format!("no {text}"), |screen| !shows(screen, text));
    }

    /// Waits until the screen shows one of these texts, and says which.
    pub fn wait_for_one<'text>(&mut self, texts: &[&'text str]) -> &'text str {
        let mut found = None;
        self.wait_until(&format!("one of {texts:?}"), |screen| {
            found = texts.iter().copied().find(|text| shows(screen, text));
            found.is_some()
        });
        found.expect("waited for")
    }

    /// Waits until the screen is as it should be. Fails with the whole screen.
    pub fn wait_until(&mut self, what: &str, mut holds: impl FnMut(&Screen) -> bool) {
        let (parser, parsed) = (&mut self.parser, &mut self.parsed);
        let found = self.written.wait(Instant::now() + self.deadline, |bytes| {
            parser.process(&bytes[*parsed..]);
            *parsed = bytes.len();
            // Of a picture that has come in part, half belongs to the one before.
            (is_whole(bytes) && holds(parser.screen())).then_some(())
        });
        assert!(found.is_some(), "waited in vain for {what}\n{}", picture(self.parser.screen()));
    }

    /// True when the screen shows this now.
    pub fn shows(&mut self, text: &str) -> bool {
        self.read();
        shows(self.parser.screen(), text)
    }

    /// The screen as it is, in a frame, for messages.
    pub fn picture(&mut self) -> String {
        self.read();
        picture(self.parser.screen())
    }

    /// The screen's lines as they are.
    pub fn contents(&mut self) -> String {
        self.read();
        self.parser.screen().contents()
    }

    /// Everything that the program wrote, control sequences included.
    pub fn everything_written(&self) -> Vec<u8> {
        self.written.bytes()
    }

    /// What the program writes, for those who time it.
    pub fn recording(&self) -> &Recording {
        &self.written
    }

    /// Sends a signal to the program.
    pub fn signal(&self, name: &str) {
        super::signal(name, self.pid());
    }

    /// Waits for the end and returns the exit code; 1 when a signal ended it.
    pub fn exit_code(&mut self) -> u32 {
        let ends = Instant::now() + self.deadline;
        let ended = self.written.wait_end(ends);
        self.read();
        assert!(ended, "it does not end\n{}", picture(self.parser.screen()));
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                return status.exit_code();
            }
            assert!(Instant::now() < ends, "it left the terminal and does not end");
            std::thread::yield_now();
        }
    }

    /// Asserts that the terminal is as it was: cooked, main screen, cursor shown, no paste or mouse reports.
    pub fn assert_restored(&mut self) {
        self.read();
        let screen = self.parser.screen();
        let left = [
            ("the alternate screen", screen.alternate_screen()),
            ("a hidden cursor", screen.hide_cursor()),
            ("bracketed paste", screen.bracketed_paste()),
            ("mouse reports", screen.mouse_protocol_mode() != MouseProtocolMode::None),
            ("application keys", screen.application_cursor() || screen.application_keypad()),
        ];
        let left: Vec<_> = left.iter().filter(|(_, is_left)| *is_left).map(|(what, _)| *what).collect();
        assert!(left.is_empty(), "left behind: {left:?}\n{}", picture(screen));
        assert_eq!(settings(&*self.master), self.set_before, "the terminal's settings were not restored");
    }

    /// True while the program reads keys one by one, unechoed.
    pub fn is_raw(&self) -> bool {
        settings(&*self.master) != self.set_before
    }

    /// In plain mode: waits for the next question, the only thing that is not ended by a line break, and returns what
    /// was written since the one before.
    pub fn question(&mut self) -> String {
        let asked = self.asked;
        let found = self.written.wait(Instant::now() + self.deadline, |bytes| {
            (bytes.len() > asked && bytes.ends_with(b": ")).then(|| bytes.to_vec())
        });
        let all = found.unwrap_or_else(|| panic!("no question\n{}", self.picture()));
        self.asked = all.len();
        String::from_utf8_lossy(&all[asked..]).replace("\r\n", "\n")
    }

    /// Waits until the program hides what is typed.
    pub fn wait_hidden(&self) {
        let ends = Instant::now() + self.deadline;
        while !self.is_raw() {
            assert!(Instant::now() < ends, "what is typed is still shown");
            std::thread::yield_now();
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).and_then(|()| self.keyboard.flush()).expect("the terminal is open");
    }

    /// Lets the screen show everything that was written so far.
    fn read(&mut self) {
        let bytes = self.written.bytes();
        self.parser.process(&bytes[self.parsed..]);
        self.parsed = bytes.len();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Only what this test started; one that has ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the terminal is set; two of them can be compared.
fn settings(master: &dyn MasterPty) -> String {
    let termios = master.get_termios().expect("a pseudo-terminal has settings");
    format!("{:?} {:?} {:?}", termios.input_flags, termios.output_flags, termios.local_flags)
}

/// False while a picture is on its way, between the sequences that begin and end it.
fn is_whole(bytes: &[u8]) -> bool {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
}

/// True when the screen shows a text; blanks and ends of lines count alike.
fn shows(screen: &Screen, text: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    words(&screen.contents()).contains(&words(text))
}

/// The whole screen in a frame, with what else the terminal is set to.
fn picture(screen: &Screen) -> String {
    let (_, columns) = screen.size();
    let edge = "─".repeat(columns.into());
    let lines: Vec<_> = screen.rows(0, columns).map(|line| format!("│{line}")).collect();
    let (row, column) = screen.cursor_position();
    let cursor = if screen.hide_cursor() { "hidden" } else { "shown" };
    format!("┌{edge}\n{}\n└{edge}\ncursor {cursor} at row {row}, column {column}", lines.join("\n"))
}

/// What a key sends in xterm.
fn key(name: &str) -> Vec<u8> {
    let control = |letter: char| u8::try_from(letter).map(|byte| vec![byte & 0x1f]);
    let text = match name {
        "Enter" => "\r",
        "Tab" => "\t",
        "BackTab" => "\x1b[Z",
        "Esc" => "\x1b",
        "Up" => "\x1b[A",
        "Down" => "\x1b[B",
        "Right" => "\x1b[C",
        "Left" => "\x1b[D",
        "PageUp" => "\x1b[5~",
        "PageDown" => "\x1b[6~",
        "Home" => "\x1b[H",
        "End" => "\x1b[F",
        "Delete" => "\x1b[3~",
        "Backspace" => "\x7f",
        "F1" => "\x1bOP",
        "Space" => " ",
        _ => {
            let mut letters = name.chars().rev();
            return match (letters.next(), name.len()) {
                (Some(letter), 3) if name.starts_with("C-") => control(letter).expect("an ASCII letter"),
                (Some(letter), 3) if name.starts_with("A-") => format!("\x1b{letter}").into_bytes(),
                _ => panic!("there is no key <{name}>"),
            };
        }
    };
    text.as_bytes().to_vec()
}
