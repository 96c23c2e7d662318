//! Lists: pages, filters and orders.

use accord_proto::roadmaps::v1::{
    Deadline, ListMeasuresRequest, ListRoadmapsRequest, Measure, Quarter, Roadmap, deadline,
};

use crate::world::{
    ROADMAP, World, create_roadmap, date, details, each_engine, measure, refused, roadmap, side,
};

fn in_roadmap() -> ListMeasuresRequest {
    ListMeasuresRequest {
        parent: ROADMAP.to_owned(),
        ..ListMeasuresRequest::default()
    }
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap()
}

async fn ids(world: &World, request: ListMeasuresRequest) -> Vec<String> {
    let answer = world
        .measures("UZ")
        .list_measures(request)
        .await
        .unwrap()
        .into_inner();
    answer
        .measures
        .iter()
        .map(|measure| id(&measure.name).to_owned())
        .collect()
}

async fn seven(world: &World) {
    world.draft().await;
    for (number, letter) in ["g", "f", "e", "d", "c", "b", "a"].into_iter().enumerate() {
        let number = i32::try_from(number).unwrap();
        let given = Measure {
            weight: i64::from(1 + number % 2),
            section: if number < 3 { "Transport" } else { "Culture" }.to_owned(),
            deadline: Some(Deadline {
                form: Some(deadline::Form::Quarter(Quarter {
                    year: 2022,
                    quarter: 1 + number % 4,
                })),
                last_day: None,
            }),
            ..measure(letter)
        };
        world.measure(letter, given).await;
    }
}

