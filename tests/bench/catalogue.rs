//! The catalogue of providers, read as the wizard reads it.

use std::{hint::black_box, time::Instant};

use mailkey::guide::providers;

use super::{TIMES, figure, percentile};

/// Prints the figure.
pub fn measure() {
    let times = (0..TIMES).map(|_| {
        let begin = Instant::now();
        black_box(providers::embedded()).ok();
        begin.elapsed()
    });
    figure(
        "reading the catalogue",
        percentile(times.collect(), 50),
        "ms",
        2.0,
        "all providers, in the process",
    );
}
