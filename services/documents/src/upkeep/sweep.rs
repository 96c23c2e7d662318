//! The removal of what nobody needs: pieces of uploads that have ended, files without a version, objects without a row.

use std::collections::HashSet;

use clock::Clock;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::{Upkeep, before, noted};
use crate::{
    domain::upload::PATIENCE,
    store::texts::{blobs, uploads},
    text_store::Trouble,
};

/// How long a file without a version, or an object without a row, is left alone: longer than any call that is about to
/// give it one.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// How long an upload that has ended is told of.
const MEMORY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many uploads are forgotten in one transaction.
const UPLOADS: usize = 500;

/// How many keys are asked about at once.
const KEYS: usize = 500;

impl Upkeep {
    /// Gives up uploads that wait for too long, and removes what no row needs.
    pub async fn sweep(&self) {
        let now = self.clock.now();
        let given_up = self
            .database
            .write(move |tx| Box::pin(uploads::give_up(tx, before(now, PATIENCE))));
        if let Some(count @ 1..) = noted(given_up.await) {
            tracing::info!(count, "uploads without bytes for a day were given up");
        }
        self.forget_ended_uploads().await;
        self.remove_ended_pieces().await;
        self.remove_unused_files().await;
    }

    /// Forgets uploads that ended long ago, some at a time.
    async fn forget_ended_uploads(&self) {
        let now = self.clock.now();
        loop {
            let forgotten = self
                .database
                .write(move |tx| Box::pin(uploads::forget_ended(tx, before(now, MEMORY), UPLOADS)));
            match noted(forgotten.await) {
                Some(count) if count >= UPLOADS as u64 => {}
                _ => return,
            }
        }
    }

    /// Removes the pieces of uploads that have ended: the object, then the row.
    async fn remove_ended_pieces(&self) {
        loop {
            let ended = self.database.read(|tx| Box::pin(uploads::ended_parts(tx)));
            let Some(objects) = noted(ended.await) else {
                return;
            };
            if objects.is_empty() {
                return;
            }
            if self.remove_pieces(objects).await.is_none() {
                return;
            }
        }
    }

    /// Removes the pieces of one upload, if it has ended. What fails is left to the next sweep.
    pub(crate) async fn remove_pieces_of(&self, upload_uid: &str) {
        let uid = upload_uid.to_owned();
        let ended = self.database.read(move |tx| {
            let uid = uid.clone();
            Box::pin(async move { uploads::ended_parts_of(tx, &uid).await })
        });
        if let Some(objects) = noted(ended.await) {
            self.remove_pieces(objects).await;
        }
    }

    async fn remove_pieces(&self, objects: Vec<String>) -> Option<()> {
        for object in objects {
            self.store.remove(&object).await.ok()?;
            let forgotten = self.database.write(move |tx| {
                let object = object.clone();
                Box::pin(async move { uploads::forget_part(tx, &object).await })
            });
            noted(forgotten.await)?;
        }
        Some(())
    }

    /// Removes files that no version has: the row, then the object. A crash between the two leaves a stranger.
    ///
    /// It looks at the files page by page without keeping writers out, and at each unused one again when it forgets it.
    async fn remove_unused_files(&self) {
        let old = before(self.clock.now(), GRACE);
        let mut walk = blobs::Walk::default();
        loop {
            let here = walk.clone();
            let page = self.database.read(move |tx| {
                let here = here.clone();
                Box::pin(async move { blobs::unused(tx, &here, old).await })
            });
            let Some(Some((unused, next))) = noted(page.await) else {
                return;
            };
            walk = next;
            for file in unused {
                if self.remove_unused_file(file, old).await.is_none() {
                    return;
                }
            }
        }
    }

    async fn remove_unused_file(&self, file: blobs::Unused, old: Timestamp) -> Option<()> {
        let object = file.object.clone();
        let forgotten = self.database.write(move |tx| {
            let file = file.clone();
            Box::pin(async move { blobs::forget(tx, &file, old).await })
        });
        if noted(forgotten.await)? {
            tracing::info!(object, "a stored file without a version is removed");
            // What is left is a stranger from now on.
            let _: Result<(), Trouble> = self.store.remove(&object).await;
        }
        Some(())
    }

    /// Removes objects that no row knows, and what writes that a crash ended left behind.
    pub async fn remove_strangers(&self) {
        let age = std::time::Duration::try_from(GRACE).unwrap_or_default();
        let _: Result<u64, Trouble> = self.store.remove_unfinished(age).await;
        // Objects are as old as the store says, which goes by the time of the world.
        let grown = before(Clock::system().now(), GRACE);
        let mut listed = self.store.list().ready_chunks(KEYS);
        while let Some(some) = listed.next().await {
            let Ok(some) = some.into_iter().collect::<Result<Vec<_>, Trouble>>() else {
                return;
            };
            let keys: Vec<String> = some
                .into_iter()
                .filter(|listed| listed.written < grown)
                .map(|listed| listed.key)
                .collect();
            if keys.is_empty() {
                continue;
            }
            let asked = keys.clone();
            let known = self.database.read(move |tx| {
                let asked = asked.clone();
                Box::pin(async move { blobs::known(tx, &asked).await })
            });
            let Some(known) = noted(known.await) else {
                return;
            };
            let known: HashSet<String> = known.into_iter().collect();
            for key in keys.into_iter().filter(|key| !known.contains(key)) {
                tracing::info!(
                    object = key,
                    "a stored object that nothing knows is removed"
                );
                let _: Result<(), Trouble> = self.store.remove(&key).await;
            }
        }
    }
}
