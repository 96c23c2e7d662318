//! Deadlines over the roadmaps of a partnership.

use accord_proto::roadmaps::v1::{
    CloseRoadmapRequest, CreateMeasureRequest, Deadline, Executors, ListDeadlinesRequest,
    ListDeadlinesResponse, Measure, MeasureState, Quarter, deadline,
};

use crate::world::{
    ROADMAP, World, create_roadmap, date, details, each_engine, measure, refused, roadmap,
};

pub(crate) fn request() -> ListDeadlinesRequest {
    ListDeadlinesRequest {
        parent: "partnerships/uz-kz".to_owned(),
        ..ListDeadlinesRequest::default()
    }
}

async fn list(world: &World, request: ListDeadlinesRequest) -> ListDeadlinesResponse {
    let answer = world.measures("KZ").list_deadlines(request).await;
    answer.unwrap().into_inner()
}

fn ids(answer: &ListDeadlinesResponse) -> Vec<&str> {
    let names = answer.deadlines.iter();
    names
        .filter_map(|deadline| deadline.measure.rsplit('/').next())
        .collect()
}

fn due(month: i32, day: i32) -> Option<Deadline> {
    Some(Deadline {
        form: Some(deadline::Form::Date(date(2022, month, day).unwrap())),
        last_day: None,
    })
}

fn executors(party: &str, lead: &str, others: &[&str]) -> Executors {
    Executors {
        party: party.to_owned(),
        lead_body: lead.to_owned(),
        co_executing_bodies: others.iter().map(|body| (*body).to_owned()).collect(),
    }
}

/// Two adopted roadmaps and a draft.
pub(crate) async fn three(world: &World) {
    world.draft().await;
    let other = "partnerships/uz-kz/roadmaps/navoi-kyzylorda";
    for id in ["navoi-kyzylorda", "zz-draft"] {
        let request = create_roadmap(id, roadmap());
        world.roadmaps("UZ").create_roadmap(request).await.unwrap();
    }
    let quarter = Some(Deadline {
        form: Some(deadline::Form::Quarter(Quarter {
            year: 2022,
            quarter: 2,
        })),
        last_day: None,
    });
    for (parent, id, deadline, executors) in [
        (
            ROADMAP,
            "bridge",
            due(6, 30),
            vec![
                executors("UZ", "Roads", &["Transport"]),
                executors("KZ", "Roads", &[]),
            ],
        ),
        (
            ROADMAP,
            "fair",
            due(4, 30),
            vec![executors("UZ", "Trade", &["Roads"])],
        ),
        (
            other,
            "bus",
            quarter,
            vec![executors("KZ", "Transport", &[])],
        ),
        (other, "archive", due(12, 31), vec![]),
        (
            "partnerships/uz-kz/roadmaps/zz-draft",
            "later",
            due(5, 5),
            vec![executors("UZ", "Roads", &[])],
        ),
    ] {
        let request = CreateMeasureRequest {
            parent: parent.to_owned(),
            measure_id: id.to_owned(),
            measure: Some(Measure {
                deadline,
                executors,
                section: "Transport, roads".to_owned(),
                ..measure(id)
            }),
            ..CreateMeasureRequest::default()
        };
        world.measures("UZ").create_measure(request).await.unwrap();
    }
    world.adopt(ROADMAP).await;
    world.adopt(other).await;
}

#[tokio::test]
async fn open_deadlines_of_adopted_roadmaps_come_by_day_and_name() {
    each_engine(async |world| {
        three(&world).await;
        let found = list(&world, request()).await;
        assert_eq!(ids(&found), ["fair", "bus", "bridge", "archive"]);
        let [fair, bus, ..] = found.deadlines.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((fair.days_left, fair.overdue, fair.open), (-2, true, true));
        assert_eq!((bus.days_left, bus.overdue, bus.open), (59, false, true));
        let deadline = bus.deadline.unwrap();
        assert!(matches!(deadline.form, Some(deadline::Form::Quarter(_))));
        assert_eq!(deadline.last_day, date(2022, 6, 30));
        assert_eq!(bus.executors, [executors("KZ", "Transport", &[])]);
        let latest = ListDeadlinesRequest {
            order_by: "last_day desc".to_owned(),
            ..request()
        };
        assert_eq!(
            ids(&list(&world, latest).await),
            ["archive", "bridge", "bus", "fair"]
        );
    })
    .await;
}

