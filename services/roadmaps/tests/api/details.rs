//! What a plan says beside days and weights: permanent measures, notes, indicators, commitments.

use accord_proto::roadmaps::v1::{
    Commitment, Deadline, GetMeasureRequest, GetRoadmapProgressRequest, Indicator,
    ListMeasuresRequest, Measure, MeasureState, Permanent, TradeFigure, TradeReading,
    UpdateMeasureRequest, deadline,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::{
    peers::{DOCUMENT, TARGET},
    world::{
        ROADMAP, World, create_measure, date, details, each_engine, each_engine_without_peers,
        measure, refused, request_id, text,
    },
};

fn with_deadline(form: deadline::Form) -> Measure {
    Measure {
        deadline: Some(Deadline {
            form: Some(form),
            last_day: None,
        }),
        ..measure("Border post")
    }
}

fn indicator(id: &str) -> Indicator {
    Indicator {
        indicator_id: id.to_owned(),
        titles: vec![text("en", "Length of road"), text("ru", "Длина дороги")],
        unit: "km".to_owned(),
        baseline: "0.0".to_owned(),
        target: "12.50".to_owned(),
        trade_reading: None,
    }
}

fn live() -> Indicator {
    Indicator {
        unit: String::new(),
        trade_reading: Some(TradeReading {
            target: TARGET.to_owned(),
            figure: TradeFigure::Attained.into(),
        }),
        ..indicator("turnover")
    }
}

fn full() -> Measure {
    Measure {
        notes: vec![text("uz-Latn", "Ikki bosqichda"), text("kk", "Екі кезеңде")],
        indicators: vec![indicator("length"), live()],
        commitments: vec![Commitment {
            document: DOCUMENT.to_owned(),
            provision: "Item 4".to_owned(),
        }],
        ..measure("Road")
    }
}

async fn violations(world: &World, given: Measure) -> Vec<(String, String)> {
    let call = world
        .measures("UZ")
        .create_measure(create_measure("m", given))
        .await;
    details(&call.unwrap_err()).violations
}

#[tokio::test]
async fn a_permanent_measure_is_never_overdue_nor_late() {
    each_engine(async |world| {
        world.draft().await;
        let given = with_deadline(deadline::Form::Permanent(Permanent {}));
        let created = world.measure("post", given.clone()).await;
        assert_eq!(
            created.deadline,
            Some(Deadline {
                form: Some(deadline::Form::Permanent(Permanent {})),
                last_day: None
            })
        );
        world.adopt(ROADMAP).await;
        world.days_pass(3_000);
        let get = GetMeasureRequest {
            name: created.name.clone(),
        };
        let read = world.measures("KZ").get_measure(get).await.unwrap();
        assert!(!read.into_inner().overdue);
        world.report("UZ", &created.name).await.unwrap();
        world.confirm("KZ", &created.name, 1).await.unwrap();
        let request = GetRoadmapProgressRequest {
            name: ROADMAP.to_owned(),
            ..GetRoadmapProgressRequest::default()
        };
        let mut client = world.roadmaps("UZ");
        let progress = client.get_roadmap_progress(request).await.unwrap();
        let total = progress.into_inner().total.unwrap();
        assert_eq!(total.attested.unwrap().count, 1);
        assert_eq!(
            (total.overdue.unwrap().count, total.late.unwrap().count),
            (0, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_year_means_its_last_day_and_permanent_comes_after_every_day() {
    each_engine(async |world| {
        world.draft().await;
        let year = world
            .measure("y", with_deadline(deadline::Form::Year(2022)))
            .await;
        assert_eq!(year.deadline.unwrap().last_day, date(2022, 12, 31));
        let permanent = with_deadline(deadline::Form::Permanent(Permanent {}));
        world.measure("p", permanent).await;
        world.measure("d", measure("By a day")).await;
        let request = ListMeasuresRequest {
            parent: ROADMAP.to_owned(),
            order_by: "deadline.last_day".to_owned(),
            filter: "deadline.last_day > \"2022-01-01\"".to_owned(),
            page_size: 1,
            ..ListMeasuresRequest::default()
        };
        let mut ids = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListMeasuresRequest {
                page_token,
                ..request.clone()
            };
            let page = world.measures("UZ").list_measures(request).await.unwrap();
            let page = page.into_inner();
            ids.extend(page.measures.into_iter().map(|measure| measure.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected = ["d", "y", "p"].map(|id| format!("{ROADMAP}/measures/{id}"));
        assert_eq!(ids, expected);
    })
    .await;
}

#[tokio::test]
async fn details_are_kept_as_given_and_asked_of_their_services() {
    each_engine(async |world| {
        world.draft().await;
        let created = world.measure("road", full()).await;
        assert_eq!(world.peers.asked(), [DOCUMENT, TARGET]);
        let read = world
            .measures("KZ")
            .get_measure(GetMeasureRequest {
                name: created.name.clone(),
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(read, created);
        assert_eq!(read.notes, full().notes);
        assert_eq!(read.commitments, full().commitments);
        let [length, turnover] = read.indicators.as_slice() else {
            panic!("{:?}", read.indicators);
        };
        assert_eq!(
            (length.baseline.as_str(), length.target.as_str()),
            ("0", "12.5")
        );
        assert_eq!(turnover.unit, "US cents");
    })
    .await;
}

#[tokio::test]
async fn an_update_of_another_field_asks_nobody() {
    each_engine(async |world| {
        world.draft().await;
        let created = world.measure("road", full()).await;
        world.peers.asked();
        world.peers.fail(Code::Unavailable);
        let request = UpdateMeasureRequest {
            measure: Some(Measure {
                section: "Roads".to_owned(),
                ..created.clone()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["section".to_owned()],
            }),
            ..UpdateMeasureRequest::default()
        };
        let updated = world.measures("UZ").update_measure(request).await.unwrap();
        let updated = updated.into_inner();
        assert_eq!(updated.indicators, created.indicators);
        assert_eq!(updated.section, "Roads");
        assert!(world.peers.asked().is_empty());
        let request = UpdateMeasureRequest {
            measure: Some(created),
            ..UpdateMeasureRequest::default()
        };
        let error = world.measures("UZ").update_measure(request).await;
        assert_eq!(refused(error), "PEER_UNAVAILABLE");
    })
    .await;
}

#[tokio::test]
async fn references_to_nothing_are_refused_each_with_its_field() {
    each_engine(async |world| {
        world.draft().await;
        let mut given = full();
        given.commitments[0].document = "partnerships/uz-kz/documents/none".to_owned();
        let reading = given.indicators[1].trade_reading.as_mut().unwrap();
        reading.target = "partnerships/uz-kz/targets/none".to_owned();
        let found = violations(&world, given).await;
        let missing = |field: &str| (field.to_owned(), "REFERENCE_NOT_FOUND".to_owned());
        assert_eq!(
            found,
            [
                missing("measure.commitments[0].document"),
                missing("measure.indicators[1].trade_reading.target"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_stores_nothing_and_does_not_stand_before_a_retry() {
    each_engine(async |world| {
        world.draft().await;
        let mut request = create_measure("road", full());
        request.request_id = request_id();
        let mut client = world.measures("UZ");
        let first = client.create_measure(request.clone()).await.unwrap();
        world.peers.fail(Code::Unavailable);
        let again = client.create_measure(request).await.unwrap();
        assert_eq!(first.into_inner(), again.into_inner());
        let error = client.create_measure(create_measure("other", full())).await;
        let error = error.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        assert_eq!(details(&error).reason, "PEER_UNAVAILABLE");
        let get = GetMeasureRequest {
            name: format!("{ROADMAP}/measures/other"),
        };
        assert_eq!(refused(client.get_measure(get).await), "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_service_without_peers_takes_no_references() {
    each_engine_without_peers(async |world| {
        world.draft().await;
        let mut client = world.measures("UZ");
        let call = client.create_measure(create_measure("road", full())).await;
        assert_eq!(refused(call), "PEER_NOT_CONFIGURED");
        let plain = Measure {
            commitments: Vec::new(),
            indicators: vec![indicator("length")],
            ..full()
        };
        let created = world.measure("road", plain).await;
        assert_eq!(created.state(), MeasureState::Planned);
    })
    .await;
}

#[tokio::test]
async fn every_bad_detail_is_told_at_once() {
    each_engine(async |world| {
        world.draft().await;
        let mut given = full();
        given.notes.push(text("kk", "again"));
        given.indicators = vec![
            Indicator {
                target: "1e3".to_owned(),
                unit: String::new(),
                ..indicator("length")
            },
            Indicator {
                titles: Vec::new(),
                ..indicator("length")
            },
            Indicator {
                unit: "km".to_owned(),
                ..live()
            },
        ];
        given.commitments.push(given.commitments[0].clone());
        let mut found = violations(&world, given).await;
        found.sort();
        let expected = [
            ("measure.commitments[1]", "VALUE_REPEATED"),
            ("measure.indicators[0].target", "DECIMAL_INVALID"),
            ("measure.indicators[0].unit", "FIELD_REQUIRED"),
            ("measure.indicators[1].indicator_id", "VALUE_REPEATED"),
            ("measure.indicators[1].titles", "FIELD_REQUIRED"),
            ("measure.indicators[2].unit", "VALUE_OUT_OF_RANGE"),
            ("measure.notes[2].language_code", "VALUE_REPEATED"),
        ]
        .map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(found, expected);
        assert!(world.peers.asked().is_empty());
    })
    .await;
}
