//! Codes and names of regions on days, by the shipped tables.

use super::*;
use jiff::civil::date;

const SIGNED: Date = date(2021, 12, 6);

fn on(code: &str, day: Date) -> Result<Region, NotListed> {
    Regions::shipped().on(code, day)
}

#[test]
fn every_line_of_the_shipped_table_is_read() {
    let lines = SHIPPED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count()
        - 1;
    assert_eq!(Regions::shipped().listings.len(), lines);
    assert_eq!(Regions::shipped().lists.len(), 4);
}

#[test]
fn regions_of_the_three_roadmaps_have_their_names_of_the_signing_day_and_todays_codes() {
    for (code, name, current, today) in [
        ("KZ-AST", "Nur-Sultan", "KZ-71", "Astana"),
        (
            "KZ-YUZ",
            "Turkestankaya oblast'",
            "KZ-61",
            "Turkestankaya oblast'",
        ),
        (
            "KZ-KZY",
            "Kyzylordinskaja oblast'",
            "KZ-43",
            "Kyzylordinskaja oblast'",
        ),
        ("UZ-TK", "Toshkent", "UZ-TK", "Toshkent"),
        ("UZ-TO", "Toshkent", "UZ-TO", "Toshkent"),
        ("UZ-NW", "Navoiy", "UZ-NW", "Navoiy"),
    ] {
        let region = on(code, SIGNED).unwrap();
        assert_eq!(region.listed_name, name);
        assert_eq!(
            (region.current_code.as_str(), region.current_name.as_str()),
            (current, today)
        );
    }
}

#[test]
fn a_code_of_another_time_is_refused_with_the_code_of_that_day() {
    let code_then = Some("KZ-AST".to_owned());
    assert_eq!(
        on("KZ-71", SIGNED),
        Err(NotListed::NotOnThatDay { code_then })
    );
    let code_then = Some("KZ-71".to_owned());
    assert_eq!(
        on("KZ-AST", date(2025, 1, 1)),
        Err(NotListed::NotOnThatDay { code_then })
    );
    assert_eq!(
        on("KZ-10", SIGNED),
        Err(NotListed::NotOnThatDay { code_then: None })
    );
    assert_eq!(on("KZ-99", SIGNED), Err(NotListed::Unknown));
}

#[test]
fn a_code_ends_on_the_day_on_which_the_next_one_begins() {
    let last_day = date(2022, 11, 28);
    assert!(on("KZ-AST", last_day).is_ok());
    let code_then = Some("KZ-AST".to_owned());
    assert_eq!(
        on("KZ-71", last_day),
        Err(NotListed::NotOnThatDay { code_then })
    );
    let first_day = date(2022, 11, 29);
    assert_eq!(on("KZ-71", first_day).unwrap().listed_name, "Astana");
    let code_then = Some("KZ-71".to_owned());
    assert_eq!(
        on("KZ-AST", first_day),
        Err(NotListed::NotOnThatDay { code_then })
    );
    assert!(on("KZ-62", last_day).is_err());
    assert!(on("KZ-62", first_day).is_ok());
}

#[test]
fn turkestan_region_has_its_name_since_2018_although_a_list_of_2020_has_the_old_one() {
    for (day, name) in [
        (date(2018, 6, 18), "Ongtüstik Qazaqstan oblysy"),
        (date(2018, 6, 19), "Turkestankaya oblast'"),
        (date(2020, 7, 2), "Turkestankaya oblast'"),
        (SIGNED, "Turkestankaya oblast'"),
    ] {
        assert_eq!(on("KZ-YUZ", day).unwrap().name, name, "{day}");
    }
}

#[test]
fn between_two_lists_either_code_may_be_the_right_one_where_no_day_is_known() {
    let lists =
        "r-1,XA-OLD,One,city,2020-01-01,2021-01-01\nr-1,XA-1,One,city,2022-01-01,2022-01-01";
    let regions = Regions::read(lists, "");
    for day in [date(2021, 1, 2), date(2021, 12, 31)] {
        assert!(regions.on("XA-OLD", day).is_ok());
        assert!(regions.on("XA-1", day).is_ok());
    }
    assert!(regions.on("XA-OLD", date(2022, 1, 1)).is_err());
    assert!(regions.on("XA-1", date(2021, 1, 1)).is_err());
}

#[test]
fn every_code_of_the_last_list_of_a_recoded_country_has_its_first_day() {
    let regions = Regions::shipped();
    let newest = regions
        .of(|listing| listing.code.starts_with("KZ-") && listing.last_seen == date(2024, 4, 7));
    for listing in newest {
        assert_eq!(
            regions.coded(&listing.region, date(2022, 11, 29)),
            Some(listing.code.as_str())
        );
    }
}

#[test]
fn every_line_of_known_changes_is_read() {
    let lines = CHANGES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count()
        - 1;
    assert_eq!(Regions::shipped().changes.len(), lines);
}

#[test]
fn the_capital_has_on_each_day_the_name_that_sources_tell() {
    let capital = |day| Regions::shipped().as_of("KZ-71", day).unwrap();
    let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    assert_eq!(capital(date(2019, 3, 22)), named("KZ-AST", "Astana"));
    assert_eq!(capital(date(2019, 3, 23)), named("KZ-AST", "Nur-Sultan"));
    assert_eq!(capital(SIGNED), named("KZ-AST", "Nur-Sultan"));
    assert_eq!(capital(date(2022, 9, 18)), named("KZ-AST", "Nur-Sultan"));
    assert_eq!(capital(date(2022, 9, 19)), named("KZ-AST", "Astana"));
    assert_eq!(capital(date(2022, 11, 28)), named("KZ-AST", "Astana"));
    assert_eq!(capital(date(2022, 11, 29)), named("KZ-71", "Astana"));
    assert_eq!(capital(date(2025, 1, 1)), named("KZ-71", "Astana"));
}

#[test]
fn a_code_has_the_name_of_the_day_whatever_its_last_list_says() {
    let named = |code: &str, day| on(code, day).unwrap().name;
    assert_eq!(named("KZ-AST", SIGNED), "Nur-Sultan");
    assert_eq!(named("KZ-AST", date(2022, 9, 18)), "Nur-Sultan");
    assert_eq!(named("KZ-AST", date(2022, 9, 19)), "Astana");
    assert_eq!(named("KZ-AST", date(2022, 11, 28)), "Astana");
    assert_eq!(named("KZ-71", date(2023, 1, 1)), "Astana");
    // The list of that day still had the old name.
    let lagging = on("KZ-AST", date(2020, 7, 2)).unwrap();
    assert_eq!(
        (lagging.name.as_str(), lagging.listed_name.as_str()),
        ("Nur-Sultan", "Astana")
    );
    assert_eq!(named("UZ-NW", SIGNED), "Navoiy");
}

#[test]
fn a_region_is_not_there_before_it_was_created() {
    let abai = |day| Regions::shipped().as_of("KZ-10", day);
    assert_eq!(abai(date(2022, 6, 7)), None);
    assert_eq!(abai(date(2022, 6, 8)).unwrap().0, "KZ-10");
    assert_eq!(Regions::shipped().as_of("XA-1", SIGNED), None);
}

#[test]
fn a_region_keeps_all_its_codes() {
    let codes = on("KZ-71", date(2025, 1, 1)).unwrap().codes;
    assert_eq!(
        codes,
        BTreeSet::from(["KZ-71".to_owned(), "KZ-AST".to_owned()])
    );
}

#[test]
fn only_listed_countries_are_covered() {
    assert!(Regions::shipped().covers("UZ"));
    assert!(!Regions::shipped().covers("XA"));
}
