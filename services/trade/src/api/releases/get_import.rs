//! `GetImport`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetImportRequest, Import as Shown};
use identity::Caller;
use storage::Tx;
use tonic::Request;

use super::{load, may_see_figures};
use crate::{
    api::{Api, convert, fault},
    domain::{
        import::{Import, State},
        name::{ImportName, ReleaseName},
    },
    store,
};

pub(crate) async fn run(api: &Api, request: Request<GetImportRequest>) -> Result<Shown, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_read()?;
    let name = ImportName::parse("name", &request.get_ref().name)?;
    let input = Arc::new((caller, name));
    let again = Arc::clone(&input);
    let import = api
        .database
        .read(move |tx| Box::pin(visible(tx, Arc::clone(&input))))
        .await?;
    if import.state != State::Receiving {
        return Ok(convert::import::show(&import));
    }
    // Batches on their way are committed before they are on disk.
    let import = api
        .database
        .read_durable(move |tx| Box::pin(visible(tx, Arc::clone(&again))))
        .await?;
    Ok(convert::import::show(&import))
}

/// Reads an import that the caller may see.
async fn visible(tx: &mut Tx, input: Arc<(Caller, ImportName)>) -> Result<Import, Fault> {
    let (caller, name) = &*input;
    let release = load(tx, &release_of(name)).await?;
    may_see_figures(caller, &release)?;
    load_whole(tx, name).await
}

/// Returns the name of the release that an import goes into.
pub(super) fn release_of(name: &ImportName) -> ReleaseName {
    ReleaseName::new(name.partnership.clone(), name.release.clone())
}

/// Reads an import that must exist, with the problems of its rows.
pub(super) async fn load_whole(tx: &mut Tx, name: &ImportName) -> Result<Import, Fault> {
    let name = name.to_string();
    store::imports::get_whole(tx, &name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::IMPORT, &name))
}

/// Reads an import that must exist, with the problems of its rows, and keeps others from changing it
/// until the transaction ends.
pub(super) async fn load_locked(tx: &mut Tx, name: &ImportName) -> Result<Import, Fault> {
    let name = name.to_string();
    let import = store::imports::get_locked(tx, &name)
        .await?
        .ok_or_else(|| Fault::not_found(fault::IMPORT, &name))?;
    Ok(store::imports::with_problems(tx, import).await?)
}
