//! What is read as another thing, or not at all.

use super::*;

#[test]
fn what_is_not_understood_is_told_and_never_guessed() {
    for (text, told) in [
        ("", "is empty"),
        ("II квартал", "names no year"),
        ("по мере необходимости", "\"мере\" is not understood"),
        ("V квартал 2022", "\"v\" is not understood"),
        ("5 квартал 2022", "5 is no number of a quarter"),
        ("3 полугодие 2022", "3 is no number of a half-year"),
        ("30 февраля 2022", "2022-02 has no day 30"),
        ("с 31 по 30.06.2022", "2022-06 has no day 31"),
        ("29–31 февраля 2022 г.", "2022-02 has no day 29"),
        ("31.12.22", "31.12.22: a year has four digits"),
        ("2022-13-01", "2022-13-01: there is no such month"),
        ("0999", "0999 is no year from 1500 to 2500"),
        (
            "5 2022",
            "has a number and does not say of what: a day of a month, a quarter, a half-year",
        ),
        ("2023-2022 годы", "names a span that ends before it begins"),
        (
            "IV-I кварталы 2022",
            "names a span that ends before it begins",
        ),
        ("123456", "123456 is no number of a date"),
    ] {
        assert_eq!(read(text).unwrap_err(), told, "{text}");
    }
}

#[test]
fn a_word_that_only_begins_like_one_of_a_deadline_is_another() {
    for text in [
        "Концепция 2022",
        "Market 2022",
        "маяк 2022",
        "Майка 2022",
        "Mayor 2022",
        "Marina 2022",
        "Juniper 2022",
        "Decision 2022",
        "Августин 2022",
        "Квартальный отчет 2022",
        "Endi 2022",
        "oyoqdan 2022",
        "secondary 2022",
        "весь периодический 2022",
    ] {
        let error = read(text).unwrap_err();
        assert!(error.ends_with("is not understood"), "{text}: {error}");
    }
    for (text, month) in [
        ("в мае 2022 г.", 5),
        ("2022 йил майда", 5),
        ("2022-yil may oyida", 5),
        ("Sept. 2022", 9),
        ("2022 йил декабрьгача", 12),
        ("2022 жылғы желтоқсанда", 12),
        ("1 квартал 2022", 3),
        ("2022 yilning 1-choragida", 3),
    ] {
        let last = match read(text).unwrap().deadline {
            Deadline::Day(day) => day.month(),
            Deadline::Quarter(_, number) => 3 * number,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(last, month, "{text}");
    }
}

#[test]
fn twice_a_year_in_uzbek_is_no_day_of_march() {
    for text in [
        "2022 yilda 2 marta",
        "2 marta 2022",
        "2022 йилда 2 марта",
        "2022 йил давомида 2 марта",
        "2 марта, 2022-йил",
    ] {
        let error = read(text).unwrap_err();
        assert!(error.ends_with("times as well as March"), "{text}: {error}");
    }
    for text in ["2 марта 2022 г.", "2022 yil 2 mart", "2022 йил 2 мартгача"] {
        assert_eq!(deadline(text), Deadline::Day(date("2022-03-02")), "{text}");
    }
}

#[test]
fn letters_that_look_like_roman_numbers_are_numbers_of_quarters_and_half_years_only() {
    assert_eq!(deadline("Ш квартал 2027 г."), Deadline::Quarter(2027, 3));
    assert_eq!(deadline("П полугодие 2027"), Deadline::HalfYear(2027, 2));
    let span = read("П-Ш кварталы 2027 г.").unwrap();
    assert_eq!(span.start, Some(date("2027-04-01")));
    assert_eq!(span.deadline, Deadline::Quarter(2027, 3));
    for (text, word) in [
        ("П 2027 г.", "п"),
        ("Ш мая 2027 г.", "ш"),
        ("квартал П 2027", "п"),
        ("п. 2 2027 года", "п"),
    ] {
        let told = format!("\"{word}\" is not understood");
        assert_eq!(read(text).unwrap_err(), told, "{text}");
    }
}

#[test]
fn months_in_numbers_have_two_digits() {
    assert_eq!(deadline("02.2024"), Deadline::Day(date("2024-02-29")));
    let span = read("03.2027-06.2027").unwrap();
    assert_eq!(span.start, Some(date("2027-03-01")));
    assert_eq!(span.deadline, Deadline::Day(date("2027-06-30")));
    assert!(
        read("13.2027")
            .unwrap_err()
            .ends_with("there is no such month")
    );
    for text in ["1.2027", "12/2027", "12-2027", "2027.12"] {
        assert!(read(text).is_err(), "{text}");
    }
}