#[tokio::test]
async fn pages_of_every_size_hold_the_same_measures_in_the_same_order() {
    each_engine(async |world| {
        seven(&world).await;
        for (order_by, expected) in [
            ("", "gfedcba"),
            ("name", "abcdefg"),
            ("name desc", "gfedcba"),
            ("weight desc, name", "bdfaceg"),
            ("deadline.last_day, weight desc", "gcfbead"),
            ("section, order_number desc", "abcdefg"),
        ] {
            for page_size in [1, 2, 3, 7, 1000] {
                let mut request = ListMeasuresRequest {
                    page_size,
                    order_by: order_by.to_owned(),
                    ..in_roadmap()
                };
                let mut found = String::new();
                loop {
                    let page = world
                        .measures("UZ")
                        .list_measures(request.clone())
                        .await
                        .unwrap()
                        .into_inner();
                    found.extend(page.measures.iter().map(|measure| id(&measure.name)));
                    request.page_token = page.next_page_token;
                    if request.page_token.is_empty() {
                        break;
                    }
                }
                assert_eq!(found, expected, "{order_by:?} by {page_size}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn measures_are_found_by_what_is_documented() {
    each_engine(async |world| {
        seven(&world).await;
        world.adopt(ROADMAP).await;
        let done = format!("{ROADMAP}/measures/a");
        world.report("KZ", &done).await.unwrap();
        world.confirm("UZ", &done, 1).await.unwrap();
        let reported = format!("{ROADMAP}/measures/b");
        world.report("UZ", &reported).await.unwrap();
        for (filter, expected) in [
            ("state = MEASURE_STATE_COMPLETE", "a"),
            (
                "state = MEASURE_STATE_PLANNED AND section = \"Culture\"",
                "dc",
            ),
            ("deadline.last_day < \"2022-04-01\"", "gc"),
            ("weight >= 2 AND NOT order_number = 2", "db"),
            ("current_report.party = \"KZ\"", "a"),
            ("current_report.revision = 1", "ba"),
            (
                "executors.lead_body:\"Khokimiyat of Tashkent city\"",
                "gfedcba",
            ),
            ("executors.co_executing_bodies:\"Uzavtoyul\"", "gfedcba"),
            ("executors.lead_body:\"Uzavtoyul\"", ""),
            ("executors.party:\"KZ\"", ""),
            (
                "name = \"partnerships/uz-kz/roadmaps/tashkent-nur-sultan/measures/c\"",
                "c",
            ),
        ] {
            let found = ids(
                &world,
                ListMeasuresRequest {
                    filter: filter.to_owned(),
                    ..in_roadmap()
                },
            )
            .await;
            assert_eq!(found.concat(), expected, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn measures_are_listed_across_roadmaps() {
    each_engine(async |world| {
        seven(&world).await;
        for (parent, expected) in [
            ("partnerships/uz-kz/roadmaps/-", 7),
            ("partnerships/-/roadmaps/-", 7),
            ("partnerships/uz-tj/roadmaps/-", 0),
        ] {
            let request = ListMeasuresRequest {
                parent: parent.to_owned(),
                ..in_roadmap()
            };
            assert_eq!(ids(&world, request).await.len(), expected, "{parent}");
        }
        for (parent, reason) in [
            ("partnerships/uz-kz/roadmaps/none", "RESOURCE_NOT_FOUND"),
            (
                "partnerships/-/roadmaps/tashkent-nur-sultan",
                "NAME_INVALID",
            ),
            ("", "FIELD_REQUIRED"),
        ] {
            let request = ListMeasuresRequest {
                parent: parent.to_owned(),
                ..in_roadmap()
            };
            assert_eq!(
                refused(world.measures("UZ").list_measures(request).await),
                reason,
                "{parent}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_works_only_with_its_request() {
    each_engine(async |world| {
        seven(&world).await;
        let first = ListMeasuresRequest {
            page_size: 2,
            ..in_roadmap()
        };
        let page = world
            .measures("UZ")
            .list_measures(first.clone())
            .await
            .unwrap()
            .into_inner();
        for other in [
            ListMeasuresRequest {
                show_deleted: true,
                ..first.clone()
            },
            ListMeasuresRequest {
                filter: "weight = 1".to_owned(),
                ..first.clone()
            },
            ListMeasuresRequest {
                parent: "partnerships/uz-kz/roadmaps/-".to_owned(),
                ..first.clone()
            },
        ] {
            let request = ListMeasuresRequest {
                page_token: page.next_page_token.clone(),
                ..other
            };
            assert_eq!(
                refused(world.measures("UZ").list_measures(request).await),
                "PAGE_TOKEN_INVALID"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_list_request_is_said_at_once() {
    each_engine(async |world| {
        let request = ListRoadmapsRequest {
            parent: "partnership/uz-kz".to_owned(),
            page_size: -1,
            filter: "colour = 1".to_owned(),
            order_by: "region_codes".to_owned(),
            ..ListRoadmapsRequest::default()
        };
        let error = world
            .roadmaps("UZ")
            .list_roadmaps(request)
            .await
            .unwrap_err();
        let reasons: Vec<String> = details(&error)
            .violations
            .into_iter()
            .map(|(_, reason)| reason)
            .collect();
        assert_eq!(
            reasons,
            [
                "NAME_INVALID",
                "PAGE_SIZE_INVALID",
                "FILTER_INVALID",
                "ORDER_BY_INVALID"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn roadmaps_are_listed_by_partnership_party_and_period() {
    each_engine(async |world| {
        world.draft().await;
        let mut other = Roadmap {
            sides: vec![side("UZ", "UZ-TO"), side("XA", "XA-1")],
            ..roadmap()
        };
        other.sides[1].region_name = "Far Shore".to_owned();
        if let Some(period) = &mut other.period {
            period.start_date = date(2022, 3, 1);
        }
        let mut request = create_roadmap("far", other);
        request.parent = "partnerships/uz-xa".to_owned();
        world.roadmaps("XA").create_roadmap(request).await.unwrap();
        for (parent, filter, expected) in [
            ("partnerships/uz-kz", "", "tashkent-nur-sultan"),
            ("partnerships/-", "", "tashkent-nur-sultan far"),
            ("partnerships/-", "sides.party:\"XA\"", "far"),
            (
                "partnerships/-",
                "period.start_date < \"2022-02-01\"",
                "tashkent-nur-sultan",
            ),
            (
                "partnerships/-",
                "signing_date = \"2021-12-06\" AND state = ROADMAP_STATE_DRAFT",
                "tashkent-nur-sultan far",
            ),
            ("partnerships/-", "plan_revision > 1", ""),
        ] {
            let request = ListRoadmapsRequest {
                parent: parent.to_owned(),
                filter: filter.to_owned(),
                order_by: "period.start_date".to_owned(),
                ..ListRoadmapsRequest::default()
            };
            let found = world
                .roadmaps("TJ")
                .list_roadmaps(request)
                .await
                .unwrap()
                .into_inner();
            let found: Vec<&str> = found
                .roadmaps
                .iter()
                .map(|roadmap| id(&roadmap.name))
                .collect();
            assert_eq!(found.join(" "), expected, "{parent} {filter}");
        }
    })
    .await;
}
