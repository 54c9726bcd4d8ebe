use super::*;

/// Whoever derives a key for a test need not wait for it.
const CHEAP: Cost = Cost { memory: 8, passes: 1, lanes: 1 };

fn opener(passphrase: &str) -> Opener {
    Recipe { cost: CHEAP, salt: [7; SALT] }.opener(&Secret::from(passphrase)).unwrap()
}

/// The same bytes with a right sum: what somebody does who means it.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - SUM;
    let sum = digest::digest(&digest::SHA256, &bytes[..end]);
    bytes[end..].copy_from_slice(sum.as_ref());
    bytes
}

#[test]
fn what_was_sealed_is_opened_by_the_same_passphrase_alone() {
    let text = b"canary \x00 \xff";
    let sealed = opener("right").seal(text).unwrap();
    let read = SealedText::read(&sealed).unwrap();
    assert!(opener("right").fits(&read) && !opener("wrong").fits(&read));
    assert_eq!(opener("right").open(&read).unwrap().as_slice(), text);
    assert_eq!(opener("wrong").open(&read).err(), Some(SealFault::Corrupt));
    assert!(!sealed.windows(6).any(|window| window == b"canary"));
}

#[test]
fn no_two_files_are_alike() {
    let opener = opener("right");
    assert_ne!(opener.seal(b"x").unwrap(), opener.seal(b"x").unwrap());
    assert_ne!(Recipe::fresh().unwrap(), Recipe::fresh().unwrap());
}

#[test]
fn a_file_that_is_damaged_anywhere_is_damaged_and_no_wrong_passphrase() {
    let sealed = opener("right").seal(b"secret").unwrap().to_vec();
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1 << (at % 8);
        let fault = SealedText::read(&damaged).err();
        let expected = if damaged[8] > VERSION { SealFault::Newer } else { SealFault::Corrupt };
        assert_eq!(fault, Some(expected), "byte {at}");
    }
    for length in 0..sealed.len() {
        assert_eq!(SealedText::read(&sealed[..length]).err(), Some(SealFault::Corrupt), "{length} bytes");
    }
}

#[test]
fn nobody_alters_the_head_or_the_text() {
    let opener = opener("right");
    let sealed = opener.seal(b"secret").unwrap().to_vec();
    // The nonce, the text, the tag: what is not looked at before the text is opened.
    for at in HEAD - NONCE_LEN..sealed.len() - SUM {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        let altered = summed(altered);
        let read = SealedText::read(&altered).unwrap();
        assert_eq!(opener.open(&read).err(), Some(SealFault::Corrupt), "byte {at}");
    }
    // Cost, salt, key check.
    for at in 21..HEAD - NONCE_LEN {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        let altered = summed(altered);
        let read = SealedText::read(&altered).unwrap();
        assert!(!opener.fits(&read) && opener.open(&read).is_err(), "byte {at}");
    }
}

#[test]
fn what_costs_more_than_anybody_means_is_not_run() {
    let sealed = opener("right").seal(b"secret").unwrap().to_vec();
    for (memory, passes, lanes) in [
        (u32::MAX, 1, 1),
        (MAX_MEMORY + 1, 1, 1),
        (MAX_MEMORY, 5, 1),
        (COST.memory, u32::MAX, 1),
        (COST.memory, 2, MAX_LANES + 1),
        (COST.memory, 0, 1),
        (COST.memory, 2, 0),
        (7, 1, 1),
    ] {
        let mut altered = sealed.clone();
        for (at, number) in [(9, memory), (13, passes), (17, lanes)] {
            altered[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        let fault = SealedText::read(&summed(altered)).err();
        assert_eq!(fault, Some(SealFault::Costly), "{memory} {passes} {lanes}");
    }
}

#[test]
fn what_we_write_may_grow_tenfold() {
    let Cost { memory, passes, lanes } = COST;
    assert!(COST.is_sane() && Cost { memory: 10 * memory, passes: 2 * passes, lanes: 4 * lanes }.is_sane());
}

#[test]
fn a_newer_version_is_told_whatever_follows() {
    assert_eq!(SealedText::read(b"MAILKEY\0\x02anything").err(), Some(SealFault::Newer));
    assert_eq!(SealedText::read(b"MAILKEY\0\x00").err(), Some(SealFault::Corrupt));
    assert_eq!(SealedText::read(b"{\"schema\":1}").err(), Some(SealFault::Corrupt));
    assert_eq!(SealedText::read(b"").err(), Some(SealFault::Corrupt));
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", opener("right")), "Opener { .. }");
}
