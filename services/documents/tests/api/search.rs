//! `SearchDocuments`.

use accord_proto::documents::v1::{
    AccessLevel, DeleteDocumentRequest, Document, LocalizedText, SearchDocumentsRequest,
    SearchDocumentsResponse, SearchScope, UndeleteDocumentRequest, UpdateDocumentRequest,
};
use tonic::Code;

use crate::{
    errors::{assert_fault, assert_violations},
    register::{Caller, Register, on_each_engine},
    sample::{self, PARTNERSHIP},
};

fn request(query: &str) -> SearchDocumentsRequest {
    SearchDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        query: query.to_owned(),
        ..SearchDocumentsRequest::default()
    }
}

fn title(language: &str, text: &str) -> LocalizedText {
    LocalizedText {
        language_code: language.to_owned(),
        text: text.to_owned(),
    }
}

impl Register {
    async fn titled(&self, id: &str, level: AccessLevel, titles: &[(&str, &str)]) -> Document {
        let mut request = sample::document(id);
        let given = request.document.as_mut().unwrap();
        given.access_level = level.into();
        given.titles = titles
            .iter()
            .map(|(language, text)| title(language, text))
            .collect();
        let mut uz = self.uz.clone();
        uz.documents
            .create_document(request)
            .await
            .unwrap()
            .into_inner()
    }
}

async fn search(caller: &Caller, request: SearchDocumentsRequest) -> SearchDocumentsResponse {
    let mut documents = caller.documents.clone();
    documents
        .search_documents(request)
        .await
        .unwrap()
        .into_inner()
}

fn ids(found: &SearchDocumentsResponse) -> Vec<String> {
    let id = |name: &str| name.rsplit('/').next().unwrap().to_owned();
    let names = found
        .results
        .iter()
        .map(|one| &one.document.as_ref().unwrap().name);
    names.map(|name| id(name)).collect()
}

#[tokio::test]
async fn titles_are_found_in_any_language_and_script_with_highlights() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let public = AccessLevel::Public;
        let titles = [
            ("uz-Cyrl", "Чегара тўғрисида шартнома"),
            ("en", "Treaty on the border"),
        ];
        register.titled("border", public, &titles).await;
        register
            .titled(
                "energy",
                public,
                &[("uz-Latn", "Energetika sohasida hamkorlik")],
            )
            .await;
        register
            .titled(
                "customs",
                public,
                &[
                    ("ru", "Соглашение о таможне"),
                    ("kk", "Кеден туралы келісім"),
                ],
            )
            .await;
        for (query, expected) in [
            ("shartnoma", "border"),
            ("CHEGARA to'g'risida", "border"),
            ("treaty border", "border"),
            ("егар", "border"),
            ("ҳамкорлик", "energy"),
            ("энергетика", "energy"),
            ("soglashenie tamozhne", "customs"),
            ("kelisim", "customs"),
        ] {
            let found = search(&register.reader, request(query)).await;
            assert_eq!(ids(&found), [expected], "{query}");
            assert!(!found.approximate && found.next_page_token.is_empty());
        }
        for query in ["treaty soglashenie", "nothing", "orde"] {
            let found = search(&register.reader, request(query)).await;
            assert_eq!(
                ids(&found),
                if query == "orde" {
                    vec!["border"]
                } else {
                    vec![]
                },
                "{query}"
            );
        }
        let found = search(&register.reader, request("chegara border")).await;
        let result = &found.results[0];
        assert!(result.score > 0.0);
        let shown: Vec<_> = result
            .fragments
            .iter()
            .map(|one| {
                let places = one.highlights.iter().map(|place| (place.start, place.end));
                (
                    one.language_code.as_str(),
                    one.content.as_str(),
                    places.collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("uz-Cyrl", "Чегара тўғрисида шартнома", vec![(0, 6)]),
                ("en", "Treaty on the border", vec![(14, 20)]),
            ]
        );
        let mut texts = request("border");
        texts.scope = SearchScope::Texts.into();
        assert!(search(&register.reader, texts).await.results.is_empty());
    })
    .await;
}

