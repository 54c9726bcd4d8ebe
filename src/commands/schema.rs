//! `mailkey schema`: the JSON schemas (draft 2020-12) of the answers file and of what commands print.

use include_dir::{Dir, include_dir};

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{cli::shell::Schema, model::exit_code::ExitCode};

/// All of them; the name of a file is the name of its schema.
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/schemas");

/// `mailkey schema`.
///
/// # Errors
/// When there is no such schema.
pub fn run(arguments: &Schema, _session: &Session) -> Result<ExitCode, CommandError> {
    let Some(name) = &arguments.name else {
        for name in names() {
            print::out(name);
        }
        return Ok(ExitCode::Proved);
    };
    let known = names().into_iter().find(|known| known == name);
    let file = known.and_then(|name| SCHEMAS.get_file(format!("{name}.json")));
    let Some(file) = file else {
        return Err(CommandError::Say {
            id: "tools.no-schema",
            values: vec![("name", name.clone()), ("names", names().join(", "))],
            exit: ExitCode::NotFound,
        });
    };
    print::pages(file.contents())?;
    Ok(ExitCode::Proved)
}

fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = SCHEMAS.files().filter_map(|file| file.path().file_stem()?.to_str()).collect();
    names.sort_unstable();
    names
}
