//! Which bodies a partnership knows, how they are written, and questions about others.

use accord_proto::roadmaps::v1::{
    BatchCreateMeasuresRequest, Executors, GetDeadlineCalendarRequest, ListDeadlinesRequest,
    Measure, UpdateMeasureRequest,
};
use tonic::{Code, Status};

use crate::{
    planning::{add, name},
    world::{ROADMAP, World, create_measure, details, each_engine, measure},
};

fn by(party: &str, lead: &str, others: &[&str]) -> Measure {
    Measure {
        executors: vec![Executors {
            party: party.to_owned(),
            lead_body: lead.to_owned(),
            co_executing_bodies: others.iter().map(|body| (*body).to_owned()).collect(),
        }],
        ..measure("Measure")
    }
}

fn violations(status: &Status) -> Vec<(String, String)> {
    let found = details(status);
    assert_eq!(found.code, Code::InvalidArgument);
    found.violations
}

fn spelling(fields: &[&str]) -> Vec<(String, String)> {
    let pairs = fields.iter();
    pairs
        .map(|field| ((*field).to_owned(), "BODY_SPELLING".to_owned()))
        .collect()
}

async fn enter(world: &World, id: &str, measure: Measure) -> Result<Measure, Status> {
    let answer = world
        .measures("UZ")
        .create_measure(create_measure(id, measure))
        .await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn the_first_mention_makes_a_body_known_and_another_spelling_is_refused() {
    each_engine(async |world| {
        world.draft().await;
        enter(
            &world,
            "a",
            by("UZ", "Oʻzavtoyoʻl", &["Ministry of Transport"]),
        )
        .await
        .unwrap();
        let other = by("UZ", "ministry of  transport", &["O'zavtoyo'l", "Customs"]);
        let error = enter(&world, "b", other.clone()).await.unwrap_err();
        assert_eq!(
            violations(&error),
            spelling(&[
                "measure.executors[0].lead_body",
                "measure.executors[0].co_executing_bodies[0]",
            ])
        );
        assert!(error.message().contains("Ministry of Transport"), "{error}");
        // The same words for another party are another body.
        enter(&world, "c", by("KZ", "MINISTRY OF TRANSPORT", &[]))
            .await
            .unwrap();
        let mut meant = create_measure("b", other);
        meant.allow_new_spelling = true;
        world.measures("UZ").create_measure(meant).await.unwrap();
        // Now both are known.
        enter(
            &world,
            "d",
            by("UZ", "ministry of  transport", &["Oʻzavtoyoʻl"]),
        )
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn changes_batches_and_proposals_are_checked_too() {
    each_engine(async |world| {
        world.draft().await;
        enter(&world, "a", by("UZ", "Customs", &[])).await.unwrap();
        let update = UpdateMeasureRequest {
            measure: Some(Measure {
                name: name("a"),
                ..by("UZ", "CUSTOMS", &[])
            }),
            ..UpdateMeasureRequest::default()
        };
        let error = world
            .measures("UZ")
            .update_measure(update)
            .await
            .unwrap_err();
        assert_eq!(
            violations(&error),
            spelling(&["measure.executors[0].lead_body"])
        );
        let batch = |allow_new_spelling| BatchCreateMeasuresRequest {
            parent: ROADMAP.to_owned(),
            requests: vec![
                create_measure("b", by("KZ", "Akimat", &[])),
                create_measure("c", by("KZ", "akimat", &["Customs"])),
            ],
            allow_new_spelling,
            ..BatchCreateMeasuresRequest::default()
        };
        let error = world
            .measures("UZ")
            .batch_create_measures(batch(false))
            .await
            .unwrap_err();
        let field = "requests[1].measure.executors[0].lead_body";
        assert_eq!(violations(&error), spelling(&[field]));
        world
            .measures("UZ")
            .batch_create_measures(batch(true))
            .await
            .unwrap();
        world.adopt(ROADMAP).await;
        let mut change = add("new");
        if let Some(accord_proto::roadmaps::v1::plan_change::Change::Add(add)) = &mut change.change
        {
            add.measure = Some(by("UZ", "customs", &[]));
        }
        let error = world.propose("UZ", vec![change]).await.unwrap_err();
        let field = "changes[0].add.measure.executors[0].lead_body";
        assert_eq!(violations(&error), spelling(&[field]));
    })
    .await;
}

#[tokio::test]
async fn questions_about_unknown_bodies_and_parties_are_told_the_nearest() {
    each_engine(async |world| {
        world.draft().await;
        enter(&world, "a", by("UZ", "Ministry of Transport", &[]))
            .await
            .unwrap();
        world.adopt(ROADMAP).await;
        let list = async |party: &str, body: &str| {
            let request = ListDeadlinesRequest {
                parent: "partnerships/uz-kz".to_owned(),
                party: party.to_owned(),
                body: body.to_owned(),
                ..ListDeadlinesRequest::default()
            };
            world.measures("KZ").list_deadlines(request).await
        };
        let told = |field: &str, reason: &str| vec![(field.to_owned(), reason.to_owned())];
        let error = list("", "Ministry of Transprot").await.unwrap_err();
        assert_eq!(violations(&error), told("body", "BODY_UNKNOWN"));
        assert!(
            error.message().contains("“Ministry of Transport”"),
            "{error}"
        );
        // It is known, but as a body of the other party.
        let error = list("KZ", "Ministry of Transport").await.unwrap_err();
        assert_eq!(violations(&error), told("body", "BODY_UNKNOWN"));
        let error = list("KG", "").await.unwrap_err();
        assert_eq!(violations(&error), told("party", "PARTY_NOT_A_SIDE"));
        assert!(error.message().contains("KZ, UZ"), "{error}");
        assert_eq!(
            list("UZ", "Ministry of Transport")
                .await
                .unwrap()
                .into_inner()
                .deadlines
                .len(),
            1
        );
        assert!(
            list("KZ", "")
                .await
                .unwrap()
                .into_inner()
                .deadlines
                .is_empty()
        );
        let request = GetDeadlineCalendarRequest {
            parent: "partnerships/uz-kz".to_owned(),
            body: "Nobody".to_owned(),
            ..GetDeadlineCalendarRequest::default()
        };
        let error = world
            .measures("KZ")
            .get_deadline_calendar(request)
            .await
            .unwrap_err();
        assert_eq!(violations(&error), told("body", "BODY_UNKNOWN"));
        assert!(error.message().contains("none is near"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_body_is_found_however_many_a_partnership_knows() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("Measure")).await;
        let many = "INSERT INTO known_bodies (partnership, body, party) SELECT 'uz-kz', 'Office ' || n, 'UZ' FROM ( \
            WITH RECURSIVE c(n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM c WHERE n < 110100) SELECT n FROM c) t";
        let written: Result<(), storage::Error> = world
            .database
            .write(move |tx| {
                Box::pin(async move { tx.execute(many, storage::args![]).await.map(drop) })
            })
            .await;
        written.unwrap();
        let error = enter(&world, "b", by("UZ", "office 110100", &[]))
            .await
            .unwrap_err();
        assert_eq!(
            violations(&error),
            spelling(&["measure.executors[0].lead_body"])
        );
        for party in ["UZ", ""] {
            let request = ListDeadlinesRequest {
                parent: "partnerships/uz-kz".to_owned(),
                party: party.to_owned(),
                body: "Office 11010O".to_owned(),
                ..ListDeadlinesRequest::default()
            };
            let error = world.measures("KZ").list_deadlines(request).await;
            let error = error.unwrap_err();
            assert!(error.message().contains("“Office 110100”"), "{error}");
        }
    })
    .await;
}