#[tokio::test]
async fn changes_deletions_and_levels_are_followed() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let kept = register
            .titled("a", AccessLevel::Public, &[("en", "Pact")])
            .await;
        register
            .titled("b", AccessLevel::Official, &[("en", "Pact")])
            .await;
        register
            .titled("c", AccessLevel::Restricted, &[("en", "Pact")])
            .await;
        for (caller, expected) in [
            (&register.uz, vec!["c", "b", "a"]),
            (&register.kz, vec!["c", "b", "a"]),
            (&register.reader, vec!["b", "a"]),
            (&register.kg, vec!["a"]),
            (&register.operator, vec!["c", "b", "a"]),
        ] {
            assert_eq!(ids(&search(caller, request("pact")).await), expected);
        }
        let mut uz = register.uz.clone();
        let changed = Document {
            name: kept.name.clone(),
            titles: vec![title("en", "Treaty")],
            ..Document::default()
        };
        let update = UpdateDocumentRequest {
            document: Some(changed),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["titles".to_owned()],
            }),
            ..UpdateDocumentRequest::default()
        };
        uz.documents.update_document(update).await.unwrap();
        assert!(ids(&search(&register.kg, request("pact")).await).is_empty());
        assert_eq!(ids(&search(&register.kg, request("treaty")).await), ["a"]);
        let delete = DeleteDocumentRequest {
            name: kept.name.clone(),
            ..DeleteDocumentRequest::default()
        };
        uz.documents.delete_document(delete).await.unwrap();
        assert!(ids(&search(&register.operator, request("treaty")).await).is_empty());
        let undelete = UndeleteDocumentRequest {
            name: kept.name.clone(),
            ..UndeleteDocumentRequest::default()
        };
        uz.documents.undelete_document(undelete).await.unwrap();
        assert_eq!(ids(&search(&register.kg, request("treaty")).await), ["a"]);
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_list_the_same() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        for index in 0..23 {
            let title = format!("Agreement {} on roads", "new ".repeat(index % 4));
            register
                .titled(&format!("d{index}"), AccessLevel::Public, &[("en", &title)])
                .await;
        }
        let whole = ids(&search(&register.reader, request("agreement road")).await);
        assert_eq!(whole.len(), 23);
        // The shortest title is the best, and of equal ones the newest.
        assert_eq!(whole[..3], ["d20", "d16", "d12"]);
        for page_size in [1, 5, 16, 1_000] {
            let mut request = request("agreement road");
            request.page_size = page_size;
            let mut listed = Vec::new();
            loop {
                let page = search(&register.reader, request.clone()).await;
                assert!(page.results.len() <= usize::try_from(page_size).unwrap());
                listed.extend(ids(&page));
                request.page_token = page.next_page_token;
                if request.page_token.is_empty() {
                    break;
                }
            }
            assert_eq!(listed, whole, "{page_size}");
        }
        let mut first = request("agreement");
        first.page_size = 1;
        let token = search(&register.reader, first).await.next_page_token;
        let mut other = request("road");
        other.page_token = token;
        let refused = register
            .reader
            .clone()
            .documents
            .search_documents(other)
            .await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn what_is_registered_between_two_pages_shifts_nothing() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        let public = AccessLevel::Public;
        for index in 0..12 {
            let title = format!("{}Road", "new ".repeat(index % 4));
            let title = if index % 3 == 0 {
                format!("{title} {title} customs")
            } else {
                format!("{title} {}", "customs ".repeat(index % 5 + 1))
            };
            let id = format!("d{index}");
            register.titled(&id, public, &[("en", &title)]).await;
        }
        let whole = ids(&search(&register.reader, request("road customs")).await);
        assert_eq!(whole.len(), 12);
        let mut request = request("road customs");
        request.page_size = 1;
        let mut listed = Vec::new();
        loop {
            let page = search(&register.reader, request.clone()).await;
            listed.extend(ids(&page));
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
            for part in 0..3 {
                let id = format!("more{}x{part}", listed.len());
                register.titled(&id, public, &[("en", "Other roads")]).await;
            }
        }
        assert_eq!(listed, whole);
    })
    .await;
}

#[tokio::test]
async fn odd_queries_are_answered_or_refused_precisely() {
    on_each_engine(async |register| {
        register.with_partnership().await;
        register
            .titled(
                "a",
                AccessLevel::Public,
                &[("en", "100% of \"it's\" a_b\\c; DROP")],
            )
            .await;
        let mut reader = register.reader.clone();
        for query in [
            "100%",
            "it's",
            "a_b",
            "b\\c",
            "DROP",
            "'; DROP TABLE documents; --\u{202e}",
        ] {
            let found = search(&register.reader, request(query)).await;
            let expected: &[&str] = if query.contains("TABLE") { &[] } else { &["a"] };
            assert_eq!(ids(&found), expected, "{query}");
        }
        assert_eq!(
            ids(&search(&register.reader, request("dr\0op")).await),
            Vec::<String>::new()
        );
        for query in ["%", "_", "'\"", "\0", "\u{202e}", "…"] {
            let refused = reader.documents.search_documents(request(query)).await;
            assert_violations(refused, &[("query", "QUERY_INVALID")]);
        }
        let words: Vec<String> = (0..21).map(|index| format!("w{index}")).collect();
        let refused = reader
            .documents
            .search_documents(request(&words.join(" ")))
            .await;
        assert_violations(refused, &[("query", "QUERY_INVALID")]);
        let found = search(&register.reader, request(&words[..20].join(" "))).await;
        assert!(found.results.is_empty());
        let refused = reader
            .documents
            .search_documents(request(&"x".repeat(501)))
            .await;
        assert_violations(refused, &[("query", "TEXT_TOO_LONG")]);
        assert!(
            search(&register.reader, request(&"x".repeat(500)))
                .await
                .results
                .is_empty()
        );
        let wrong = SearchDocumentsRequest {
            parent: "x".to_owned(),
            page_size: -1,
            page_token: "?".to_owned(),
            scope: 9,
            ..SearchDocumentsRequest::default()
        };
        assert_violations(
            reader.documents.search_documents(wrong).await,
            &[
                ("parent", "NAME_INVALID"),
                ("query", "FIELD_REQUIRED"),
                ("page_size", "PAGE_SIZE_INVALID"),
                ("page_token", "PAGE_TOKEN_INVALID"),
                ("scope", "FIELD_INVALID"),
            ],
        );
        let mut unknown = request("a");
        unknown.parent = "partnerships/none".to_owned();
        let refused = reader.documents.search_documents(unknown).await;
        assert_fault(refused, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}
