//! Classifications.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    concordance::{Concordance, Pair, Relationship},
    conversion::{Conversion, Method, Weights, totals},
    file::{Content, Error, Fate, Kind, Known, read},
    outline::Outline,
    *,
};

fn edition(number: u8) -> HsEdition {
    HsEdition::new(number).unwrap()
}

fn pair(earlier: &str, later: &str) -> Pair {
    Pair {
        earlier: earlier.to_owned(),
        later: later.to_owned(),
    }
}

fn concordance(pairs: &[(&str, &str)]) -> Concordance {
    Concordance::of(
        pairs
            .iter()
            .map(|(earlier, later)| pair(earlier, later))
            .collect(),
    )
}

#[test]
fn codes_stand_below_headings_chapters_and_sections() {
    assert_eq!(Section::all().len(), 21);
    assert_eq!(Section::of("710812").unwrap().numeral, "XIV");
    assert_eq!(Section::of("99"), None);
    let above: Vec<&str> = [Level::Heading, Level::Chapter, Level::Section, Level::Total]
        .map(|level| ancestor("270900", level))
        .to_vec();
    assert_eq!(above, ["2709", "27", "V", "TOTAL"]);
    assert_eq!(parent_of("99"), "TOTAL");
    for (code, level) in [
        ("TOTAL", Some(Level::Total)),
        ("XIV", Some(Level::Section)),
        ("01", Some(Level::Chapter)),
        ("1", None),
        ("01011", None),
        ("XXII", None),
    ] {
        assert_eq!(level_of(code), level, "{code}");
    }
    assert!(position("I") < position("XXI") && position("XXI") < position("01"));
    assert!(position("0101") < position("010121") && position("010121") < position("02"));
    assert!(position("99") < position("TOTAL"));
}

#[test]
fn the_common_entry_is_the_nearest_one() {
    for (codes, expected) in [
        (vec!["010121"], "010121"),
        (vec!["010121", "010129"], "0101"),
        (vec!["010121", "0102"], "01"),
        (vec!["010121", "05"], "I"),
        (vec!["010121", "270900"], "TOTAL"),
        (vec!["010121", "999999"], "TOTAL"),
        (vec![], "TOTAL"),
    ] {
        assert_eq!(
            common_ancestor(codes.iter().copied()),
            expected,
            "{codes:?}"
        );
    }
}

#[test]
fn a_nomenclature_is_read_with_its_defects_repaired_and_reported() {
    let file = "\u{feff}section,hscode,description,parent,level\n\
        I,1,Animals; live,TOTAL,2\n\
        I,101,\"Horses, asses, mules and hinnies; live\",1,4\n\
        I,10121,\"Horses; live, pure-bred breeding animals\",101,6\n\
        I,010121,again,0101,6\n\
        II,010129,Horses; live,0101,6\n\
        I,010130,,0101,6\n\
        I,0102,Bovine animals; live,01,6\n\
        I,01x2,no code,01,4\n\
        I,0103\n\
        TOTAL,TOTAL,Total of all HS2022 commodities,TOTAL,5\n";
    let (content, report) = read(file.as_bytes(), &Known::new()).unwrap();
    let Content::Nomenclature(entries) = content else {
        panic!()
    };
    let codes: Vec<&str> = entries.iter().map(|entry| entry.code.as_str()).collect();
    assert_eq!(codes, ["01", "0101", "010121", "010129", "010130", "0102"]);
    let found: Vec<(usize, Kind)> = report
        .findings
        .iter()
        .map(|found| (found.line, found.kind))
        .collect();
    assert_eq!(
        found,
        [
            (2, Kind::LeadingZeroLost),
            (3, Kind::LeadingZeroLost),
            (4, Kind::LeadingZeroLost),
            (5, Kind::Duplicate),
            (6, Kind::HierarchyDiffers),
            (7, Kind::NameMissing),
            (8, Kind::HierarchyDiffers),
            (9, Kind::CodeInvalid),
            (10, Kind::RowInvalid),
            (11, Kind::Total),
        ]
    );
    assert_eq!((report.rows, report.taken()), (10, 6));
    assert_eq!(report.count(Fate::Repaired), 3);
    assert_eq!(read(b"a,b\n1,2\n", &Known::new()), Err(Error::Header));
    let empty = "section,hscode,description,parent,level\n";
    assert_eq!(read(empty.as_bytes(), &Known::new()), Err(Error::Empty));
}

