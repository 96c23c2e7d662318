//! Fills a database: roadmaps and their adoption through the contract, measures and what happened to them straight into
//! the tables, because a hundred thousand calls would take longer than what is measured.

use std::error::Error;

use accord_proto::{
    google::r#type::Date,
    roadmaps::v1::{
        AdoptRoadmapRequest, CreateRoadmapRequest, LocalizedText, Period, Roadmap, RoadmapSide,
        roadmap_service_client::RoadmapServiceClient,
    },
};
use storage::Database;

use crate::Link;

pub(crate) const PARTNERSHIP: &str = "partnerships/uz-kz";

/// How many measures a roadmap has.
pub(crate) const MEASURES: i64 = 100;

/// How many bodies there are on each side.
pub(crate) const BODIES: i64 = 40;

/// Half of the measures are complete, the others planned or in progress. Each has a leading body on both sides and another that helps;
/// deadlines are spread over two years.
const FILL: &[&str] = &[
    "INSERT INTO measures (uid, name, roadmap_uid, partnership, titles, section, order_number, expected_result, \
     form_of_completion, executors, deadline_form, deadline_day, weight, state, reports, report_revision, report_side, \
     words, events, revision, created_us, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) \
     SELECT '00000000-0000-7000-8000-' || \
     substr('000000000000' || CAST(CAST(substr(r.name, 31) AS INTEGER) * 100 + i AS TEXT), \
     length('000000000000' || CAST(CAST(substr(r.name, 31) AS INTEGER) * 100 + i AS TEXT)) - 11), \
     r.name || '/measures/m' || CAST(i AS TEXT), r.uid, 'uz-kz', \
     '[{\"language_code\":\"en\",\"text\":\"A measure of the two regions\"}]', \
     'Section ' || CAST(i % 8 AS TEXT), i + 1, 'A result', '', \
     '[{\"party\":\"UZ\",\"lead_body\":\"UZ body ' || CAST(i % 40 AS TEXT) || \
     '\",\"co_executing_bodies\":[\"UZ body ' || CAST((i + 7) % 40 AS TEXT) || '\"]},' || \
     '{\"party\":\"KZ\",\"lead_body\":\"KZ body ' || CAST((i + 3) % 40 AS TEXT) || '\",\"co_executing_bodies\":[]}]', \
     1, 20089 + (i * 37 + CAST(substr(r.name, 31) AS INTEGER) * 11) % 730, 1 + i % 5, \
     CASE WHEN i % 2 = 0 THEN 6 ELSE 1 + i % 4 / 2 END, CASE WHEN i % 2 = 0 THEN 1 ELSE 0 END, \
     CASE WHEN i % 2 = 0 THEN 1 END, CASE WHEN i % 2 = 0 THEN 0 END, \
     '{\"report\":null,\"verdict\":null,\"proposal\":null}', CASE WHEN i % 2 = 0 THEN 3 ELSE 1 + i % 4 / 2 END, 1, 0, 0 \
     FROM n CROSS JOIN roadmaps r",
    "INSERT INTO measure_bodies (measure_uid, party, body, leads) \
     SELECT uid, 'UZ', 'UZ body ' || CAST((order_number - 1) % 40 AS TEXT), TRUE FROM measures \
     UNION ALL SELECT uid, 'UZ', 'UZ body ' || CAST((order_number + 6) % 40 AS TEXT), FALSE FROM measures \
     UNION ALL SELECT uid, 'KZ', 'KZ body ' || CAST((order_number + 2) % 40 AS TEXT), TRUE FROM measures",
    "INSERT INTO known_bodies (partnership, body, party) \
     SELECT DISTINCT m.partnership, b.body, b.party FROM measure_bodies b JOIN measures m ON m.uid = b.measure_uid",
    "INSERT INTO measure_events (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, \
     report_revision, state, section, weight, deadline_day, completed_day, claim, executors) \
     SELECT uid, 1, roadmap_uid, 1735700000000000, 1, 0, 'uz-economy', '', NULL, 1, section, weight, deadline_day, NULL, NULL, \
     executors FROM measures",
    "INSERT INTO measure_events (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, \
     report_revision, state, completed_day) \
     SELECT uid, 2, roadmap_uid, 1735700000000000 + order_number * 500000000000, 6, 0, 'uz-economy', '', 1, 3, \
     20089 + order_number FROM measures WHERE state = 6 \
     UNION ALL SELECT uid, 3, roadmap_uid, 1735700000000000 + order_number * 600000000000, 8, 1, 'kz-economy', '', 1, 6, NULL \
     FROM measures WHERE state = 6 \
     UNION ALL SELECT uid, 2, roadmap_uid, 1735700000000000 + order_number * 600000000000, 5, 0, 'uz-economy', '', NULL, 2, NULL \
     FROM measures WHERE state = 2",
    "ANALYZE",
];

/// Fills an empty database with so many measures.
pub(crate) async fn fill(
    database: &Database,
    sides: &[Link; 2],
    size: i64,
) -> Result<(), Box<dyn Error>> {
    let [uz, kz] = sides;
    let mut first = RoadmapServiceClient::new(uz.clone());
    let mut second = RoadmapServiceClient::new(kz.clone());
    let mut names = Vec::new();
    for number in 0..size / MEASURES {
        let created = first.create_roadmap(roadmap(number)).await?;
        names.push(created.into_inner().name);
    }
    let filled: Result<(), storage::Error> = database
        .write(|tx| {
            Box::pin(async move {
                for text in FILL {
                    tx.execute(*text, vec![]).await?;
                }
                Ok(())
            })
        })
        .await;
    filled?;
    for name in names {
        let request = AdoptRoadmapRequest {
            name,
            plan_revision: 1,
            ..AdoptRoadmapRequest::default()
        };
        first.adopt_roadmap(request.clone()).await?;
        second.adopt_roadmap(request).await?;
    }
    Ok(())
}

/// The name of a roadmap, by its number.
pub(crate) fn name(number: i64) -> String {
    format!("{PARTNERSHIP}/roadmaps/r-{number}")
}

fn roadmap(number: i64) -> CreateRoadmapRequest {
    let side = |party: &str, region_code: &str| RoadmapSide {
        party: party.to_owned(),
        region_code: region_code.to_owned(),
        ..RoadmapSide::default()
    };
    let day = |year, month, day| Some(Date { year, month, day });
    CreateRoadmapRequest {
        parent: PARTNERSHIP.to_owned(),
        roadmap_id: format!("r-{number}"),
        roadmap: Some(Roadmap {
            titles: vec![LocalizedText {
                language_code: "en".to_owned(),
                text: format!("Roadmap {number}"),
            }],
            sides: vec![side("UZ", "UZ-TK"), side("KZ", "KZ-71")],
            period: Some(Period {
                start_date: day(2025, 1, 1),
                end_date: day(2026, 12, 31),
            }),
            ..Roadmap::default()
        }),
        ..CreateRoadmapRequest::default()
    }
}

/// Removes the schema of a run.
pub(crate) async fn drop_schema(database: &Database, schema: &str) -> Result<(), Box<dyn Error>> {
    let text: &'static str = format!("DROP SCHEMA \"{schema}\" CASCADE").leak();
    let dropped: Result<u64, storage::Error> = database
        .write(move |tx| Box::pin(async move { tx.execute(text, vec![]).await }))
        .await;
    dropped?;
    Ok(())
}
