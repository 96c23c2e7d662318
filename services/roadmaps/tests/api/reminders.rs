//! Reminders of deadlines: each once, whatever stops and however many look.

use accord_proto::{
    ledger::v1::{ChangeKind, Entry, ListEntriesRequest},
    roadmaps::v1::{DeadlineReminder, MeasureState},
};
use prost::Message as _;
use roadmaps::Reminders;

use crate::{
    planning::{add, by, delay, name, remove},
    world::{World, date, each_engine},
};

/// What is set unless something else is.
const LEADS: &str = "30,7,1,overdue";

async fn entries(world: &World) -> Vec<Entry> {
    let request = ListEntriesRequest {
        parent: "logs/roadmaps".to_owned(),
        page_size: 1_000,
        filter: "resource_type = \"roadmaps.accord/DeadlineReminder\"".to_owned(),
        ..ListEntriesRequest::default()
    };
    let answer = world.ledger().list_entries(request).await;
    answer.unwrap().into_inner().entries
}

async fn reminders(world: &World) -> Vec<DeadlineReminder> {
    let decode = |entry: Entry| {
        let state = entry.state.unwrap();
        DeadlineReminder::decode(state.value.as_slice()).unwrap()
    };
    entries(world).await.into_iter().map(decode).collect()
}

fn looking(world: &World, leads: &str) -> Reminders {
    Reminders::beside(
        world.database.clone(),
        world.clock.clone(),
        leads.parse().unwrap(),
    )
}

fn ids(found: &[DeadlineReminder]) -> Vec<&str> {
    found
        .iter()
        .filter_map(|reminder| reminder.name.rsplit('/').next())
        .collect()
}

#[tokio::test]
async fn each_lead_time_is_recorded_once_and_watchers_can_tell_it() {
    each_engine(async |world| {
        // The deadline is 59 days away.
        let name = world.adopted_with_one().await;
        let reminders_of = looking(&world, "30,7,1,overdue");
        for _ in 0..70 {
            // Two looks a day, as of two replicas or after a restart.
            reminders_of.record_due().await.unwrap();
            looking(&world, "30,7,1,overdue")
                .record_due()
                .await
                .unwrap();
            world.days_pass(1);
        }
        let found = reminders(&world).await;
        assert_eq!(ids(&found), ["d1-30", "d1-7", "d1-1", "d1-overdue"]);
        let left: Vec<i32> = found.iter().map(|reminder| reminder.days_left).collect();
        assert_eq!(left, [30, 7, 1, -1]);
        let first = &found[0];
        assert_eq!(
            (first.measure.as_str(), first.lead_days),
            (name.as_str(), 30)
        );
        assert_eq!(first.deadline.unwrap().last_day, date(2022, 6, 30));
        assert_eq!(first.state(), MeasureState::Planned);
        assert_eq!(first.executors[0].lead_body, "Khokimiyat of Tashkent city");
        assert!(found[3].overdue);
        let entry = entries(&world).await.remove(0);
        assert_eq!(entry.kind(), ChangeKind::Created);
        assert_eq!(entry.resource, format!("{name}/reminders/d1-30"));
        let actor = entry.actor.unwrap();
        assert_eq!(
            (actor.subject.as_str(), actor.party.as_str()),
            ("accord-roadmaps", "")
        );
        assert_eq!(entry.method, "");
    })
    .await;
}

#[tokio::test]
async fn replicas_that_look_at_once_record_it_once() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        world.days_pass(30);
        let mut looks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let look = looking(&world, "30,7");
            looks.spawn(async move { look.record_due().await });
        }
        while let Some(look) = looks.join_next().await {
            look.unwrap().unwrap();
        }
        assert_eq!(ids(&reminders(&world).await), ["d1-30"]);
    })
    .await;
}

