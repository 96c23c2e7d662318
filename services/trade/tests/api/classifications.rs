//! Classifications: what imports take and report, what is found, and how amounts are converted.

mod stored;

use accord_proto::trade::v1::{
    self, Classification, ClassificationImport, ClassificationItem, CommodityAmount,
    CommodityWeight, ConvertCommoditiesRequest, ConvertCommoditiesResponse,
    GetClassificationItemRequest, GetClassificationRequest, HsEdition, ImportClassificationRequest,
    ListClassificationItemsRequest, ListClassificationsRequest, ListCorrespondencesRequest,
    Relationship, SearchClassificationItemsRequest, classification_finding::Kind,
    classification_item::Level, converted_amount::Method,
};
use tonic::{Code, Response, Status};

use crate::{
    bureau::{Bureau, Caller, on_each_engine},
    errors::{assert_fault, assert_violations},
};

/// A part of the nomenclature of 2022; the code of the second row has lost its leading zero.
const NOMENCLATURE: &str = "\
section,hscode,description,parent,level
I,01,Animals; live,TOTAL,2
I,101,\"Horses, asses, mules and hinnies; live\",01,4
I,010121,\"Horses; live, pure-bred breeding animals\",0101,6
I,010129,\"Horses; live, other than pure-bred breeding animals\",0101,6
V,27,\"Mineral fuels, mineral oils and products of their distillation\",TOTAL,2
V,2709,Petroleum oils and oils obtained from bituminous minerals; crude,27,4
V,270900,Oils; petroleum oils and oils obtained from bituminous minerals; crude,2709,6
TOTAL,TOTAL,Total of all HS2022 commodities,TOTAL,5
";

/// Some pairs, with lost zeros, a repeated row and one of another classification.
const CONCORDANCE: &str = "\
code.after,code.before,Relationship,adjustment
10121,10110,n:1,2022 to 2017
10129,10110,n:1,2022 to 2017
270900,270900,1:1,2022 to 2017
270900,270900,1:1,2022 to 2017
10110,10111,1:n,2017 to 2012
10110,10119,1:n,2017 to 2012
270900,270900,1:1,2017 to 2012
1111,1111,1:1,1988 to 1976
";

fn import(file: &str, edition: HsEdition) -> ImportClassificationRequest {
    ImportClassificationRequest {
        file: file.as_bytes().to_vec(),
        hs_edition: edition as i32,
        source: "https://example.org/tables".to_owned(),
        ..ImportClassificationRequest::default()
    }
}

async fn send(
    caller: &Caller,
    request: ImportClassificationRequest,
) -> Result<ClassificationImport, Status> {
    let mut client = caller.classifications.clone();
    let answer = client.import_classification(request);
    answer.await.map(Response::into_inner)
}

async fn imported(bureau: &Bureau) {
    for (file, edition) in [
        (NOMENCLATURE, HsEdition::H6),
        (CONCORDANCE, HsEdition::Unspecified),
    ] {
        send(&bureau.operator, import(file, edition)).await.unwrap();
    }
}

async fn item(caller: &Caller, name: &str) -> Result<ClassificationItem, Status> {
    let name = name.to_owned();
    let request = GetClassificationItemRequest { name };
    let mut client = caller.classifications.clone();
    let answer = client.get_classification_item(request);
    answer.await.map(Response::into_inner)
}

