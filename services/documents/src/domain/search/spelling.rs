//! How a Cyrillic word is written in Latin letters, by the published tables of the languages of the register.
//!
//! One Cyrillic letter is read differently in Uzbek, Kazakh and Russian (`ж` is `j` or `zh`, `х` is `x`, `kh`
//! or `h`), and a title does not always say which it is in. So a word has one spelling for each table, and is
//! found by any of them; a Latin word is only what it is. The tables, without their diacritics and
//! apostrophes, which [`Folded`](super::fold::Folded) drops everywhere:
//!
//! - Uzbek: the Latin alphabet of the Law of 2 September 1993 as amended on 6 May 1995, as the table of
//!   correspondences that BGN and PCGN agreed in 2000 gives it, <http://transliteration.eki.ee/pdf/Uzbek.pdf>, and
//!   UNGEGN, <https://arhiiv.eki.ee/wgrs/v2_2/rom2_uz.htm>; `ц` is `ts` after a vowel and else `s`, as Uzbek writes it
//!   (`aksiya`, `konstitutsiya`).
//! - Russian: BGN/PCGN 1947, <https://en.wikipedia.org/wiki/BGN/PCGN_romanization_of_Russian>.
//! - Kazakh: BGN/PCGN 1979, <https://en.wikipedia.org/wiki/BGN/PCGN_romanization_of_Kazakh>.
//! - Kazakh: the Latin alphabet that the government presented on 28 January 2021,
//!   <https://www.inform.kz/en/new-version-of-latin-based-kazakh-alphabet-presented-at-government_a3746549>.

/// How one letter is written, by the letter and the one before it; nothing where the table leaves it to Russian.
type Table = fn(char, Option<char>) -> Option<&'static str>;

/// The published tables.
const TABLES: [Table; 4] = [uzbek, russian, kazakh, kazakh_latin];

/// One way to write a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The characters.
    pub chars: Vec<char>,
    /// For each of them, which character of the word it stands for.
    pub letters: Vec<usize>,
    /// Whether it is a Latin spelling of a Cyrillic word.
    pub is_latin: bool,
}

impl Spelling {
    /// The spelling as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }
}

/// Returns the ways to write a folded word: as it is first, then those of the tables that differ.
#[must_use]
pub fn of(word: &[char]) -> Vec<Spelling> {
    let mut spellings = vec![Spelling {
        chars: word.to_vec(),
        letters: (0..word.len()).collect(),
        is_latin: false,
    }];
    if !word.iter().copied().any(is_cyrillic) {
        return spellings;
    }
    let without_dots: Vec<char> = word
        .iter()
        .map(|char| if *char == 'ё' { 'е' } else { *char })
        .collect();
    // Russian print leaves the dots of `ё` out.
    push(
        &mut spellings,
        Spelling {
            chars: without_dots,
            letters: (0..word.len()).collect(),
            is_latin: false,
        },
    );
    for table in TABLES {
        let mut spelling = Spelling {
            chars: Vec::new(),
            letters: Vec::new(),
            is_latin: true,
        };
        let mut before = None;
        for (index, char) in word.iter().copied().enumerate() {
            match table(char, before).or_else(|| russian(char, before)) {
                Some(letters) => {
                    for letter in letters.chars() {
                        spelling.chars.push(letter);
                        spelling.letters.push(index);
                    }
                }
                None => {
                    spelling.chars.push(char);
                    spelling.letters.push(index);
                }
            }
            before = Some(char);
        }
        push(&mut spellings, spelling);
    }
    spellings
}

fn push(spellings: &mut Vec<Spelling>, new: Spelling) {
    let known = spellings.iter().any(|known| known.chars == new.chars);
    if !known && !new.chars.is_empty() {
        spellings.push(new);
    }
}

fn is_cyrillic(char: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&char)
}

/// Whether `е` is `ye` here: first, or after a vowel or one of `й ъ ь`.
fn is_after_vowel(before: Option<char>) -> bool {
    before.is_some_and(|char| "аеёиоуыэюяўәіөұү".contains(char))
}

fn begins_syllable(before: Option<char>) -> bool {
    before.is_none_or(|char| "йъь".contains(char)) || is_after_vowel(before)
}

/// The table of the Uzbek Latin alphabet; what it does not have is Russian.
fn uzbek(char: char, before: Option<char>) -> Option<&'static str> {
    Some(match char {
        'ё' => "yo",
        'ж' => "j",
        'х' => "x",
        'ц' if !is_after_vowel(before) => "s",
        'ў' => "o",
        'қ' => "q",
        'ғ' => "g",
        'ҳ' => "h",
        _ => return None,
    })
}

#[expect(
    clippy::match_same_arms,
    reason = "a table of letters in the order of the alphabet, and those of the neighbours after it"
)]
/// The table BGN/PCGN 1947 of Russian, and the letters that other tables share with it.
fn russian(char: char, before: Option<char>) -> Option<&'static str> {
    Some(match char {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' if begins_syllable(before) => "ye",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        // Letters of the neighbours, in a word that is read as Russian.
        'ў' | 'ө' => "o",
        'қ' => "q",
        'ғ' => "gh",
        'ҳ' | 'һ' => "h",
        'ә' => "a",
        'ң' => "ng",
        'ұ' | 'ү' => "u",
        'і' | 'ї' => "i",
        _ => return None,
    })
}

/// The table BGN/PCGN 1979 of Kazakh, where it differs from that of Russian.
fn kazakh(char: char, _: Option<char>) -> Option<&'static str> {
    Some(match char {
        'е' => "e",
        'ё' => "yo",
        _ => return None,
    })
}

/// The Kazakh Latin alphabet of 2021: `ä ğ ı ñ ö ş ū ü` without their marks.
fn kazakh_latin(char: char, _: Option<char>) -> Option<&'static str> {
    Some(match char {
        'е' => "e",
        'ё' => "io",
        'ж' => "j",
        'ғ' => "g",
        'й' => "i",
        'ң' => "n",
        'х' | 'һ' => "h",
        'ш' => "s",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}
