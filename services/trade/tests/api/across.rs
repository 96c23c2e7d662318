//! Between a period that counts in one HS edition and a period that counts in another, goods are compared and codes
//! are not: a new code is no new product.

use accord_proto::trade::v1::{
    BreakdownRow, CommodityLevel, Coverage, Flow, Granularity, HsEdition,
    ImportClassificationRequest, Qualifier, QueryBreakdownRequest, QueryBreakdownResponse,
    QuerySeriesRequest, Release, SeriesDimension, SeriesWarning, TurnoverMethod, Window,
    breakdown_row::Change, coverage::Completeness, series_warning::Kind,
};

use crate::{
    bureau::{Bureau, PARENT, at, date, on_each_engine, release},
    explained::{explain, of_breakdown},
    groups::by_level,
};

/// A chapter that stays what it is, a code that has another number, one that was divided.
const CONCORDANCE: &str = "code.after,code.before,Relationship,adjustment\n\
    010121,010110,1:n,2022 to 2017\n010129,010110,1:n,2022 to 2017\n\
    270111,270111,1:1,2022 to 2017\n850110,850110,1:1,2022 to 2017\n\
    851771,851762,1:1,2022 to 2017\n902710,902710,1:1,2022 to 2017\n";

/// A release of a year that has all products of it.
fn of_year(year: i32, edition: HsEdition) -> Release {
    Release {
        hs_edition: edition as i32,
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["UZ".to_owned()],
            flows: vec![Flow::Export as i32],
            windows: vec![Window::Month as i32],
            start_date: Some(date(year, 1, 1)),
            end_date: Some(date(year, 12, 31)),
            by_commodity: true,
            by_region: false,
        }),
        ..release("KZ", &format!("{}-02-01", year + 1))
    }
}

/// 2021 in H5 and 2022 in H6.
async fn publish(bureau: &Bureau) {
    let old = "flow,period,commodity,value_usd\nX,2021-05,010110,70\nX,2021-05,270111,50\n\
        X,2021-05,851762,30\nX,2021-05,902710,9\n";
    let new = "flow,period,commodity,value_usd\nX,2022-05,010121,80\nX,2022-05,010129,20\n\
        X,2022-05,270111,60\nX,2022-05,851771,45\nX,2022-05,850110,8\n";
    bureau
        .publish("old", of_year(2021, HsEdition::H5), old)
        .await;
    bureau
        .publish("new", of_year(2022, HsEdition::H6), new)
        .await;
}

async fn concordance(bureau: &Bureau) {
    let import = ImportClassificationRequest {
        file: CONCORDANCE.as_bytes().to_vec(),
        source: "https://example.org/tables".to_owned(),
        ..ImportClassificationRequest::default()
    };
    let mut operator = bureau.operator.classifications.clone();
    operator.import_classification(import).await.unwrap();
}

fn question(level: CommodityLevel) -> QueryBreakdownRequest {
    QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: "2022".to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "KZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: level as i32,
        flow: Flow::Export as i32,
        ..QueryBreakdownRequest::default()
    }
}

async fn ask(bureau: &Bureau, request: QueryBreakdownRequest) -> QueryBreakdownResponse {
    let answer = bureau.reader.trade.clone().query_breakdown(request).await;
    answer.unwrap().into_inner()
}

fn code(row: &BreakdownRow) -> String {
    let key = row.key.clone().unwrap();
    let edition = key.hs_edition().as_str_name();
    format!(
        "{} {}",
        key.commodity,
        edition.trim_start_matches("HS_EDITION_")
    )
}

type Told = (String, Option<i64>, Option<i64>, Option<i64>, Change);

fn told(rows: &[BreakdownRow]) -> Vec<Told> {
    rows.iter()
        .map(|row| {
            let (value, before) = (row.value_cents, row.compare_value_cents);
            (code(row), value, before, row.growth_ppm, row.change())
        })
        .collect()
}

fn kinds(answer: &QueryBreakdownResponse) -> Vec<Kind> {
    answer.warnings.iter().map(SeriesWarning::kind).collect()
}

