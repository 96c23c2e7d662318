//! Facts of the languages, and what always holds.

use identity::{Clearance, Level};
use proptest::prelude::*;

use super::{
    fold::Folded,
    impact,
    lane::{self, Field},
    matching::{Asked, Fit, Highlighter},
    spelling, words,
};

fn asked(word: &str) -> Asked {
    let mut words = Asked::words(word);
    assert_eq!(words.len(), 1, "{word}");
    words.remove(0)
}

/// How well the one word of `text` fits the query.
fn fits(query: &str, text: &str) -> Option<Fit> {
    let words = words::of(&Folded::of(text));
    assert_eq!(words.len(), 1, "{text}");
    asked(query).find(&words[0].chars).map(|(fit, _, _)| fit)
}

/// The parts of a text that are highlighted.
fn shown(query: &str, text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    Highlighter::new(&Asked::words(query))
        .places(text)
        .into_iter()
        .map(|(start, end)| chars[start..end].iter().collect())
        .collect()
}

#[test]
fn a_word_that_was_divided_at_a_line_end_is_shown_whole() {
    let text = "Настоящее согла- шение вступает";
    assert_eq!(shown("соглашение", text), ["согла- шение"]);
    assert_eq!(shown("soglashenie", text), ["согла- шение"]);
    assert_eq!(shown("шение", text), ["шение"]);
}

#[test]
fn both_scripts_of_a_language_meet() {
    for (cyrillic, latin) in [
        ("Ўзбекистон", "Oʻzbekiston"),
        ("Ўзбекистон", "O'zbekiston"),
        ("Ўзбекистон", "O‘zbekiston"),
        ("Қозоғистон", "Qozogʻiston"),
        ("ҳамкорлик", "hamkorlik"),
        ("шартнома", "shartnoma"),
        ("чегара", "chegara"),
        ("божхона", "bojxona"),
        ("келишув", "kelishuv"),
        ("ёқилғи", "yoqilgʻi"),
        ("маъно", "maʼno"),
        ("етти", "yetti"),
        ("элчи", "elchi"),
        ("акция", "aksiya"),
        ("конституция", "konstitutsiya"),
        ("объект", "obyekt"),
        ("йўл", "yoʻl"),
        ("Казахстан", "Kazakhstan"),
        ("Жуков", "Zhukov"),
        ("Елизово", "Yelizovo"),
        ("щит", "shchit"),
        ("Қазақстан", "Qazaqstan"),
        ("Жамбыл", "Zhambyl"),
        ("Жамбыл", "Jambyl"),
        ("Өскемен", "Öskemen"),
        ("Шымкент", "Şymkent"),
        ("Шымкент", "Shymkent"),
    ] {
        assert_eq!(
            fits(latin, cyrillic),
            Some(Fit::Exact),
            "{latin} in {cyrillic}"
        );
        assert_eq!(
            fits(cyrillic, latin),
            Some(Fit::Exact),
            "{cyrillic} in {latin}"
        );
    }
}

#[test]
fn case_diacritics_and_forms_do_not_count() {
    for (query, text) in [
        ("AGREEMENT", "agreement"),
        ("francais", "Français"),
        ("Ñandú", "nandu"),
        ("самолет", "самолёт"),
        ("самолёт", "самолет"),
        ("дого́вор", "договор"),
        ("и\u{306}од", "йод"),
        ("strasse", "Straße"),
        ("ＡＢＣ", "abc"),
        ("so\u{ad}glasie", "soglasie"),
    ] {
        assert_eq!(fits(query, text), Some(Fit::Exact), "{query} in {text}");
    }
}

#[test]
fn letters_that_differ_are_not_confused() {
    assert_eq!(fits("post", "possible"), None);
    assert_eq!(fits("йод", "иод"), None);
    assert_eq!(fits("halq", "xalq"), None);
}

#[test]
fn words_are_found_by_their_beginning_and_inside_from_three_letters() {
    assert_eq!(fits("bitim", "bitimlar"), Some(Fit::Prefix));
    assert_eq!(fits("agreement", "agreements"), Some(Fit::Prefix));
    assert_eq!(fits("chegara", "Давлатчегараси"), Some(Fit::Inside));
    assert_eq!(fits("bi", "bitim"), Some(Fit::Prefix));
    assert_eq!(fits("ti", "bitim"), None);
    assert_eq!(fits("tim", "bitim"), Some(Fit::Inside));
}

#[test]
fn highlights_are_the_letters_that_fit() {
    assert_eq!(shown("shart", "Шартномалар ҳақида"), ["Шарт"]);
    assert_eq!(
        shown("Ўзбек", "Oʻzbekiston va oʻzbeklar"),
        ["Oʻzbek", "oʻzbek"]
    );
    assert_eq!(shown("е́л", "ел ел"), ["ел", "ел"]);
    assert_eq!(shown("caf", "le cafe\u{301}!"), ["caf"]);
    assert_eq!(shown("cafe", "le cafe\u{301}!"), ["cafe\u{301}"]);
    assert_eq!(
        shown("agreement customs", "Agreement on customs"),
        ["Agreement", "customs"]
    );
    assert_eq!(shown("reement agree", "Agreement"), ["Agreement"]);
    assert!(shown("nothing", "Agreement").is_empty());
}

