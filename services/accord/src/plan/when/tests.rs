//! Deadlines as plans write them.

mod telling_apart;

use proptest::prelude::*;

use super::*;

fn deadline(text: &str) -> Deadline {
    let when = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(when.start, None, "{text}");
    when.deadline
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn quarters_are_read_in_every_language_of_the_plans() {
    for text in [
        "II квартал 2022 г.",
        "2 квартал 2022 года",
        "2-й квартал 2022",
        "II кв. 2022г.",
        "ІІ квартал 2022 года",
        "во II-м квартале 2022 года",
        "2022 yil II chorak",
        "2022-yil 2-chorak",
        "2022 yilning II choragi",
        "2022 йил II чорак",
        "2022 йилнинг 2-чораги",
        "2022 жылдың II тоқсаны",
        "2022 жылғы 2-ші тоқсан",
        "Q2 2022",
        "2022 Q2",
        "2022-Q2",
        "2nd quarter of 2022",
        "второй квартал 2022 г.",
        "во втором квартале 2022 года",
        "не позднее II квартала 2022 г.",
        "II kvartal 2022 g.",
        "2022 yilning ikkinchi choragi",
        "2022 йил иккинчи чорак",
        "2022 жылдың екінші тоқсаны",
        "second quarter of 2022",
        "no later than the second quarter of 2022",
        "2022 ж. 2 тоқсан",
        "2022 ж. II тоқсанына дейін",
        "П квартал 2022 г.",
        "во П-м квартале 2022 года",
        "2022 йил П чорак",
        "2022 йилнинг П-чорагида",
    ] {
        assert_eq!(deadline(text), Deadline::Quarter(2022, 2), "{text}");
    }
}

#[test]
fn halves_of_years_are_read_in_every_language_of_the_plans() {
    for text in [
        "I полугодие 2023 г.",
        "1-е полугодие 2023 года",
        "2023 yil I yarim yillik",
        "2023 yilning birinchi yarmi",
        "2023 йилнинг биринчи ярми",
        "первое полугодие 2023 года",
        "в первой половине 2023 года",
        "I polugodie 2023 g.",
        "2023 жылдың бірінші жартысы",
        "first half of 2023",
        "2023 йил 1-ярим йиллиги",
        "2023 жылдың I жартыжылдығы",
        "2023 жылғы I жарты",
        "H1 2023",
        "2023 йил 1-ярим йиллигида",
        "2023-yil 1-yarim yilligida",
    ] {
        assert_eq!(deadline(text), Deadline::HalfYear(2023, 1), "{text}");
    }
}

#[test]
fn days_are_read_in_words_and_in_numbers() {
    for text in [
        "2022-12-31",
        "31.12.2022",
        "31.12.2022 г.",
        "31.12.2022г.",
        "2022-12-31г",
        "31.12.2022йил",
        "31/12/2022",
        "до 31 декабря 2022 года",
        "2022 yil 31 dekabr",
        "2022-yil 31-dekabrgacha",
        "2022 йил 31 декабргача",
        "2022 жылғы 31 желтоқсанға дейін",
        "December 31, 2022",
        "by 31 December 2022",
        "не позднее 31 декабря 2022 г.",
        "не позже 31-го декабря 2022",
        "к 31-му декабря 2022 г.;",
        "2022-yil 31-dekabrdan kechiktirmay",
        "2022 йил 31 декабрдан кечиктирмасдан",
        "2022 жылғы 31 желтоқсаннан кешіктірмей",
        "no later than 31 December 2022",
        "не позднее декабря 2022 года",
        "31 дек. 2022",
        "31 дек. 2022 г.",
        "31-dek. 2022",
        "до 31.12.2022",
        // The last day of what is named.
        "12.2022",
        "12.2022 г.",
        "декабрь 2022 г.",
        "2022 yil dekabr oyi",
    ] {
        assert_eq!(deadline(text), Deadline::Day(date("2022-12-31")), "{text}");
    }
    assert_eq!(deadline("февраль 2024"), Deadline::Day(date("2024-02-29")));
    assert_eq!(deadline("1 мая 2022 г."), Deadline::Day(date("2022-05-01")));
}

#[test]
fn years_are_read_as_years() {
    for text in [
        "2022 yil oxirigacha",
        "до конца 2022 года",
        "2022 год",
        "2022",
        "2022 жыл",
        "2022-йил якунига қадар",
        "2022-yil yakunigacha",
        "2022 йил охирига қадар",
        "2022 жылдың соңына дейін",
        "до окончания 2022 года",
        "by the end of 2022",
        "в течение всего 2022 года",
    ] {
        assert_eq!(deadline(text), Deadline::Year(2022), "{text}");
    }
}

#[test]
fn a_span_has_a_first_day_and_a_deadline() {
    for (text, start, deadline) in [
        ("2022-2023 годы", "2022-01-01", Deadline::Year(2023)),
        ("2022–2024 yillar", "2022-01-01", Deadline::Year(2024)),
        (
            "I-II кварталы 2022 г.",
            "2022-01-01",
            Deadline::Quarter(2022, 2),
        ),
        (
            "IV квартал 2022 – I квартал 2023",
            "2022-10-01",
            Deadline::Quarter(2023, 1),
        ),
        (
            "январь – март 2022 г.",
            "2022-01-01",
            Deadline::Day(date("2022-03-31")),
        ),
        (
            "15 мая – 20 июня 2022",
            "2022-05-15",
            Deadline::Day(date("2022-06-20")),
        ),
        (
            "с 1 по 15 мая 2022",
            "2022-05-01",
            Deadline::Day(date("2022-05-15")),
        ),
        (
            "01.02.2022-15.03.2022",
            "2022-02-01",
            Deadline::Day(date("2022-03-15")),
        ),
        (
            "сентябрь 2022 г. – декабрь 2022 г.",
            "2022-09-01",
            Deadline::Day(date("2022-12-31")),
        ),
        (
            "май 2022-июнь 2022",
            "2022-05-01",
            Deadline::Day(date("2022-06-30")),
        ),
        (
            "с 1 января 2022 по 31 декабря 2023 г.",
            "2022-01-01",
            Deadline::Day(date("2023-12-31")),
        ),
        ("с 2022 до 2023 года", "2022-01-01", Deadline::Year(2023)),
        (
            "from 1 June to 30 June 2022",
            "2022-06-01",
            Deadline::Day(date("2022-06-30")),
        ),
        (
            "June until August 2022",
            "2022-06-01",
            Deadline::Day(date("2022-08-31")),
        ),
        (
            "2022-yil 1-iyundan 15-iyulgacha",
            "2022-06-01",
            Deadline::Day(date("2022-07-15")),
        ),
        (
            "2022 йилдан 2023 йилгача",
            "2022-01-01",
            Deadline::Year(2023),
        ),
        (
            "2022 yil 1-2-chorak",
            "2022-01-01",
            Deadline::Quarter(2022, 2),
        ),
        (
            "2022 жылғы қаңтардан наурызға дейін",
            "2022-01-01",
            Deadline::Day(date("2022-03-31")),
        ),
        (
            "2022 жылғы I тоқсаннан III тоқсанға дейін",
            "2022-01-01",
            Deadline::Quarter(2022, 3),
        ),
        (
            "первый – второй кварталы 2022 г.",
            "2022-01-01",
            Deadline::Quarter(2022, 2),
        ),
    ] {
        let when = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(when.start, Some(date(start)), "{text}");
        assert_eq!(when.deadline, deadline, "{text}");
    }
}

#[test]
fn what_has_no_end_is_permanent_and_what_recurs_says_so() {
    for text in [
        "постоянно",
        "на постоянной основе",
        "doimiy",
        "доимий асосда",
        "тұрақты",
        "permanent",
        "весь период",
        "в течение всего периода",
        "butun davr mobaynida",
        "бутун давр давомида",
        "бүкіл кезең",
        "throughout the period",
    ] {
        assert_eq!(deadline(text), Deadline::Permanent, "{text}");
    }
    for text in [
        "ежегодно",
        "har yili",
        "ҳар йили",
        "жыл сайын",
        "annually",
        "ежеквартально",
    ] {
        let when = read(text).unwrap();
        assert_eq!(
            (when.deadline, when.doubt),
            (Deadline::Permanent, Some(RECURS)),
            "{text}"
        );
    }
    let when = read("ежегодно до 2025 года").unwrap();
    assert_eq!(
        (when.deadline, when.doubt),
        (Deadline::Year(2025), Some(RECURS))
    );
    let when = read("постоянно до конца 2023 года").unwrap();
    assert_eq!(
        (when.deadline, when.doubt),
        (Deadline::Year(2023), Some(GOES_ON))
    );
}

#[test]
fn what_until_may_leave_out_is_told() {
    for text in [
        "до I квартала 2022 г.",
        "2022 yilgacha",
        "2022 жылға дейін",
        "by 2022",
        "к 2022 году",
    ] {
        assert_eq!(read(text).unwrap().doubt, Some(BEFORE_OR_IN), "{text}");
    }
    for text in [
        "до 1 июля 2022 г.",
        "до конца I квартала 2022 г.",
        "не позднее 2022 года",
        "2022-2023",
    ] {
        assert_eq!(read(text).unwrap().doubt, None, "{text}");
    }
}

#[test]
fn a_beginning_is_no_deadline() {
    for text in [
        "с 1 июля 2022 г.",
        "начиная с 2022 года",
        "from 1 June 2022",
        "starting 1 June 2022",
        "2022-yil 1-iyundan",
        "2022 yil 1 iyundan boshlab",
        "2022 йил 1 июндан бошлаб",
        "2022 жылғы 1 шілдеден бастап",
        "июнь 2022 –",
    ] {
        assert_eq!(
            read(text).unwrap_err(),
            "says when it begins and not when it ends",
            "{text}"
        );
    }
}

#[test]
fn two_dates_are_no_span_unless_the_words_say_so() {
    for text in [
        "до 1 июля 2022 г., до 1 декабря 2022 г.",
        "июнь 2022 г., декабрь 2022 г.",
        "июнь и декабрь 2022 г.",
        "I квартал 2022 г.\nII квартал 2022 г.",
        "II и III кварталы 2022 г.",
        "2022 и 2023 годы",
        "2022, 2023",
        "2022/2023",
        "I/II квартал 2022",
        "by 1 June 2022, by 1 December 2022",
        "1 июля 2022, по 1 декабря 2022",
        "1 iyun va 1 iyul 2022",
        "2022-йил, 2023-йил",
        "2022 жылғы маусым және желтоқсан",
        "I-II-III кварталы 2022",
        "1 мая 2022 до 15 мая 2022",
        "март апрель май 2022",
    ] {
        assert_eq!(read(text).unwrap_err(), NOT_ONE, "{text}");
    }
    for text in ["июнь 2022-2023", "II квартал 2022 – 2023 г."] {
        let error = read(text).unwrap_err();
        assert!(
            error.starts_with("names a year at one end"),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_span_may_be_in_numbers() {
    for (text, start) in [
        ("01.02.2022г.-15.03.2022г.", "2022-02-01"),
        ("с 1 по 15.03.2022 г.", "2022-03-01"),
    ] {
        let when = read(text).unwrap();
        assert_eq!(when.start, Some(date(start)), "{text}");
        assert_eq!(when.deadline, Deadline::Day(date("2022-03-15")), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(year in 1500_i16..=2500, month in 1_i8..=12, number in 1_i8..=28) {
        for deadline in [
            Deadline::Day(Date::new(year, month, number).unwrap()),
            Deadline::Quarter(year, (month + 2) / 3),
            Deadline::HalfYear(year, (month + 5) / 6),
            Deadline::Year(year),
            Deadline::Permanent,
        ] {
            prop_assert_eq!(read(&deadline.to_cell()).unwrap().deadline, deadline);
        }
    }

    #[test]
    fn nothing_that_is_written_makes_it_fail(text in "[0-9a-zа-яIV .,/-]{0,40}") {
        let _ = read(&text);
    }
}
