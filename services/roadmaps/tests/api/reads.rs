//! How often the store was asked: it opens a span each time.

use std::{cell::Cell, sync::Once};

use tracing::{Event, Metadata, Subscriber, span};

thread_local! {
    /// Each test has a thread of its own, on which its service runs too.
    static READS: Cell<usize> = const { Cell::new(0) };
}

/// Returns how often the store was asked on this thread since the first call.
pub(crate) fn so_far() -> usize {
    static COUNTING: Once = Once::new();
    COUNTING.call_once(|| {
        tracing::subscriber::set_global_default(Reads).unwrap();
        // Other tests may have met spans in the moment before, when nobody listened.
        tracing::callsite::rebuild_interest_cache();
    });
    READS.get()
}

struct Reads;

impl Subscriber for Reads {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("roadmaps::store")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        READS.set(READS.get() + 1);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
