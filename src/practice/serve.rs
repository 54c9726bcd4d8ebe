//! [`EndWatch`]: until when `practice --serve` serves.

use std::{
    io::{self, IsTerminal, Read},
    sync::mpsc,
};

use signal_hook::consts::{SIGINT, SIGTERM};

/// What a person, a script or the system sends to end a program.
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// Why serving ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// INT or TERM came.
    Signal,
    /// Whoever started us closed our standard input, or died.
    InputEnded,
}

/// Watches for the end. Make it before the description is printed: who reads that may end us at once.
pub struct EndWatch {
    ends: mpsc::Receiver<End>,
    /// Kept, so that the channel never closes by itself.
    _sender: mpsc::SyncSender<End>,
}

impl EndWatch {
    /// Begins to watch. Standard input counts when it is a pipe or a socket: a parent holds its other end, and its
    /// end means that nobody needs us any more. A terminal, a file or `/dev/null` says nothing of the kind, so
    /// that `practice --serve < /dev/null &` keeps serving.
    ///
    /// # Errors
    /// When the system refuses a signal handler or a thread.
    pub fn new() -> io::Result<Self> {
        let stdin = io::stdin();
        if stdin.is_terminal() || !is_pipe(&stdin) {
            Self::watching(&SIGNALS, None::<io::Empty>)
        } else {
            Self::watching(&SIGNALS, Some(stdin))
        }
    }

    fn watching(signals: &[i32], input: Option<impl Read + Send + 'static>) -> io::Result<Self> {
        let (sender, ends) = mpsc::sync_channel(2);
        watch_signals(signals, sender.clone())?;
        if let Some(input) = input {
            let sender = sender.clone();
            std::thread::Builder::new()
                .name("practice-input".to_owned())
                .spawn(move || wait_for_input_to_end(input, &sender))?;
        }
        Ok(Self { ends, _sender: sender })
    }

    /// Waits.
    #[must_use]
    pub fn wait(self) -> End {
        // It cannot fail: we hold a sender ourselves.
        self.ends.recv().unwrap_or(End::Signal)
    }
}

fn wait_for_input_to_end(mut input: impl Read, sender: &mpsc::SyncSender<End>) {
    let mut ignored = [0; 1024];
    loop {
        match input.read(&mut ignored) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let _ = sender.try_send(End::InputEnded);
}

#[cfg(unix)]
fn is_pipe(stdin: &io::Stdin) -> bool {
    use std::os::{fd::AsFd, unix::fs::FileTypeExt};
    // A copy, because a `File` closes what it holds.
    let Ok(copy) = stdin.as_fd().try_clone_to_owned() else { return false };
    std::fs::File::from(copy)
        .metadata()
        .is_ok_and(|metadata| metadata.file_type().is_fifo() || metadata.file_type().is_socket())
}

/// Windows does not tell a pipe from `NUL` without unsafe calls: only a file is known for certain not to be one.
#[cfg(not(unix))]
fn is_pipe(stdin: &io::Stdin) -> bool {
    use std::os::windows::io::AsHandle;
    let Ok(copy) = stdin.as_handle().try_clone_to_owned() else { return false };
    !std::fs::File::from(copy).metadata().is_ok_and(|metadata| metadata.is_file())
}

#[cfg(unix)]
fn watch_signals(signals: &[i32], sender: mpsc::SyncSender<End>) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new(signals)?;
    std::thread::Builder::new().name("practice-signals".to_owned()).spawn(move || {
        if signals.forever().next().is_some() {
            let _ = sender.try_send(End::Signal);
        }
    })?;
    Ok(())
}

/// Windows has no signals to wait for, only handlers that set a flag.
#[cfg(not(unix))]
fn watch_signals(signals: &[i32], sender: mpsc::SyncSender<End>) -> io::Result<()> {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    let flag = Arc::new(AtomicBool::new(false));
    for signal in signals {
        signal_hook::flag::register(*signal, Arc::clone(&flag))?;
    }
    std::thread::Builder::new().name("practice-signals".to_owned()).spawn(move || {
        while !flag.load(Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let _ = sender.try_send(End::Signal);
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_pipe_ends_it_and_what_came_before_does_not() {
        let (reader, mut writer) = io::pipe().unwrap();
        let watch = EndWatch::watching(&[], Some(reader)).unwrap();
        io::Write::write_all(&mut writer, b"hello\n").unwrap();
        assert!(watch.ends.try_recv().is_err());
        drop(writer);
        assert_eq!(watch.wait(), End::InputEnded);
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_ends_it() {
        // One that no other test waits for: signals reach every watch of the process.
        let signal = signal_hook::consts::SIGUSR2;
        let watch = EndWatch::watching(&[signal], None::<io::Empty>).unwrap();
        signal_hook::low_level::raise(signal).unwrap();
        assert_eq!(watch.wait(), End::Signal);
    }
}
