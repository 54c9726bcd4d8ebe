use std::{sync::atomic::AtomicUsize, time::Instant};

use super::*;

/// Long enough that a test which really waited for it would be noticed, and fail.
const NEVER: Duration = Duration::from_secs(600);
/// Really waited for; long enough for a busy machine to do in it what takes no time.
const SHORT: Duration = Duration::from_millis(400);

/// A keyring made of a counter: how often it was opened.
fn counting(waits: Waits) -> (Arc<AtomicUsize>, Worker<usize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let opened = Arc::clone(&count);
    (count, Worker::new(move || Ok(opened.fetch_add(1, Ordering::SeqCst) + 1), waits))
}

fn waits(opening: Duration, operation: Duration) -> Waits {
    Waits { opening, operation }
}

/// Something that an action waits for until the test lets go.
fn gate() -> (Sender<()>, Arc<Mutex<Receiver<()>>>) {
    let (open, closed) = mpsc::channel();
    (open, Arc::new(Mutex::new(closed)))
}

fn pass(gate: &Mutex<Receiver<()>>) {
    // Ended by the test: by a message, or by dropping the sender.
    let _ = gate.lock().unwrap().recv();
}

#[test]
fn nothing_is_opened_before_it_is_needed_and_then_once() {
    let (count, worker) = counting(waits(NEVER, NEVER));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    for _ in 0..3 {
        assert_eq!(worker.run(&Cancel::new(), |number| Ok(*number)), Ok(1));
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_keyring_that_ended_is_opened_again_once() {
    let (count, worker) = counting(waits(NEVER, NEVER));
    let cancel = Cancel::new();
    worker.run(&cancel, |_| Ok(())).unwrap();
    let second = |number: &usize| {
        if *number == 1 { Err(Fault::other(&"gone")) } else { Ok(*number) }
    };
    assert_eq!(worker.run(&cancel, second), Ok(2));
    let broken = worker.run::<()>(&cancel, |_| Err(Fault::other(&"gone")));
    assert_eq!(broken, Err(Fault::other(&"gone")));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    // What the keyring says on purpose is no reason to open it again.
    assert_eq!(worker.run::<()>(&cancel, |_| Err(Fault::Locked)), Err(Fault::Locked));
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[test]
fn a_failed_opening_is_tried_again_by_the_next_operation() {
    let count = AtomicUsize::new(0);
    let open = move || match count.fetch_add(1, Ordering::SeqCst) {
        0 => Err(Fault::absent(&"no bus")),
        number => Ok(number),
    };
    let worker = Worker::new(open, waits(NEVER, NEVER));
    assert_eq!(worker.run(&Cancel::new(), |number| Ok(*number)), Err(Fault::absent(&"no bus")));
    assert_eq!(worker.run(&Cancel::new(), |number| Ok(*number)), Ok(1));
}

#[test]
fn silence_at_opening_is_told_and_the_next_operation_does_not_wait_behind_it() {
    let (_open, closed) = gate();
    let count = AtomicUsize::new(0);
    let open = move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        if number == 0 {
            pass(&closed);
        }
        Ok(number)
    };
    let worker = Worker::new(open, waits(SHORT, NEVER));
    assert_eq!(worker.run(&Cancel::new(), |number| Ok(*number)), Err(Fault::Silent(SHORT)));
    assert_eq!(worker.run(&Cancel::new(), |number| Ok(*number)), Ok(1));
}

#[test]
fn silence_of_an_operation_is_told_and_the_order_is_kept() {
    let (open, closed) = gate();
    let (_, worker) = counting(waits(NEVER, SHORT));
    let cancel = Cancel::new();
    let log = Arc::new(Mutex::new(Vec::new()));
    worker.run(&cancel, |_| Ok(())).unwrap();
    let noting = |text: &'static str| {
        let log = Arc::clone(&log);
        move || log.lock().unwrap().push(text)
    };
    let first = noting("first");
    let stuck = worker.run(&cancel, move |_| {
        pass(&closed);
        first();
        Ok(())
    });
    assert_eq!(stuck, Err(Fault::Silent(SHORT)));
    // While the dialog is open, a second one waits behind it and is given up before it began.
    let second = noting("second");
    let behind = worker.run(&cancel, move |_| {
        second();
        Ok(())
    });
    assert_eq!(behind, Err(Fault::Silent(SHORT)));
    drop(open);
    let third = noting("third");
    let last = move |_: &usize| {
        third();
        Ok(())
    };
    assert_eq!(worker.run(&cancel, last), Ok(()));
    assert_eq!(*log.lock().unwrap(), ["first", "third"]);
}

#[test]
fn waiting_can_be_cancelled_while_opening_and_while_working() {
    for is_opening in [true, false] {
        let (open, closed) = gate();
        let (began, beginning) = mpsc::channel();
        let wait = move |here: bool| {
            if here {
                began.send(()).unwrap();
                pass(&closed);
            }
        };
        let wait = Arc::new(Mutex::new(wait));
        let in_open = Arc::clone(&wait);
        let worker = Worker::new(
            move || {
                in_open.lock().unwrap()(is_opening);
                Ok(())
            },
            waits(NEVER, NEVER),
        );
        let cancel = Cancel::new();
        let other = cancel.clone();
        let canceller = thread::spawn(move || {
            beginning.recv().unwrap();
            other.cancel();
        });
        let start = Instant::now();
        let result = worker.run(&cancel, move |()| {
            wait.lock().unwrap()(!is_opening);
            Ok(())
        });
        assert_eq!(result, Err(Fault::Cancelled));
        assert!(start.elapsed() < NEVER / 10);
        canceller.join().unwrap();
        drop(open);
    }
}

#[test]
fn a_panic_is_told_and_the_next_operation_gets_a_new_thread() {
    let (count, worker) = counting(waits(NEVER, NEVER));
    let result = worker.run::<()>(&Cancel::new(), |_| panic!("on purpose"));
    assert_eq!(result, Err(ended()));
    // The dead thread is noticed by the next operation, or by the one after it when that came very soon.
    let mut result = worker.run(&Cancel::new(), |number| Ok(*number));
    if result == Err(ended()) {
        result = worker.run(&Cancel::new(), |number| Ok(*number));
    }
    assert_eq!(result, Ok(2));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn many_threads_at_once_come_one_after_the_other_and_lose_nothing() {
    const THREADS: usize = 64;
    let (count, worker) = counting(waits(NEVER, NEVER));
    let (busy, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (worker, busy, done) = (&worker, Arc::clone(&busy), Arc::clone(&done));
            scope.spawn(move || {
                let found = worker.run(&Cancel::new(), move |_| {
                    assert!(!busy.swap(true, Ordering::SeqCst), "two at once");
                    thread::yield_now();
                    busy.store(false, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                    Ok(number)
                });
                assert_eq!(found, Ok(number), "everybody gets their own answer");
            });
        }
    });
    assert_eq!((count.load(Ordering::SeqCst), done.load(Ordering::SeqCst)), (1, THREADS));
}
