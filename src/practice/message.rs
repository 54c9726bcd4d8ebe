//! What a submission server demands of a message before it takes it (RFC 5322 §3.6, RFC 6409 §8).

use crate::model::address::Address;

/// Why a message is refused, in the words of Google's servers, in pieces of one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) enhanced: &'static str,
    pub(super) text: &'static str,
}

/// The header of a message: names in lower case, values unfolded.
pub(super) struct Header(Vec<(String, String)>);

impl Header {
    /// Reads the header; `None` where it is malformed: a line without colon, bytes outside ASCII, no end.
    pub(super) fn parse(message: &[u8]) -> Option<Self> {
        let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&message[..end]).ok().filter(|text| text.is_ascii())?;
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.split("\r\n") {
            if line.starts_with([' ', '\t']) {
                let (_, value) = fields.last_mut()?;
                value.push_str(line);
            } else {
                let (name, value) = line.split_once(':')?;
                let sound = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
                sound.then(|| fields.push((name.to_ascii_lowercase(), value.trim().to_owned())))?;
            }
        }
        Some(Self(fields))
    }

    /// The only value of that name; `None` when there is none or more than one.
    pub(super) fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }

    /// The addresses of an address field (RFC 5322 §3.4), the names around them dropped; `None` when one of them
    /// is none. Commas inside quoted names are not understood: our message has no such names.
    pub(super) fn addresses(&self, name: &str) -> Option<Vec<Address>> {
        let value = self.only(name)?;
        value.split(',').map(|part| Address::parse(bare(part)).ok()).collect()
    }
}

fn bare(part: &str) -> &str {
    let inside = part.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or(part, |(address, _)| address).trim()
}

/// Checks a message that `user` wants to send.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(message: &[u8], user: &Address) -> Result<Header, Refusal> {
    let refuse = |code, enhanced, text| Err(Refusal { code, enhanced, text });
    let bare = |at: usize, byte: &u8| match byte {
        b'\n' => at == 0 || message[at - 1] != b'\r',
        b'\r' => message.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    if message.iter().enumerate().any(|(at, byte)| bare(at, byte)) {
        return refuse(554, "5.6.0", "Message malformed: lines must end in CR LF.");
    }
    let Some(header) = Header::parse(message) else {
        return refuse(
            550,
            "5.7.1",
            "Messages with a header that is not RFC 5322 compliant are not accepted.",
        );
    };
    let from = header.addresses("from").unwrap_or_default();
    let [from] = from.as_slice() else {
        return refuse(
            550,
            "5.7.1",
            "Messages missing a valid address in the From: header are not accepted.",
        );
    };
    if !from.same_mailbox(user.as_str()) {
        return refuse(553, "5.7.1", "The From: address does not belong to the signed-in account.");
    }
    let id = header.only("message-id").unwrap_or_default();
    let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or_default();
    if id.split('@').filter(|half| !half.is_empty()).count() != 2 {
        return refuse(550, "5.7.1", "Messages missing a valid Message-ID: header are not accepted.");
    }
    if header.only("date").is_none() {
        return refuse(550, "5.7.1", "Messages missing a valid Date: header are not accepted.");
    }
    Ok(header)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A message that is taken from anna to ben.
    pub(in crate::practice) const SOUND: &str = "From: Anna <anna@practice.example>\r\nTo: ben@practice.example\r\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@practice.example>\r\nSubject: Hello,\r\n  you\r\n\r\n\
         .A dot, and more.\r\n";

    fn refusal(from: &str, to: &str) -> &'static str {
        let message = SOUND.replace(from, to);
        assert_ne!(message, SOUND, "{from:?} is not in the message");
        let user = Address::parse("Anna@practice.example").unwrap();
        check(message.as_bytes(), &user).err().unwrap().text
    }

    #[test]
    fn a_sound_message_is_taken() {
        let header = check(SOUND.as_bytes(), &Address::parse("Anna@practice.example").unwrap()).unwrap();
        assert_eq!(header.only("subject"), Some("Hello,  you"));
        assert_eq!(header.addresses("to").unwrap(), [Address::parse("ben@practice.example").unwrap()]);
    }

    #[test]
    fn what_is_not_sound_is_refused_by_name() {
        for (from, to, word) in [
            ("Subject: ", "Subject: x\nBcc: ", "CR LF"),
            ("A dot", "A\rdot", "CR LF"),
            ("From: Anna", "From: Änna", "RFC 5322"),
            ("Subject: Hello", "Subject Hello", "RFC 5322"),
            ("From: Anna <anna@practice.example>\r\n", "", "From:"),
            ("To: ben", "From: ben", "From:"),
            ("<anna@practice.example>", "<ben@practice.example>", "belong"),
            ("Message-ID: <1@practice.example>", "Message-ID: 1", "Message-ID:"),
            ("Date: ", "X-Date: ", "Date:"),
        ] {
            assert!(refusal(from, to).contains(word), "{from:?} → {to:?}: {}", refusal(from, to));
        }
    }
}
