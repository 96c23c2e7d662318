//! Which figures are behind a figure; how they are read is told in `sums::plans`.

use super::*;
use crate::domain::cell::{Flow, HsEdition};

fn node(code: &str) -> Node {
    Node {
        edition: HsEdition::new(6),
        commodity: code.to_owned(),
        region: String::new(),
        reporter: "UZ".to_owned(),
        flow: Flow::Export,
    }
}

#[test]
fn a_group_has_the_series_that_its_code_takes_in() {
    let (first, last) = series_of(&node("85"), "KZ", false);
    let of = |code: &str| {
        let commodity = Commodity::parse(code, HsEdition::new(6)).unwrap();
        key::series("KZ", "", Flow::Export, &commodity)
    };
    for code in ["85", "8501", "850110", "859999"] {
        assert!((first..=last).contains(&of(code)), "{code}");
    }
    for code in ["84", "849999", "86"] {
        assert!(!(first..=last).contains(&of(code)), "{code}");
    }
    assert_eq!(series_of(&node("85"), "KZ", true), (of("85"), of("85")));
}
