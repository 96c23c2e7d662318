//! Charts are well formed, complete, and divided where they should be.

use jiff::civil::date;
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};

use super::*;

fn bar(number: i32, title: &str) -> Bar {
    Bar {
        number,
        title: title.to_owned(),
        executors: vec![("XA".to_owned(), "Office <of> Works & Paths".to_owned())],
        start: Some(date(2022, 3, 1)),
        due: Due::Day(date(2022, 9, 30)),
        state: State::Planned,
        done: None,
        overdue: false,
        earliest: Some((date(2022, 3, 1), date(2022, 5, 31))),
        latest: None,
        critical: false,
        follows: Vec::new(),
        details: format!("{number}. {title}"),
    }
}

fn chart(sections: Vec<Section>) -> Chart {
    Chart {
        title: "Roadmap".to_owned(),
        notes: vec!["XA · XB".to_owned()],
        days: (date(2022, 1, 1), date(2023, 12, 31)),
        period_end: date(2023, 12, 31),
        today: date(2022, 11, 20),
        is_today: true,
        parties: ["XA".to_owned(), "XB".to_owned()],
        sections,
        words: Words::of("en"),
    }
}

fn sections(counts: &[usize]) -> Vec<Section> {
    let mut number = 0;
    let section = |(index, count): (usize, &usize)| Section {
        name: format!("Section {index}"),
        bars: (0..*count)
            .map(|_| {
                number += 1;
                bar(number, "Open the bridge")
            })
            .collect(),
    };
    counts.iter().enumerate().map(section).collect()
}

