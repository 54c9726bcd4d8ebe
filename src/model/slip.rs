//! Whether the domain of an address looks like a slip of the fingers for one that many people have.

/// Shorter names are too near to each other: `mail.com` is no slip for `gmail.com`.
const SHORTEST: usize = 5;

/// What becomes of `com` where a finger slips.
const SLIPS_OF_COM: [&str; 8] = ["cm", "cmo", "co", "coom", "comm", "con", "om", "vom"];

/// The known domain that is meant, as far as one can tell: all but one letter of its name are right, or two stand in
/// each other's place, and the first is right; or `com` is misspelt. A domain that is known itself is no slip.
pub fn meant<'a>(domain: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut meant = None;
    for one in known {
        if one == domain {
            return None;
        }
        if meant.is_none() && is_slip(domain, one) {
            meant = Some(one);
        }
    }
    meant
}

fn is_slip(typed: &str, known: &str) -> bool {
    let (Some((name, rest)), Some((known_name, known_rest))) = (typed.split_once('.'), known.split_once('.'))
    else {
        return false;
    };
    if known_name.len() < SHORTEST || name.as_bytes().first() != known_name.as_bytes().first() {
        return false;
    }
    if name == known_name {
        return known_rest == "com" && SLIPS_OF_COM.contains(&rest);
    }
    rest == known_rest && strsim::osa_distance(name, known_name) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_a_known_domain_is_meant_to_be_it() {
        let known =
            ["gmail.com", "gmx.de", "yahoo.com", "yahoo.fr", "outlook.com", "ymail.com", "icloud.com"];
        for (typed, expected) in [
            ("gmial.com", Some("gmail.com")),
            ("gmal.com", Some("gmail.com")),
            ("gmaill.com", Some("gmail.com")),
            ("gnail.com", Some("gmail.com")),
            ("gmail.con", Some("gmail.com")),
            ("gmail.co", Some("gmail.com")),
            ("yaho.fr", Some("yahoo.fr")),
            ("outlok.com", Some("outlook.com")),
            ("icluod.com", Some("icloud.com")),
            // These are there, or may well be.
            ("gmail.com", None),
            ("mail.com", None),
            ("email.com", None),
            ("ymail.com", None),
            ("yahoo.ie", None),
            ("gmail.de", None),
            ("gmy.de", None),
            ("gma.com", None),
            ("company.example", None),
            ("localhost", None),
        ] {
            assert_eq!(meant(typed, known.into_iter()), expected, "{typed}");
        }
    }
}
