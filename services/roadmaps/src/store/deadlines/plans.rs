//! What both engines do to list deadlines and to find those that wait for a reminder: all by index, without sorting.

use aip::ListRequest;
use jiff::civil::date;
use storage::{Engine, testing};

use super::*;
use crate::{
    MIGRATIONS, SCHEMA,
    store::{
        fields,
        plan::{fill, on as plan},
    },
};

/// A page far smaller than what follows it: fewer rows than a page are sorted sooner than read in order.
fn listing(order_by: &str) -> Listing {
    let request = ListRequest {
        page_size: 5,
        order_by,
        ..ListRequest::default()
    };
    Listing::parse(&fields::DEADLINES, &request).unwrap()
}

fn asked(body: &str, party: &str, with_closed: bool) -> Asked {
    Asked {
        partnership: "uz-kz".to_owned(),
        first: Some(date(2019, 6, 1)),
        last: Some(date(2020, 6, 1)),
        body: body.to_owned(),
        party: party.to_owned(),
        with_closed,
    }
}

/// Neither engine sorts rows or reads a table from end to end; the few sides of a roadmap are joined as the engine likes.
fn goes_by(plan: &str, engine: Engine, index: &str) {
    assert!(plan.contains(index), "{plan}");
    match engine {
        Engine::Sqlite => {
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            assert!(
                !plan.contains("SCAN d") && !plan.contains("SCAN m"),
                "{plan}"
            );
        }
        Engine::Postgres => {
            assert!(!plan.contains("Seq Scan on measures"), "{plan}");
            assert!(!plan.contains("Seq Scan on deadlines"), "{plan}");
            assert!(!plan.contains("Sort Key"), "{plan}");
        }
    }
}

#[tokio::test]
async fn deadlines_are_listed_in_the_order_of_an_index() {
    testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let engine = database.engine();
        for (body, party) in [("", ""), ("", "UZ"), ("body 3", ""), ("body 3", "UZ")] {
            for order in ["last_day", "last_day desc"] {
                let first = listing(order);
                let after = first.going_on_after(vec![18_300.into(), "m1234".into()]);
                for listing in [first, after] {
                    let open = list_sql(&listing, &asked(body, party, false));
                    let all = list_sql(&listing, &asked(body, party, true));
                    let plan_of_open = plan(&database, open).await;
                    goes_by(&plan_of_open, engine, "deadlines_open");
                    let plan_of_all = plan(&database, all).await;
                    goes_by(&plan_of_all, engine, "deadlines_all");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_reminder_is_found_by_its_day() {
    testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let sql = |text: &str, args: Vec<Value>| Sql {
            text: text.to_owned(),
            args,
        };
        let wait = sql(queries::REMINDERS_WAIT, args![17_990]);
        let due = sql(queries::DUE_REMINDERS, args![17_990, 200]);
        for query in [wait, due] {
            let plan = plan(&database, query).await;
            assert!(plan.contains("reminder_queue_by_day"), "{plan}");
        }
    })
    .await;
}
