//! Panics as one log line each, never as text on a terminal or in an answer.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
};

thread_local! {
    /// Whether the code running now is inside [`catch`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw of the last guarded panic.
    static SEEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Replaces the standard hook: a panic outside [`catch`] is logged, one inside is described to it.
pub fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let what = describe(info);
        if GUARDED.get() {
            SEEN.set(Some(what));
        } else {
            tracing::error!(panic = what, "a task panicked");
        }
    }));
}

/// Runs `work`; a panic becomes an error that says what and where, for the log.
///
/// What `work` borrows mutably may be half changed after a panic and must not be used again.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    outcome.map_err(|payload| {
        SEEN.take()
            .unwrap_or_else(|| format!("panicked: {}", text(payload.as_ref())))
    })
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let what = text(info.payload());
    match info.location() {
        Some(place) => format!("panicked at {}:{}: {what}", place.file(), place.line()),
        None => format!("panicked: {what}"),
    }
}

/// The text of a panic, if it has one.
fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}
