use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
};

use super::*;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn a_literal_needs_no_resolver() {
    for (host, expected) in
        [("127.0.0.1", "127.0.0.1:25"), ("::1", "[::1]:25"), ("[2001:db8::1]", "[2001:db8::1]:25")]
    {
        assert_eq!(resolve(host, 25, soon(), &Cancel::new()).unwrap(), [address(expected)], "{host}");
    }
}

#[test]
fn a_name_that_cannot_be_is_not_found() {
    let failure = resolve("no such\0name", 25, soon(), &Cancel::new()).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Resolve, "_not_found"));
}

#[test]
fn the_resolvers_words_are_told_apart() {
    for (words, code) in [
        ("failed to lookup address information: Name or service not known", "_not_found"),
        ("failed to lookup address information: nodename nor servname provided, or not known", "_not_found"),
        ("failed to lookup address information: No address associated with hostname", "_not_found"),
        ("failed to lookup address information: Name does not resolve", "_not_found"),
        ("failed to lookup address information: Temporary failure in name resolution", "_resolver"),
        ("failed to lookup address information: Try again", "_resolver"),
    ] {
        let failure = resolve_with(move || Err(io::Error::other(words)), soon(), &Cancel::new()).unwrap_err();
        assert_eq!(failure.code, code, "{words}");
    }
    assert_eq!(code_of_resolver(&io::Error::from_raw_os_error(11_001)), "_not_found");
    assert_eq!(resolve_with(|| Ok(Vec::new()), soon(), &Cancel::new()).unwrap_err().code, "_not_found");
}

#[test]
fn a_silent_resolver_is_left_behind() {
    let (release, held) = mpsc::channel::<()>();
    let silent = move || {
        let _ = held.recv();
        Ok(Vec::new())
    };
    let begun = Instant::now();
    let failure = resolve_with(silent, begun + Duration::from_millis(30), &Cancel::new()).unwrap_err();
    assert_eq!(failure.code, "_timeout");
    assert!(begun.elapsed() < Duration::from_secs(2));
    drop(release);
}

#[test]
fn cancelling_ends_resolving_and_connecting_at_once() {
    let (_release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let cancel = Cancel::new();
    let begun = Instant::now();
    let resolving = {
        let (cancel, held) = (cancel.clone(), Arc::clone(&held));
        thread::spawn(move || {
            let silent = move || {
                let _ = held.lock().unwrap().recv();
                Ok(Vec::new())
            };
            resolve_with(silent, soon(), &cancel)
        })
    };
    let connecting = {
        let cancel = cancel.clone();
        thread::spawn(move || {
            race(&[address("192.0.2.1:25")], soon(), &cancel, move |_, _| {
                let _ = held.lock().unwrap().recv();
                Ok(())
            })
        })
    };
    cancel.cancel();
    assert_eq!(resolving.join().unwrap().unwrap_err().code, "_cancelled");
    assert_eq!(connecting.join().unwrap().unwrap_err().code, "_cancelled");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn families_take_turns_and_ipv6_is_first() {
    let found = ["1.1.1.1:25", "2.2.2.2:25", "3.3.3.3:25", "[::1]:25", "[::2]:25", "1.1.1.1:25"];
    let ordered = in_turn(found.map(address).to_vec());
    assert_eq!(
        ordered,
        ["[::1]:25", "1.1.1.1:25", "[::2]:25", "2.2.2.2:25", "3.3.3.3:25"].map(address).to_vec()
    );
    let many = (1..=200).map(|n| address(&format!("10.0.0.{n}:25"))).collect();
    assert_eq!(in_turn(many).len(), MAX_ADDRESSES);
}

#[test]
fn a_dead_ipv6_costs_a_quarter_of_a_second() {
    let (_release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let begun = Instant::now();
    let winner = race(&["[::1]:25", "1.1.1.1:25"].map(address), soon(), &Cancel::new(), move |address, _| {
        if address.is_ipv6() {
            let _ = held.lock().unwrap().recv();
        }
        Ok(address)
    });
    assert_eq!(winner.unwrap(), address("1.1.1.1:25"));
    let elapsed = begun.elapsed();
    assert!(elapsed >= BETWEEN_ATTEMPTS, "the first address has its chance: {elapsed:?}");
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn a_refusing_address_is_passed_at_once_and_the_most_telling_fault_is_told() {
    let begun = Instant::now();
    let failure =
        race(&["[::1]:25", "1.1.1.1:25", "2.2.2.2:25"].map(address), soon(), &Cancel::new(), |address, _| {
            let kind = match address {
                SocketAddr::V6(_) => ErrorKind::NetworkUnreachable,
                SocketAddr::V4(v4) if v4.ip().octets()[0] == 1 => ErrorKind::ConnectionRefused,
                SocketAddr::V4(_) => ErrorKind::TimedOut,
            };
            Err::<(), _>(io::Error::from(kind))
        })
        .unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Connect, "_refused"));
    assert!(begun.elapsed() < BETWEEN_ATTEMPTS, "no pause after a refusal");
}

#[test]
fn the_deadline_ends_the_race() {
    let (_release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let deadline = Instant::now() + Duration::from_millis(30);
    let failure =
        race(&[address("[::1]:25"), address("1.1.1.1:25")], deadline, &Cancel::new(), move |_, _| {
            let _ = held.lock().unwrap().recv();
            Ok(())
        })
        .unwrap_err();
    assert_eq!(failure.code, "_timeout");
}

#[test]
fn a_real_listener_is_reached_and_a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = listener.local_addr().unwrap();
    let socket = connect(&[open], soon(), &Cancel::new()).unwrap();
    assert_eq!(socket.peer_addr().unwrap(), open);
    assert!(socket.nodelay().unwrap());
    drop(listener);
    assert_eq!(connect(&[open], soon(), &Cancel::new()).unwrap_err().code, "_refused");
}