#[tokio::test]
async fn what_falls_due_during_a_stop_is_recorded_once_with_the_day_on_which_it_was_due() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        for (days, looked_before) in [(55, false), (10, true)] {
            // The stop may begin before anybody has looked.
            if looked_before {
                looking(&world, LEADS).record_due().await.unwrap();
            }
            world.days_pass(days);
            let after = looking(&world, LEADS);
            after.begin().await.unwrap();
            for _ in 0..2 {
                after.record_due().await.unwrap();
            }
        }
        let found = reminders(&world).await;
        assert_eq!(ids(&found), ["d1-30", "d1-7", "d1-1", "d1-overdue"]);
        let left: Vec<i32> = found.iter().map(|reminder| reminder.days_left).collect();
        assert_eq!(left, [4, 4, -6, -6]);
        let due: Vec<_> = found.iter().map(|reminder| reminder.due_date).collect();
        let days = [(5, 31), (6, 23), (6, 29), (7, 1)];
        assert_eq!(due, days.map(|(month, day)| date(2022, month, day)));
    })
    .await;
}

#[tokio::test]
async fn what_is_done_after_a_stop_is_not_reminded_of_what_fell_due_during_it() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        looking(&world, LEADS).record_due().await.unwrap();
        world.days_pass(55);
        world.report("UZ", &name).await.unwrap();
        world.confirm("KZ", &name, 1).await.unwrap();
        looking(&world, LEADS).record_due().await.unwrap();
        assert!(entries(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_a_plan_that_is_adopted_late_only_the_nearest_lead_time_is_recorded() {
    each_engine(async |world| {
        world.draft().await;
        world
            .measure("bridge", crate::world::measure("Bridge"))
            .await;
        world.days_pass(55);
        world.adopt(crate::world::ROADMAP).await;
        looking(&world, LEADS).record_due().await.unwrap();
        let found = reminders(&world).await;
        assert_eq!(ids(&found), ["d1-7"]);
        assert_eq!(found[0].days_left, 4);
    })
    .await;
}

#[tokio::test]
async fn what_passes_while_there_are_no_lead_times_is_not_made_up_for() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        let off = looking(&world, "off");
        off.begin().await.unwrap();
        off.record_due().await.unwrap();
        world.days_pass(55);
        let on = looking(&world, LEADS);
        on.begin().await.unwrap();
        on.record_due().await.unwrap();
        assert_eq!(ids(&reminders(&world).await), ["d1-7"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_is_not_reminded_of() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        world.days_pass(30);
        looking(&world, "30,7").record_due().await.unwrap();
        // A claim is not the end: the other side's word is still to come.
        let found = reminders(&world).await;
        assert_eq!(found[0].state(), MeasureState::Reported);
        world.confirm("KZ", &name, 1).await.unwrap();
        world.days_pass(25);
        looking(&world, "30,7").record_due().await.unwrap();
        assert_eq!(ids(&reminders(&world).await), ["d1-30"]);
    })
    .await;
}

#[tokio::test]
async fn drafts_are_not_reminded_of() {
    each_engine(async |world| {
        world.draft().await;
        world
            .measure("bridge", crate::world::measure("Bridge"))
            .await;
        world.days_pass(70);
        looking(&world, "30,overdue").record_due().await.unwrap();
        assert!(entries(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn other_lead_times_count_from_the_next_start() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        world.days_pass(30);
        looking(&world, "30").record_due().await.unwrap();
        world.days_pass(10);
        let other = looking(&world, "30,20");
        other.record_due().await.unwrap();
        assert_eq!(ids(&reminders(&world).await), ["d1-30"]);
        other.begin().await.unwrap();
        other.record_due().await.unwrap();
        assert_eq!(ids(&reminders(&world).await), ["d1-30", "d1-20"]);
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_is_planned_anew_is_reminded_of_anew() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        world.days_pass(30);
        looking(&world, "30").record_due().await.unwrap();
        for day in [by(2022, 7, 27), by(2022, 6, 30)] {
            world.replan(vec![delay("bridge", day)]).await;
            looking(&world, "30").record_due().await.unwrap();
            world.days_pass(1);
        }
        // 27 July is more than 30 days away; 30 June again is not.
        assert_eq!(ids(&reminders(&world).await), ["d1-30", "d3-30"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_plan_drops_is_not_reminded_of_and_what_it_adds_is() {
    each_engine(async |world| {
        world.adopted_with_one().await;
        world.replan(vec![remove("bridge"), add("tunnel")]).await;
        world.days_pass(30);
        looking(&world, "30").record_due().await.unwrap();
        let found = reminders(&world).await;
        let measures: Vec<&str> = found.iter().map(|one| one.measure.as_str()).collect();
        assert_eq!(measures, [name("tunnel")]);
    })
    .await;
}