/// The texts of a page, each with the name of its element; fails where the page is no XML.
fn texts(page: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(page);
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(start) => {
                open.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                let is_fine = start.attributes().all(|attribute| attribute.is_ok());
                assert!(is_fine, "attributes of {start:?}");
                found.push((open.last().cloned().unwrap_or_default(), String::new()));
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                let text = text.decode().expect("UTF-8").into_owned();
                if let Some((_, last)) = found.last_mut() {
                    last.push_str(text.trim());
                }
            }
            Event::GeneralRef(reference) => {
                let name = String::from_utf8_lossy(&reference).into_owned();
                if let Some((_, last)) = found.last_mut() {
                    last.push_str(&format!("&{name};"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn titled(page: &str) -> Vec<String> {
    let titles = texts(page)
        .into_iter()
        .filter(|(element, _)| element == "title");
    titles.map(|(_, text)| text).skip(1).collect()
}

#[test]
fn every_measure_stands_on_one_page_under_its_section() {
    for paper in [Paper::Screen, Paper::A4, Paper::A3] {
        let pages = draw(&chart(sections(&[7, 30, 1, 90])), paper);
        assert_eq!(pages.len() == 1, paper == Paper::Screen);
        let all: Vec<String> = pages.iter().flat_map(|page| titled(page)).collect();
        let expected: Vec<String> = (1..=128)
            .map(|number| format!("{number}. Open the bridge"))
            .collect();
        assert_eq!(all, expected);
        for page in &pages {
            let sections = texts(page).into_iter();
            let sections = sections.filter(|(_, text)| text.starts_with("Section"));
            assert!(sections.count() >= 1);
        }
    }
}

#[test]
fn measures_without_a_section_do_not_stand_under_the_one_before() {
    let texts_of = |sections: Vec<Section>, paper| -> Vec<String> {
        let pages = draw(&chart(sections), paper);
        let all = pages.iter().flat_map(|page| texts(page));
        let all = all.filter(|(element, _)| element == "text");
        all.map(|(_, text)| text).collect()
    };
    for paper in [Paper::Screen, Paper::A4] {
        let mut mixed = sections(&[2, 3, 2]);
        mixed[1].name.clear();
        let said = texts_of(mixed, paper);
        let at = |text: &str| said.iter().position(|one| one == text).unwrap();
        let band = at("Without a section");
        assert!(at("Section 0") < band && band < at("Section 2"));
        assert!(at("2") < at("3"), "numbers go on: {said:?}");
        let mut all = sections(&[3]);
        all[0].name.clear();
        assert!(!texts_of(all, paper).contains(&"Without a section".to_owned()));
    }
}

#[test]
fn the_day_of_the_schedule_is_called_today_only_if_it_is() {
    let mut chart = chart(sections(&[1]));
    let page = draw(&chart, Paper::Screen).remove(0);
    assert!(page.contains(">today 2022-11-20<") && !page.contains("data date"));
    chart.is_today = false;
    for (today, label) in [
        (date(2022, 11, 20), ">data date 2022-11-20<"),
        (date(2020, 1, 1), ">← data date 2020-01-01<"),
        (date(2026, 1, 1), ">data date 2026-01-01 →<"),
    ] {
        chart.today = today;
        let page = draw(&chart, Paper::Screen).remove(0);
        assert!(
            page.contains(label) && !page.contains("today 20"),
            "{label}"
        );
    }
}

#[test]
fn a_halo_is_a_text_below_the_letters() {
    let page = draw(&chart(sections(&[1])), Paper::Screen).remove(0);
    assert!(!page.contains("paint-order"));
    let mut one = bar(1, "Open the bridge");
    (one.state, one.done) = (State::Claimed(1), Some(date(2022, 8, 1)));
    let page = drawn(one, (date(2022, 1, 1), date(2023, 12, 31)));
    let lines: Vec<&str> = page.lines().collect();
    let halo = lines
        .iter()
        .position(|line| line.contains("class=\"strong halo\""))
        .unwrap();
    assert!(lines[halo].contains("aria-hidden") && lines[halo].contains(">XB<"));
    assert!(
        lines[halo + 1].starts_with("<text class=\"strong\"") && lines[halo + 1].contains(">XB<")
    );
}

#[test]
fn three_hundred_measures_fit_their_paper() {
    for (paper, size, most) in [
        (Paper::A4, "width=\"297.0mm\" height=\"210.0mm\"", 26),
        (Paper::A3, "width=\"420.0mm\" height=\"297.0mm\"", 16),
    ] {
        let pages = draw(&chart(sections(&[300])), paper);
        assert!(pages.len() <= most, "{} pages", pages.len());
        for page in &pages {
            assert!(page.contains(size));
            for row in page
                .lines()
                .filter(|line| line.starts_with("<rect class=\"odd\""))
            {
                let number = |name: &str| -> f64 {
                    let from = row.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
                    row[from..].split('"').next().unwrap().parse().unwrap()
                };
                let paper_height = if paper == Paper::A4 { 2_100.0 } else { 2_970.0 };
                assert!(number("y") + number("height") < paper_height);
            }
        }
    }
}

#[test]
fn an_empty_roadmap_is_a_page_that_says_so() {
    let pages = draw(&chart(Vec::new()), Paper::A4);
    assert_eq!(pages.len(), 1);
    assert!(titled(&pages[0]).is_empty());
}

#[test]
fn what_one_side_claims_and_what_both_confirm_differ_in_shape() {
    let with = |state: State| {
        let mut bar = bar(1, "Open the bridge");
        (bar.state, bar.done) = (state, Some(date(2022, 8, 1)));
        let section = Section {
            name: String::new(),
            bars: vec![bar],
        };
        let page = draw(&chart(vec![section]), Paper::A3).remove(0);
        // Without the legend, which shows both.
        page.split("class=\"rule\"").next().unwrap().to_owned()
    };
    let (claimed, attested) = (with(State::Claimed(1)), with(State::Attested));
    assert!(claimed.contains("class=\"claimed\"") && !claimed.contains("disc attested"));
    assert!(claimed.contains("disc open") && claimed.contains("box awaited"));
    assert!(attested.contains("disc attested") && !attested.contains("box awaited"));
    assert_eq!(attested.matches("box attested").count(), 2);
    assert!(with(State::Disputed(0)).contains("box against"));
}

/// What is drawn of one measure, without the legend.
fn drawn(one: Bar, days: (Date, Date)) -> String {
    let mut chart = chart(vec![Section {
        name: String::new(),
        bars: vec![one],
    }]);
    chart.days = days;
    let page = draw(&chart, Paper::A3).remove(0);
    page.split("class=\"rule\"").next().unwrap().to_owned()
}

#[test]
fn what_goes_on_outside_the_chart_is_open_and_told() {
    let days = (date(2022, 1, 1), date(2023, 12, 31));
    let mut one = bar(1, "Open the bridge");
    one.earliest = Some((date(2023, 3, 1), date(2031, 5, 31)));
    let page = drawn(one, days);
    assert!(page.contains("→ 2031-05-31"), "{page}");
    assert!(page.contains("class=\"head\""));
    let mut one = bar(1, "Open the bridge");
    one.due = Due::Day(date(2024, 2, 1));
    let page = drawn(one, days);
    assert!(page.contains("→ 2024-02-01") && page.contains("class=\"torn\""));
    let mut one = bar(1, "Open the bridge");
    (one.state, one.done) = (State::Attested, Some(date(2024, 2, 1)));
    assert!(drawn(one, days).contains("2024-02-01 →"));
    let inside = drawn(bar(1, "Open the bridge"), days);
    assert!(!inside.contains("→ ") && !inside.contains("class=\"torn\""));
}

#[test]
fn what_is_permanent_ends_with_the_period() {
    let mut one = bar(1, "Open the bridge");
    one.due = Due::Permanent;
    let days = |last| (date(2022, 1, 1), last);
    let tip = |page: &str| -> f64 {
        let path = page.split("<path class=\"plan\" d=\"").nth(1).unwrap();
        let points = path.split('"').next().unwrap().split(" L ");
        let x = |point: &str| {
            point
                .trim_start_matches("M ")
                .split(' ')
                .next()?
                .parse()
                .ok()
        };
        points.filter_map(x).fold(0.0, f64::max)
    };
    let whole = tip(&drawn(one.clone(), days(date(2023, 12, 31))));
    let part = tip(&drawn(one, days(date(2024, 12, 31))));
    assert!(part < whole - 300.0, "{part} {whole}");
}

#[test]
fn a_long_title_stands_there_whole() {
    let title = "Построить мост через реку и открыть по нему движение ".repeat(12);
    for paper in [Paper::Screen, Paper::A4, Paper::A3] {
        let page = draw(
            &chart(vec![Section {
                name: String::new(),
                bars: vec![bar(1, title.trim()), bar(2, "B")],
            }]),
            paper,
        )
        .remove(0);
        let lines = texts(&page)
            .into_iter()
            .filter(|(element, _)| element == "text");
        let said: Vec<String> = lines.map(|(_, text)| text).collect();
        assert!(said.join(" ").contains(title.trim()), "{said:?}");
    }
}

#[test]
fn dependencies_within_a_page_are_arrows_and_others_numbers() {
    let mut all = sections(&[60]);
    let link = |place| Link {
        place,
        from_finish: true,
        to_start: true,
        critical: false,
    };
    all[0].bars[1].follows = vec![link(0)];
    all[0].bars[50].follows = vec![link(0)];
    let pages = draw(&chart(all), Paper::A3);
    assert_eq!(
        pages[0].matches("class=\"arrow\"").count(),
        2,
        "one and the legend's"
    );
    let later = pages.iter().skip(1).flat_map(|page| texts(page));
    let notes: Vec<_> = later.filter(|(_, text)| text.ends_with('→')).collect();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].1, "1 →");
}

#[test]
fn words_are_there_in_the_languages_of_both_parties() {
    let tags = [
        "ru", "uz", "uz-Latn", "uz-Cyrl", "kk", "kk-Cyrl", "tg", "en-GB",
    ];
    let found = tags.map(|tag| Words::of(tag).tag);
    assert_eq!(
        found,
        ["ru", "uz-Latn", "uz-Latn", "ru", "kk", "kk", "en", "en"]
    );
}

#[test]
fn long_texts_are_wrapped_and_then_cut() {
    let lines = text::wrapped("one two three four five six seven", 10.0, 60.0, 2);
    assert_eq!(lines.len(), 2);
    assert!(lines[1].ends_with('…') && !lines[0].ends_with('…'));
    assert_eq!(text::wrapped("one two", 10.0, 600.0, 2), ["one two"]);
    assert!(text::wrapped("", 10.0, 60.0, 2).is_empty());
}

proptest! {
    #[test]
    fn whatever_is_written_is_well_formed_and_keeps_to_its_room(
        title in ".{0,200}", body in "\\PC{0,80}", section in ".{0,60}", words in 0_usize..4,
    ) {
        let mut one = bar(1, &title);
        one.executors = vec![("XA".to_owned(), body.clone()), ("XB".to_owned(), body)];
        let mut chart = chart(vec![Section { name: section, bars: vec![one] }]);
        chart.title = title.clone();
        chart.words = Words::of(["en", "ru", "uz", "kk"][words]);
        for paper in [Paper::Screen, Paper::A4] {
            for page in draw(&chart, paper) {
                prop_assert!(!texts(&page).is_empty());
            }
        }
        for line in text::wrapped(&title, 27.0, 300.0, 2) {
            prop_assert!(text::width(&line, 27.0) <= 300.0 || line == "…", "{line}");
        }
    }
}