#[tokio::test]
async fn the_same_goods_are_compared_whatever_their_codes() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        concordance(&bureau).await;
        let answer = ask(&bureau, question(CommodityLevel::Subheading)).await;
        let (continuing, unknown) = (Change::Continuing, Change::Unspecified);
        assert_eq!(
            told(&answer.rows),
            [
                ("010121 H6".to_owned(), Some(8_000), None, None, unknown),
                (
                    "270111 H6".to_owned(),
                    Some(6_000),
                    Some(5_000),
                    Some(200_000),
                    continuing
                ),
                (
                    "851771 H6".to_owned(),
                    Some(4_500),
                    Some(3_000),
                    Some(500_000),
                    continuing
                ),
                ("010129 H6".to_owned(), Some(2_000), None, None, unknown),
                (
                    "850110 H6".to_owned(),
                    Some(800),
                    Some(0),
                    None,
                    Change::New
                ),
            ]
        );
        assert_eq!(
            told(&answer.losses),
            [
                ("010110 H5".to_owned(), None, Some(7_000), None, unknown),
                (
                    "902710 H6".to_owned(),
                    Some(0),
                    Some(900),
                    Some(-1_000_000),
                    Change::Gone
                ),
            ]
        );
        assert_eq!((answer.newcomer_count, answer.loss_count), (1, 1));
        let total = answer.total.clone().unwrap();
        assert_eq!(
            (total.value_cents, total.compare_value_cents),
            (Some(21_300), Some(15_900))
        );
        assert_eq!(total.qualifier(), accord_proto::trade::v1::Qualifier::Exact);
        assert_eq!(kinds(&answer), [Kind::ComparedEditions]);
        let text = &answer.warnings[0].description;
        assert!(
            text.contains("of 2022 count in H6") && text.contains("of 2021 in H5"),
            "{text}"
        );

        // What it is compared with has a key of its own, by which it is explained.
        let phones = &answer.rows[2];
        let before = phones.compare_key.clone().unwrap();
        assert_eq!(
            (before.commodity.as_str(), before.hs_edition()),
            ("851762", HsEdition::H5)
        );
        let request = of_breakdown(&question(CommodityLevel::Subheading), "2021", Some(before));
        let explained = explain(&bureau.reader, &request).await;
        assert_eq!(explained.value_cents, phones.compare_value_cents);

        // From months as from sums over years.
        let strict = QueryBreakdownRequest {
            recorded_before: Some(crate::bureau::at("2027-01-01")),
            ..question(CommodityLevel::Subheading)
        };
        let strict = ask(&bureau, strict).await;
        assert_eq!(told(&strict.rows), told(&answer.rows));
        assert_eq!(told(&strict.losses), told(&answer.losses));

        // A heading is compared where all of it is one heading.
        let headings = ask(&bureau, question(CommodityLevel::Heading)).await;
        assert_eq!(
            told(&headings.rows)[0],
            (
                "0101 H6".to_owned(),
                Some(10_000),
                Some(7_000),
                Some(428_571),
                continuing
            )
        );
        assert_eq!((headings.newcomer_count, headings.loss_count), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn without_a_concordance_only_chapters_and_sections_are_compared() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        for level in [CommodityLevel::Heading, CommodityLevel::Subheading] {
            let answer = ask(&bureau, question(level)).await;
            assert_eq!((answer.newcomer_count, answer.loss_count), (0, 0));
            let mut rows = answer.rows.iter().chain(&answer.losses);
            assert!(rows.all(|row| row.change() == Change::Unspecified));
            assert_eq!(kinds(&answer), [Kind::ComparedEditions]);
            assert!(answer.warnings[0].description.contains("concordance"));
            assert_eq!(answer.total.unwrap().value_cents, Some(21_300));
        }
        let answer = ask(&bureau, question(CommodityLevel::Chapter)).await;
        let found: Vec<_> = told(&answer.rows)
            .into_iter()
            .map(|(code, value, before, _, change)| (code, value, before, change))
            .collect();
        let continuing = Change::Continuing;
        assert_eq!(
            found,
            [
                ("01 H6".to_owned(), Some(10_000), Some(7_000), continuing),
                ("27 H6".to_owned(), Some(6_000), Some(5_000), continuing),
                ("85 H6".to_owned(), Some(5_300), Some(3_000), continuing),
            ]
        );
        assert_eq!((answer.newcomer_count, answer.loss_count), (0, 1));
        assert_eq!(code(&answer.losses[0]), "90 H6");
        assert_eq!(kinds(&answer), [Kind::ComparedByDigits]);
        let sections = ask(&bureau, question(CommodityLevel::Section)).await;
        assert_eq!(sections.newcomer_count, 0);
    })
    .await;
}

