//! From `assets/learnt.json`, which `tests/learn` writes, to the arrays that the program carries: `assets/build.rs` makes Rust of it.

use serde::Deserialize;

use super::{hash::hash, knowledge::Texts};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the posts were that it was learnt from: `tests/diagnosis` compares it.
    #[serde(rename = "posts")]
    _posts: String,
    /// What one unit of a bias or a weight is.
    scale: f32,
    /// Each cause with its bias.
    causes: Vec<(String, i16)>,
    words: Vec<Word>,
}

/// A word, a pair of words or a notion, its rarity in thousandths, and how much it speaks for which cause, by the number of the cause.
#[derive(Deserialize)]
struct Word(String, u16, Vec<(u16, i8)>);

/// The file as a constant of type `Weights`. The ids of the causes are added to `all`.
///
/// # Errors
/// The first that is wrong, with file and line.
pub fn learnt(text: &str, all: &mut Texts) -> Result<String, Vec<String>> {
    let File { scale, causes, mut words, .. } = serde_json::from_str(text)
        .map_err(|error| vec![format!("assets/learnt.json:{}: {error}", error.line())])?;
    words.sort_by_cached_key(|Word(word, ..)| hash(word));
    for alike in words.windows(2) {
        if let [Word(one, ..), Word(other, ..)] = alike
            && hash(one) == hash(other)
        {
            return Err(vec![format!("assets/learnt.json: {one} and {other} have one hash: leave one out")]);
        }
    }
    let is_stray =
        |Word(.., pairs): &&Word| pairs.iter().any(|(cause, _)| usize::from(*cause) >= causes.len());
    if let Some(Word(word, ..)) = words.iter().find(is_stray) {
        return Err(vec![format!("assets/learnt.json: {word} speaks for a cause that is none")]);
    }
    let (ids, biases): (Vec<String>, Vec<i16>) = causes.into_iter().unzip();
    let ids = all.list(&ids);
    let mut end = 0;
    let ends = words.iter().map(|Word(.., pairs)| {
        end += pairs.len();
        end
    });
    let ends = numbers(ends);
    let hashes = numbers(words.iter().map(|Word(word, ..)| hash(word)));
    let rarities = numbers(words.iter().map(|Word(_, rarity, _)| rarity));
    let pairs = || words.iter().flat_map(|Word(.., pairs)| pairs);
    let of = numbers(pairs().map(|(cause, _)| cause));
    let speaks = numbers(pairs().map(|(_, weight)| weight));
    let biases = numbers(biases.iter());
    Ok(format!(
        "pub(super) static WEIGHTS: Weights = Weights {{ causes: {ids}, biases: {biases}, hashes: {hashes}, rarities: {rarities}, \
         ends: {ends}, of: {of}, speaks: {speaks}, scale: {scale}_f32 }};\n"
    ))
}

fn numbers(values: impl Iterator<Item = impl ToString>) -> String {
    format!("&[{}]", values.map(|value| value.to_string()).collect::<Vec<_>>().join(","))
}
