//! Comparisons of two releases.

use accord_proto::trade::v1::CompareReleasesRequest;
use tonic::Code;

use super::revised;
use crate::{
    bureau::{PARENT, on_each_engine, release},
    errors::assert_fault,
};

#[tokio::test]
async fn two_releases_differ_in_what_was_changed_added_or_left_out() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        let name = |id: &str| format!("{PARENT}/releases/{id}");
        let request =
            |later: &str, earlier: &str, page_size, page_token: &str| CompareReleasesRequest {
                release: name(later),
                earlier_release: name(earlier),
                page_size,
                page_token: page_token.to_owned(),
            };
        let compare = async |request| {
            let answer = bureau.reader.trade.clone().compare_releases(request).await;
            answer.unwrap().into_inner()
        };
        let whole = compare(request("c", "b", 1_000, "")).await;
        let found: Vec<_> = whole
            .changes
            .iter()
            .map(|change| {
                let of = |figure: &Option<_>| {
                    let figure: &Option<accord_proto::trade::v1::Observation> = figure;
                    figure.as_ref().and_then(|figure| figure.value_cents)
                };
                (of(&change.before), of(&change.after), change.removed)
            })
            .collect();
        let expected = [
            (Some(1_200), None, false),
            (Some(4_400), None, false),
            (None, Some(900), false),
            (Some(700), None, false),
            (Some(100_000), Some(900), false),
            (Some(100), None, true),
        ];
        assert_eq!(found, expected);
        let mut pages = Vec::new();
        let mut token = String::new();
        loop {
            let page = compare(request("c", "b", 2, &token)).await;
            pages.extend(page.changes);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(pages, whole.changes);
        assert!(compare(request("a", "a", 10, "")).await.changes.is_empty());

        bureau
            .publish(
                "other",
                release("KZ", "2024-02-01"),
                "flow,period,value_usd\nX,2023,1\n",
            )
            .await;
        let other = bureau
            .reader
            .trade
            .clone()
            .compare_releases(request("a", "other", 1, ""))
            .await;
        assert_fault(other, Code::InvalidArgument, "FIELD_INVALID");
        bureau
            .uz
            .create("staged", release("UZ", "2024-02-01"))
            .await
            .unwrap();
        let staged = bureau
            .reader
            .trade
            .clone()
            .compare_releases(request("a", "staged", 1, ""))
            .await;
        assert_fault(staged, Code::FailedPrecondition, "RELEASE_NOT_PUBLISHED");
    })
    .await;
}
