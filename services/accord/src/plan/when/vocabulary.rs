//! The stems of words of deadlines, behind which only endings stand, in Russian, Uzbek in both scripts, Kazakh and English.

/// How months begin, in Russian and Cyrillic Uzbek, Latin Uzbek, Kazakh and English. Of two that fit, the longer.
pub(super) const MONTHS: &[(&str, i8)] = &[
    ("январ", 1),
    ("янв", 1),
    ("yan", 1),
    ("yanvar", 1),
    ("қаңтар", 1),
    ("қантар", 1),
    ("january", 1),
    ("jan", 1),
    ("феврал", 2),
    ("февр", 2),
    ("фев", 2),
    ("fev", 2),
    ("fevral", 2),
    ("ақпан", 2),
    ("february", 2),
    ("feb", 2),
    ("март", 3),
    ("мар", 3),
    ("mart", 3),
    ("наурыз", 3),
    ("march", 3),
    ("mar", 3),
    ("апрел", 4),
    ("апр", 4),
    ("aprel", 4),
    ("сәуір", 4),
    ("april", 4),
    ("apr", 4),
    ("май", 5),
    ("мая", 5),
    ("мае", 5),
    ("may", 5),
    ("мамыр", 5),
    ("июн", 6),
    ("iyun", 6),
    ("маусым", 6),
    ("june", 6),
    ("jun", 6),
    ("июл", 7),
    ("iyul", 7),
    ("шілде", 7),
    ("july", 7),
    ("jul", 7),
    ("август", 8),
    ("авг", 8),
    ("avg", 8),
    ("avgust", 8),
    ("тамыз", 8),
    ("august", 8),
    ("aug", 8),
    ("сентябр", 9),
    ("сент", 9),
    ("сен", 9),
    ("sen", 9),
    ("sentabr", 9),
    ("sentyabr", 9),
    ("қыркүйек", 9),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("октябр", 10),
    ("окт", 10),
    ("okt", 10),
    ("oktabr", 10),
    ("oktyabr", 10),
    ("қазан", 10),
    ("october", 10),
    ("oct", 10),
    ("ноябр", 11),
    ("нояб", 11),
    ("ноя", 11),
    ("noy", 11),
    ("noyabr", 11),
    ("қараша", 11),
    ("november", 11),
    ("nov", 11),
    ("декабр", 12),
    ("дек", 12),
    ("dek", 12),
    ("dekabr", 12),
    ("желтоқсан", 12),
    ("december", 12),
    ("dec", 12),
];

/// How words for a quarter begin.
pub(super) const QUARTERS: &[&str] = &[
    "квартал",
    "kvartal",
    "chorak",
    "chorag",
    "чорак",
    "чораг",
    "тоқсан",
    "quarter",
    "quarters",
];

/// Half of a year in one word.
pub(super) const HALVES: &[&str] = &[
    "полугоди",
    "polugodi",
    "жартыжылдық",
    "жартыжылдығ",
    "yarimyillik",
    "yarimyillig",
    "яримйиллик",
    "яримйиллиг",
    "halfyear",
];

/// The first of two words for half a year; a word for years follows.
pub(super) const HALF: &[&str] = &["половин", "yarim", "yarmi", "ярим", "ярми", "жарты", "half"];

/// How the numbers of quarters and half-years begin in words.
pub(super) const ORDINALS: &[(&str, i64)] = &[
    ("перв", 1),
    ("birinchi", 1),
    ("биринчи", 1),
    ("бірінші", 1),
    ("first", 1),
    ("втор", 2),
    ("ikkinchi", 2),
    ("иккинчи", 2),
    ("екінші", 2),
    ("second", 2),
    ("трет", 3),
    ("uchinchi", 3),
    ("учинчи", 3),
    ("үшінші", 3),
    ("third", 3),
    ("четверт", 4),
    ("tortinchi", 4),
    ("тўртинчи", 4),
    ("төртінші", 4),
    ("fourth", 4),
];

/// Without an end.
pub(super) const PERMANENT: &[&str] = &[
    "постоянн",
    "бессрочн",
    "doimiy",
    "доимий",
    "тұрақты",
    "үнемі",
    "permanent",
    "permanently",
    "ongoing",
];

/// All of something; with a word of [`PERIODS`] after it, without an end.
pub(super) const WHOLE: &[&str] = &[
    "весь",
    "всего",
    "всему",
    "butun",
    "бутун",
    "бүкіл",
    "барлық",
    "whole",
    "entire",
    "throughout",
];

/// The time for which a plan is made.
pub(super) const PERIODS: &[&str] = &[
    "период",
    "срок",
    "davr",
    "muddat",
    "давр",
    "муддат",
    "кезең",
    "мерзім",
    "period",
];

