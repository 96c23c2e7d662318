//! How amounts are converted.

use accord_proto::trade::v1::{
    CommodityAmount, CommodityWeight, ConvertCommoditiesRequest, ConvertCommoditiesResponse,
    HsEdition, Relationship, converted_amount::Method,
};
use tonic::{Code, Response, Status};

use super::imported;
use crate::{
    bureau::{Caller, on_each_engine},
    errors::{assert_fault, assert_violations},
};

async fn convert(
    caller: &Caller,
    request: ConvertCommoditiesRequest,
) -> Result<ConvertCommoditiesResponse, Status> {
    let mut client = caller.classifications.clone();
    let answer = client.convert_commodities(request);
    answer.await.map(Response::into_inner)
}

fn amounts(amounts: &[(&str, i64)]) -> Vec<CommodityAmount> {
    amounts
        .iter()
        .map(|(code, amount)| CommodityAmount {
            code: (*code).to_owned(),
            amount: *amount,
        })
        .collect()
}

#[tokio::test]
async fn amounts_are_converted_exactly_or_to_the_common_entry_or_by_weights() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let request = ConvertCommoditiesRequest {
            from_edition: HsEdition::H4 as i32,
            to_edition: HsEdition::H6 as i32,
            amounts: amounts(&[
                ("010111", 100),
                ("010119", 50),
                ("270900", 850),
                ("01", 7),
                ("999999", 3),
            ]),
            ..ConvertCommoditiesRequest::default()
        };
        let forward = convert(&bureau.reader, request.clone()).await.unwrap();
        let shown: Vec<(&str, &str, i64, Method)> = forward
            .amounts
            .iter()
            .map(|part| {
                (
                    part.from_code.as_str(),
                    part.to_code.as_str(),
                    part.amount,
                    part.method(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("010111", "0101", 100, Method::CommonParent),
                ("010119", "0101", 50, Method::CommonParent),
                ("270900", "270900", 850, Method::Exact),
                ("01", "0101", 7, Method::Exact),
            ]
        );
        assert_eq!(forward.amounts[0].relationship(), Relationship::ManyToMany);
        assert_eq!(forward.totals, amounts(&[("0101", 157), ("270900", 850)]));
        assert_eq!(forward.unknown, amounts(&[("999999", 3)]));
        assert_eq!(forward.exact_share_ppm, Some(851_043));

        let weight = |to: &str, weight_ppm| CommodityWeight {
            from_code: "010111".to_owned(),
            to_code: to.to_owned(),
            weight_ppm,
        };
        let weighted = ConvertCommoditiesRequest {
            weights: vec![weight("010121", 255_000), weight("010129", 745_000)],
            ..request.clone()
        };
        let weighted = convert(&bureau.reader, weighted).await.unwrap();
        assert_eq!(
            weighted.totals,
            amounts(&[
                ("0101", 57),
                ("010121", 26),
                ("010129", 74),
                ("270900", 850)
            ])
        );
        assert_eq!(weighted.amounts[0].method(), Method::DeclaredWeights);

        let back = ConvertCommoditiesRequest {
            from_edition: HsEdition::H6 as i32,
            to_edition: HsEdition::H5 as i32,
            amounts: amounts(&[("010121", 1), ("010129", 2)]),
            ..ConvertCommoditiesRequest::default()
        };
        let back = convert(&bureau.reader, back).await.unwrap();
        assert_eq!(back.totals, amounts(&[("010110", 3)]));
        assert_eq!(back.exact_share_ppm, Some(1_000_000));
        assert_eq!(back.amounts[0].relationship(), Relationship::ManyToOne);

        let foreign = ConvertCommoditiesRequest {
            weights: vec![weight("270900", 1_000_000)],
            ..request.clone()
        };
        assert_violations(
            convert(&bureau.reader, foreign).await,
            &[("weights", "FIELD_INVALID")],
        );
        let far = ConvertCommoditiesRequest {
            from_edition: HsEdition::H2 as i32,
            ..request
        };
        let result = convert(&bureau.reader, far).await;
        let missing = assert_fault(result, Code::FailedPrecondition, "CONCORDANCE_MISSING");
        assert_eq!(missing.metadata["editions"], "H2,H3; H3,H4");
    })
    .await;
}

#[tokio::test]
async fn every_mistake_in_a_conversion_is_reported() {
    on_each_engine(async |bureau| {
        let weight = |to: &str, weight_ppm| CommodityWeight {
            from_code: "0101".to_owned(),
            to_code: to.to_owned(),
            weight_ppm,
        };
        let bad = ConvertCommoditiesRequest {
            from_edition: HsEdition::H6 as i32,
            to_edition: HsEdition::H6 as i32,
            amounts: amounts(&[("1", 5), ("0101", -1)]),
            weights: vec![weight("010121", 1), weight("010121", 2_000_000)],
        };
        assert_violations(
            convert(&bureau.reader, bad).await,
            &[
                ("to_edition", "FIELD_INVALID"),
                ("amounts[0].code", "FIELD_INVALID"),
                ("amounts[1].amount", "FIELD_INVALID"),
                ("weights[0].from_code", "FIELD_INVALID"),
                ("weights[1].from_code", "FIELD_INVALID"),
                ("weights[1].weight_ppm", "FIELD_INVALID"),
                ("weights[1].to_code", "DUPLICATE_VALUE"),
                ("weights", "FIELD_INVALID"),
            ],
        );
        let huge = ConvertCommoditiesRequest {
            from_edition: HsEdition::H5 as i32,
            to_edition: HsEdition::H6 as i32,
            amounts: amounts(&[("0101", 100_000_000_000_000_000); 100]),
            weights: Vec::new(),
        };
        assert_violations(
            convert(&bureau.reader, huge).await,
            &[("amounts", "FIELD_INVALID")],
        );
    })
    .await;
}
