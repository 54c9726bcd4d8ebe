//! Support vector machines, one for each cause.

use std::thread;

/// The features of one post that are not nothing: which, and how much. Their squares add up to one.
pub type Row = Vec<(usize, f32)>;

/// How often all posts are gone through at most.
const ROUNDS: usize = 40;
/// It ends when no post moves the result by more.
const STILL: f32 = 0.02;

/// The weights and the bias of each cause. `is_of` says whether a row is an example of a cause, and `cost` how much one costs that is
/// on the wrong side.
pub fn descend(
    rows: &[Row],
    width: usize,
    causes: usize,
    is_of: impl Fn(usize, usize) -> bool + Sync,
    cost: impl Fn(usize) -> f32 + Sync,
) -> Vec<(Vec<f32>, f32)> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = causes.div_ceil(threads);
    thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|number| {
                let (is_of, cost) = (&is_of, &cost);
                scope.spawn(move || {
                    let share = number * share..((number + 1) * share).min(causes);
                    share
                        .map(|cause| one(rows, width, &|row| is_of(row, cause), cost(cause)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        all.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    })
}

/// One cause against all others.
fn one(rows: &[Row], width: usize, is_of: &dyn Fn(usize) -> bool, cost: f32) -> (Vec<f32>, f32) {
    let mut examples: Vec<(usize, f32)> =
        (0..rows.len()).map(|row| (row, if is_of(row) { 1.0 } else { -1.0 })).collect();
    let (mut weights, mut bias) = (vec![0.0_f32; width], 0.0_f32);
    let mut alphas = vec![0.0_f32; rows.len()];
    let slack = 1.0 / (2.0 * cost);
    let mut chance = 0x9E37_79B9_u64;
    for _ in 0..ROUNDS {
        shuffle(&mut examples, &mut chance);
        let mut moved = 0.0_f32;
        for (row, side) in &examples {
            let alpha = alphas[*row];
            let dot = rows[*row].iter().map(|(place, value)| weights[*place] * value).sum::<f32>() + bias;
            let gradient = side * dot - 1.0 + slack * alpha;
            let projected = if alpha == 0.0 { gradient.min(0.0) } else { gradient };
            if projected == 0.0 {
                continue;
            }
            moved = moved.max(projected.abs());
            // The bias is a feature that every post has, and so the square of a row is two.
            let next = (alpha - gradient / (2.0 + slack)).max(0.0);
            let step = (next - alpha) * side;
            for (place, value) in &rows[*row] {
                weights[*place] += step * value;
            }
            bias += step;
            alphas[*row] = next;
        }
        if moved < STILL {
            break;
        }
    }
    (weights, bias)
}

/// Puts the examples in another order (Fisher and Yates, with xorshift64), the same each time.
fn shuffle(examples: &mut [(usize, f32)], chance: &mut u64) {
    for last in (1..examples.len()).rev() {
        *chance ^= *chance << 13;
        *chance ^= *chance >> 7;
        *chance ^= *chance << 17;
        let other = usize::try_from(*chance % (last as u64 + 1)).expect("it is below the length");
        examples.swap(last, other);
    }
}