async fn editions(caller: &Caller) -> Vec<Classification> {
    let request = ListClassificationsRequest::default();
    let mut client = caller.classifications.clone();
    let answer = client.list_classifications(request);
    answer.await.unwrap().into_inner().classifications
}

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
async fn imports_repair_and_report_and_are_an_operators() {
    on_each_engine(async |bureau| {
        for caller in [&bureau.uz, &bureau.reader] {
            let result = send(caller, import(NOMENCLATURE, HsEdition::H6)).await;
            assert_fault(result, Code::PermissionDenied, "ROLE_REQUIRED");
        }
        let nomenclature = import(NOMENCLATURE, HsEdition::H6);
        let tried = ImportClassificationRequest {
            validate_only: true,
            ..nomenclature.clone()
        };
        let tried = send(&bureau.operator, tried).await.unwrap();
        assert!(
            editions(&bureau.reader)
                .await
                .iter()
                .all(|edition| edition.subheading_count == 0)
        );
        let report = send(&bureau.operator, nomenclature).await.unwrap();
        assert_eq!(report, tried);
        assert_eq!((report.row_count, report.taken_count), (8, 7));
        assert_eq!(
            (
                report.repaired_count,
                report.left_out_count,
                report.doubtful_count
            ),
            (1, 1, 0)
        );
        let found: Vec<(i32, Kind)> = report
            .findings
            .iter()
            .map(|found| (found.line, found.kind()))
            .collect();
        assert_eq!(found, [(3, Kind::LeadingZeroLost), (9, Kind::Total)]);

        let report = send(
            &bureau.operator,
            import(CONCORDANCE, HsEdition::Unspecified),
        )
        .await
        .unwrap();
        assert_eq!(
            report.editions,
            [HsEdition::H4, HsEdition::H5, HsEdition::H6].map(|edition| edition as i32)
        );
        assert_eq!(
            (report.row_count, report.taken_count, report.repaired_count),
            (8, 6, 4)
        );
        let counts: Vec<(Kind, i32)> = report
            .finding_counts
            .iter()
            .map(|count| (count.kind(), count.count))
            .collect();
        assert_eq!(
            counts,
            [
                (Kind::LeadingZeroLost, 4),
                (Kind::Duplicate, 1),
                (Kind::OtherClassification, 1),
            ]
        );
        let shown = editions(&bureau.reader).await;
        let subheadings: Vec<i32> = shown
            .iter()
            .map(|edition| edition.subheading_count)
            .collect();
        assert_eq!(subheadings, [0, 0, 0, 0, 3, 2, 3]);
        assert!(shown[6].has_nomenclature && !shown[5].has_nomenclature);
        assert_eq!(
            shown[5].concordances,
            [HsEdition::H4 as i32, HsEdition::H6 as i32]
        );
        assert_eq!(
            (shown[0].display_name.as_str(), shown[0].start_year),
            ("Harmonized System 1988/1992", 1992)
        );

        // Again, and nothing has doubled.
        imported(&bureau).await;
        assert_eq!(editions(&bureau.reader).await, shown);
    })
    .await;
}

#[tokio::test]
async fn bad_files_are_refused_and_change_nothing() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let before = editions(&bureau.reader).await;
        for (file, edition, field, reason) in [
            (
                "a,b\n1,2\n",
                HsEdition::H6,
                "file",
                "CLASSIFICATION_FILE_INVALID",
            ),
            (
                "section,hscode,description,parent,level\nI,x,,,\n",
                HsEdition::H6,
                "file",
                "CLASSIFICATION_FILE_INVALID",
            ),
            ("", HsEdition::H6, "file", "FIELD_REQUIRED"),
            (
                NOMENCLATURE,
                HsEdition::Unspecified,
                "hs_edition",
                "FIELD_REQUIRED",
            ),
            (CONCORDANCE, HsEdition::H6, "hs_edition", "FIELD_INVALID"),
        ] {
            let result = send(&bureau.operator, import(file, edition)).await;
            assert_violations(result, &[(field, reason)]);
        }
        let large = "x".repeat(3_500_001);
        let result = send(&bureau.operator, import(&large, HsEdition::H6)).await;
        assert_violations(result, &[("file", "FIELD_INVALID")]);
        assert_eq!(editions(&bureau.reader).await, before);
    })
    .await;
}

#[tokio::test]
async fn entries_have_names_and_places_in_every_edition() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let horses = item(&bureau.reader, "classifications/h6/items/010121")
            .await
            .unwrap();
        assert_eq!(
            (horses.code.as_str(), horses.level()),
            ("010121", Level::Subheading)
        );
        assert_eq!(
            horses.display_name,
            "Horses; live, pure-bred breeding animals"
        );
        assert_eq!(horses.parent_item, "classifications/h6/items/0101");
        let section = item(&bureau.reader, "classifications/h6/items/v")
            .await
            .unwrap();
        assert_eq!(
            (section.code.as_str(), section.display_name.as_str()),
            ("V", "Mineral products")
        );
        assert_eq!(
            (section.level(), section.parent_item.as_str()),
            (Level::Section, "")
        );
        let oil = item(&bureau.reader, "classifications/h4/items/270900")
            .await
            .unwrap();
        assert!(oil.display_name.starts_with("Oils; petroleum"));
        assert_eq!(oil.name_edition(), HsEdition::H6);
        let split = item(&bureau.reader, "classifications/h5/items/010110")
            .await
            .unwrap();
        assert_eq!(
            (split.display_name.as_str(), split.name_edition()),
            ("", HsEdition::Unspecified)
        );

        let result = item(&bureau.reader, "classifications/h6/items/999999").await;
        assert_fault(result, Code::NotFound, "RESOURCE_NOT_FOUND");
        for bad in [
            "classifications/h7/items/01",
            "classifications/h6/items/1",
            "classifications/h6/items/xxii",
            "classifications/h6",
        ] {
            assert_violations(item(&bureau.reader, bad).await, &[("name", "NAME_INVALID")]);
        }
        let name = "classifications/h7".to_owned();
        let result = bureau
            .reader
            .classifications
            .clone()
            .get_classification(GetClassificationRequest { name })
            .await;
        assert_violations(result, &[("name", "NAME_INVALID")]);
    })
    .await;
}

