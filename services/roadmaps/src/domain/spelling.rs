//! How the names of bodies are written: which are the same but for their spelling, and which are near.
//!
//! There is no register of bodies. A name is known once a measure has it, and one that differs only by letter case, spaces or
//! apostrophes is taken for the same body written otherwise: Uzbek in Latin letters alone has five characters in use for the
//! mark of oʻ and gʻ.

use std::collections::BTreeMap;

/// How alike two names are at least that are called near, from 0 to 1 by Jaro and Winkler. Tried on names of ministries: below
/// it, names that share no more than "Ministry of" come through.
const NEAR: f64 = 0.8;

/// Returns what a name is without letter case, spaces and apostrophes; the same for two spellings of one body.
#[must_use]
pub fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{ff07}'
    )
}

/// Returns whether two names look like one with slips of the pen: one letter of a name of six at least, two of a name of twelve.
/// Names of other numbers are of other bodies.
#[must_use]
pub fn is_slip(one: &str, other: &str) -> bool {
    const LETTERS_FOR_A_SLIP: usize = 6;
    const MOST_SLIPS: usize = 2;
    let (one, other) = (folded(one), folded(other));
    let digits = |name: &str| {
        name.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let shorter = one.chars().count().min(other.chars().count());
    let slips = strsim::osa_distance(&one, &other);
    slips > 0
        && slips <= (shorter / LETTERS_FOR_A_SLIP).min(MOST_SLIPS)
        && digits(&one) == digits(&other)
}

/// Spellings that are known, by what they are without letter case, spaces and apostrophes.
#[derive(Clone, Debug, Default)]
pub struct Spellings {
    by_folded: BTreeMap<String, String>,
}

impl Spellings {
    /// Makes a spelling known. The first one of a name stays.
    pub fn learn(&mut self, name: &str) {
        let folded = folded(name);
        self.by_folded
            .entry(folded)
            .or_insert_with(|| name.to_owned());
    }

    /// Returns the known spelling of a name that is written otherwise.
    #[must_use]
    pub fn other(&self, name: &str) -> Option<&str> {
        let known = self.by_folded.get(&folded(name))?;
        (known != name).then_some(known)
    }

    /// Returns the known names that are most like one, the nearest first: so many at most.
    #[must_use]
    pub fn nearest(&self, name: &str, most: usize) -> Vec<&str> {
        let wanted = folded(name);
        let mut near: Vec<(f64, &str)> = self
            .by_folded
            .iter()
            .map(|(folded, name)| (strsim::jaro_winkler(folded, &wanted), name.as_str()))
            .filter(|(alike, _)| *alike >= NEAR)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        near.into_iter().take(most).map(|(_, name)| name).collect()
    }
}

impl<'a> FromIterator<&'a str> for Spellings {
    fn from_iter<T: IntoIterator<Item = &'a str>>(names: T) -> Self {
        let mut spellings = Self::default();
        for name in names {
            spellings.learn(name);
        }
        spellings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_spaces_and_apostrophes_make_no_other_body() {
        for other in [
            "oʻzavtoyoʻl",
            "O'zavtoyo'l",
            "O‘ZAVTOYO‘L",
            " Oʼzavto  yoʼl ",
        ] {
            assert_eq!(folded(other), folded("Oʻzavtoyoʻl"), "{other}");
        }
        for other in ["Ozavtoyul", "O-zavtoyol", "Oʻzavtoyoʻl 2"] {
            assert_ne!(folded(other), folded("Oʻzavtoyoʻl"), "{other}");
        }
        assert_eq!(
            folded("МИНИСТЕРСТВО транспорта"),
            folded("Министерство Транспорта")
        );
    }

    #[test]
    fn slips_of_the_pen_are_few_letters_of_a_long_name() {
        for (one, other) in [
            ("Harbour School", "Harbor School"),
            ("Harbour School", "Harbour Schooll"),
            ("Ministry of Transport", "Ministry of Transprot"),
            ("Министерство транспорта", "Министерство транспрта"),
            ("Хокимият", "Хокимят"),
        ] {
            assert!(is_slip(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("Harbour School", "harbour school"),
            ("Ministry of Trade", "Ministry of Transport"),
            ("Министерство торговли", "Министерство транспорта"),
            ("МИД", "МИВ"),
            ("School No. 12", "School No. 13"),
            ("Akimat of Turkestan", "Akimat of Kyzylorda"),
        ] {
            assert!(!is_slip(one, other), "{one} {other}");
        }
    }

    #[test]
    fn only_another_spelling_is_told_and_the_first_one_stays() {
        let mut spellings: Spellings = ["Ministry of Transport"].into_iter().collect();
        assert_eq!(spellings.other("Ministry of Transport"), None);
        let known = Some("Ministry of Transport");
        assert_eq!(spellings.other("ministry of transport"), known);
        assert_eq!(spellings.other("Ministry of Trade"), None);
        spellings.learn("MINISTRY OF TRANSPORT");
        assert_eq!(spellings.other("ministry of transport"), known);
    }

    #[test]
    fn the_nearest_names_come_first() {
        let spellings: Spellings = [
            "Ministry of Transport",
            "Ministry of Trade",
            "Akimat of Astana",
        ]
        .into_iter()
        .collect();
        let near = spellings.nearest("Ministry of Transprot", 3);
        assert_eq!(near.first(), Some(&"Ministry of Transport"));
        assert!(!near.contains(&"Akimat of Astana"));
        assert!(spellings.nearest("Xyz", 3).is_empty());
        assert_eq!(spellings.nearest("Ministry of Transprot", 1).len(), 1);
    }
}