#[tokio::test]
async fn a_question_in_one_edition_does_not_take_the_other_for_nothing() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        concordance(&bureau).await;
        for level in [CommodityLevel::Chapter, CommodityLevel::Subheading] {
            let request = QueryBreakdownRequest {
                hs_edition: HsEdition::H6 as i32,
                ..question(level)
            };
            let answer = ask(&bureau, request).await;
            assert_eq!((answer.newcomer_count, answer.loss_count), (0, 0));
            let mut rows = answer.rows.iter();
            assert!(rows.all(|row| row.compare_value_cents.is_none()));
            assert_eq!(kinds(&answer), [Kind::ComparedEditions]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_group_has_no_value_in_years_of_another_edition() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        for edition in [HsEdition::Unspecified, HsEdition::H6] {
            let request = QuerySeriesRequest {
                reporter: "KZ".to_owned(),
                start_year: 2021,
                end_year: 2022,
                group_by: vec![
                    SeriesDimension::Commodity as i32,
                    SeriesDimension::Flow as i32,
                ],
                hs_edition: edition as i32,
                ..by_level(Granularity::Year, CommodityLevel::Subheading)
            };
            let answer = bureau.reader.query(request).await.unwrap();
            let is_new = |key: &accord_proto::trade::v1::GroupKey| {
                key.commodity == "851771" && key.hs_edition() == HsEdition::H6
            };
            let group = answer.groups.iter();
            let group = group
                .filter(|group| group.key.as_ref().is_some_and(is_new))
                .collect::<Vec<_>>();
            let points = &group[0].points;
            assert_eq!(
                (points[0].value_cents, points[1].value_cents),
                (None, Some(4_500))
            );
            assert_eq!(points[1].contribution_on_year_ppm, None);
        }
    })
    .await;
}

#[tokio::test]
async fn a_side_that_is_silent_in_its_new_edition_leaves_the_goods_a_lower_bound() {
    on_each_engine(async |bureau| {
        concordance(&bureau).await;
        let of = |reporter: &str, edition: HsEdition, published: &str| Release {
            hs_edition: edition as i32,
            ..release(reporter, published)
        };
        let publish = async |id: &str, release, csv: &str| {
            let csv = format!("flow,period,commodity,value_usd\n{csv}");
            bureau.publish(id, release, &csv).await;
        };
        let (h5, h6) = (HsEdition::H5, HsEdition::H6);
        let csv = "X,2022,270111,10\nX,2023,270111,12\n";
        publish("kz", of("KZ", h5, "2024-02-01"), csv).await;
        let old = of("UZ", h5, "2023-02-01");
        publish("uz-old", old, "X,2022,270111,30\n").await;
        let new = of("UZ", h6, "2024-02-01");
        publish("uz-new", new, "X,2023,902710,5\n").await;
        let request = QueryBreakdownRequest {
            period: "2023".to_owned(),
            turnover_method: TurnoverMethod::ExportsOfBoth as i32,
            flow: 0,
            reporter: String::new(),
            ..question(CommodityLevel::Subheading)
        };
        let answer = ask(&bureau, request.clone()).await;
        let coal = answer.rows.iter();
        let coal = coal.clone().find(|row| code(row).starts_with("270111"));
        let coal = coal.unwrap();
        assert_eq!(
            (coal.value_cents, coal.compare_value_cents),
            (Some(1_200), Some(4_000))
        );
        assert_eq!(coal.qualifier(), Qualifier::LowerBound);
        let total = answer.total.as_ref().unwrap();
        assert_eq!(total.qualifier(), Qualifier::LowerBound);
        assert!(kinds(&answer).contains(&Kind::Partial), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_concordance_that_was_imported_later_is_told() {
    on_each_engine(async |bureau| {
        publish(&bureau).await;
        concordance(&bureau).await;
        let now = question(CommodityLevel::Subheading);
        let early = QueryBreakdownRequest {
            known_time: Some(at("2024-01-01")),
            ..now.clone()
        };
        let strict = QueryBreakdownRequest {
            recorded_before: Some(at("2027-01-01")),
            ..now.clone()
        };
        let chapters = QueryBreakdownRequest {
            commodity_level: CommodityLevel::Chapter as i32,
            ..early.clone()
        };
        for (request, expected) in [
            (now, false),
            (early, true),
            (strict, false),
            (chapters, false),
        ] {
            let answer = ask(&bureau, request.clone()).await;
            let is_told = kinds(&answer).contains(&Kind::LaterConcordance);
            assert_eq!(is_told, expected, "{request:?}");
        }
    })
    .await;
}