/// Again and again.
pub(super) const RECURRING: &[&str] = &[
    "ежегодн",
    "ежеквартальн",
    "ежемесячн",
    "регулярн",
    "muntazam",
    "мунтазам",
    "сайын",
    "annually",
    "quarterly",
    "monthly",
    "regularly",
];

/// What stands before a first day.
pub(super) const FROM: &[&str] = &["с", "со", "от", "начиная", "from", "starting"];

/// What stands after a first day, besides the ending of the ablative: `1 iyundan boshlab`.
pub(super) const BEGINNING: &[&str] = &["boshlab", "бошлаб", "бастап"];

/// The endings of the Uzbek and Kazakh ablative.
pub(super) const ABLATIVE: &[&str] = &["dan", "дан", "ден", "тан", "тен", "нан", "нен"];

/// What stands before a last day, and by itself between a first and a last one.
pub(super) const THROUGH: &[&str] = &["по", "to", "through", "till", "until"];

/// What stands before a last day.
pub(super) const UNTIL: &[&str] = &["до", "к", "ко", "by"];

/// What stands after a last day, besides [`TERMINATIVE`].
pub(super) const UP_TO: &[&str] = &["gacha", "гача", "qadar", "қадар", "дейін"];

/// The endings of the Uzbek terminative: `1 iyulgacha`.
pub(super) const TERMINATIVE: &[&str] = &["gacha", "kacha", "qacha", "гача", "кача", "қача"];

/// That a day is the latest one, where the ablative stands before: `1 iyuldan kechiktirmay`.
pub(super) const NOT_LATER: &[&str] = &[
    "kechiktirmay",
    "kechiktirmasdan",
    "кечиктирмай",
    "кечиктирмасдан",
    "кешіктірмей",
    "кешіктірместен",
];

/// How words begin that no other language of the plans has.
pub(super) const UZBEK: &[&str] = &["йил", "давомида", "мобайнида", "чорак", "чораг", "ойда"];

/// That the last day of what is named is meant.
pub(super) const ENDS: &[&str] = &[
    "конц",
    "конец",
    "окончани",
    "включительно",
    "oxir",
    "yakun",
    "охир",
    "якун",
    "соңы",
    "аяғы",
    "end",
];

/// What stands between things of which each is meant.
pub(super) const AND: &[&str] = &["и", "va", "ва", "және", "and"];

/// Words that say nothing of when: `до конца 2022 года` is the end of the year.
pub(super) const FILLERS: &[&str] = &[
    "в",
    "во",
    "на",
    "основе",
    "г",
    "гг",
    "г.г",
    "год",
    "года",
    "году",
    "годы",
    "годов",
    "g",
    "gg",
    "god",
    "goda",
    "gody",
    "срок",
    "период",
    "течение",
    "течении",
    "числа",
    "месяц",
    "месяца",
    "месяцы",
    "yil",
    "yili",
    "yilning",
    "yilda",
    "yillar",
    "yillik",
    "yilligi",
    "yilligida",
    "yillikda",
    "yilgi",
    "davomida",
    "mobaynida",
    "oy",
    "oyi",
    "oyida",
    "asosda",
    "asosida",
    "йил",
    "йили",
    "йилнинг",
    "йилда",
    "йиллар",
    "йиллик",
    "йиллиги",
    "йиллигида",
    "йилликда",
    "йилги",
    "давомида",
    "мобайнида",
    "ой",
    "ойи",
    "ойида",
    "асосда",
    "асосида",
    "ж",
    "жж",
    "жыл",
    "жылы",
    "жылдың",
    "жылдар",
    "жылға",
    "жылғы",
    "ішінде",
    "айы",
    "айына",
    "the",
    "of",
    "in",
    "during",
    "period",
    "year",
];

/// What may stand with a marker of a first or a last day at its end, and says nothing else: `2022 yildan`.
pub(super) const DECLINED: &[&str] = &[
    "yil",
    "oy",
    "йил",
    "ой",
    "жыл",
    "ай",
    "yili",
    "oyi",
    "айы",
    "йили",
    "ойи",
    "yilligi",
    "йиллиги",
];

/// What follows a number as its ending: `2-й`, `1-чи`, `3-nchi`, `2nd`.
pub(super) const ENDINGS: &[&str] = &[
    "й", "ый", "ой", "ий", "м", "ом", "го", "му", "е", "я", "ая", "чи", "инчи", "нчи", "ші", "шы",
    "інші", "ншы", "chi", "nchi", "inchi", "st", "nd", "rd", "th",
];
