//! Partnerships in the database.

use aip::{Listing, Value};
use storage::{Error, Tx, args};

use super::{documents::to_json, queries, rows::PartnershipRow};
use crate::domain::{Partnership, PartnershipName};

/// Reads one partnership.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(tx: &mut Tx, name: &PartnershipName) -> Result<Option<Partnership>, Error> {
    let row: Option<PartnershipRow> = tx
        .optional(queries::PARTNERSHIP_BY_ID, args![name.partnership.as_str()])
        .await?;
    row.map(Partnership::try_from).transpose()
}

/// Reads a page and one row more.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn list(tx: &mut Tx, listing: &Listing) -> Result<Vec<Partnership>, Error> {
    let rows: Vec<PartnershipRow> = tx
        .all(listing.sql(queries::PARTNERSHIPS, &[], "p.id"), vec![])
        .await?;
    rows.into_iter().map(Partnership::try_from).collect()
}

/// Returns the value of a sortable field.
pub(crate) fn sort_value(partnership: &Partnership, path: &str) -> Value {
    match path {
        "create_time" => clock::to_micros(partnership.created).into(),
        "update_time" => clock::to_micros(partnership.updated).into(),
        _ => partnership.name.partnership.as_str().into(),
    }
}

/// Writes a new partnership; [`Error::Conflict`] if there is one of that name.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, new: &Partnership) -> Result<(), Error> {
    let args = args![
        new.uid.as_str(),
        new.name.partnership.as_str(),
        new.revision,
        to_json(&new.profile)?,
        display_text(new),
        new.profile.declared_document_count.map(i64::from),
        new.document_count,
        new.registered_document_count,
        clock::to_micros(new.created),
        clock::to_micros(new.updated),
    ];
    tx.execute(queries::INSERT_PARTNERSHIP, args).await?;
    insert_parties(tx, new).await
}

/// Writes a changed partnership over the revision before it; false if that is no longer there.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn update_if(tx: &mut Tx, new: &Partnership) -> Result<bool, Error> {
    let args = args![
        new.revision,
        to_json(&new.profile)?,
        display_text(new),
        new.profile.declared_document_count.map(i64::from),
        clock::to_micros(new.updated),
        new.uid.as_str(),
        new.revision - 1,
    ];
    if tx.execute(queries::UPDATE_PARTNERSHIP, args).await? == 0 {
        return Ok(false);
    }
    tx.execute(queries::DELETE_PARTNERSHIP_PARTIES, args![new.uid.as_str()])
        .await?;
    insert_parties(tx, new).await?;
    Ok(true)
}

/// Reads which states are parties of the partnership's documents.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn parties_of_documents(
    tx: &mut Tx,
    name: &PartnershipName,
) -> Result<Vec<String>, Error> {
    let rows: Vec<(String,)> = tx
        .all(
            queries::PARTIES_OF_DOCUMENTS,
            args![name.partnership.as_str()],
        )
        .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

async fn insert_parties(tx: &mut Tx, partnership: &Partnership) -> Result<(), Error> {
    let rows = partnership
        .profile
        .parties
        .iter()
        .map(|party| args![partnership.uid.as_str(), party.as_str()])
        .collect();
    tx.insert_many("partnership_parties", &["partnership_uid", "party"], rows)
        .await?;
    Ok(())
}

/// All display names, one a line, for the filter.
fn display_text(partnership: &Partnership) -> String {
    let names: Vec<_> = partnership
        .profile
        .display_names
        .iter()
        .map(|name| name.text.as_str())
        .collect();
    names.join("\n")
}
