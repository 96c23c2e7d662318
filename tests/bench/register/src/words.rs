//! The words that titles are made of, in five languages and scripts.

use crate::chance::Chance;

/// A language: its tag, how a title begins, what documents are about, and what they are called at its end.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) tag: &'static str,
    begins: &'static str,
    about: &'static [&'static str],
    links: &'static str,
    ends: &'static [&'static str],
    syllables: &'static [&'static str],
}

/// How many names of places and persons there are; each is rarer than the one before.
const NAMES: u64 = 40_000;

pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        tag: "uz-Latn",
        begins: "Oʻzbekiston Respublikasi Hukumati va Qozogʻiston Respublikasi Hukumati oʻrtasida",
        about: &[
            "savdo",
            "bojxona",
            "energetika",
            "transport",
            "suv resurslari",
            "sogʻliqni saqlash",
            "taʼlim",
            "fan",
            "madaniyat",
            "mehnat",
            "investitsiyalar",
            "qishloq xoʻjaligi",
            "sayyohlik",
            "aloqa",
            "mudofaa",
            "kosmik faoliyat",
            "favqulodda vaziyatlar",
            "sud ekspertizasi",
            "sanoat kooperatsiyasi",
            "chegara hududlari",
        ],
        links: "sohasida hamkorlik",
        ends: &[
            "toʻgʻrisida bitim",
            "boʻyicha dastur",
            "boʻyicha yoʻl xaritasi",
            "haqida bayonnoma",
            "haqida shartnoma",
        ],
        syllables: &[
            "Tosh",
            "Sam",
            "Bux",
            "Nav",
            "Qar",
            "Far",
            "Jiz",
            "kent",
            "ariq",
            "obod",
            "tepa",
            "qoʻrgʻon",
            "zor",
            "bogʻ",
        ],
    },
    Language {
        tag: "uz-Cyrl",
        begins: "Ўзбекистон Республикаси Ҳукумати ва Қозоғистон Республикаси Ҳукумати ўртасида",
        about: &[
            "савдо",
            "божхона",
            "энергетика",
            "транспорт",
            "сув ресурслари",
            "соғлиқни сақлаш",
            "таълим",
            "фан",
            "маданият",
            "меҳнат",
            "инвестициялар",
            "қишлоқ хўжалиги",
            "сайёҳлик",
            "алоқа",
            "мудофаа",
            "космик фаолият",
            "фавқулодда вазиятлар",
            "суд экспертизаси",
            "саноат кооперацияси",
            "чегара ҳудудлари",
        ],
        links: "соҳасида ҳамкорлик",
        ends: &[
            "тўғрисида битим",
            "бўйича дастур",
            "бўйича йўл харитаси",
            "ҳақида баённома",
            "ҳақида шартнома",
        ],
        syllables: &[
            "Тош",
            "Сам",
            "Бух",
            "Нав",
            "Қар",
            "Фар",
            "Жиз",
            "кент",
            "ариқ",
            "обод",
            "тепа",
            "қўрғон",
            "зор",
            "боғ",
        ],
    },
    Language {
        tag: "kk",
        begins: "Қазақстан Республикасының Үкіметі мен Өзбекстан Республикасының Үкіметі арасындағы",
        about: &[
            "сауда",
            "кеден",
            "энергетика",
            "көлік",
            "су ресурстары",
            "денсаулық сақтау",
            "білім",
            "ғылым",
            "мәдениет",
            "еңбек",
            "инвестициялар",
            "ауыл шаруашылығы",
            "туризм",
            "байланыс",
            "қорғаныс",
            "ғарыш қызметі",
            "төтенше жағдайлар",
            "сот сараптамасы",
            "өнеркәсіптік кооперация",
            "шекаралық аймақтар",
        ],
        links: "саласындағы ынтымақтастық",
        ends: &[
            "туралы келісім",
            "бағдарламасы",
            "жол картасы",
            "туралы хаттама",
            "туралы шарт",
        ],
        syllables: &[
            "Түр",
            "Қыз",
            "Шым",
            "Ал",
            "Ас",
            "Тар",
            "кістан",
            "орда",
            "кент",
            "маты",
            "тана",
            "аз",
            "төбе",
            "су",
        ],
    },
    Language {
        tag: "ru",
        begins: "Соглашение между Правительством Республики Узбекистан и Правительством Республики Казахстан",
        about: &[
            "торговли",
            "таможенного дела",
            "энергетики",
            "транспорта",
            "водных ресурсов",
            "здравоохранения",
            "образования",
            "науки",
            "культуры",
            "труда",
            "инвестиций",
            "сельского хозяйства",
            "туризма",
            "связи",
            "обороны",
            "космической деятельности",
            "чрезвычайных ситуаций",
            "судебной экспертизы",
            "промышленной кооперации",
            "приграничных территорий",
        ],
        links: "о сотрудничестве в области",
        ends: &[
            "на 2022 год",
            "на основе взаимной выгоды",
            "и мерах по его развитию",
            "в регионе",
            "",
        ],
        syllables: &[
            "Таш",
            "Сам",
            "Бух",
            "Нав",
            "Кар",
            "Фер",
            "Джиз",
            "кент",
            "арык",
            "абад",
            "тепа",
            "курган",
            "зар",
            "баг",
        ],
    },
    Language {
        tag: "en",
        begins: "Agreement between the Government of Uzbekistan and the Government of Kazakhstan",
        about: &[
            "trade",
            "customs",
            "energy",
            "transport",
            "water resources",
            "health",
            "education",
            "science",
            "culture",
            "labour",
            "investment",
            "agriculture",
            "tourism",
            "communications",
            "defence",
            "outer space",
            "emergencies",
            "forensic activity",
            "industrial cooperation",
            "border regions",
        ],
        links: "on cooperation in the field of",
        ends: &[
            "for 2022",
            "for mutual benefit",
            "and measures to develop it",
            "in the region",
            "",
        ],
        syllables: &[
            "Tash", "Sam", "Bukh", "Nav", "Kar", "Fer", "Jiz", "kent", "aryk", "abad", "tepa",
            "kurgan", "zar", "bagh",
        ],
    },
];

impl Language {
    /// A title about the `subject`th of its subjects, with a name that is rarer the larger `name` is.
    pub(crate) fn title(&self, chance: &mut Chance, subject: usize, name: u64) -> String {
        let about = self
            .about
            .get(subject % self.about.len())
            .copied()
            .unwrap_or_default();
        let name = self.name(name);
        let end = chance.one(self.ends);
        format!("{} {} {about} {name} {end}", self.begins, self.links)
            .trim_end()
            .to_owned()
    }

    /// The `index`th name, of a place or a person that never was.
    pub(crate) fn name(&self, index: u64) -> String {
        let count = self.syllables.len() as u64;
        let mut rest = index;
        let mut name = String::new();
        loop {
            let place = usize::try_from(rest % count).unwrap_or_default();
            name.push_str(self.syllables.get(place).copied().unwrap_or_default());
            rest /= count;
            if rest == 0 {
                return name;
            }
            rest -= 1;
        }
    }
}

/// Which name a document has.
pub(crate) fn name(chance: &mut Chance) -> u64 {
    chance.zipf(NAMES)
}
