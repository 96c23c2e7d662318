//! Trade complementarity in both directions.

use accord_proto::trade::v1::{
    CommodityLevel, ComplementarityProduct, HsEdition, QueryComplementarityRequest,
    QueryComplementarityResponse, SeriesWarning, series_warning::Kind,
};
use tonic::{Code, Response, Status};

use crate::{
    advantage::{UZ, world},
    bureau::{Bureau, Caller, PARENT, at, on_each_engine, release},
    errors::{assert_fault, assert_violations},
};

fn asked() -> QueryComplementarityRequest {
    QueryComplementarityRequest {
        parent: PARENT.to_owned(),
        reporter: "UZ".to_owned(),
        partner: "KZ".to_owned(),
        period: "2022".to_owned(),
        commodity_level: CommodityLevel::Chapter as i32,
        ..QueryComplementarityRequest::default()
    }
}

async fn query(
    caller: &Caller,
    request: QueryComplementarityRequest,
) -> Result<QueryComplementarityResponse, Status> {
    let answer = caller.trade.clone().query_complementarity(request).await;
    answer.map(Response::into_inner)
}

fn overlaps(rows: &[ComplementarityProduct]) -> Vec<(String, i64)> {
    rows.iter()
        .map(|row| (row.commodities.join("+"), row.overlap_ppm))
        .collect()
}

fn mismatches(rows: &[ComplementarityProduct]) -> Vec<(String, Option<i64>)> {
    rows.iter()
        .map(|row| (row.commodities.join("+"), row.mismatch_ppm))
        .collect()
}

async fn publish(bureau: &Bureau) {
    let uz = format!("{UZ}M,2022,TOTAL,50\nM,2022,27,10\nM,2022,85,40\n");
    bureau
        .publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), &uz)
        .await;
    let kz = "flow,period,commodity,value_usd\nX,2022,TOTAL,400\nX,2022,27,400\n\
        M,2022,TOTAL,200\nM,2022,26,20\nM,2022,27,100\nM,2022,85,80\n";
    bureau
        .publish("kz", world("KZ", HsEdition::H6, "2024-02-01"), kz)
        .await;
}

#[tokio::test]
async fn exports_fit_imports_as_far_as_their_shares_meet() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        let answer = query(&bureau.reader, asked()).await.unwrap();
        let [from_uz, from_kz] = answer.complementarities.as_slice() else {
            panic!("{answer:?}");
        };
        // Exports 0.6, 0.3 and a tenth in no product; imports 0.1, 0.5 and 0.4.
        assert_eq!(
            (from_uz.exporter.as_str(), from_uz.importer.as_str()),
            ("UZ", "KZ")
        );
        assert_eq!(from_uz.complementarity_ppm, Some(400_000));
        assert_eq!(
            (from_uz.least_ppm, from_uz.greatest_ppm),
            (Some(400_000), Some(500_000))
        );
        assert_eq!(
            overlaps(&from_uz.overlaps),
            [("27".to_owned(), 300_000), ("26".to_owned(), 100_000)]
        );
        assert_eq!(
            mismatches(&from_uz.mismatches),
            [
                ("26".to_owned(), Some(500_000)),
                ("85".to_owned(), Some(-400_000)),
                ("27".to_owned(), Some(-200_000)),
            ]
        );
        assert_eq!((from_uz.product_count, from_uz.overlap_count), (3, 2));
        assert_eq!(from_uz.rest_overlap_ppm, 0);
        let warned: Vec<Kind> = from_uz.warnings.iter().map(SeriesWarning::kind).collect();
        assert_eq!(warned, [Kind::Unclassified]);
        assert!(
            from_uz.warnings[0]
                .description
                .starts_with("exports of UZ: ")
        );
        assert_eq!(from_uz.export_total.as_ref().unwrap().value_cents, 10_000);
        assert_eq!(from_uz.import_total.as_ref().unwrap().value_cents, 20_000);

        // All exports are fuels, a fifth of the imports are.
        assert_eq!(
            (from_kz.exporter.as_str(), from_kz.importer.as_str()),
            ("KZ", "UZ")
        );
        assert_eq!(from_kz.complementarity_ppm, Some(200_000));
        assert_eq!((from_kz.least_ppm, from_kz.greatest_ppm), (None, None));
        assert!(from_kz.warnings.is_empty());
        assert!(answer.complementarity_source.contains("Michaely"));
        let used: Vec<_> = answer
            .releases
            .iter()
            .map(|used| used.reporter.as_str())
            .collect();
        assert_eq!(used, ["KZ", "UZ"]);

        let one = QueryComplementarityRequest {
            exporter: "KZ".to_owned(),
            top_count: 1,
            ..asked()
        };
        let one = query(&bureau.reader, one).await.unwrap();
        assert_eq!(one.complementarities.len(), 1);
        assert_eq!(one.complementarities[0].complementarity_ppm, Some(200_000));
        let top = QueryComplementarityRequest {
            top_count: 1,
            ..asked()
        };
        let top = query(&bureau.reader, top).await.unwrap();
        let from_uz = &top.complementarities[0];
        assert_eq!((from_uz.overlaps.len(), from_uz.mismatches.len()), (1, 1));
        assert_eq!(from_uz.rest_overlap_ppm, 100_000);
    })
    .await;
}

