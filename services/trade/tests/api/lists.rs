//! Pages, filters and orders.

use std::fmt::Write as _;

use accord_proto::trade::v1::{ListObservationsRequest, ListReleasesRequest, release::State};

use crate::{
    bureau::{Bureau, PARENT, header, on_each_engine, release},
    errors::assert_violations,
};

async fn seven(bureau: &Bureau) {
    for number in 1..=7 {
        let reporter = if number % 2 == 0 { "UZ" } else { "KZ" };
        let id = format!("r{number}");
        let published = format!("2024-01-0{number}");
        bureau
            .editor(reporter)
            .create(&id, release(reporter, &published))
            .await
            .unwrap();
    }
}

fn list(filter: &str, order_by: &str) -> ListReleasesRequest {
    ListReleasesRequest {
        parent: PARENT.to_owned(),
        filter: filter.to_owned(),
        order_by: order_by.to_owned(),
        ..ListReleasesRequest::default()
    }
}

async fn ids(bureau: &Bureau, mut request: ListReleasesRequest) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let mut releases = bureau.reader.releases.clone();
        let page = releases
            .list_releases(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert!(
            request.page_size == 0
                || page.releases.len() <= usize::try_from(request.page_size).unwrap()
        );
        ids.extend(
            page.releases
                .into_iter()
                .map(|release| release.name.rsplit('/').next().unwrap().to_owned()),
        );
        if page.next_page_token.is_empty() {
            return ids;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn pages_of_any_size_make_the_same_list() {
    on_each_engine(async |bureau| {
        seven(&bureau).await;
        let all = ids(&bureau, list("", "")).await;
        assert_eq!(all, ["r1", "r2", "r3", "r4", "r5", "r6", "r7"]);
        for page_size in [1, 2, 5, 1_000] {
            let request = ListReleasesRequest {
                page_size,
                ..list("", "")
            };
            assert_eq!(ids(&bureau, request).await, all);
        }
        let by_reporter = ListReleasesRequest {
            page_size: 2,
            ..list("", "reporter desc")
        };
        let found = ids(&bureau, by_reporter).await;
        assert_eq!(found, ["r6", "r4", "r2", "r7", "r5", "r3", "r1"]);
    })
    .await;
}

#[tokio::test]
async fn filters_choose_and_bad_ones_are_refused() {
    on_each_engine(async |bureau| {
        seven(&bureau).await;
        let csv = "flow,period,value_usd\nX,2022,1\n";
        bureau
            .uz
            .upload(header("partnerships/uz-kz/releases/r2", "all"), csv)
            .await
            .unwrap();
        bureau
            .uz
            .publish("partnerships/uz-kz/releases/r2")
            .await
            .unwrap();
        assert_eq!(State::Published.as_str_name(), "STATE_PUBLISHED");
        for (filter, expected) in [
            ("state = STATE_PUBLISHED", vec!["r2"]),
            (
                "reporter = \"UZ\" AND NOT state = STATE_PUBLISHED",
                vec!["r4", "r6"],
            ),
            ("publish_time >= \"2024-01-06T00:00:00Z\"", vec!["r6", "r7"]),
            (
                "observation_count > 0 OR name = \"partnerships/uz-kz/releases/r7\"",
                vec!["r2", "r7"],
            ),
        ] {
            assert_eq!(ids(&bureau, list(filter, "")).await, expected, "{filter}");
        }
        let bad = ListReleasesRequest {
            page_size: -1,
            page_token: "x".to_owned(),
            ..list("reporterr = 1", "publish_time")
        };
        let result = bureau.reader.releases.clone().list_releases(bad).await;
        assert_violations(
            result,
            &[
                ("page_size", "PAGE_SIZE_INVALID"),
                ("filter", "FILTER_INVALID"),
                ("order_by", "ORDER_BY_INVALID"),
            ],
        );
        let first = ListReleasesRequest {
            page_size: 2,
            ..list("", "")
        };
        let page = bureau
            .reader
            .releases
            .clone()
            .list_releases(first)
            .await
            .unwrap()
            .into_inner();
        let stolen = ListReleasesRequest {
            page_token: page.next_page_token,
            ..list("state = STATE_STAGING", "")
        };
        let result = bureau.reader.releases.clone().list_releases(stolen).await;
        assert_violations(result, &[("page_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn figures_are_listed_in_the_order_of_what_they_are_about() {
    on_each_engine(async |bureau| {
        let created = bureau
            .uz
            .create("figures", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        for (import, flow) in [("first", "X"), ("second", "M")] {
            let mut csv = "flow,period,value_usd\n".to_owned();
            for year in (2010..2020).rev() {
                writeln!(csv, "{flow},{year},{year}").unwrap();
            }
            bureau
                .uz
                .upload(header(&created.name, import), &csv)
                .await
                .unwrap();
        }
        let mut request = ListObservationsRequest {
            parent: created.name,
            page_size: 7,
            filter: "period.year >= 2012 AND NOT value_cents = 201500".to_owned(),
            ..ListObservationsRequest::default()
        };
        let mut found = Vec::new();
        loop {
            let mut releases = bureau.uz.releases.clone();
            let page = releases
                .list_observations(request.clone())
                .await
                .unwrap()
                .into_inner();
            found.extend(
                page.observations
                    .iter()
                    .map(|figure| (figure.import_id.clone(), figure.period.unwrap().year)),
            );
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let imports = ["first", "second"];
        let expected: Vec<_> = [2012, 2013, 2014, 2016, 2017, 2018, 2019]
            .into_iter()
            .flat_map(|year| imports.map(|import| (import.to_owned(), year)))
            .collect();
        assert_eq!(found, expected);
    })
    .await;
}
