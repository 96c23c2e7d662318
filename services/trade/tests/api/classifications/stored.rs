//! Figures of releases, converted into another edition.

use accord_proto::trade::v1::{self, CommodityWeight, HsEdition, converted_amount::Method};
use tonic::{Code, Status};

use super::imported;
use crate::{
    bureau::{Caller, on_each_engine},
    errors::{assert_fault, assert_violations},
};

/// A release of 2022 with figures in two editions, one of them published as missing.
const FIGURES: &str = "\
flow,period,commodity,hs_edition,value_usd,net_weight_kg,status
X,2022,TOTAL,,500,,A
X,2022,010111,H4,0.11,1,A
X,2022,010119,H4,0.22,,A
X,2022,010110,H5,1.01,3,A
X,2022,270900,H5,,,Q
X,2022,001011,H5,4,,A
X,2022,999999,H5,5,,A
M,2022,010121,H6,6,,A
";

async fn stored(
    caller: &Caller,
    request: v1::ConvertObservationsRequest,
) -> Result<Vec<v1::ConvertObservationsResponse>, Status> {
    let mut client = caller.classifications.clone();
    let mut stream = client.convert_observations(request).await?.into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await? {
        pieces.push(piece);
    }
    Ok(pieces)
}

fn to_2022() -> v1::ConvertObservationsRequest {
    v1::ConvertObservationsRequest {
        release: "partnerships/uz-kz/releases/figures".to_owned(),
        to_edition: HsEdition::H6 as i32,
        ..v1::ConvertObservationsRequest::default()
    }
}

type Part<'a> = (&'a str, Option<i64>, Option<i64>);

fn became(
    pieces: &[v1::ConvertObservationsResponse],
) -> Vec<(
    &str,
    v1::converted_observation::State,
    Method,
    Vec<Part<'_>>,
)> {
    pieces
        .iter()
        .flat_map(|piece| &piece.observations)
        .map(|own| {
            let code = own.observation.as_ref().unwrap().commodity.as_str();
            let parts = own.parts.iter().map(|part| {
                (
                    part.commodity.as_str(),
                    part.value_cents,
                    part.net_weight_grams,
                )
            });
            (code, own.state(), own.method(), parts.collect())
        })
        .collect()
}

#[tokio::test]
async fn stored_figures_are_converted_row_by_row_and_say_how() {
    use v1::converted_observation::State;
    on_each_engine(async |bureau| {
        let refused = stored(&bureau.reader, to_2022()).await;
        assert_fault(refused, Code::NotFound, "RESOURCE_NOT_FOUND");
        let staging = bureau
            .uz
            .create("figures", crate::bureau::release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let refused = stored(&bureau.reader, to_2022()).await;
        assert_fault(refused, Code::FailedPrecondition, "RELEASE_NOT_PUBLISHED");
        let header = crate::bureau::header(&staging.name, "all");
        bureau.uz.upload(header, FIGURES).await.unwrap();
        bureau.uz.publish(&staging.name).await.unwrap();
        let refused = stored(&bureau.reader, to_2022()).await;
        assert_fault(refused, Code::FailedPrecondition, "CONCORDANCE_MISSING");
        imported(&bureau).await;

        let pieces = stored(&bureau.reader, to_2022()).await.unwrap();
        let (converted, none) = (State::Converted, Method::Unspecified);
        assert_eq!(
            became(&pieces),
            [
                ("TOTAL", State::Unchanged, none, vec![]),
                (
                    "010111",
                    converted,
                    Method::CommonParent,
                    vec![("0101", Some(11), Some(1_000))]
                ),
                (
                    "010119",
                    converted,
                    Method::CommonParent,
                    vec![("0101", Some(22), None)]
                ),
                ("001011", State::UnknownCode, none, vec![]),
                (
                    "010110",
                    converted,
                    Method::CommonParent,
                    vec![("0101", Some(101), Some(3_000))]
                ),
                (
                    "270900",
                    converted,
                    Method::Exact,
                    vec![("270900", None, None)]
                ),
                ("999999", State::UnknownCode, none, vec![]),
                ("010121", State::Unchanged, none, vec![]),
            ]
        );
        let [first, last] = pieces.as_slice() else {
            panic!("{pieces:?}");
        };
        assert!(!first.complete && last.complete && last.observations.is_empty());

        // By weights, cents and grams each add up.
        let shares = [("010121", 500_000), ("010129", 500_000)];
        let weights = shares.map(|(to, weight_ppm)| CommodityWeight {
            from_code: "010110".to_owned(),
            to_code: to.to_owned(),
            weight_ppm,
        });
        let divided = v1::ConvertObservationsRequest {
            weights_edition: HsEdition::H5 as i32,
            weights: weights.to_vec(),
            ..to_2022()
        };
        let pieces = stored(&bureau.reader, divided.clone()).await.unwrap();
        let parts = vec![
            ("010121", Some(51), Some(1_500)),
            ("010129", Some(50), Some(1_500)),
        ];
        assert_eq!(
            became(&pieces)[4],
            ("010110", converted, Method::DeclaredWeights, parts)
        );

        let resumed = v1::ConvertObservationsRequest {
            resume_token: pieces[0].resume_token.clone(),
            ..divided
        };
        let rest = stored(&bureau.reader, resumed.clone()).await.unwrap();
        assert!(rest.len() == 1 && rest[0].complete);
        let other = v1::ConvertObservationsRequest {
            to_edition: HsEdition::H4 as i32,
            ..resumed
        };
        let refused = stored(&bureau.reader, other).await;
        assert_violations(refused, &[("resume_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn bad_conversions_of_stored_figures_are_refused_with_all_that_is_wrong() {
    on_each_engine(async |bureau| {
        let bad = v1::ConvertObservationsRequest {
            release: "figures".to_owned(),
            to_edition: 0,
            weights_edition: HsEdition::H5 as i32,
            weights: Vec::new(),
            resume_token: String::new(),
        };
        let refused = stored(&bureau.reader, bad).await;
        assert_violations(
            refused,
            &[
                ("release", "NAME_INVALID"),
                ("to_edition", "FIELD_REQUIRED"),
                ("weights_edition", "FIELD_INVALID"),
            ],
        );
    })
    .await;
}
