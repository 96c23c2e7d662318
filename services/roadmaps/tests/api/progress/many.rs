//! The progress of many roadmaps in one answer.

use accord_proto::roadmaps::v1::BatchGetRoadmapProgressRequest;

use super::{five, now, tally};
use crate::{
    reads,
    world::{ROADMAP, create_roadmap, details, each_engine, refused, roadmap},
};

#[tokio::test]
async fn many_roadmaps_are_answered_in_the_order_asked_for() {
    each_engine(async |world| {
        five(&world).await;
        let early = now(&world);
        world.days_pass(1);
        world
            .roadmaps("KZ")
            .create_roadmap(create_roadmap("later", roadmap()))
            .await
            .unwrap();
        let later = "partnerships/uz-kz/roadmaps/later".to_owned();
        let request = BatchGetRoadmapProgressRequest {
            parent: "partnerships/uz-kz".to_owned(),
            names: vec![later.clone(), ROADMAP.to_owned()],
            known_time: early,
            effective_date: None,
        };
        let answer = world
            .roadmaps("UZ")
            .batch_get_roadmap_progress(request.clone())
            .await
            .unwrap()
            .into_inner();
        let [of_later, of_five] = answer.roadmap_progresses.try_into().unwrap();
        assert_eq!((of_later.roadmap, of_later.total), (later.clone(), None));
        assert_eq!(of_five.total.unwrap().agreed, tally(5, 31));
        let mut bad = request.clone();
        bad.names
            .extend([later, "partnerships/uz-tj/roadmaps/x".to_owned()]);
        let error = world
            .roadmaps("UZ")
            .batch_get_roadmap_progress(bad)
            .await
            .unwrap_err();
        let expected = [("names[2]", "VALUE_REPEATED"), ("names[3]", "NAME_INVALID")];
        assert_eq!(
            details(&error).violations,
            expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()))
        );
        let mut unknown = request;
        unknown
            .names
            .push("partnerships/uz-kz/roadmaps/none".to_owned());
        assert_eq!(
            refused(
                world
                    .roadmaps("UZ")
                    .batch_get_roadmap_progress(unknown)
                    .await
            ),
            "RESOURCE_NOT_FOUND"
        );
    })
    .await;
}

#[tokio::test]
async fn a_hundred_roadmaps_and_more_are_answered_in_order_from_few_reads() {
    each_engine(async |world| {
        five(&world).await;
        let mut names = vec![ROADMAP.to_owned()];
        for number in 0..120 {
            let id = format!("r-{number}");
            let request = create_roadmap(&id, roadmap());
            world.roadmaps("KZ").create_roadmap(request).await.unwrap();
            names.insert(0, format!("partnerships/uz-kz/roadmaps/{id}"));
        }
        let request = BatchGetRoadmapProgressRequest {
            parent: "partnerships/uz-kz".to_owned(),
            names: names.clone(),
            ..BatchGetRoadmapProgressRequest::default()
        };
        let before = reads::so_far();
        let answer = world
            .roadmaps("UZ")
            .batch_get_roadmap_progress(request)
            .await
            .unwrap()
            .into_inner();
        let reads = reads::so_far() - before;
        assert_eq!(reads, 4, "two for every hundred roadmaps");
        let found = answer.roadmap_progresses;
        let answered: Vec<&String> = found.iter().map(|progress| &progress.roadmap).collect();
        assert_eq!(answered, names.iter().collect::<Vec<_>>());
        let mut agreed = found.iter().map(|progress| progress.total.unwrap().agreed);
        assert_eq!(agreed.next_back(), Some(tally(5, 31)));
        assert!(agreed.all(|agreed| agreed == tally(0, 0)));
    })
    .await;
}

#[tokio::test]
async fn too_many_names_are_one_violation() {
    each_engine(async |world| {
        let request = BatchGetRoadmapProgressRequest {
            parent: "partnerships/uz-kz".to_owned(),
            names: vec!["x".to_owned(); 1_001],
            ..BatchGetRoadmapProgressRequest::default()
        };
        let mut roadmaps = world.roadmaps("UZ");
        let answer = roadmaps.batch_get_roadmap_progress(request).await;
        let found = details(&answer.unwrap_err());
        assert_eq!(found.reason, "VALUE_OUT_OF_RANGE");
        let expected = ("names".to_owned(), "VALUE_OUT_OF_RANGE".to_owned());
        assert_eq!(found.violations, [expected]);
    })
    .await;
}
