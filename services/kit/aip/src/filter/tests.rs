//! What filters mean, and what is said about wrong ones.

use proptest::prelude::*;

use super::{Bound, Filter, MAX_CHARS, MAX_COMPARISONS, MAX_DEPTH, parse};
use crate::{Field, Kind, Schema, Sql, Value};

const fn field(path: &'static str, kind: Kind, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column: path,
        sortable,
    }
}

static SCHEMA: Schema = Schema {
    fields: &[
        field("title", Kind::Text, false),
        field("name", Kind::Text, true),
        field("pages", Kind::Int, true),
        field("secret", Kind::Bool, false),
        field("signing.date", Kind::Date, true),
        field("create_time", Kind::Time, true),
        field("type", Kind::Enum(&[("TREATY", 1), ("PLAN", 2)]), false),
        Field {
            path: "sectors",
            kind: Kind::TextSet,
            column: "EXISTS (SELECT 1 FROM s WHERE s.v = {})",
            sortable: false,
        },
    ],
};

fn filter(text: &str) -> Filter {
    parse(text, &SCHEMA).unwrap_or_else(|violation| panic!("{text}: {violation}"))
}

fn sql(text: &str) -> String {
    let mut sql = Sql::default();
    filter(text).push_sql(&mut sql);
    sql.text
}

fn error(text: &str) -> String {
    let violation = parse(text, &SCHEMA).unwrap_err();
    assert_eq!(violation.field, "filter");
    assert_eq!(violation.reason, "FILTER_INVALID");
    violation.description
}

/// A document with everything set but `create_time`.
fn document(path: &str) -> Vec<Value> {
    match path {
        "title" => vec!["Joint *customs* control".into()],
        "name" => vec!["partnerships/uz-kz/documents/customs".into()],
        "pages" => vec![12.into()],
        "secret" => vec![false.into()],
        "signing.date" => vec![18_967.into()],
        "type" => vec![1.into()],
        "sectors" => vec!["customs".into(), "energy".into()],
        "create_time" => vec![Value::Null],
        other => panic!("{other} is not in the schema"),
    }
}

fn holds(text: &str) -> bool {
    filter(text).matches(&document)
}

#[test]
fn an_empty_filter_lets_everything_through() {
    for text in ["", "  \n"] {
        assert!(filter(text).is_empty());
        assert!(holds(text));
        assert_eq!(sql(text), "TRUE");
    }
}

