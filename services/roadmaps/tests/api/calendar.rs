//! Deadlines as iCalendar, read back by a parser.

use accord_proto::roadmaps::v1::{CalendarComponent as Style, GetDeadlineCalendarRequest};
use icalendar::{Calendar, CalendarComponent, Component as _, Event};

use crate::{
    deadlines::three,
    planning::supersede,
    world::{ROADMAP, World, date, details, each_engine},
};

fn request() -> GetDeadlineCalendarRequest {
    GetDeadlineCalendarRequest {
        parent: "partnerships/uz-kz".to_owned(),
        ..GetDeadlineCalendarRequest::default()
    }
}

async fn calendar(world: &World, request: GetDeadlineCalendarRequest) -> (String, Calendar) {
    let answer = world.measures("KZ").get_deadline_calendar(request).await;
    let body = answer.unwrap().into_inner();
    assert_eq!(body.content_type, "text/calendar; charset=utf-8");
    let text = String::from_utf8(body.data).unwrap();
    let parsed = text.parse().unwrap();
    (text, parsed)
}

fn events(calendar: &Calendar) -> Vec<&Event> {
    let components = calendar.components.iter();
    components.filter_map(CalendarComponent::as_event).collect()
}

fn value(event: &Event, key: &str) -> String {
    event.property_value(key).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_bodys_calendar_has_its_deadlines_with_their_wording() {
    each_engine(async |world| {
        three(&world).await;
        let transport = GetDeadlineCalendarRequest {
            body: "Transport".to_owned(),
            ..request()
        };
        let (text, parsed) = calendar(&world, transport).await;
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert_eq!(parsed.get_name(), Some("Deadlines: Transport"));
        let [bus, bridge] = events(&parsed).try_into().unwrap();
        assert!(text.contains("DTSTART;VALUE=DATE:20220630\r\n"), "{text}");
        assert_eq!(bus.get_summary(), Some("bus"));
        assert_eq!(
            value(bus, "X-ACCORD-DEADLINE"),
            "quarter 2 of 2022, to 2022-06-30"
        );
        assert_eq!(value(bridge, "X-ACCORD-DEADLINE"), "2022-06-30");
        assert_eq!(value(bus, "DTSTAMP"), "20220502T090000Z");
        assert_eq!(value(bus, "STATUS"), "CONFIRMED");
        assert_eq!(value(bus, "TRANSP"), "TRANSPARENT");
        assert!(text.contains("CATEGORIES:Transport\\, roads\r\n"), "{text}");
        let description = bridge.get_description().unwrap();
        assert!(
            description.contains("Deadline: 2022-06-30\nState: planned\n"),
            "{description}"
        );
        assert!(
            description.contains("\nUZ: Roads, with Transport\nKZ: Roads\n"),
            "{description}"
        );
        assert!(description.ends_with("roadmaps/tashkent-nur-sultan/measures/bridge"));
    })
    .await;
}

#[tokio::test]
async fn uids_stay_sequences_grow_and_the_same_records_give_the_same_bytes() {
    each_engine(async |world| {
        three(&world).await;
        let (first, before) = calendar(&world, request()).await;
        world.days_pass(1);
        let (again, _) = calendar(&world, request()).await;
        assert_eq!(first, again);
        let bridge = format!("{ROADMAP}/measures/bridge");
        world.report("UZ", &bridge).await.unwrap();
        world.confirm("KZ", &bridge, 1).await.unwrap();
        world
            .propose_cancellation("KZ", &format!("{ROADMAP}/measures/fair"))
            .await
            .unwrap();
        world
            .accept_cancellation("UZ", &format!("{ROADMAP}/measures/fair"))
            .await
            .unwrap();
        let (_, after) = calendar(&world, request()).await;
        let told = |parsed: &Calendar, key: &str| -> Vec<String> {
            events(parsed)
                .iter()
                .map(|event| value(event, key))
                .collect()
        };
        assert_eq!(told(&before, "UID"), told(&after, "UID"));
        assert_eq!(told(&before, "SEQUENCE"), ["0", "0", "0", "0"]);
        assert_eq!(told(&after, "SEQUENCE"), ["2", "0", "2", "0"]);
        let states = ["CANCELLED", "CONFIRMED", "CONFIRMED", "CONFIRMED"];
        assert_eq!(told(&after, "STATUS"), states);
        let open = GetDeadlineCalendarRequest {
            open_only: true,
            ..request()
        };
        let (_, open) = calendar(&world, open).await;
        assert_eq!(told(&open, "SUMMARY"), ["bus", "archive"]);
    })
    .await;
}

#[tokio::test]
async fn tasks_have_a_due_day_and_a_state() {
    each_engine(async |world| {
        three(&world).await;
        let bridge = format!("{ROADMAP}/measures/bridge");
        world.report("UZ", &bridge).await.unwrap();
        let tasks = GetDeadlineCalendarRequest {
            component: Style::Todo.into(),
            party: "KZ".to_owned(),
            ..request()
        };
        let (text, parsed) = calendar(&world, tasks).await;
        assert!(text.contains("DUE;VALUE=DATE:20220630\r\n"), "{text}");
        let components = parsed.components.iter();
        let states: Vec<_> = components
            .filter_map(CalendarComponent::as_todo)
            .map(|todo| todo.property_value("STATUS").unwrap())
            .collect();
        assert_eq!(states, ["NEEDS-ACTION", "IN-PROCESS"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_long_overdue_stays_in_the_calendar_until_it_is_done() {
    each_engine(async |world| {
        three(&world).await;
        let told = async |request| {
            let (_, parsed) = calendar(&world, request).await;
            let summaries = events(&parsed).into_iter();
            let summaries = summaries.map(|event| value(event, "SUMMARY"));
            summaries.collect::<Vec<_>>()
        };
        let all = told(request()).await;
        // Years after every deadline of the plan.
        world.days_pass(3_000);
        assert_eq!(told(request()).await, all);
        let bridge = format!("{ROADMAP}/measures/bridge");
        world.report("UZ", &bridge).await.unwrap();
        world.confirm("KZ", &bridge, 1).await.unwrap();
        let left: Vec<String> = all.iter().filter(|it| *it != "bridge").cloned().collect();
        assert_eq!(told(request()).await, left);
        let from = GetDeadlineCalendarRequest {
            start_date: date(2029, 1, 1),
            ..request()
        };
        assert_eq!(told(from).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_or_replaced_is_no_open_task() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c"]).await;
        let done = format!("{ROADMAP}/measures/a");
        world.report("UZ", &done).await.unwrap();
        world.confirm("KZ", &done, 1).await.unwrap();
        let proposed = world
            .propose("UZ", vec![supersede("b", "c")])
            .await
            .unwrap();
        world.accept_plan("KZ", &proposed).await.unwrap();
        let told = async |component: Style, key: &str| {
            let asked = GetDeadlineCalendarRequest {
                component: component.into(),
                ..request()
            };
            let (_, parsed) = calendar(&world, asked).await;
            let property = |entry: &CalendarComponent, key: &str| match entry {
                CalendarComponent::Todo(todo) => todo.property_value(key).map(str::to_owned),
                CalendarComponent::Event(event) => event.property_value(key).map(str::to_owned),
                _ => None,
            };
            let mut entries = parsed.components;
            entries.sort_by_key(|entry| property(entry, "SUMMARY"));
            let values = entries.iter().map(|entry| property(entry, key));
            values.collect::<Vec<_>>()
        };
        let all = |words: [&str; 3]| words.map(|word| Some(word.to_owned())).to_vec();
        let tasks = told(Style::Todo, "STATUS").await;
        assert_eq!(tasks, all(["COMPLETED", "CANCELLED", "NEEDS-ACTION"]));
        let ends = told(Style::Todo, "COMPLETED").await;
        assert_eq!(
            ends.iter().map(Option::is_some).collect::<Vec<_>>(),
            [true, false, false]
        );
        let events = told(Style::Event, "STATUS").await;
        assert_eq!(events, all(["CONFIRMED", "CANCELLED", "CONFIRMED"]));
    })
    .await;
}

#[tokio::test]
async fn a_calendar_has_the_days_asked_for() {
    each_engine(async |world| {
        three(&world).await;
        let some = GetDeadlineCalendarRequest {
            start_date: date(2022, 7, 1),
            end_date: date(2023, 7, 1),
            ..request()
        };
        let (_, parsed) = calendar(&world, some).await;
        assert_eq!(events(&parsed).len(), 1);
        let wrong = GetDeadlineCalendarRequest {
            component: 7,
            language_code: "!".to_owned(),
            ..request()
        };
        let answer = world.measures("KZ").get_deadline_calendar(wrong).await;
        let found = details(&answer.unwrap_err());
        let fields: Vec<&str> = found
            .violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        assert_eq!(fields, ["language_code", "component"]);
    })
    .await;
}