#[tokio::test]
async fn deadlines_are_chosen_by_body_party_days_and_filter() {
    each_engine(async |world| {
        three(&world).await;
        let ask = async |change: &dyn Fn(&mut ListDeadlinesRequest)| {
            let mut request = request();
            change(&mut request);
            let found = list(&world, request).await;
            ids(&found).join(" ")
        };
        assert_eq!(
            ask(&|asked| asked.body = "Roads".into()).await,
            "fair bridge"
        );
        assert_eq!(ask(&|asked| asked.party = "KZ".into()).await, "bus bridge");
        let of_kz = |asked: &mut ListDeadlinesRequest| {
            asked.body = "Roads".into();
            asked.party = "KZ".into();
        };
        assert_eq!(ask(&of_kz).await, "bridge");
        let window = |asked: &mut ListDeadlinesRequest| {
            asked.start_date = date(2022, 5, 1);
            asked.end_date = date(2022, 6, 30);
        };
        assert_eq!(ask(&window).await, "bus bridge");
        for (filter, expected) in [
            ("executors.lead_body:\"Roads\"", "bridge"),
            ("executors.co_executing_bodies:\"Roads\"", "fair"),
            ("NOT executors.party:\"KZ\"", "fair archive"),
            (
                "roadmap = \"partnerships/uz-kz/roadmaps/navoi-kyzylorda\"",
                "bus archive",
            ),
            ("last_day > 2022-07-01", "archive"),
            (
                "state = MEASURE_STATE_PLANNED AND section = \"Transport, roads\"",
                "fair bus bridge archive",
            ),
            ("state = MEASURE_STATE_REPORTED", ""),
        ] {
            assert_eq!(
                ask(&|asked| asked.filter = filter.into()).await,
                expected,
                "{filter}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_done_or_closed_comes_only_when_asked_for() {
    each_engine(async |world| {
        three(&world).await;
        let fair = format!("{ROADMAP}/measures/fair");
        world.report("UZ", &fair).await.unwrap();
        let reported = list(&world, request()).await;
        assert_eq!(reported.deadlines[0].state(), MeasureState::Reported);
        world.confirm("KZ", &fair, 1).await.unwrap();
        assert_eq!(
            ids(&list(&world, request()).await),
            ["bus", "bridge", "archive"]
        );
        for party in ["UZ", "KZ"] {
            let close = CloseRoadmapRequest {
                name: "partnerships/uz-kz/roadmaps/navoi-kyzylorda".to_owned(),
                ..CloseRoadmapRequest::default()
            };
            world.roadmaps(party).close_roadmap(close).await.unwrap();
        }
        assert_eq!(ids(&list(&world, request()).await), ["bridge"]);
        let all = ListDeadlinesRequest {
            show_closed: true,
            ..request()
        };
        let all = list(&world, all).await;
        assert_eq!(ids(&all), ["fair", "bus", "bridge", "archive"]);
        let open: Vec<bool> = all.deadlines.iter().map(|deadline| deadline.open).collect();
        assert_eq!(open, [false, false, true, false]);
        assert!(all.deadlines.iter().all(|deadline| !deadline.overdue));
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_give_the_same_deadlines() {
    each_engine(async |world| {
        three(&world).await;
        for page_size in [1, 2, 3, 4, 5] {
            let mut found = Vec::new();
            let mut request = ListDeadlinesRequest {
                page_size,
                ..request()
            };
            loop {
                let answer = list(&world, request.clone()).await;
                found.extend(
                    answer
                        .deadlines
                        .iter()
                        .map(|deadline| deadline.measure.clone()),
                );
                if answer.next_page_token.is_empty() {
                    break;
                }
                request.page_token = answer.next_page_token;
            }
            let found: Vec<_> = found
                .iter()
                .filter_map(|name| name.rsplit('/').next())
                .collect();
            assert_eq!(found, ["fair", "bus", "bridge", "archive"]);
        }
        let first = ListDeadlinesRequest {
            page_size: 1,
            ..request()
        };
        let token = list(&world, first.clone()).await.next_page_token;
        let other = ListDeadlinesRequest {
            page_token: token,
            party: "KZ".to_owned(),
            ..first
        };
        let answer = world.measures("KZ").list_deadlines(other).await;
        assert_eq!(refused(answer), "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_comes_at_once() {
    each_engine(async |world| {
        let wrong = ListDeadlinesRequest {
            parent: "partnerships/-".to_owned(),
            start_date: date(2022, 6, 2),
            end_date: date(2022, 6, 1),
            party: "uzb".to_owned(),
            body: "x".repeat(301),
            page_size: -1,
            filter: "colour = 1".to_owned(),
            order_by: "state".to_owned(),
            ..ListDeadlinesRequest::default()
        };
        let answer = world.measures("KZ").list_deadlines(wrong).await;
        let found = details(&answer.unwrap_err());
        let fields: Vec<&str> = found
            .violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        let expected = [
            "parent",
            "end_date",
            "body",
            "party",
            "page_size",
            "filter",
            "order_by",
        ];
        assert_eq!(fields, expected);
        assert!(list(&world, request()).await.deadlines.is_empty());
    })
    .await;
}
