//! How many stored files are known to be damaged, for an alarm to watch.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use opentelemetry::{
    KeyValue,
    metrics::{Meter, ObservableGauge},
};

use super::{Upkeep, noted};
use crate::store::texts::blobs;

/// How many stored files have other bytes than were given, and how many are gone, as last counted.
#[derive(Debug, Default)]
pub(super) struct Damage {
    corrupt: AtomicU64,
    missing: AtomicU64,
}

impl Upkeep {
    /// Lets the damage be read as `accord.documents.texts.damaged`, by `integrity`.
    pub(crate) fn measure(&self, meter: &Meter) {
        let damage = Arc::clone(&self.damage);
        // The meter keeps what it asks; the handle is for nothing else.
        let _: ObservableGauge<u64> = meter
            .u64_observable_gauge("accord.documents.texts.damaged")
            .with_unit("{file}")
            .with_description("Stored files of texts whose bytes changed or are gone.")
            .with_callback(move |observer| {
                for (word, count) in [("corrupt", &damage.corrupt), ("missing", &damage.missing)] {
                    let count = count.load(Ordering::Relaxed);
                    observer.observe(count, &[KeyValue::new("integrity", word)]);
                }
            })
            .build();
    }

    /// Counts the files that are known to be damaged.
    pub async fn count_damage(&self) {
        let counted = self.database.read(|tx| Box::pin(blobs::damaged(tx)));
        if let Some((corrupt, missing)) = noted(counted.await) {
            self.damage.corrupt.store(corrupt, Ordering::Relaxed);
            self.damage.missing.store(missing, Ordering::Relaxed);
        }
    }
}