#[test]
fn signs_part_words() {
    let texts = |text: &str| -> Vec<String> {
        words::of(&Folded::of(text))
            .iter()
            .map(words::Word::text)
            .collect()
    };
    assert_eq!(
        texts("ПП-236, «lex.uz» a_b"),
        ["пп", "236", "lex", "uz", "a", "b"]
    );
    assert_eq!(texts("'\" % _ \0 \u{202e}"), Vec::<String>::new());
    assert_eq!(
        texts(&"x".repeat(100)),
        ["x".repeat(48), "x".repeat(48), "xxxx".to_owned()]
    );
}

#[test]
fn a_word_inside_the_longest_title_weighs_more_than_any_word_of_a_text() {
    let title = Fit::Inside.weight() * impact::in_title(1, 10_000);
    assert!(title > Fit::Exact.weight() * impact::in_text(1_000_000, 1));
    assert!(impact::in_title(1, 3) > impact::in_title(1, 12));
    assert!(impact::in_text(3, 500) > impact::in_text(1, 500));
    assert!(impact::rarity(1_000_000, 1) > impact::rarity(1_000_000, 1_000));
    assert!(impact::rarity(0, 5) >= 1);
}

/// The fields, levels and clearances that there are.
#[test]
fn a_lane_is_read_by_exactly_those_who_may_read() {
    let levels = [Level::Public, Level::Official, Level::Restricted];
    let mut clearances = vec![Clearance::Everything, Clearance::Public];
    for party in ["UZ", "KZ", "KG"] {
        clearances.extend(levels.map(|level| Clearance::Party {
            party: party.to_owned(),
            level,
        }));
    }
    let parties = ["UZ".to_owned(), "KZ".to_owned()];
    for field in [Field::Title, Field::Text] {
        for level in levels {
            for clearance in &clearances {
                let read = lane::read(clearance, field);
                let found = |deleted| {
                    lane::written(level, &parties, deleted, field)
                        .iter()
                        .any(|lane| read.contains(lane))
                };
                assert_eq!(
                    found(false),
                    clearance.reads(level, &parties),
                    "{clearance:?} {level:?}"
                );
                assert!(!found(true));
            }
        }
    }
}

#[test]
fn every_title_is_in_one_of_the_lanes_of_all_titles() {
    let parties = ["UZ".to_owned(), "KZ".to_owned()];
    for level in [Level::Public, Level::Official, Level::Restricted] {
        for deleted in [false, true] {
            let written = lane::written(level, &parties, deleted, Field::Title);
            let common = lane::all_titles();
            assert_eq!(written.iter().filter(|one| common.contains(one)).count(), 1);
        }
    }
}

proptest! {
    #[test]
    fn folding_again_changes_nothing(text in any::<String>()) {
        let once = Folded::of(&text).text();
        prop_assert_eq!(Folded::of(&once).text(), once);
    }

    #[test]
    fn origins_are_in_order_and_inside_the_text(text in any::<String>()) {
        let folded = Folded::of(&text);
        prop_assert_eq!(folded.chars.len(), folded.origins.len());
        let length = text.chars().count();
        let mut before = (0, 0);
        for origin in folded.origins {
            prop_assert!(origin.0 < origin.1 && origin.1 <= length);
            prop_assert!(origin == before || origin.0 >= before.1);
            before = origin;
        }
    }

    #[test]
    fn every_word_is_found_by_itself(text in "[а-яёўқғҳәңөұүһіa-z' ʻ-]{0,40}") {
        for word in words::of(&Folded::of(&text)) {
            let text = word.text();
            for asked in Asked::words(&text) {
                prop_assert_eq!(asked.find(&word.chars), Some((Fit::Exact, 0, word.chars.len())));
            }
        }
    }

    #[test]
    fn spellings_say_which_letters_they_stand_for(word in "[а-яёўқғҳәңөұүһі]{1,12}") {
        let chars: Vec<char> = word.chars().collect();
        for spelling in spelling::of(&chars) {
            prop_assert_eq!(spelling.chars.len(), spelling.letters.len());
            prop_assert!(spelling.letters.is_sorted());
            prop_assert!(spelling.letters.iter().all(|letter| *letter < chars.len()));
        }
    }

    #[test]
    fn highlights_are_in_order_without_overlap(query in any::<String>(), text in any::<String>()) {
        let length = text.chars().count();
        let mut end = 0;
        for (first, last) in Highlighter::new(&Asked::words(&query)).places(&text) {
            prop_assert!(first >= end && last > first && last <= length);
            end = last;
        }
    }
}
