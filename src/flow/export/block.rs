//! The part of a person's file that is mailkey's: between two comment lines that name the account. Nothing else in the
//! file is changed.

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A line by which the person has set up the same thing by hand; its number, from 1.
    Taken {
        /// Its number, from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// The same in the block of another account, and the program takes one; the number of the line, from 1.
    Other {
        /// Its number, from 1.
        line: usize,
    },
    /// A block of mailkey that begins and does not end, or ends and did not begin; the number of its line, from 1.
    Broken {
        /// Its number, from 1.
        line: usize,
    },
}

/// The first line of the block of an account.
#[must_use]
pub fn begin(id: &str, name: &str) -> String {
    format!("# >>> mailkey {id} {} >>>", name.replace(char::is_control, " "))
}

/// The last line of the block of an account.
#[must_use]
pub fn end(id: &str) -> String {
    format!("# <<< mailkey {id} <<<")
}

/// The whole file with the block of this account in it: in the place of the block of the same account, else at the end.
///
/// # Errors
/// When the person has set up the same by hand (a line begins like one of `taken`), or a block is broken.
pub fn place(file: &str, (id, name): (&str, &str), block: &str, taken: &[String]) -> Result<String, Refused> {
    let ours = find(file, id)?;
    let mut in_other = false;
    for (index, line) in file.lines().enumerate() {
        if line.starts_with("# >>> mailkey ") || line.starts_with("# <<< mailkey ") {
            in_other = line.starts_with("# >>>");
        }
        let is_ours = ours.is_some_and(|(from, to)| (from..=to).contains(&index));
        if !is_ours && taken.iter().any(|begin| begins_like(line, begin)) {
            if in_other {
                return Err(Refused::Other { line: index + 1 });
            }
            return Err(Refused::Taken { line: index + 1, text: line.trim().to_owned() });
        }
    }
    // The ends of lines as the file has them.
    let line_end = if file.contains("\r\n") { "\r\n" } else { "\n" };
    let own: Vec<String> = std::iter::once(begin(id, name))
        .chain(block.lines().map(str::to_owned))
        .chain([end(id)])
        .map(|line| line + line_end)
        .collect();
    let own = own.concat();
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    Ok(match ours {
        Some((from, to)) => [lines[..from].concat(), own, lines[to + 1..].concat()].concat(),
        None if file.is_empty() => own,
        None => {
            let open_end = if file.ends_with('\n') { "" } else { line_end };
            [file, open_end, line_end, &own].concat()
        }
    })
}

/// The first and the last line of the block, counted from 0.
fn find(file: &str, id: &str) -> Result<Option<(usize, usize)>, Refused> {
    let (begins, ends) = (format!("# >>> mailkey {id} "), end(id));
    let (mut open, mut found) = (None, None);
    for (index, line) in file.lines().enumerate() {
        let line = line.trim();
        let is_other = line.starts_with("# >>> mailkey ") && !line.starts_with(&begins);
        if line.starts_with(&begins) {
            if open.is_some() || found.is_some() {
                return Err(Refused::Broken { line: index + 1 });
            }
            open = Some(index);
        } else if line == ends {
            let from = open.take().ok_or(Refused::Broken { line: index + 1 })?;
            found = Some((from, index));
        } else if is_other && open.is_some() {
            return Err(Refused::Broken { line: index + 1 });
        }
    }
    match open {
        Some(index) => Err(Refused::Broken { line: index + 1 }),
        None => Ok(found),
    }
}

