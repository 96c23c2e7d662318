//! Full resource names from what people type: `customs-energy` instead of
//! `partnerships/uz-kz/documents/customs-energy`, and no partnership where there is only one.

use accord_proto::documents::v1::partnership_service_client::PartnershipServiceClient;
use accord_proto::documents::v1::{GetPartnershipRequest, ListPartnershipsRequest};

use crate::client::Connection;
use crate::error::Error;

/// The option that names a partnership.
#[derive(Debug, Clone, clap::Args)]
pub struct PartnershipArg {
    /// The partnership; may be left out when there is exactly one.
    #[arg(
        long,
        global = true,
        value_name = "PARTNERSHIP",
        env = "ACCORD_PARTNERSHIP"
    )]
    pub partnership: Option<String>,
}

/// Returns the full name of a partnership: the one given, else the only one that there is.
pub async fn partnership(connection: &Connection, given: Option<&str>) -> Result<String, Error> {
    if let Some(given) = given {
        return Ok(under("partnerships", given));
    }
    let answer = PartnershipServiceClient::new(connection.clone())
        .list_partnerships(ListPartnershipsRequest {
            page_size: 20,
            ..ListPartnershipsRequest::default()
        })
        .await?
        .into_inner();
    match answer.partnerships.as_slice() {
        [] => Err(Error::Failed(
            "no partnership is registered here\n  hint: `accord demo` starts with one".to_owned(),
        )),
        [only] => Ok(only.name.clone()),
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|partnership| crate::render::value::id(&partnership.name))
                .collect();
            Err(Error::Usage(format!(
                "there is more than one partnership; choose with --partnership: {}",
                names.join(", ")
            )))
        }
    }
}

/// Returns the parties of a partnership.
pub async fn parties(connection: &Connection, partnership: &str) -> Result<Vec<String>, Error> {
    let request = GetPartnershipRequest {
        name: partnership.to_owned(),
    };
    let answer = PartnershipServiceClient::new(connection.clone())
        .get_partnership(request)
        .await?;
    Ok(answer.into_inner().parties)
}

/// Returns the full name of a resource below a partnership, such as a document given by its id.
pub async fn resource(
    connection: &Connection,
    partnership_given: Option<&str>,
    collection: &str,
    given: &str,
) -> Result<String, Error> {
    if given.starts_with("partnerships/") {
        return Ok(given.to_owned());
    }
    let parent = partnership(connection, partnership_given).await?;
    Ok(format!("{parent}/{}", under(collection, given)))
}

/// Puts the collection before an id that comes without it.
fn under(collection: &str, given: &str) -> String {
    if given.contains('/') {
        given.to_owned()
    } else {
        format!("{collection}/{given}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gets_its_collection_and_a_name_stays() {
        assert_eq!(under("partnerships", "uz-kz"), "partnerships/uz-kz");
        assert_eq!(under("documents", "documents/a"), "documents/a");
    }
}
