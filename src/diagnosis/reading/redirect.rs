//! Which return address a refusal names: it has to be registered to the letter, so it is told as it stands there.

use url::form_urlencoded;

use super::plain;

/// What stands before it, in lower case.
const BEFORE: [&str; 6] =
    ["redirect uri", "redirect_uri", "redirecturi", "redirect url", "reply url", "reply address"];
/// It stands no further behind, in bytes.
const NEAR: usize = 40;
/// How an address begins, as it is and as a part of another.
const BEGINS: [&str; 4] = ["https://", "http://", "https%3a%2f%2f", "http%3a%2f%2f"];

/// What a server adds to the address, and nobody registers (RFC 6749 §4.1.2; OpenID Connect Session Management).
const ADDED: [&str; 8] =
    ["code", "state", "scope", "error", "session_state", "token", "access_token", "id_token"];

/// The return address that is named in what was said, without what comes back with it.
pub(super) fn named_in(said: &str) -> Option<String> {
    // Letters of ASCII are lowered in place, so both texts have the same places.
    let lower = said.to_ascii_lowercase();
    let behind = BEFORE
        .into_iter()
        .flat_map(|before| lower.match_indices(before).map(move |(at, _)| at + before.len()));
    let address = behind.filter_map(|from| {
        let near = plain::around(&lower, from, from + NEAR);
        let at = BEGINS.into_iter().filter_map(|begin| near.find(begin)).min()?;
        let from = near.as_ptr() as usize - lower.as_ptr() as usize + at;
        whole(said.get(from..)?)
    });
    address.into_iter().next()
}

/// The address with which a text begins; `None` where a part of it was hidden.
fn whole(text: &str) -> Option<String> {
    let is_end = |c: char| c.is_whitespace() || "'\"`<>(),;#‘’“”«»".contains(c);
    let address = &text[..text.find(is_end).unwrap_or(text.len())];
    // As a part of another address it is encoded (RFC 6749 §4.1.1), and without a query what follows is that one's.
    let is_part = !address.contains("://") || !address.split('&').next().is_some_and(|own| own.contains('?'));
    let address = if is_part { address.split('&').next().unwrap_or_default() } else { address };
    let address = address.trim_end_matches('.');
    let address = if address.contains("://") {
        address.to_owned()
    } else {
        form_urlencoded::parse(address.as_bytes()).next()?.0.into_owned()
    };
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let is_added = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| ADDED.contains(&&*name));
    let own = if is_added { path } else { &address };
    (!own.contains('…')).then(|| own.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_return_address_is_told_as_it_stands_there() {
        for (said, expected) in [
            (
                "AADSTS50011: The redirect URI 'http://localhost:8080/Callback' specified in the request",
                Some("http://localhost:8080/Callback"),
            ),
            (
                "Error 400: redirect_uri_mismatch redirect_uri=https://a.example/oauth2.",
                Some("https://a.example/oauth2"),
            ),
            ("redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcb&state=x", Some("http://127.0.0.1:8976/cb")),
            ("redirect_uri: https://a.example/cb?code=secret", Some("https://a.example/cb")),
            ("Reply URL: https://a.example/a+b=c", Some("https://a.example/a+b=c")),
            (
                "redirect_uri: https://a.example/o.php?page=x&auth=1",
                Some("https://a.example/o.php?page=x&auth=1"),
            ),
            ("redirect_uri=https%3A%2F%2Fa.example%2Fcb%3Fcode%3Dsecret&x=1", Some("https://a.example/cb")),
            ("redirect_uri=https://a.example/c…&x=1", None),
            ("Error 400: redirect_uri_mismatch", None),
            ("redirect uri is wrong, see the page of the provider about that: https://a.example", None),
            ("", None),
        ] {
            assert_eq!(named_in(said).as_deref(), expected, "{said}");
        }
    }
}
