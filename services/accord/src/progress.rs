//! Progress of long work, on standard error and only when that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts bytes.
#[must_use]
pub fn bytes(total: u64, what: &str) -> ProgressBar {
    bar(
        total,
        what,
        "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}",
    )
}

/// A bar that counts bytes, and rows as its prefix.
#[must_use]
pub fn rows(total: u64, what: &str) -> ProgressBar {
    bar(
        total,
        what,
        "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {prefix} rows",
    )
    .with_prefix("0")
}

/// A bar that counts steps.
#[must_use]
pub fn steps(total: usize, what: &str) -> ProgressBar {
    bar(total as u64, what, "{msg} {wide_bar} {pos}/{len}")
}

/// Draws on standard error, which indicatif leaves alone when it is no terminal.
fn bar(total: u64, what: &str, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
        .with_message(what.to_owned());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A counter of things whose number is not known beforehand.
#[must_use]
pub fn count(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        .with_message(what.to_owned());
    match ProgressStyle::with_template("{spinner} {pos} {msg} {per_sec}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
