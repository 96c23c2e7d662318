//! `ListSectors`.

use accord_proto::documents::v1 as pb;
use aip::{ListRequest, Listing, Violations};
use fault::Fault;
use identity::Caller;
use tonic::Request;

use crate::{
    api::{Api, access, partnerships},
    domain::PartnershipName,
    store::sectors,
};

/// Returns a page of sectors.
pub(in crate::api) async fn run(
    api: &Api,
    request: Request<pb::ListSectorsRequest>,
) -> Result<pb::ListSectorsResponse, Fault> {
    let caller = Caller::of(&request)?;
    caller.may_read()?;
    let reader = access::reader(caller);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let listing = Listing::parse(
        &sectors::LISTED,
        &ListRequest {
            page_size: request.page_size,
            page_token: &request.page_token,
            bound_to: format!("sectors {}", request.parent).as_bytes(),
            ..ListRequest::default()
        },
    );
    let listing = listing.map_err(|found| violations.merge(found)).ok();
    let (Some(parent), Some(listing)) = (parent, listing) else {
        return Err(violations.into());
    };
    let query = listing.clone();
    let rows = api.database.read(move |tx| {
        let (parent, reader, query) = (parent.clone(), reader.clone(), query.clone());
        Box::pin(async move {
            partnerships::load(tx, &parent).await?;
            Ok::<_, Fault>(sectors::list(tx, &parent, &reader, &query).await?)
        })
    });
    let (page, next_page_token) = listing.page(
        rows.await?,
        |(sector, _), _| sector.as_str().into(),
        |(sector, _)| sector.as_str().into(),
    );
    let sector = |(sector, count): (String, i64)| pb::Sector {
        sector,
        document_count: i32::try_from(count).unwrap_or(i32::MAX),
    };
    Ok(pb::ListSectorsResponse {
        sectors: page.into_iter().map(sector).collect(),
        next_page_token,
    })
}
