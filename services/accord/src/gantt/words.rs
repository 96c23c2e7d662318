//! The chart's own words, in the languages of the parties and in English.

use super::State;

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// The language, a BCP 47 tag.
    pub(crate) tag: &'static str,
    pub(super) number: &'static str,
    pub(super) measure: &'static str,
    pub(super) executors: &'static str,
    pub(super) state: &'static str,
    pub(crate) today: &'static str,
    /// Before the day of the schedule, where the caller chose it.
    pub(crate) data_date: &'static str,
    /// Over measures without a section.
    pub(super) no_section: &'static str,
    pub(super) planned: &'static str,
    pub(super) begun: &'static str,
    pub(super) claimed: &'static str,
    pub(super) awaited: &'static str,
    pub(super) returned: &'static str,
    pub(super) disputed: &'static str,
    pub(super) attested: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) superseded: &'static str,
    pub(super) carried_over: &'static str,
    pub(crate) overdue: &'static str,
    pub(super) plan: &'static str,
    pub(crate) deadline: &'static str,
    pub(super) span: &'static str,
    pub(crate) permanent: &'static str,
    pub(crate) earliest: &'static str,
    pub(crate) critical: &'static str,
    pub(super) slack: &'static str,
    pub(super) dependency: &'static str,
    pub(super) out: &'static str,
    pub(super) late: &'static str,
    pub(super) outside: &'static str,
    /// Before the period of the roadmap.
    pub(crate) period: &'static str,
    /// Before the earliest end of the roadmap.
    pub(crate) earliest_end: &'static str,
    /// Before the moment whose knowledge the chart has.
    pub(crate) known: &'static str,
    /// For a roadmap without measures.
    pub(crate) nothing: &'static str,
}

impl Words {
    /// Returns the words of a language, or English ones.
    pub(crate) fn of(tag: &str) -> &'static Self {
        let all = [&ENGLISH, &RUSSIAN, &UZBEK, &KAZAKH];
        let language = tag.split('-').next().unwrap_or(tag);
        let is_meant = |words: &&&'static Self| {
            let own = words.tag.split('-').next().unwrap_or(words.tag);
            own.eq_ignore_ascii_case(language)
        };
        // Uzbek in Cyrillic letters has no words of its own here, and is not shown in Latin ones.
        if tag.eq_ignore_ascii_case("uz-Cyrl") {
            return &RUSSIAN;
        }
        all.iter().find(is_meant).map_or(&ENGLISH, |words| words)
    }

    /// Returns the word for a state.
    pub(crate) fn state(&self, state: State) -> &'static str {
        match state {
            State::Planned => self.planned,
            State::Begun => self.begun,
            State::Claimed(_) => self.claimed,
            State::Returned(_) => self.returned,
            State::Disputed(_) => self.disputed,
            State::Attested => self.attested,
            State::Cancelled => self.cancelled,
            State::Superseded => self.superseded,
            State::CarriedOver => self.carried_over,
        }
    }
}

const ENGLISH: Words = Words {
    tag: "en",
    number: "No.",
    measure: "Measure",
    executors: "Carried out by",
    state: "Words of both sides",
    today: "today",
    data_date: "data date",
    no_section: "Without a section",
    planned: "planned",
    begun: "begun",
    claimed: "one side's claim",
    awaited: "its word is awaited",
    returned: "returned",
    disputed: "disputed",
    attested: "confirmed by both",
    cancelled: "given up by both",
    superseded: "replaced by both",
    carried_over: "carried over by both",
    overdue: "overdue",
    plan: "plan: start to deadline",
    deadline: "deadline",
    span: "deadline given as a quarter, half-year or year",
    permanent: "permanent",
    earliest: "earliest days by the schedule",
    critical: "critical path",
    slack: "slack",
    dependency: "dependency",
    out: "taken out of the plan by both",
    late: "done after the deadline",
    outside: "goes on outside the chart, to the day beside it",
    period: "Period",
    earliest_end: "earliest end by the schedule",
    known: "as known at",
    nothing: "No measures are recorded.",
};