#[test]
fn every_kind_is_compared_in_its_own_type() {
    for text in [
        "pages = 12",
        "pages > 9",
        "pages >= -5",
        "pages:12",
        "secret = false",
        "secret != true",
        "signing.date = 2021-12-06",
        "signing.date < \"2022-01-01\"",
        "type = TREATY",
        "type != 'PLAN'",
        "title : \"customs\"",
        "title = \"Joint*\"",
        "title = Joint*",
        "title:*",
        "name > a",
        "sectors : energy",
        "sectors = customs",
    ] {
        assert!(holds(text), "{text}");
    }
    for text in [
        "pages != 12",
        "pages < 9",
        "secret:true",
        "signing.date > 2021-12-06",
        "type = PLAN",
        "title : \"Customs\"",
        "title = joint*",
        "title = Joint",
        "sectors : custom",
    ] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn escapes_make_a_star_a_star() {
    assert!(holds(r#"title : "\*customs\*""#));
    assert!(!holds(r#"title = "Joint\*""#));
    assert!(holds(r#"title = "Joint \*customs\**""#));
}

#[test]
fn or_binds_tighter_than_and() {
    assert_eq!(
        sql("pages = 1 AND pages = 2 OR pages = 3"),
        "(pages = $1 AND (pages = $2 OR pages = $3))"
    );
    assert_eq!(
        sql("(pages = 1 AND pages = 2) OR pages = 3"),
        "((pages = $1 AND pages = $2) OR pages = $3)"
    );
}

#[test]
fn side_by_side_means_and() {
    assert_eq!(
        sql("pages = 1 pages = 2 OR pages = 3 -pages = 4"),
        "(pages = $1 AND (pages = $2 OR pages = $3) AND NOT COALESCE(pages = $4, FALSE))"
    );
}

#[test]
fn negations_move_to_the_comparisons() {
    assert_eq!(
        sql("NOT (pages = 1 OR NOT secret = true)"),
        "(NOT COALESCE(pages = $1, FALSE) AND secret = $2)"
    );
    assert_eq!(sql("-(pages = 1)"), sql("pages != 1"));
    assert_eq!(sql("-pages != 1"), "pages = $1");
}

#[test]
fn a_missing_value_fulfils_only_negations() {
    let time = "\"2021-12-06T10:00:00Z\"";
    for text in [
        format!("create_time = {time}"),
        format!("create_time < {time}"),
        format!("create_time >= {time}"),
        "create_time:*".to_owned(),
    ] {
        assert!(!holds(&text), "{text}");
        assert!(holds(&format!("NOT {text}")), "NOT {text}");
    }
    assert!(holds(&format!("create_time != {time}")));
}

#[test]
fn values_are_bound_and_never_spliced() {
    let mut sql = Sql::default();
    filter(r#"title = "'; DROP TABLE documents; --" AND sectors : "')""#).push_sql(&mut sql);
    assert_eq!(
        sql.text,
        "(title = $1 AND EXISTS (SELECT 1 FROM s WHERE s.v = $2))"
    );
    assert_eq!(
        sql.args,
        ["'; DROP TABLE documents; --".into(), "')".into()]
    );
}

#[test]
fn times_are_instants_whatever_their_offset() {
    let args = |text: &str| {
        let mut sql = Sql::default();
        filter(text).push_sql(&mut sql);
        sql.args
    };
    let expected = [Value::Int(1_638_784_800_500_000)];
    assert_eq!(args("create_time > \"2021-12-06T10:00:00.5Z\""), expected);
    assert_eq!(
        args("create_time > '2021-12-06T15:00:00.5+05:00'"),
        expected
    );
}

#[test]
fn errors_name_the_place() {
    for (text, expected) in [
        (
            "tytle = 1",
            "at character 1: there is no field `tytle`; the fields are title, name, pages, \
             secret, signing.date, create_time, type, sectors",
        ),
        (
            "pages = 1 AND",
            "at character 14: expected a comparison such as FIELD = VALUE, found the end",
        ),
        (
            "pages = 1 OR OR",
            "at character 14: expected a comparison such as FIELD = VALUE, found `OR`",
        ),
        (
            "pages",
            "at character 6: expected an operator (= != < <= > >= :) after `pages`, found the end",
        ),
        (
            "pages = ",
            "at character 9: expected a whole number for `pages`, found the end",
        ),
        (
            "pages = twelve",
            "at character 9: expected a whole number for `pages`, found `twelve`",
        ),
        (
            "pages = 1.5",
            "at character 9: expected a whole number for `pages`, found `1.5`",
        ),
        (
            "secret = yes",
            "at character 10: expected true or false for `secret`, found `yes`",
        ),
        ("secret < true", "at character 8: `secret` does not take <"),
        ("title > a", "at character 7: `title` does not take >"),
        ("sectors != a", "at character 9: `sectors` does not take !="),
        (
            "signing.date = 2021-02-29",
            "at character 16: expected a date such as 2021-12-06 for `signing.date`, found `2021-02-29`",
        ),
        (
            "create_time > 2021-12-06T10:00:00Z",
            "at character 15: expected a time in quotes such as \"2021-12-06T10:00:00Z\" for \
             `create_time`, found `2021-12-06T10`",
        ),
        (
            "type = treaty",
            "at character 8: expected one of TREATY, PLAN for `type`, found `treaty`",
        ),
        (
            "title = a:b",
            "at character 10: unexpected `:` after `a`; a value with such characters must be in quotes",
        ),
        (
            "(pages = 1",
            "at character 11: expected `)` for the `(` at character 1, found the end",
        ),
        ("pages = 1)", "at character 10: unexpected `)`"),
        (
            "pages ! 1",
            "at character 7: `!` must be followed by `=`; to negate, write NOT",
        ),
        ("title = \"abc", "at character 9: the closing \" is missing"),
        (
            "title = \"a\\n\"",
            "at character 11: a backslash must be followed by \\, \", ' or *",
        ),
        (
            "title : \"a*\"",
            "at character 9: `*` does not work with `title :`; in quotes, \\* stands for itself",
        ),
        (
            "pages = 1*",
            "at character 9: `*` does not work with `pages =`; in quotes, \\* stands for itself",
        ),
        (
            "exists(title)",
            "at character 7: `exists(`: functions are not supported",
        ),
        (
            "'title' = 1",
            "at character 1: expected a comparison such as FIELD = VALUE, found \"title\"",
        ),
        ("pages = 1, pages = 2", "at character 10: unexpected ','"),
        (
            "NOT -pages = 1",
            "at character 6: NOT and `-` cannot stand together",
        ),
        (
            "title = Ўзбек AND тест = 1",
            "at character 19: there is no field `тест`; the fields are \
          title, name, pages, secret, signing.date, create_time, type, sectors",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn limits_hold_and_say_so() {
    let nested = |depth: usize| format!("{}pages = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH), &SCHEMA).is_ok());
    assert_eq!(
        error(&nested(MAX_DEPTH + 1)),
        "at character 33: more than 32 parentheses within each other"
    );
    let many = |count: usize| vec!["pages = 1"; count].join(" OR ");
    assert!(parse(&many(MAX_COMPARISONS), &SCHEMA).is_ok());
    assert!(error(&many(MAX_COMPARISONS + 1)).ends_with("a filter has at most 100 comparisons"));
    assert_eq!(
        error(&"(".repeat(MAX_CHARS + 1)),
        "at character 4001: a filter has at most 4000 characters"
    );
}

#[test]
fn what_all_resources_have_in_common_is_told() {
    let filter = filter(
        "type = PLAN AND (sectors:energy OR pages > 3) AND NOT secret = true AND (title:a OR -pages = 1) \
         AND name = \"ab*\" AND title:*",
    );
    let needs: Vec<Vec<_>> = filter
        .needs()
        .iter()
        .map(|any| any.iter().map(|need| need.field().path).collect())
        .collect();
    assert_eq!(
        needs,
        [
            vec!["type"],
            vec!["sectors", "pages"],
            vec!["name"],
            vec!["title"]
        ]
    );
    let needs = filter.needs();
    assert_eq!(needs[0][0].bound(), Bound::Is(&Value::Int(2)));
    assert_eq!(needs[1][0].bound(), Bound::Has("energy"));
    assert_eq!(needs[1][1].bound(), Bound::Range);
    assert_eq!(needs[2][0].bound(), Bound::Prefix("ab"));
    assert_eq!(needs[3][0].bound(), Bound::Present);
    let mut sql = Sql::default();
    needs[1][1].push_sql(&mut sql);
    assert_eq!(sql.text, "pages > $1");
    assert!(parse("", &SCHEMA).unwrap().needs().is_empty());
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text: String) {
        let _ = parse(&text, &SCHEMA);
    }

    #[test]
    fn text_of_the_language_never_panics(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "AND", "OR", "NOT", "-", "=", "!=", "<", ":", "*", "title", "pages",
                "signing.date", "sectors", "1", "\"a", "a\"", "'", "\\", "2021-12-06", ",", "é",
            ]),
            0..20,
        ),
        separator in "[ ]?",
    ) {
        let text = words.join(&separator);
        match parse(&text, &SCHEMA) {
            Ok(filter) => {
                let _ = filter.matches(&document);
                filter.push_sql(&mut Sql::default());
            }
            Err(violation) => {
                let place = violation.description.split([' ', ':']).nth(2).unwrap();
                let place: usize = place.parse().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&place), "{}", violation);
            }
        }
    }

    #[test]
    fn any_quoted_text_is_compared_as_it_is(text in "[^\0]*") {
        let quoted = text.replace('\\', r"\\").replace('"', r#"\""#).replace('*', r"\*");
        let mut sql = Sql::default();
        filter(&format!("title = \"{quoted}\"")).push_sql(&mut sql);
        prop_assert_eq!(sql.args, [Value::Text(text)]);
    }
}
