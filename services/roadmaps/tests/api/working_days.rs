//! Working days through the contract.

use accord_proto::roadmaps::v1::{QueryWorkingDaysRequest, WorkingDays};
use tonic::Status;

use crate::world::{World, date, details, each_engine};

async fn query(
    world: &World,
    parties: &[&str],
    first: (i32, i32, i32),
    last: (i32, i32, i32),
) -> Result<WorkingDays, Status> {
    let request = QueryWorkingDaysRequest {
        parties: parties.iter().map(ToString::to_string).collect(),
        start_date: date(first.0, first.1, first.2),
        end_date: date(last.0, last.1, last.2),
    };
    let answer = world.roadmaps("UZ").query_working_days(request).await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn joint_working_days_are_those_of_both_states_and_every_other_day_has_its_source() {
    each_engine(async |world| {
        let may = ((2022, 5, 1), (2022, 5, 31));
        let both = query(&world, &["UZ", "KZ"], may.0, may.1).await.unwrap();
        // 22 Mondays to Fridays; off are 2, 3, 4 and 9 May in Uzbekistan, 2, 9 and 10 May in Kazakhstan; Saturday 7 May,
        // worked in Uzbekistan, is a holiday in Kazakhstan.
        assert_eq!(both.working_day_count, 22 - 5);
        let uzbekistan = query(&world, &["UZ"], may.0, may.1).await.unwrap();
        assert_eq!(uzbekistan.working_day_count, 22 - 4 + 1);
        let days: Vec<(i32, &str, bool)> = both
            .special_days
            .iter()
            .map(|day| (day.date.unwrap().day, day.party.as_str(), day.working))
            .collect();
        assert_eq!(
            days,
            [
                (1, "KZ", false),
                (2, "UZ", false),
                (2, "KZ", false),
                (3, "UZ", false),
                (4, "UZ", false),
                (7, "UZ", true),
                (7, "KZ", false),
                (9, "UZ", false),
                (9, "KZ", false),
                (10, "KZ", false),
            ]
        );
        for day in &both.special_days {
            assert!(day.source.starts_with("https://") && !day.occasion.is_empty());
        }
        assert!(
            both.calendars
                .iter()
                .all(|calendar| !calendar.partly_unknown)
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_is_said() {
    each_engine(async |world| {
        let days = query(&world, &["KZ", "XA"], (2025, 12, 1), (2026, 1, 31)).await;
        let calendars = days.unwrap().calendars;
        assert_eq!(
            (calendars[0].known_start_year, calendars[0].known_end_year),
            (2021, 2025)
        );
        assert!(calendars[0].partly_unknown && calendars[1].partly_unknown);
        assert_eq!(calendars[1].known_end_year, 0);
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_question_is_said_at_once() {
    each_engine(async |world| {
        let error = query(&world, &["uz", "KZ", "KZ"], (2025, 1, 2), (2025, 1, 1)).await;
        let found = details(&error.unwrap_err()).violations;
        let expected = [
            ("parties[0]", "COUNTRY_INVALID"),
            ("parties[2]", "VALUE_REPEATED"),
            ("end_date", "PERIOD_INVALID"),
        ];
        for (field, reason) in expected {
            assert!(
                found.contains(&(field.to_owned(), reason.to_owned())),
                "{found:?}"
            );
        }
        let error = query(&world, &[], (2020, 1, 1), (2035, 1, 1)).await;
        let found = details(&error.unwrap_err()).violations;
        assert_eq!(found.len(), 2, "{found:?}");
    })
    .await;
}
