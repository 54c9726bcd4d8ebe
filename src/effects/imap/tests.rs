//! Responses as servers write them, and as nobody should.

use proptest::prelude::*;

use super::response::{Response, Status, Value, announced, code};

fn atom(text: &str) -> Value {
    Value::Atom(text.to_owned())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn responses_are_taken_apart() {
    let status = |status, text: &str| Some(Response::Status(status, text.to_owned()));
    let data = |values| Some(Response::Data(values));
    for (line, expected) in [
        ("* OK [ALERT] hello", status(Status::Ok, "[ALERT] hello")),
        ("* bye", status(Status::Bye, "")),
        ("+ ", Some(Response::Continue(String::new()))),
        ("+", Some(Response::Continue(String::new()))),
        ("* 3 EXISTS", data(vec![atom("3"), atom("EXISTS")])),
        ("* SEARCH", data(vec![atom("SEARCH")])),
        ("* SEARCH 7 12 ", data(vec![atom("SEARCH"), atom("7"), atom("12")])),
        (
            "* LIST (\\HasNoChildren \\Junk) \"/\" \"a \\\"b\\\\\"",
            data(vec![
                atom("LIST"),
                Value::List(vec![atom("\\HasNoChildren"), atom("\\Junk")]),
                text("/"),
                text("a \"b\\"),
            ]),
        ),
        ("m1 BYE now", None),
        ("m1", None),
        ("", None),
        ("HTTP/1.1 400 Bad Request", None),
        ("* (", None),
        ("* a)", None),
        ("* \"open", None),
        ("* {5}", None),
    ] {
        assert_eq!(Response::parse(line, &[]), expected, "{line:?}");
    }
    let tagged = Response::parse("m2 NO [AUTHENTICATIONFAILED] no", &[]);
    let (tag, words) = ("m2".to_owned(), "[AUTHENTICATIONFAILED] no".to_owned());
    assert_eq!(tagged, Some(Response::Tagged { tag, status: Status::No, text: words }));
    assert_eq!(code("[AUTHENTICATIONFAILED] no").as_deref(), Some("authenticationfailed"));
    assert_eq!(code("[UIDVALIDITY 1] x").as_deref(), Some("uidvalidity"));
    assert_eq!(code("no code [ALERT]"), None);
}

#[test]
fn literals_stand_where_they_were_announced() {
    let line = "* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM \"x\")]<0> {4})";
    let Some(Response::Data(values)) = Response::parse(line, &[b"a: b".to_vec()]) else { panic!("no data") };
    let Value::List(items) = &values[2] else { panic!("no list") };
    assert_eq!(items[2..], [atom("BODY[HEADER.FIELDS (FROM \"x\")]<0>"), text("a: b")]);
    // One too few, one too many, one of another length.
    for literals in [vec![], vec![b"a: b".to_vec(), b"c".to_vec()], vec![b"a".to_vec()]] {
        assert_eq!(Response::parse(line, &literals), None, "{literals:?}");
    }
    assert_eq!(announced("* 1 FETCH (BODY[] {12}", true), Some(12));
    assert_eq!(announced("* 1 FETCH (BODY[] {99999999999999999999999}", true), Some(usize::MAX));
    assert_eq!(announced(" FLAGS {3}", false), Some(3));
    for words in ["* OK it takes {5}", "m1 NO {5}", "+ {5}", "* 1 FETCH {}", "* 1 FETCH {x}", "* 1 FETCH 5}"]
    {
        assert_eq!(announced(words, true), None, "{words:?}");
    }
}

#[test]
fn what_nests_too_deep_or_is_too_much_is_refused() {
    let nested = |depth: usize| format!("* a {}{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Response::parse(&nested(8), &[]).is_some());
    assert_eq!(Response::parse(&nested(9), &[]), None);
    let many = |count: usize| format!("* SEARCH{}", " 1".repeat(count));
    assert!(Response::parse(&many(2000), &[]).is_some());
    assert_eq!(Response::parse(&many(3000), &[]), None);
}

proptest! {
    #[test]
    fn anything_is_read_without_a_fault(line in "[*+a-z0-9 ]{0,4}[ -~\u{80}-\u{2ff}]{0,120}", literal in ".{0,20}") {
        let _ = Response::parse(&line, &[literal.into_bytes()]);
        let _ = announced(&line, true);
        let _ = code(&line);
    }

    #[test]
    fn what_is_quoted_is_read_back(words in "[ -~]{0,40}") {
        let quoted = super::response::quoted(&words).map(|quoted| quoted.to_string()).unwrap_or_default();
        let expected = Response::Data(vec![atom("x"), text(&words)]);
        prop_assert_eq!(Response::parse(&format!("* x {quoted}"), &[]), Some(expected));
    }
}