const RUSSIAN: Words = Words {
    tag: "ru",
    number: "№",
    measure: "Мероприятие",
    executors: "Исполнители",
    state: "Слово обеих сторон",
    today: "сегодня",
    data_date: "на дату",
    no_section: "Без раздела",
    planned: "запланировано",
    begun: "начато",
    claimed: "заявлено одной стороной",
    awaited: "ожидается её слово",
    returned: "возвращено",
    disputed: "оспорено",
    attested: "подтверждено обеими",
    cancelled: "отменено обеими",
    superseded: "заменено обеими",
    carried_over: "перенесено обеими",
    overdue: "просрочено",
    plan: "план: от начала до срока",
    deadline: "срок",
    span: "срок указан кварталом, полугодием или годом",
    permanent: "постоянно",
    earliest: "ранние сроки по расчёту",
    critical: "критический путь",
    slack: "резерв времени",
    dependency: "зависимость",
    out: "исключено из плана обеими",
    late: "выполнено позже срока",
    outside: "продолжается за пределами графика, до указанного дня",
    period: "Период",
    earliest_end: "раннее окончание по расчёту",
    known: "по данным на",
    nothing: "Мероприятия не внесены.",
};

const UZBEK: Words = Words {
    tag: "uz-Latn",
    number: "№",
    measure: "Chora-tadbir",
    executors: "Ijrochilar",
    state: "Ikkala tomon so‘zi",
    today: "bugun",
    data_date: "sana",
    no_section: "Bo‘limsiz",
    planned: "rejalashtirilgan",
    begun: "boshlangan",
    claimed: "bir tomon ma’lum qilgan",
    awaited: "uning so‘zi kutilmoqda",
    returned: "qaytarilgan",
    disputed: "e’tiroz bildirilgan",
    attested: "ikkala tomon tasdiqlagan",
    cancelled: "ikkala tomon bekor qilgan",
    superseded: "ikkala tomon almashtirgan",
    carried_over: "ikkala tomon keyingisiga o‘tkazgan",
    overdue: "muddati o‘tgan",
    plan: "reja: boshlanishidan muddatigacha",
    deadline: "muddat",
    span: "muddat chorak, yarim yil yoki yil bilan berilgan",
    permanent: "doimiy",
    earliest: "hisob bo‘yicha eng erta kunlar",
    critical: "kritik yo‘l",
    slack: "vaqt zaxirasi",
    dependency: "bog‘liqlik",
    out: "ikkala tomon rejadan chiqargan",
    late: "muddatidan keyin bajarilgan",
    outside: "jadvaldan tashqarida, ko‘rsatilgan kungacha davom etadi",
    period: "Davr",
    earliest_end: "hisob bo‘yicha eng erta tugash",
    known: "ma’lumotlar sanasi",
    nothing: "Chora-tadbirlar kiritilmagan.",
};

const KAZAKH: Words = Words {
    tag: "kk",
    number: "№",
    measure: "Іс-шара",
    executors: "Орындаушылар",
    state: "Екі тараптың сөзі",
    today: "бүгін",
    data_date: "күні",
    no_section: "Бөлімсіз",
    planned: "жоспарланған",
    begun: "басталған",
    claimed: "бір тарап мәлімдеген",
    awaited: "оның сөзі күтілуде",
    returned: "қайтарылған",
    disputed: "дау айтылған",
    attested: "екі тарап растаған",
    cancelled: "екі тарап бас тартқан",
    superseded: "екі тарап ауыстырған",
    carried_over: "екі тарап келесіге көшірген",
    overdue: "мерзімі өткен",
    plan: "жоспар: басталуынан мерзіміне дейін",
    deadline: "мерзім",
    span: "мерзім тоқсанмен, жартыжылдықпен не жылмен берілген",
    permanent: "тұрақты",
    earliest: "есеп бойынша ең ерте күндер",
    critical: "сындарлы жол",
    slack: "уақыт қоры",
    dependency: "тәуелділік",
    out: "екі тарап жоспардан шығарған",
    late: "мерзімінен кейін орындалған",
    outside: "кестеден тыс, көрсетілген күнге дейін жалғасады",
    period: "Кезең",
    earliest_end: "есеп бойынша ең ерте аяқталуы",
    known: "деректер күні",
    nothing: "Іс-шаралар енгізілмеген.",
};
