//! What may stand after the stem of a word: the endings of Russian, Uzbek and Kazakh, and none in English.
//!
//! The set is closed. A word that only begins like a month is another word: `маяк`, `market`, `концепция`.

/// The endings of Russian nouns, adjectives and ordinals.
const RUSSIAN: &[&str] = &[
    "ь", "а", "у", "е", "ом", "ы", "ов", "ам", "ами", "ах", "я", "ю", "и", "ем", "ей", "ям", "ями",
    "ях", "й", "о", "ый", "ий", "ой", "ого", "ому", "ым", "ая", "ую", "ое", "ые", "ых", "ыми",
    "ья", "ье", "ью", "ьи", "ьей", "ьего", "ьему", "ьем", "ьим", "ьих",
];

/// The same of Russian in Latin letters: `kvartala`, `iyulya`.
const LATIN_RUSSIAN: &[&str] = &["a", "ya", "e", "u", "yu", "om", "em"];

/// Stems that Russian in Latin letters has too, but whose forms would be other words: `marta` is Uzbek for times.
const NOT_RUSSIAN: &[&str] = &["mart", "may"];

/// Words that stand as they are.
const UNCHANGED: &[&str] = &[
    "янв",
    "yan",
    "февр",
    "фев",
    "fev",
    "мар",
    "апр",
    "авг",
    "avg",
    "сент",
    "сен",
    "sen",
    "окт",
    "okt",
    "нояб",
    "ноя",
    "noy",
    "дек",
    "dek",
    "january",
    "jan",
    "february",
    "feb",
    "march",
    "mar",
    "april",
    "apr",
    "june",
    "jun",
    "july",
    "jul",
    "august",
    "aug",
    "september",
    "sept",
    "sep",
    "october",
    "oct",
    "november",
    "nov",
    "december",
    "dec",
    "quarter",
    "quarters",
    "half",
    "halfyear",
    "first",
    "second",
    "third",
    "fourth",
    "permanent",
    "permanently",
    "ongoing",
    "period",
    "annually",
    "quarterly",
    "monthly",
    "regularly",
    "end",
    "конец",
    "включительно",
];

/// The endings of a language that puts them one behind the other: of the plural, of whose it is, and of the case.
struct Chain {
    plural: &'static [&'static str],
    possessive: &'static [&'static str],
    case: &'static [&'static str],
    /// Cases that only stand behind `k` and `q`.
    hard_case: &'static [&'static str],
}

const CHAINS: [Chain; 3] = [
    // Uzbek in Latin letters.
    Chain {
        plural: &["lar"],
        possessive: &["i", "si"],
        case: &["ni", "ning", "ga", "da", "dan", "dagi", "gacha"],
        hard_case: &["ka", "qa", "kacha", "qacha"],
    },
    // Uzbek in Cyrillic letters.
    Chain {
        plural: &["лар"],
        possessive: &["и", "си"],
        case: &["ни", "нинг", "га", "да", "дан", "даги", "гача"],
        hard_case: &["ка", "қа", "кача", "қача"],
    },
    // Kazakh.
    Chain {
        plural: &["лар", "лер", "дар", "дер", "тар", "тер"],
        possessive: &["ы", "і", "сы", "сі"],
        case: &[
            "ның",
            "нің",
            "дың",
            "дің",
            "тың",
            "тің",
            "ға",
            "ге",
            "на",
            "не",
            "да",
            "де",
            "та",
            "те",
            "нда",
            "нде",
            "дан",
            "ден",
            "тан",
            "тен",
            "нан",
            "нен",
            "ны",
            "ні",
            "ды",
            "ді",
            "ты",
            "ті",
            "н",
            "ғы",
            "гі",
            "дағы",
            "дегі",
            "тағы",
            "тегі",
            "ндағы",
            "ндегі",
        ],
        hard_case: &["қа", "ке", "қы", "кі"],
    },
];

/// Whether a stem and what follows it are one word.
pub(super) fn fit(stem: &str, rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    if UNCHANGED.contains(&stem) {
        return false;
    }
    // `декабрьгача`: Uzbek keeps the sign of Russian months.
    let behind_sign = rest.strip_prefix('ь').unwrap_or(rest);
    RUSSIAN.contains(&rest)
        || (LATIN_RUSSIAN.contains(&rest) && !NOT_RUSSIAN.contains(&stem))
        || CHAINS
            .iter()
            .any(|chain| chain.has(stem, rest) || chain.has(stem, behind_sign))
}

impl Chain {
    fn has(&self, stem: &str, rest: &str) -> bool {
        let without = |rest: &'_ str, endings: &[&str]| -> Vec<String> {
            let shorter = endings.iter().filter_map(|one| rest.strip_prefix(one));
            std::iter::once(rest)
                .chain(shorter)
                .map(str::to_owned)
                .collect()
        };
        let is_hard = stem.ends_with(['k', 'q', 'к', 'қ']);
        without(rest, self.plural)
            .iter()
            .flat_map(|rest| without(rest, self.possessive))
            .any(|rest| {
                let rest = rest.as_str();
                rest.is_empty()
                    || self.case.contains(&rest)
                    || (is_hard && self.hard_case.contains(&rest))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_go_one_behind_the_other_and_nothing_else_does() {
        for (stem, rest) in [
            ("yakun", "igacha"),
            ("chorak", "lar"),
            ("chorak", "ka"),
            ("декабр", "ьгача"),
            ("тоқсан", "дарында"),
            ("квартал", "ах"),
            ("iyul", "ya"),
            ("may", ""),
        ] {
            assert!(fit(stem, rest), "{stem}{rest}");
        }
        for (stem, rest) in [
            ("мая", "к"),
            ("май", "ка"),
            ("mar", "ket"),
            ("jun", "i"),
            ("mart", "a"),
            ("конц", "епция"),
            ("end", "i"),
            ("oy", "oqdan"),
        ] {
            assert!(!fit(stem, rest), "{stem}{rest}");
        }
    }
}