#[test]
fn a_concordance_is_read_with_its_defects_repaired_and_reported() {
    let file = "code.after,code.before,Relationship,adjustment\n\
        10121,10121,1:1,2022 to 2017\n\
        270900,270900,n:1,2022 to 2017\n\
        380892,380890,n:1,2007 to 2002\n\
        380893,380890,n:1,2007 to 2002\n\
        380893,380890,n:1,2007 to 2002\n\
        1111,1111,1:1,1988 to 1976\n\
        2701,270100,1:1,2022 to 2017\n\
        999991,999991,1:1,2022 to 2017\n\
        270900,270900,1:1,2022 to 2012\n";
    let known = Known::from([(edition(6), ["010121", "270900"].map(str::to_owned).into())]);
    let (content, report) = read(file.as_bytes(), &known).unwrap();
    let Content::Concordances(found) = content else {
        panic!()
    };
    assert_eq!(
        found.keys().copied().collect::<Vec<_>>(),
        [edition(2), edition(5)]
    );
    assert_eq!(found[&edition(5)].pairs().len(), 3);
    let kinds: Vec<(usize, Kind)> = report
        .findings
        .iter()
        .map(|found| (found.line, found.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (2, Kind::LeadingZeroLost),
            (3, Kind::RelationshipDiffers),
            (6, Kind::Duplicate),
            (7, Kind::OtherClassification),
            (8, Kind::CodeInvalid),
            (9, Kind::CodeNotInNomenclature),
            (10, Kind::OtherClassification),
        ]
    );
    let relationship = found[&edition(2)].relationship(&pair("380890", "380892"));
    assert_eq!(relationship, Relationship::OneToMany);
}

/// A network of 1:1, n:1, 1:n and n:n codes.
fn network() -> Concordance {
    concordance(&[
        ("010110", "010110"),
        ("010211", "010300"),
        ("010212", "010300"),
        ("020100", "020110"),
        ("020100", "020120"),
        ("030100", "030100"),
        ("030100", "270900"),
        ("030200", "270900"),
    ])
}

#[test]
fn conversion_is_exact_where_all_goods_have_one_code() {
    let conversion = Conversion::of(vec![network().forward()]);
    let none = Weights::new();
    for (code, to, method, relationship) in [
        (
            "010110",
            "010110",
            Method::Exact,
            Some(Relationship::OneToOne),
        ),
        (
            "010211",
            "010300",
            Method::Exact,
            Some(Relationship::ManyToOne),
        ),
        (
            "020100",
            "0201",
            Method::CommonParent,
            Some(Relationship::OneToMany),
        ),
        (
            "030100",
            "TOTAL",
            Method::CommonParent,
            Some(Relationship::ManyToMany),
        ),
        ("0201", "0201", Method::Exact, None),
        ("02", "0201", Method::Exact, None),
        ("01", "01", Method::Exact, None),
        ("03", "TOTAL", Method::CommonParent, None),
    ] {
        let converted = conversion.convert(code, 7, &none).unwrap();
        assert_eq!(converted.len(), 1, "{code}");
        let found = &converted[0];
        assert_eq!(
            (
                found.to.as_str(),
                found.amount,
                found.method,
                found.relationship
            ),
            (to, 7, method, relationship),
            "{code}"
        );
    }
    assert_eq!(conversion.convert("999999", 7, &none), None);
    let back = Conversion::of(vec![network().backward()]);
    let merged = &back.convert("010300", 7, &none).unwrap()[0];
    assert_eq!(
        (merged.to.as_str(), merged.method),
        ("0102", Method::CommonParent)
    );
}

#[test]
fn declared_weights_divide_and_the_parts_add_up() {
    let conversion = Conversion::of(vec![network().forward()]);
    let shares = BTreeMap::from([
        ("020110".to_owned(), 333_333),
        ("020120".to_owned(), 666_667),
    ]);
    let weights = Weights::from([("020100".to_owned(), shares)]);
    let parts = conversion.convert("020100", 10, &weights).unwrap();
    let parts: Vec<(&str, i64, Method)> = parts
        .iter()
        .map(|part| (part.to.as_str(), part.amount, part.method))
        .collect();
    let method = Method::DeclaredWeights;
    assert_eq!(parts, [("020110", 3, method), ("020120", 7, method)]);
}

#[test]
fn conversion_goes_over_the_editions_between() {
    let steps = vec![
        concordance(&[("010110", "010120"), ("010190", "010190")]).forward(),
        concordance(&[
            ("010120", "010121"),
            ("010120", "010129"),
            ("010190", "010129"),
        ])
        .forward(),
    ];
    let conversion = Conversion::of(steps);
    assert_eq!(
        conversion.image("010110"),
        BTreeSet::from(["010121", "010129"])
    );
    let split = &conversion.convert("010110", 5, &Weights::new()).unwrap()[0];
    assert_eq!(
        (split.to.as_str(), split.relationship),
        ("0101", Some(Relationship::ManyToMany))
    );
}

