//! Regions by their codes of then and of now.

use accord_proto::roadmaps::v1::{GetRoadmapRequest, ListRoadmapsRequest, Roadmap};

use crate::world::{create_roadmap, date, details, each_engine, roadmap, side};

#[tokio::test]
async fn the_capital_is_named_as_on_the_signing_day_and_shown_with_todays_code() {
    each_engine(async |world| {
        let kz = world.draft().await.sides.pop().unwrap();
        assert_eq!(
            (kz.region_code.as_str(), kz.region_name.as_str()),
            ("KZ-AST", "Nur-Sultan")
        );
        assert_eq!(kz.listed_region_name, "Nur-Sultan");
        assert_eq!(
            (
                kz.current_region_code.as_str(),
                kz.current_region_name.as_str()
            ),
            ("KZ-71", "Astana")
        );
    })
    .await;
}

#[tokio::test]
async fn the_regions_are_shown_as_of_any_day() {
    each_engine(async |world| {
        let draft = world.draft().await;
        for (day, expected) in [
            (date(2021, 12, 6), ("KZ-AST", "Nur-Sultan")),
            (date(2022, 10, 1), ("KZ-AST", "Astana")),
            (date(2025, 1, 1), ("KZ-71", "Astana")),
            (None, ("KZ-AST", "Nur-Sultan")),
        ] {
            let request = GetRoadmapRequest {
                name: draft.name.clone(),
                effective_date: day,
            };
            let read = world.roadmaps("KZ").get_roadmap(request).await.unwrap();
            let kz = read.into_inner().sides.pop().unwrap();
            let found = (
                kz.effective_region_code.as_str(),
                kz.effective_region_name.as_str(),
            );
            assert_eq!(found, expected, "{day:?}");
            assert_eq!(kz.region_name, "Nur-Sultan", "the signing day's name stays");
        }
    })
    .await;
}

#[tokio::test]
async fn the_code_of_then_and_the_code_of_now_both_find_the_roadmap() {
    each_engine(async |world| {
        let found = world.draft().await;
        assert_eq!(found.region_codes, ["KZ-71", "KZ-AST", "UZ-TK"]);
        let other = Roadmap {
            sides: vec![side("UZ", "UZ-NW"), side("KZ", "KZ-KZY")],
            ..roadmap()
        };
        world
            .roadmaps("UZ")
            .create_roadmap(create_roadmap("navoi-kyzylorda", other))
            .await
            .unwrap();
        for code in ["KZ-71", "KZ-AST", "UZ-TK"] {
            let request = ListRoadmapsRequest {
                parent: "partnerships/uz-kz".to_owned(),
                filter: format!("region_codes:\"{code}\""),
                ..ListRoadmapsRequest::default()
            };
            let listed = world
                .roadmaps("KZ")
                .list_roadmaps(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(listed.roadmaps, std::slice::from_ref(&found), "{code}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_of_another_time_or_country_is_refused() {
    each_engine(async |world| {
        for (code, reason) in [
            ("KZ-71", "REGION_NOT_VALID_ON_DATE"),
            ("KZ-99", "REGION_NOT_VALID_ON_DATE"),
            ("UZ-NW", "REGION_INVALID"),
            ("Astana", "REGION_INVALID"),
            ("", "FIELD_REQUIRED"),
        ] {
            let given = Roadmap {
                sides: vec![side("UZ", "UZ-TK"), side("KZ", code)],
                ..roadmap()
            };
            let error = world
                .roadmaps("UZ")
                .create_roadmap(create_roadmap("r", given))
                .await
                .unwrap_err();
            let details = details(&error);
            let expected = ("roadmap.sides[1].region_code".to_owned(), reason.to_owned());
            assert_eq!(details.violations, [expected], "{code}");
            if code == "KZ-71" {
                assert!(error.message().contains("KZ-AST"), "{}", error.message());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_roadmap_not_signed_yet_has_the_codes_of_today() {
    each_engine(async |world| {
        world.days_pass(1_000);
        let given = Roadmap {
            signing_date: None,
            sides: vec![side("UZ", "UZ-TK"), side("KZ", "KZ-71")],
            ..roadmap()
        };
        let created = world
            .roadmaps("UZ")
            .create_roadmap(create_roadmap("r", given))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(created.sides[1].region_name, "Astana");
        assert_eq!(created.region_codes, ["KZ-71", "KZ-AST", "UZ-TK"]);
    })
    .await;
}

#[tokio::test]
async fn where_no_list_is_known_the_name_has_to_be_given() {
    each_engine(async |world| {
        let mut given = Roadmap {
            sides: vec![side("UZ", "UZ-TK"), side("XA", "XA-1")],
            ..roadmap()
        };
        let error = world
            .roadmaps("UZ")
            .create_roadmap(create_roadmap("r", given.clone()))
            .await
            .unwrap_err();
        let expected = (
            "roadmap.sides[1].region_name".to_owned(),
            "FIELD_REQUIRED".to_owned(),
        );
        assert_eq!(details(&error).violations, [expected]);
        given.sides[1].region_name = "Far Shore".to_owned();
        let created = world
            .roadmaps("XA")
            .create_roadmap(create_roadmap("r", given))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(created.sides[1].current_region_code, "XA-1");
        assert_eq!(created.sides[1].current_region_name, "");
    })
    .await;
}

#[tokio::test]
async fn a_region_that_is_not_named_has_the_name_of_the_signing_day() {
    each_engine(async |world| {
        for (id, day, name) in [
            ("before", date(2022, 9, 18), "Nur-Sultan"),
            ("after", date(2022, 9, 19), "Astana"),
            ("later", date(2022, 11, 28), "Astana"),
        ] {
            let given = accord_proto::roadmaps::v1::Roadmap {
                signing_date: day,
                ..crate::world::roadmap()
            };
            let request = crate::world::create_roadmap(id, given);
            let created = world.roadmaps("UZ").create_roadmap(request).await.unwrap();
            assert_eq!(created.into_inner().sides[1].region_name, name, "{id}");
        }
        // From the next day on the code is another.
        let given = accord_proto::roadmaps::v1::Roadmap {
            signing_date: date(2022, 11, 29),
            ..crate::world::roadmap()
        };
        let request = crate::world::create_roadmap("recoded", given);
        let status = world
            .roadmaps("UZ")
            .create_roadmap(request)
            .await
            .unwrap_err();
        let expected = (
            "roadmap.sides[1].region_code".to_owned(),
            "REGION_NOT_VALID_ON_DATE".to_owned(),
        );
        assert_eq!(details(&status).violations, [expected]);
    })
    .await;
}
