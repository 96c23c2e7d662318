//! Laws of taking out and bringing in: a plan that is written and read back is the same plan.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::{
    Commitment, Deadline, Dependency, Executors, HalfYear, Indicator, LocalizedText, Measure,
    Permanent, Quarter, Roadmap, RoadmapSide, TradeReading, deadline::Form,
};
use proptest::prelude::*;

use super::{table, workbook};
use crate::plan::rows::Planned;
use crate::plan::sameness::says_the_same;
use crate::plan::{Side, grid, header, rows};

/// Texts with all that tables, lists and formulas take for a sign.
const ONE_LINE: &str = "[-aя=+@;,|'\"\\\\:.)1Ⅱ•\u{a0} ]{0,12}[aя1)]";

fn text() -> impl Strategy<Value = String> {
    ONE_LINE.prop_map(String::from)
}

fn lines() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[-aя=;'\"1)\n\t ]{0,12}[aя;]"]
}

fn texts(least: usize) -> impl Strategy<Value = Vec<LocalizedText>> {
    let languages = prop::sample::subsequence(vec!["ru", "uz-Latn", "kk"], least..=3);
    (languages, prop::collection::vec(text(), 3)).prop_map(|(languages, texts)| {
        let pairs = languages.into_iter().zip(texts);
        pairs
            .map(|(language, text)| LocalizedText {
                language_code: language.to_owned(),
                text,
            })
            .collect()
    })
}

fn date() -> impl Strategy<Value = Date> {
    (2022..2024, 1..=12, 1..=28).prop_map(|(year, month, day)| Date { year, month, day })
}

fn deadline() -> impl Strategy<Value = Deadline> {
    let form = prop_oneof![
        date().prop_map(Form::Date),
        (1..=4).prop_map(|quarter| Form::Quarter(Quarter {
            year: 2022,
            quarter
        })),
        (1..=2).prop_map(|half| Form::HalfYear(HalfYear { year: 2023, half })),
        Just(Form::Year(2023)),
        Just(Form::Permanent(Permanent {})),
    ];
    form.prop_map(|form| Deadline {
        form: Some(form),
        last_day: None,
    })
}

fn executors() -> impl Strategy<Value = Vec<Executors>> {
    let side = |party: &'static str| {
        let side = (text(), prop::collection::vec(text(), 0..3));
        prop::option::of(
            side.prop_map(move |(lead_body, co_executing_bodies)| Executors {
                party: party.to_owned(),
                lead_body,
                co_executing_bodies,
            }),
        )
    };
    (side("UZ"), side("KZ")).prop_map(|(one, other)| one.into_iter().chain(other).collect())
}

fn indicators() -> impl Strategy<Value = Vec<Indicator>> {
    let reading = prop::option::of((1..=2).prop_map(|figure| TradeReading {
        target: "partnerships/a/targets/b".to_owned(),
        figure,
    }));
    let indicator = (
        "[a-z][a-z0-9]{0,4}",
        texts(1),
        text(),
        "|-?[1-9]{1,3}([.][1-9])?",
        reading,
    );
    let indicator =
        indicator.prop_map(
            |(indicator_id, titles, unit, target, trade_reading)| Indicator {
                indicator_id,
                titles,
                unit,
                baseline: target.clone(),
                target,
                trade_reading,
            },
        );
    prop::collection::vec(indicator, 0..3)
}

fn commitments() -> impl Strategy<Value = Vec<Commitment>> {
    let commitment =
        (prop::option::of(text()), "[a-z]{1,4}").prop_map(|(provision, id)| Commitment {
            document: format!("partnerships/p/documents/{id}"),
            provision: provision.unwrap_or_default(),
        });
    prop::collection::vec(commitment, 0..3)
}

fn dependencies() -> impl Strategy<Value = Vec<Dependency>> {
    let dependency = ("[a-z]{1,4}", 1..=4, -9..=9, 1..=2);
    let dependency = dependency.prop_map(|(predecessor, kind, lag_days, lag_unit)| Dependency {
        predecessor,
        kind,
        lag_days,
        lag_unit,
    });
    prop::collection::vec(dependency, 0..3)
}

fn measure() -> impl Strategy<Value = Measure> {
    let words = (
        texts(1),
        prop_oneof![Just(String::new()), text()],
        lines(),
        lines(),
        texts(0),
    );
    let plan = (
        executors(),
        prop::option::of(date()),
        deadline(),
        1_i64..1000,
        0..99,
    );
    let links = (indicators(), commitments(), dependencies(), 1..1_000_000);
    (words, plan, links).prop_map(|(words, plan, links)| Measure {
        titles: words.0,
        section: words.1,
        expected_result: words.2,
        form_of_completion: words.3,
        notes: words.4,
        executors: plan.0,
        start_date: plan.1,
        deadline: Some(plan.2),
        weight: plan.3,
        working_days: plan.4,
        indicators: links.0,
        commitments: links.1,
        dependencies: links.2,
        order_number: links.3,
        ..Measure::default()
    })
}

fn roadmap() -> Roadmap {
    let side = |party: &str| RoadmapSide {
        party: party.to_owned(),
        ..RoadmapSide::default()
    };
    Roadmap {
        sides: vec![side("UZ"), side("KZ")],
        ..Roadmap::default()
    }
}

fn read_back(file: Vec<u8>) -> Vec<Planned> {
    let grid = grid::of(file, None).unwrap();
    let sides = [Side::new("UZ", ""), Side::new("KZ", "")];
    let header = header::find(&grid, &sides, &[], "ru").unwrap();
    let outcome = rows::read(&grid, &header);
    assert_eq!(outcome.problems, []);
    outcome.measures
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_plan_that_is_written_and_read_back_is_the_same(measures in prop::collection::vec(measure(), 1..5)) {
        let measures: Vec<Measure> = measures
            .into_iter()
            .zip(1..)
            .map(|(measure, number)| Measure {
                name: format!("partnerships/p/roadmaps/r/measures/id-{number}"),
                ..measure
            })
            .collect();
        let mut file = Vec::new();
        table::write(&mut file, &roadmap(), &measures).unwrap();
        let book = workbook::bytes(&roadmap(), "", &measures).unwrap();
        for (form, file) in [("csv", file), ("xlsx", book)] {
            let back = read_back(file);
            prop_assert_eq!(back.len(), measures.len());
            for (number, (measure, planned)) in (1..).zip(measures.iter().zip(back)) {
                prop_assert_eq!(&planned.id, &format!("id-{number}"));
                prop_assert!(
                    says_the_same(measure, &planned.measure),
                    "{}: {:?}\n{:?}", form, measure, planned.measure
                );
            }
        }
    }
}
