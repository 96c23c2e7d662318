//! The end of an upload: its rows become the release's, or nothing of it is taken.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::Import as Shown;
use aip::Violations;
use identity::Caller;
use ledger::{Call, Change, ChangeKind};

use super::{METHOD, examine::Found, header::Header};
use crate::{
    api::{
        Api, convert, fault,
        releases::{
            get_import::{load_locked, load_whole},
            load, save,
        },
    },
    domain::import::{Import, State},
    store,
};

/// Ends an import whose rows are durable.
pub(super) async fn finish(
    api: &Api,
    caller: &Caller,
    header: &Header,
    lease: &str,
    found: Found,
) -> Result<Import, Fault> {
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, &header.message, &mut violations);
    violations.finish()?;
    let input = Arc::new((header.clone(), lease.to_owned(), found));
    let _: Shown = api
        .journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (header, lease, found) = &*input;
                let mut import = load_locked(tx, &header.import).await?;
                import
                    .expect_lease(lease)
                    .map_err(|error| fault::import(&import.name, error))?;
                store::imports::add_doubts(tx, &import, &found.doubts).await?;
                found.count_into(&mut import);
                import.finish(stamp.now);
                store::imports::put(tx, &import).await?;
                let shown = convert::import::show(&import);
                let mut changes = vec![Change::of(&import.name, ChangeKind::StateChanged, &shown)];
                let mut release = load(tx, &header.release).await?;
                if import.state == State::Done {
                    let revision = release.revision;
                    release.observation_count += import.intake.accepted;
                    release.touch(stamp.now);
                    let kind = ChangeKind::Updated;
                    let saved = save(tx, &header.release, &release, revision, kind).await?;
                    changes.push(saved.1);
                } else {
                    store::observations::delete(tx, release.number, import.number).await?;
                }
                Ok((shown, changes))
            })
        })
        .await?;
    let name = Arc::new(header.import.clone());
    api.database
        .read(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move { load_whole(tx, &name).await })
        })
        .await
}

/// Ends an import that was only checked.
pub(super) fn rehearse(api: &Api, mut import: Import) -> Import {
    import.finish(api.clock.now());
    import
}
