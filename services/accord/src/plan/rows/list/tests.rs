//! Lists are parted as they are written, or not at all.

use super::*;

fn items(text: &str) -> Option<Vec<String>> {
    of(text).unwrap().map(|list| {
        (0..list.items.len())
            .map(|part| list.introduced(part))
            .collect()
    })
}

#[test]
fn lists_are_parted_as_ministries_write_them() {
    for text in [
        "1) a\n  b\n2) c",
        "1. a b;\n2. c;",
        "- a b;\n- c;",
        "• a b\n• c",
        "– a b\n– c",
        "а) a b;\nб) c",
        "1) a b; 2) c",
        "1. a b; 2. c",
        "3.1. a b\n3.2. c",
        "1-a b\n2-c",
        "1. a b\n\n2. c",
    ] {
        assert_eq!(items(text).unwrap_or_default(), ["a b", "c"], "{text}");
    }
    assert_eq!(items("1-мост\n2-дорога").unwrap(), ["мост", "дорога"]);
    assert_eq!(items("1) a:\n- x\n- y\n2) b").unwrap(), ["a: - x - y", "b"]);
}

#[test]
fn what_introduces_a_list_goes_before_each_item() {
    for text in [
        "Общие меры:\n1) X;\n2) Y",
        "Общие меры\n1) X;\n2) Y",
        "Общие меры:\n- X;\n- Y",
        "Общие меры: 1) X; 2) Y",
    ] {
        assert_eq!(
            items(text).unwrap(),
            ["Общие меры: X", "Общие меры: Y"],
            "{text}"
        );
    }
}

#[test]
fn what_is_no_list_is_left_whole() {
    for text in [
        "a\nb",
        "1) a",
        "2) a\n3) b",
        "1.2 a\n1.3 b",
        "01.02.2022\n02.02.2022",
        "a 1) b\n2) c",
        "1) a 2) b",
        "-1\n-2",
        "1-chorak 2022\n2-chorak 2022",
        "1-й этап\n2-й этап",
        "Провести форум\n- a\n- b",
        "А. Каримов\nБ. Ахметов",
    ] {
        assert_eq!(items(text), None, "{text}");
    }
    assert!(is_like_one("Провести форум\n- a\n- b"));
    assert!(!is_like_one("1) a\n2) b"));
}

#[test]
fn a_cell_is_shared_out_only_where_it_parts_alike() {
    assert_eq!(share("1) x;\n2) y", 0, 2, false), ("x".to_owned(), None));
    assert_eq!(share("x\ny", 1, 2, true), ("y".to_owned(), None));
    let (text, doubt) = share("1) x\n2) y\n3) z", 1, 2, true);
    assert_eq!(text, "1) x\n2) y\n3) z");
    assert!(
        doubt
            .unwrap()
            .starts_with("has 3 items and the title has 2")
    );
    let (text, doubt) = share("x\ny", 1, 2, false);
    assert_eq!(text, "x\ny");
    assert!(doubt.unwrap().contains("no numbers"));
    assert_eq!(share("x\ny", 0, 0, true), ("x\ny".to_owned(), None));
}

#[test]
fn an_item_out_of_turn_is_an_error() {
    for (text, item, before) in [
        ("1) a;\n2) b;\n4) c", "4) c", "2) b;"),
        ("1) a\n2) b\n4) c", "4) c", "2) b"),
        ("1) a;\n2) b;\n2) c", "2) c", "2) b;"),
        ("1. a\n3. b", "3. b", "1. a"),
        ("1) a; 2) b; 4) c", "4) c", "2) b;"),
        ("1) a. 2) second. 4) c", "4) c", "2) second."),
        ("1. a; 2. b; 2. c", "2. c", "2. b;"),
        ("1.1. a\n1.2. b\n2.1. c\n2.2. d", "2.1. c", "1.2. b"),
        ("1) a:\n1) x\n2) y\n2) b", "1) x", "1) a:"),
        ("а) a\nб) b\nг) c", "г) c", "б) b"),
        ("а) a\nб) b\nб) c", "б) c", "б) b"),
        ("Меры:\nа) a\nв) c", "в) c", "а) a"),
    ] {
        let told = of(text).unwrap_err();
        assert!(told.contains(&format!("\"{item}")), "{text}: {told}");
        assert!(told.contains(&format!("\"{before}")), "{text}: {told}");
        assert!(!is_like_one(text));
    }
}

#[test]
fn lists_of_letters_go_to_the_end_of_the_alphabet() {
    for letters in [
        "абвгдежзийклмнопрстуфхцчшщэюя",
        "абвгдежзиклмнопрстуфхцчшщэюя",
        "абвгдежиклмнпрстуфхцшщэюя",
        "аәбвгғдеёжзийкқл",
        "abcdefghijklmnopqrstuvwxyz",
        "abvgdejziklmnop",
    ] {
        let text: Vec<String> = letters
            .chars()
            .map(|one| format!("{one}) x{one};"))
            .collect();
        let found = items(&text.join("\n")).unwrap();
        assert_eq!(found.len(), letters.chars().count(), "{found:?}");
    }
}

#[test]
fn a_list_within_an_item_is_part_of_it() {
    for (text, first) in [
        ("1) a:\n- x\n- y\n2) b", "a: - x - y"),
        ("1. a:\n1) x\n2) y\n2. b", "a: 1) x 2) y"),
        ("1. a:\n1) x\n- z\n2) y\n2. b", "a: 1) x - z 2) y"),
        ("1. a\n1.1. x\n1.2. y\n2. b", "a 1.1. x 1.2. y"),
        ("1) a:\nа) x\nб) y\n2) b", "a: а) x б) y"),
        ("• a:\n- x\n- y\n• b", "a: - x - y"),
        ("1) a\n5-этажный дом\n2) b", "a 5-этажный дом"),
    ] {
        let list = of(text).unwrap().unwrap();
        assert_eq!(list.items, [first, "b"], "{text}");
        assert_eq!(list.doubt, None, "{text}");
    }
}

#[test]
fn items_that_are_marked_otherwise_are_taken_or_told() {
    assert_eq!(items("1) a\n2. b\n3) c").unwrap(), ["a", "b", "c"]);
    assert_eq!(items("1) a; 2) b;\n3) c").unwrap(), ["a", "b", "c"]);
    for text in [
        "1) a\n2) b\nв) c",
        "1) a\n2) b\n3-c",
        "- a\n- b\n• c",
        "1) a\n2) b\n4. c",
        "1. a\n2.1. x\n2. b",
    ] {
        let list = of(text).unwrap().unwrap();
        assert_eq!(list.items.len(), 2, "{text}");
        assert!(list.doubt.is_some(), "{text}");
    }
}