#[tokio::test]
async fn parties_are_those_of_releases_and_the_world_is_none() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        let open = QueryComplementarityRequest {
            reporter: String::new(),
            partner: String::new(),
            ..asked()
        };
        let refused = query(&bureau.reader, open.clone()).await;
        assert_fault(refused, Code::InvalidArgument, "PARTIES_REQUIRED");
        let bilateral = "flow,period,value_usd\nX,2022,1\n";
        bureau
            .publish("pair", release("UZ", "2024-03-01"), bilateral)
            .await;
        let answer = query(&bureau.reader, open).await.unwrap();
        assert_eq!(
            (answer.reporter.as_str(), answer.partner.as_str()),
            ("KZ", "UZ")
        );
        assert_eq!(answer.complementarities[0].exporter, "KZ");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_named_and_one_direction_may_be_told_without_it() {
    on_each_engine(async |bureau| {
        bureau
            .publish("uz", world("UZ", HsEdition::H6, "2024-01-01"), UZ)
            .await;
        let kz = "flow,period,commodity,value_usd\nM,2022,TOTAL,100\nM,2022,27,100\n";
        bureau
            .publish("kz", world("KZ", HsEdition::H6, "2024-02-01"), kz)
            .await;
        let refused = query(&bureau.reader, asked()).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.preconditions,
            [
                "KZ/EXPORT/W0/CHAPTER/2022",
                "KZ/EXPORT/W0/TOTAL/2022",
                "UZ/IMPORT/W0/CHAPTER/2022",
                "UZ/IMPORT/W0/TOTAL/2022",
            ]
        );
        let one = QueryComplementarityRequest {
            exporter: "UZ".to_owned(),
            ..asked()
        };
        let one = query(&bureau.reader, one.clone()).await.unwrap();
        assert_eq!(one.complementarities[0].complementarity_ppm, Some(300_000));
        let early = QueryComplementarityRequest {
            exporter: "UZ".to_owned(),
            known_time: Some(at("2024-01-15")),
            ..asked()
        };
        let refused = query(&bureau.reader, early).await;
        let explained = assert_fault(refused, Code::FailedPrecondition, "TRADE_TOTALS_MISSING");
        assert_eq!(
            explained.metadata["missing"],
            "KZ/IMPORT/W0/CHAPTER/2022,KZ/IMPORT/W0/TOTAL/2022"
        );
    })
    .await;
}

#[tokio::test]
async fn bad_questions_are_refused_with_all_that_is_wrong() {
    on_each_engine(async |bureau| {
        let bad = QueryComplementarityRequest {
            parent: "uz-kz".to_owned(),
            reporter: "UZ".to_owned(),
            partner: "W0".to_owned(),
            exporter: "x".to_owned(),
            top_count: 1_001,
            ..QueryComplementarityRequest::default()
        };
        assert_violations(
            query(&bureau.reader, bad).await,
            &[
                ("parent", "NAME_INVALID"),
                ("partner", "COUNTRY_INVALID"),
                ("exporter", "COUNTRY_INVALID"),
                ("period", "FIELD_REQUIRED"),
                ("commodity_level", "FIELD_REQUIRED"),
                ("top_count", "FIELD_INVALID"),
            ],
        );
        let third = QueryComplementarityRequest {
            exporter: "KG".to_owned(),
            ..asked()
        };
        let refused = query(&bureau.reader, third).await;
        assert_violations(refused, &[("exporter", "FIELD_INVALID")]);
    })
    .await;
}