/// True when the line begins with these words, and goes on with something else than more of the last word. A setting
/// that is empty sets nothing.
fn begins_like(line: &str, begin: &str) -> bool {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(rest) = line.strip_prefix(begin) else { return false };
    let goes_on = rest.starts_with(|c: char| c.is_alphanumeric() || "-_.@+".contains(c));
    !goes_on && rest.trim() != "="
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ACCOUNT: (&str, &str) = ("0011", "anna");

    fn put(file: &str, block: &str) -> Result<String, Refused> {
        place(file, ACCOUNT, block, &["account anna".to_owned()])
    }

    #[test]
    fn a_block_goes_to_the_end_and_what_a_person_wrote_stays() {
        for (file, before) in
            [("", ""), ("host a\n", "host a\n\n"), ("host a", "host a\n\n"), ("# ü\n\n\n", "# ü\n\n\n\n")]
        {
            let placed = put(file, "x 1\ny 2\n").unwrap();
            let own = "# >>> mailkey 0011 anna >>>\nx 1\ny 2\n# <<< mailkey 0011 <<<\n";
            assert_eq!(placed, format!("{before}{own}"), "{file:?}");
        }
    }

    #[test]
    fn the_block_that_is_there_is_replaced_where_it_stands() {
        let file = put("above\n", "x 1\n").unwrap() + "below\n";
        let again = place(&file, ("0011", "sales"), "x 2\n", &[]).unwrap();
        assert_eq!(again, file.replace("x 1", "x 2").replace("0011 anna", "0011 sales"));
        // Twice the same is the same.
        assert_eq!(put(&file, "x 1\n").unwrap(), file);
        // Another account has a block of its own.
        let two = place(&file, ("0022", "bob"), "x 3\n", &[]).unwrap();
        assert!(
            two.starts_with(&file)
                && two.ends_with("# >>> mailkey 0022 bob >>>\nx 3\n# <<< mailkey 0022 <<<\n")
        );
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let placed = put("a\r\nb\r\n", "x\n").unwrap();
        assert!(
            placed.starts_with("a\r\nb\r\n\r\n# >>>") && !placed.replace("\r\n", "").contains('\n'),
            "{placed:?}"
        );
        assert_eq!(put(&placed, "x\n").unwrap(), placed);
    }

    #[test]
    fn what_the_person_set_up_by_hand_is_left_alone() {
        for line in ["account anna", "  account   anna ", "account anna : base", "account anna\t"] {
            let file = format!("host x\n{line}\n");
            let refused = Refused::Taken { line: 2, text: line.trim().to_owned() };
            assert_eq!(put(&file, "x"), Err(refused), "{line}");
        }
        for line in ["account anna2", "# account anna", "account anna-2", "accounts anna", "account bob"] {
            put(&format!("{line}\n"), "x").unwrap();
        }
        let other = place("", ("0022", "bob"), "account anna\n", &[]).unwrap();
        assert_eq!(put(&other, "x"), Err(Refused::Other { line: 2 }));
        let ours = put("", "account anna\n").unwrap();
        put(&ours, "account anna\n").unwrap();
        let empty = ["relayhost".to_owned()];
        place("relayhost =\n", ACCOUNT, "x", &empty).unwrap();
        place("relayhost_x = 1\n", ACCOUNT, "x", &empty).unwrap();
        assert!(place("relayhost = [a]\n", ACCOUNT, "x", &empty).is_err());
    }

    #[test]
    fn a_broken_block_is_told_and_not_guessed_at() {
        let whole = put("", "x\n").unwrap();
        let (first, last) = (begin("0011", "anna"), end("0011"));
        for (file, line) in [
            (whole.replace(&last, ""), 1),
            (whole.replace(&first, ""), 3),
            (format!("{whole}{whole}"), 4),
            (format!("{first}\n{}\n{last}\n", begin("0022", "bob")), 2),
        ] {
            assert_eq!(put(&file, "x"), Err(Refused::Broken { line }), "{file}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_persons_file_is_lost(file in "([a-z #\t]{0,6}(\n|\r\n)?){0,8}", block in "([a-z]{1,5}\n){1,4}") {
            let placed = place(&file, ACCOUNT, &block, &[]).unwrap();
            prop_assert!(placed.starts_with(&file));
            prop_assert_eq!(&place(&placed, ACCOUNT, &block, &[]).unwrap(), &placed);
            // Another block in its place, and back.
            let other = place(&placed, ACCOUNT, "other\n", &[]).unwrap();
            prop_assert!(other.starts_with(&file));
            prop_assert_eq!(place(&other, ACCOUNT, &block, &[]).unwrap(), placed);
        }
    }
}