async fn listed(bureau: &Bureau, filter: &str, page_size: i32) -> Vec<String> {
    let mut request = ListClassificationItemsRequest {
        parent: "classifications/h6".to_owned(),
        page_size,
        filter: filter.to_owned(),
        ..ListClassificationItemsRequest::default()
    };
    let mut codes = Vec::new();
    loop {
        let mut client = bureau.reader.classifications.clone();
        let answer = client.list_classification_items(request.clone());
        let page = answer.await.unwrap().into_inner();
        codes.extend(page.items.into_iter().map(|item| item.code));
        if page.next_page_token.is_empty() {
            return codes;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn entries_are_listed_in_pages_and_by_level_and_parent() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let all = [
            "I", "V", "01", "0101", "010121", "010129", "27", "2709", "270900",
        ];
        for page_size in [0, 1, 2, 4, 100] {
            assert_eq!(listed(&bureau, "", page_size).await, all);
        }
        assert_eq!(
            listed(&bureau, "level = LEVEL_CHAPTER", 0).await,
            ["01", "27"]
        );
        assert_eq!(listed(&bureau, "parent_code = \"V\"", 0).await, ["27"]);
        assert_eq!(
            listed(&bureau, "parent_code = \"0101\"", 1).await,
            ["010121", "010129"]
        );
    })
    .await;
}

#[tokio::test]
async fn entries_are_found_by_words_and_by_the_beginning_of_a_code() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let search = async |parent: &str, query: &str, page_size: i32| {
            let mut request = SearchClassificationItemsRequest {
                parent: parent.to_owned(),
                query: query.to_owned(),
                page_size,
                ..SearchClassificationItemsRequest::default()
            };
            let mut codes = Vec::new();
            loop {
                let mut client = bureau.reader.classifications.clone();
                let answer = client.search_classification_items(request.clone());
                let page = answer.await?.into_inner();
                codes.extend(page.items.into_iter().map(|item| item.code));
                if page.next_page_token.is_empty() {
                    return Ok::<_, Status>(codes);
                }
                request.page_token = page.next_page_token;
            }
        };
        for (query, expected) in [
            ("horses", vec!["0101", "010121", "010129"]),
            ("HORSES pure-bred", vec!["010121", "010129"]),
            ("petrol CRUDE", vec!["2709", "270900"]),
            ("2709", vec!["2709", "270900"]),
            ("orses", vec![]),
            ("100%", vec![]),
        ] {
            for page_size in [0, 1] {
                let found = search("classifications/h6", query, page_size)
                    .await
                    .unwrap();
                assert_eq!(found, expected, "{query}");
            }
        }
        let older = search("classifications/h4", "petroleum", 0).await.unwrap();
        assert_eq!(older, ["2709", "270900"]);
        let result = search("classifications/h6", " ;-; ", 0).await;
        assert_violations(result, &[("query", "FIELD_INVALID")]);
        let result = search("classifications/h6", "a b c d e f g h i", -1).await;
        assert_violations(
            result,
            &[
                ("query", "FIELD_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn what_codes_became_is_listed_with_its_relationship() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let list = async |parent: &str, filter: &str| {
            let request = ListCorrespondencesRequest {
                parent: parent.to_owned(),
                filter: filter.to_owned(),
                page_size: 2,
                ..ListCorrespondencesRequest::default()
            };
            let mut client = bureau.reader.classifications.clone();
            let answer = client.list_correspondences(request);
            let page = answer.await.unwrap().into_inner();
            let shown: Vec<(String, String, Relationship)> = page
                .correspondences
                .into_iter()
                .map(|pair| {
                    (
                        pair.earlier_code.clone(),
                        pair.later_code.clone(),
                        pair.relationship(),
                    )
                })
                .collect();
            (shown, !page.next_page_token.is_empty())
        };
        let of = |earlier: &str, later: &str, relationship| {
            (earlier.to_owned(), later.to_owned(), relationship)
        };
        let (pairs, more) = list("classifications/h5", "").await;
        let split = Relationship::OneToMany;
        assert_eq!(
            pairs,
            [of("010110", "010121", split), of("010110", "010129", split)]
        );
        assert!(more);
        let (pairs, more) = list("classifications/h4", "later_code = \"010110\"").await;
        let merged = Relationship::ManyToOne;
        assert_eq!(
            pairs,
            [
                of("010111", "010110", merged),
                of("010119", "010110", merged)
            ]
        );
        assert!(!more);
        let (pairs, _) = list(
            "classifications/h4",
            "relationship = RELATIONSHIP_ONE_TO_ONE",
        )
        .await;
        assert_eq!(pairs, [of("270900", "270900", Relationship::OneToOne)]);
    })
    .await;
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
        let huge = v1::ConvertCommoditiesRequest {
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
