//! How columns are called, in Russian, Uzbek in both scripts, Kazakh and English.

/// How the words begin that name each field.
pub(super) const NAMES: &[(&[&str], Kind)] = &[
    (
        &[
            "раздел",
            "направлени",
            "йўналиш",
            "бўлим",
            "yo'nalish",
            "bo'lim",
            "бөлім",
            "бағыт",
            "section",
            "direction",
        ],
        Kind::Section,
    ),
    (
        &[
            "мероприят",
            "меры",
            "мера",
            "тадбир",
            "чора",
            "tadbir",
            "chora",
            "іс-шара",
            "шаралар",
            "measure",
            "activit",
        ],
        Kind::Title,
    ),
    (
        &[
            "ожидаем",
            "результат",
            "натижа",
            "кутила",
            "natija",
            "kutila",
            "нәтиже",
            "күтіл",
            "result",
            "outcome",
        ],
        Kind::Result,
    ),
    (
        &[
            "форма",
            "механизм",
            "шакли",
            "шакл",
            "shakl",
            "mexanizm",
            "нысан",
            "тетіг",
            "form",
        ],
        Kind::Form,
    ),
    (
        &[
            "исполнител",
            "ответствен",
            "ижрочи",
            "масъул",
            "ijrochi",
            "mas'ul",
            "жауапты",
            "орындаушы",
            "executor",
            "responsib",
            "bod",
        ],
        Kind::Bodies,
    ),
    (
        &["срок", "муддат", "muddat", "мерзім", "deadline", "due"],
        Kind::Deadline,
    ),
    (
        &["начал", "бошлан", "boshlan", "басталу", "start"],
        Kind::Start,
    ),
    (&["вес", "вазн", "vazn", "салма", "weight"], Kind::Weight),
    (
        &[
            "примечани",
            "комментари",
            "изоҳ",
            "изох",
            "izoh",
            "ескерт",
            "түсініктеме",
            "note",
            "remark",
            "comment",
        ],
        Kind::Note,
    ),
];

/// Whole names of the column that counts rows.
pub(super) const NUMBERS: &[&str] = &[
    "№",
    "n",
    "no",
    "no.",
    "n°",
    "#",
    "№ п/п",
    "п/п",
    "№п/п",
    "т/р",
    "t/r",
    "р/с",
    "№ р/с",
    "номер",
];

/// What stands before the others with `co-`: they are not the first of the bodies.
pub(super) const OTHERS: &[&str] = &[
    "соисполнител",
    "ҳамижрочи",
    "hamijrochi",
    "қоса",
    "co-execut",
    "coexecut",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Section,
    Title,
    Result,
    Form,
    Bodies,
    Deadline,
    Start,
    Weight,
    Note,
}