#[test]
fn editions_without_a_nomenclature_have_the_codes_and_names_of_their_neighbours() {
    let entry = |code: &str, name: &str| file::Entry {
        code: code.to_owned(),
        name: name.to_owned(),
    };
    let outline = Outline {
        nomenclatures: BTreeMap::from([(
            edition(6),
            vec![
                entry("01", "Animals"),
                entry("0101", "Horses"),
                entry("010121", "Pure-bred"),
                entry("010129", "Other"),
            ],
        )]),
        concordances: BTreeMap::from([
            (
                edition(4),
                concordance(&[("010110", "010120"), ("010190", "010190")]),
            ),
            (
                edition(5),
                concordance(&[
                    ("010120", "010121"),
                    ("010190", "010129"),
                    ("010190", "010130"),
                ]),
            ),
        ]),
    };
    let items = outline.items();
    assert_eq!(
        items.keys().copied().collect::<Vec<_>>(),
        [edition(4), edition(5), edition(6)]
    );
    let shown: Vec<(&str, &str, Option<u8>)> = items[&edition(4)]
        .iter()
        .map(|item| {
            (
                item.code.as_str(),
                item.name.as_str(),
                item.name_edition.map(HsEdition::number),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("I", "Live animals; animal products", Some(4)),
            ("01", "Animals", Some(6)),
            ("0101", "Horses", Some(6)),
            ("010110", "Pure-bred", Some(6)),
            ("010190", "", None),
        ]
    );
    assert_eq!(items[&edition(6)].len(), 5);
    assert_eq!(items[&edition(6)][1].parent(), Some("I"));
}

fn code() -> impl Strategy<Value = String> {
    (0_u8..4, 0_u8..3, 0_u8..3).prop_map(|(chapter, heading, subheading)| {
        let chapter = [1, 2, 27, 99][usize::from(chapter)];
        format!("{chapter:02}{heading:02}{subheading:02}")
    })
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((code(), code()), 1..40)
}

proptest! {
    /// Rolling amounts up the hierarchy, before or after they are added up, gives the same sums.
    #[test]
    fn conversion_up_the_hierarchy_commutes_with_summing(
        pairs in pairs(),
        amounts in prop::collection::vec((code(), 0_i64..1_000), 0..40),
    ) {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let conversion = Conversion::of(vec![concordance(&pairs).forward()]);
        let none = Weights::new();
        let converted: Vec<_> = amounts
            .iter()
            .filter_map(|(code, amount)| conversion.convert(code, *amount, &none))
            .flatten()
            .collect();
        let each = || converted.iter().map(|part| (part.to.as_str(), part.amount));
        for level in [Level::Heading, Level::Chapter, Level::Section, Level::Total] {
            let rolled_then_summed = totals(each().map(|(code, amount)| (ancestor(code, level), amount)));
            let summed = totals(each());
            let summed_then_rolled = totals(summed.iter().map(|(code, amount)| (ancestor(code, level), *amount)));
            prop_assert_eq!(rolled_then_summed, summed_then_rolled);
        }
        // Converting each amount and converting the sums of equal codes is the same, and nothing is lost.
        let sums = totals(amounts.iter().map(|(code, amount)| (code.as_str(), *amount)));
        let of_sums: Vec<_> = sums
            .iter()
            .filter_map(|(code, amount)| conversion.convert(code, *amount, &none))
            .flatten()
            .collect();
        prop_assert_eq!(totals(each()), totals(of_sums.iter().map(|part| (part.to.as_str(), part.amount))));
        let known: i64 = amounts
            .iter()
            .filter(|(code, _)| !conversion.image(code).is_empty())
            .map(|(_, amount)| amount)
            .sum();
        prop_assert_eq!(known, converted.iter().map(|part| part.amount).sum::<i64>());
    }

    /// Goods of a heading cannot be known more exactly after they were put together than before.
    #[test]
    fn what_is_exact_for_a_code_contains_it(pairs in pairs(), from in code()) {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let conversion = Conversion::of(vec![concordance(&pairs).forward()]);
        if let Some(parts) = conversion.convert(&from, 1, &Weights::new()) {
            let above = conversion.convert(&from[..4], 1, &Weights::new()).unwrap();
            let (own, above) = (parts[0].to.as_str(), above[0].to.as_str());
            prop_assert_eq!(ancestor(own, level_of(above).unwrap()), above);
        }
    }

    #[test]
    fn relationships_follow_the_connected_codes(pairs in pairs()) {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let concordance = concordance(&pairs);
        let (forward, backward) = (concordance.forward(), concordance.backward());
        for pair in concordance.pairs() {
            let is_one = concordance.relationship(pair) == Relationship::OneToOne;
            let alone = forward[&pair.earlier].len() == 1 && backward[&pair.later].len() == 1;
            prop_assert_eq!(is_one, alone);
        }
    }

    #[test]
    fn any_file_is_read_or_refused(rows in prop::collection::vec("[0-9]{0,7},[0-9]{0,7},[1n]:[1n],(2022 to 2017|2017 to 2012|1988 to 1976)", 0..20)) {
        let file = format!("code.after,code.before,Relationship,adjustment\n{}\n", rows.join("\n"));
        if let Ok((_, report)) = read(file.as_bytes(), &Known::new()) {
            prop_assert_eq!(report.rows, rows.len());
            prop_assert!(report.taken() > 0);
        }
    }
}
