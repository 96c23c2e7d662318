//! What a list request becomes, and what is said about a wrong one.

use super::{ListRequest, Listing};
use crate::{Field, Kind, Schema, Value};

static SCHEMA: Schema = Schema {
    fields: &[
        Field {
            path: "title",
            kind: Kind::Text,
            column: "d.title",
            sortable: true,
        },
        Field {
            path: "pages",
            kind: Kind::Int,
            column: "d.pages",
            sortable: true,
        },
        Field {
            path: "note",
            kind: Kind::Text,
            column: "d.note",
            sortable: false,
        },
    ],
};

const BASE: &str = "SELECT * FROM documents d";

fn request<'a>(filter: &'a str, order_by: &'a str) -> ListRequest<'a> {
    ListRequest {
        filter,
        order_by,
        bound_to: b"partnerships/uz-kz",
        ..ListRequest::default()
    }
}

fn listing(request: &ListRequest<'_>) -> Listing {
    Listing::parse(&SCHEMA, request).unwrap()
}

fn reasons(request: &ListRequest<'_>) -> Vec<&'static str> {
    let violations = Listing::parse(&SCHEMA, request).unwrap_err();
    violations
        .iter()
        .map(|violation| violation.reason)
        .collect()
}

/// The SQL of the second page, after a row with title "t", 7 pages and key "k".
fn second_page(order_by: &str) -> (String, Vec<Value>) {
    let request = ListRequest {
        page_size: 1,
        ..request("", order_by)
    };
    let (_, token) = listing(&request).page(
        vec![(), ()],
        |(), path| {
            if path == "title" {
                "t".into()
            } else {
                7.into()
            }
        },
        |()| "k".into(),
    );
    let next = ListRequest {
        page_token: &token,
        ..request
    };
    let sql = listing(&next).sql(BASE, &[], "d.name");
    (sql.text, sql.args)
}

#[test]
fn the_first_page_has_conditions_filter_and_order() {
    let sql = listing(&request("pages > 3", "title desc, pages asc")).sql(
        BASE,
        &[
            ("d.partnership_uid = {}", "u".into()),
            ("d.deleted_us IS NULL", Value::Null),
        ],
        "d.name",
    );
    assert_eq!(
        sql.text,
        "SELECT * FROM documents d WHERE d.partnership_uid = $1 AND d.deleted_us IS NULL \
         AND d.pages > $2 ORDER BY d.title DESC, d.pages, d.name LIMIT 51"
    );
    assert_eq!(sql.args, ["u".into(), 3.into()]);
}

#[test]
fn nothing_asked_means_no_conditions() {
    let sql = listing(&ListRequest::default()).sql(BASE, &[], "d.name");
    assert_eq!(
        sql.text,
        "SELECT * FROM documents d ORDER BY d.name LIMIT 51"
    );
}

#[test]
fn an_alternative_in_the_filter_stays_within_the_conditions() {
    let sql = listing(&request("pages = 1 OR pages = 2", "")).sql(
        BASE,
        &[("d.partnership_uid = {}", "u".into())],
        "d.name",
    );
    assert!(
        sql.text
            .contains("d.partnership_uid = $1 AND (d.pages = $2 OR d.pages = $3) ORDER")
    );
}

#[test]
fn one_direction_is_a_row_comparison() {
    let (text, args) = second_page("title, pages");
    assert_eq!(
        text,
        "SELECT * FROM documents d WHERE (d.title, d.pages, d.name) > ($1, $2, $3) \
         ORDER BY d.title, d.pages, d.name LIMIT 2"
    );
    assert_eq!(args, ["t".into(), 7.into(), "k".into()]);
    assert!(
        second_page("title desc")
            .0
            .contains("(d.title, d.name) < ($1, $2)")
    );
    assert!(second_page("").0.contains("(d.name) > ($1)"));
}

#[test]
fn two_directions_are_spelled_out() {
    let (text, args) = second_page("title desc, pages");
    assert_eq!(
        text,
        "SELECT * FROM documents d WHERE ((d.title < $1) OR (d.title = $2 AND d.pages > $3) \
         OR (d.title = $4 AND d.pages = $5 AND d.name > $6)) \
         ORDER BY d.title DESC, d.pages, d.name LIMIT 2"
    );
    assert_eq!(args.len(), 6);
}

#[test]
fn page_sizes_have_a_default_a_maximum_and_no_negatives() {
    for (asked, given) in [
        (0, 50),
        (1, 1),
        (1_000, 1_000),
        (1_001, 1_000),
        (i32::MAX, 1_000),
    ] {
        let request = ListRequest {
            page_size: asked,
            ..ListRequest::default()
        };
        assert_eq!(listing(&request).page_size(), given);
    }
    let request = ListRequest {
        page_size: -1,
        ..ListRequest::default()
    };
    assert_eq!(reasons(&request), ["PAGE_SIZE_INVALID"]);
}

#[test]
fn orders_name_sortable_fields_once() {
    for order_by in [
        "note",
        "tytle",
        "title descending",
        "title,",
        ",",
        "title, title desc",
        "title DESC",
    ] {
        assert_eq!(
            reasons(&request("", order_by)),
            ["ORDER_BY_INVALID"],
            "{order_by}"
        );
    }
    for order_by in ["title", " title  desc ,pages asc", " "] {
        assert!(
            Listing::parse(&SCHEMA, &request("", order_by)).is_ok(),
            "{order_by}"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let request = ListRequest {
        page_size: -3,
        page_token: "?",
        filter: "tytle = 1",
        order_by: "title",
        bound_to: b"",
    };
    assert_eq!(
        reasons(&request),
        ["PAGE_SIZE_INVALID", "FILTER_INVALID", "PAGE_TOKEN_INVALID"]
    );
}

#[test]
fn a_token_works_for_its_own_request_with_any_page_size() {
    let own = ListRequest {
        page_size: 1,
        ..request("pages > 3", "title")
    };
    let (rows, token) = listing(&own).page(vec![1, 2], |_, _| "t".into(), |row| (*row).into());
    assert_eq!(rows, [1]);
    let other_size = ListRequest {
        page_size: 200,
        page_token: &token,
        ..own
    };
    assert!(Listing::parse(&SCHEMA, &other_size).is_ok());
    for foreign in [
        ListRequest {
            filter: "pages > 4",
            ..other_size
        },
        ListRequest {
            order_by: "title desc",
            ..other_size
        },
        ListRequest {
            bound_to: b"partnerships/kz-kg",
            ..other_size
        },
    ] {
        assert_eq!(reasons(&foreign), ["PAGE_TOKEN_INVALID"]);
    }
}

#[test]
fn a_token_of_another_method_is_refused() {
    static OTHER_COLUMN: Schema = Schema {
        fields: &[Field {
            path: "title",
            kind: Kind::Text,
            column: "a.title",
            sortable: true,
        }],
    };
    static OTHER_PATH: Schema = Schema {
        fields: &[Field {
            path: "name",
            kind: Kind::Text,
            column: "d.title",
            sortable: true,
        }],
    };
    let own = ListRequest {
        page_size: 1,
        ..request("", "")
    };
    let (_, token) = listing(&own).page(vec![1, 2], |_, _| Value::Null, |row| (*row).into());
    let next = ListRequest {
        page_token: &token,
        ..own
    };
    assert!(Listing::parse(&SCHEMA, &next).is_ok());
    for other in [&OTHER_COLUMN, &OTHER_PATH] {
        let violations = Listing::parse(other, &next).unwrap_err();
        let reasons: Vec<_> = violations
            .iter()
            .map(|violation| violation.reason)
            .collect();
        assert_eq!(reasons, ["PAGE_TOKEN_INVALID"]);
    }
}

#[test]
fn the_last_page_has_no_token() {
    let request = ListRequest {
        page_size: 2,
        ..ListRequest::default()
    };
    let (rows, token) = listing(&request).page(vec![1, 2], |_, _| Value::Null, |row| (*row).into());
    assert_eq!((rows.len(), token.as_str()), (2, ""));
}
