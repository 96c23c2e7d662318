//! What is listed and found.
use tonic::Status;

use super::imported;
use crate::{
    bureau::{Bureau, on_each_engine},
    errors::assert_violations,
};
use accord_proto::trade::v1::{
    ListClassificationItemsRequest, ListCorrespondencesRequest, Relationship,
    SearchClassificationItemsRequest,
};

async fn listed(bureau: &Bureau, filter: &str, page_size: i32) -> Vec<String> {
    let mut request = ListClassificationItemsRequest {
        parent: "classifications/h6".to_owned(),
        page_size,
        filter: filter.to_owned(),
        ..ListClassificationItemsRequest::default()
    };
    let mut codes = Vec::new();
    loop {
        let mut client = bureau.reader.classifications.clone();
        let answer = client.list_classification_items(request.clone());
        let page = answer.await.unwrap().into_inner();
        codes.extend(page.items.into_iter().map(|item| item.code));
        if page.next_page_token.is_empty() {
            return codes;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn entries_are_listed_in_pages_and_by_level_and_parent() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let all = [
            "I", "V", "01", "0101", "010121", "010129", "27", "2709", "270900",
        ];
        for page_size in [0, 1, 2, 4, 100] {
            assert_eq!(listed(&bureau, "", page_size).await, all);
        }
        assert_eq!(
            listed(&bureau, "level = LEVEL_CHAPTER", 0).await,
            ["01", "27"]
        );
        assert_eq!(listed(&bureau, "parent_code = \"V\"", 0).await, ["27"]);
        assert_eq!(
            listed(&bureau, "parent_code = \"0101\"", 1).await,
            ["010121", "010129"]
        );
    })
    .await;
}

#[tokio::test]
async fn entries_are_found_by_words_and_by_the_beginning_of_a_code() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let search = async |parent: &str, query: &str, page_size: i32| {
            let mut request = SearchClassificationItemsRequest {
                parent: parent.to_owned(),
                query: query.to_owned(),
                page_size,
                ..SearchClassificationItemsRequest::default()
            };
            let mut codes = Vec::new();
            loop {
                let mut client = bureau.reader.classifications.clone();
                let answer = client.search_classification_items(request.clone());
                let page = answer.await?.into_inner();
                codes.extend(page.items.into_iter().map(|item| item.code));
                if page.next_page_token.is_empty() {
                    return Ok::<_, Status>(codes);
                }
                request.page_token = page.next_page_token;
            }
        };
        for (query, expected) in [
            ("horses", vec!["0101", "010121", "010129"]),
            ("HORSES pure-bred", vec!["010121", "010129"]),
            ("petrol CRUDE", vec!["2709", "270900"]),
            ("2709", vec!["2709", "270900"]),
            ("orses", vec![]),
            ("100%", vec![]),
        ] {
            for page_size in [0, 1] {
                let found = search("classifications/h6", query, page_size)
                    .await
                    .unwrap();
                assert_eq!(found, expected, "{query}");
            }
        }
        let older = search("classifications/h4", "petroleum", 0).await.unwrap();
        assert_eq!(older, ["2709", "270900"]);
        let result = search("classifications/h6", " ;-; ", 0).await;
        assert_violations(result, &[("query", "FIELD_INVALID")]);
        let result = search("classifications/h6", "a b c d e f g h i", -1).await;
        assert_violations(
            result,
            &[
                ("query", "FIELD_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn what_codes_became_is_listed_with_its_relationship() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let list = async |parent: &str, filter: &str| {
            let request = ListCorrespondencesRequest {
                parent: parent.to_owned(),
                filter: filter.to_owned(),
                page_size: 2,
                ..ListCorrespondencesRequest::default()
            };
            let mut client = bureau.reader.classifications.clone();
            let answer = client.list_correspondences(request);
            let page = answer.await.unwrap().into_inner();
            let shown: Vec<(String, String, Relationship)> = page
                .correspondences
                .into_iter()
                .map(|pair| {
                    (
                        pair.earlier_code.clone(),
                        pair.later_code.clone(),
                        pair.relationship(),
                    )
                })
                .collect();
            (shown, !page.next_page_token.is_empty())
        };
        let of = |earlier: &str, later: &str, relationship| {
            (earlier.to_owned(), later.to_owned(), relationship)
        };
        let (pairs, more) = list("classifications/h5", "").await;
        let split = Relationship::OneToMany;
        assert_eq!(
            pairs,
            [of("010110", "010121", split), of("010110", "010129", split)]
        );
        assert!(more);
        let (pairs, more) = list("classifications/h4", "later_code = \"010110\"").await;
        let merged = Relationship::ManyToOne;
        assert_eq!(
            pairs,
            [
                of("010111", "010110", merged),
                of("010119", "010110", merged)
            ]
        );
        assert!(!more);
        let (pairs, _) = list(
            "classifications/h4",
            "relationship = RELATIONSHIP_ONE_TO_ONE",
        )
        .await;
        assert_eq!(pairs, [of("270900", "270900", Relationship::OneToOne)]);
    })
    .await;
}
