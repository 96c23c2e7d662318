//! The beginning of an upload: a new import, or one that goes on.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::Import as Shown;
use aip::Violations;
use identity::Caller;
use jiff::Timestamp;
use ledger::{Call, Change, ChangeKind, Stamp};
use storage::Tx;

use super::{METHOD, header::Header};
use crate::{
    api::{
        Api, convert, fault,
        releases::{get_import::load_whole, load, may_publish},
    },
    domain::{
        import::{Import, Intake, State},
        release::{Publication, Release},
    },
    store,
};

/// An upload that may go on.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    /// The release that the figures go into.
    pub release: Release,
    /// The import, with what is durable of it.
    pub import: Import,
}

/// Begins an import, lets one that broke off go on, or finds that it is finished.
pub(super) async fn begin(api: &Api, caller: &Caller, header: &Header) -> Result<Begun, Fault> {
    let mut violations = Violations::new();
    let call = Call::new(METHOD, caller, &header.message, &mut violations);
    violations.finish()?;
    let lease = api.clock.new_uid().to_string();
    let input = Arc::new((caller.clone(), header.clone(), lease.clone()));
    let shown: Shown = api
        .journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, header, lease) = &*input;
                let release = load(tx, &header.release).await?;
                may_publish(caller, &release.publication.reporter)?;
                header.check_release(&release)?;
                match store::imports::get_locked(tx, &header.import.to_string()).await? {
                    Some(import) => resume(tx, import, header, lease, stamp.now).await,
                    None => create(tx, &release, header, lease, &stamp).await,
                }
            })
        })
        .await?;
    let begun = read(api, header).await?;
    let is_finished = shown.state != convert::enums::show_import_state(State::Receiving) as i32;
    if !is_finished {
        begun
            .import
            .expect_lease(&lease)
            .map_err(|error| fault::import(&begun.import.name, error))?;
    }
    Ok(begun)
}

/// Begins an upload that is only checked: nothing of it is kept.
pub(super) async fn rehearse(api: &Api, caller: &Caller, header: &Header) -> Result<Begun, Fault> {
    let input = Arc::new((caller.clone(), header.clone(), api.clock.now()));
    api.database
        .read(move |tx| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, header, now) = &*input;
                let name = header.release.to_string();
                let existing = store::releases::get(tx, &name).await?;
                let is_new = existing.is_none();
                let plan = || Some(planned(&name, header.new_release.clone()?, *now));
                let release = existing
                    .or_else(plan)
                    .ok_or_else(|| Fault::not_found(fault::RELEASE, &name))?;
                may_publish(caller, &release.publication.reporter)?;
                header.check_release(&release)?;
                if !is_new {
                    check_free(tx, &release).await?;
                }
                let import = new(header, String::new(), 0, "", *now);
                Ok(Begun { release, import })
            })
        })
        .await
}

/// A release that may be created: one without figures.
fn planned(name: &str, publication: Publication, now: Timestamp) -> Release {
    Release {
        name: name.to_owned(),
        uid: String::new(),
        number: 0,
        revision: 0,
        publication,
        observation_count: 0,
        publish_record_time: None,
        withdrawal: None,
        create_time: now,
        update_time: now,
    }
}

async fn resume(
    tx: &mut Tx,
    mut import: Import,
    header: &Header,
    lease: &str,
    now: Timestamp,
) -> Result<(Shown, Vec<Change>), Fault> {
    let goes_on = import
        .resume(header.options, header.offset_bytes, lease, now)
        .map_err(|error| fault::import(&import.name, error))?;
    if goes_on {
        store::imports::put(tx, &import).await?;
    }
    // Nothing that the log's readers know of has changed.
    Ok((convert::import::show(&import), Vec::new()))
}

async fn create(
    tx: &mut Tx,
    release: &Release,
    header: &Header,
    lease: &str,
    stamp: &Stamp,
) -> Result<(Shown, Vec<Change>), Fault> {
    check_free(tx, release).await?;
    let number = store::imports::next_number(tx, &release.uid).await?;
    let uid = stamp.new_uid().to_string();
    let mut import = new(header, uid, number, lease, stamp.now);
    import
        .resume(header.options, header.offset_bytes, lease, stamp.now)
        .map_err(|error| fault::import(&import.name, error))?;
    store::imports::insert(tx, &release.uid, &import).await?;
    let shown = convert::import::show(&import);
    let change = Change::of(&import.name, ChangeKind::Created, &shown);
    Ok((shown, vec![change]))
}

/// Checks that the release takes a new import.
async fn check_free(tx: &mut Tx, release: &Release) -> Result<(), Fault> {
    release
        .expect_staging()
        .map_err(|error| fault::release(release, error))?;
    match store::imports::open(tx, &release.uid).await? {
        Some(open) => Err(fault::import_unfinished(&open)),
        None => Ok(()),
    }
}

async fn read(api: &Api, header: &Header) -> Result<Begun, Fault> {
    let input = Arc::new(header.clone());
    api.database
        .read(move |tx| {
            let header = Arc::clone(&input);
            Box::pin(async move {
                let release = load(tx, &header.release).await?;
                let import = load_whole(tx, &header.import).await?;
                Ok(Begun { release, import })
            })
        })
        .await
}

fn new(header: &Header, uid: String, number: i64, lease: &str, now: Timestamp) -> Import {
    Import {
        name: header.import.to_string(),
        uid,
        number,
        lease: lease.to_owned(),
        state: State::Receiving,
        options: header.options,
        intake: Intake::default(),
        create_time: now,
        update_time: now,
    }
}
