//! The sections of the Harmonized System and the chapters that they take in, which all editions share.

/// The sections with their first and last chapters (World Customs Organization, HS nomenclature, table of
/// contents). Chapter 77 is kept free; 98 and 99 are for national use and belong to no section.
const SECTIONS: [(&str, u8, u8); 21] = [
    ("I", 1, 5),
    ("II", 6, 14),
    ("III", 15, 15),
    ("IV", 16, 24),
    ("V", 25, 27),
    ("VI", 28, 38),
    ("VII", 39, 40),
    ("VIII", 41, 43),
    ("IX", 44, 46),
    ("X", 47, 49),
    ("XI", 50, 63),
    ("XII", 64, 67),
    ("XIII", 68, 70),
    ("XIV", 71, 71),
    ("XV", 72, 83),
    ("XVI", 84, 85),
    ("XVII", 86, 89),
    ("XVIII", 90, 92),
    ("XIX", 93, 93),
    ("XX", 94, 96),
    ("XXI", 97, 97),
];

/// Returns the section of a chapter of two digits; a chapter that is in none stands for itself.
#[must_use]
pub fn of_chapter(chapter: &str) -> &str {
    let number: Option<u8> = chapter.parse().ok();
    SECTIONS
        .iter()
        .find(|(_, first, last)| number.is_some_and(|number| (*first..=*last).contains(&number)))
        .map_or(chapter, |(section, ..)| section)
}

/// Returns the first and the last chapter of a section, as of [`of_chapter`]; none if there is no such section.
#[must_use]
pub fn chapters(section: &str) -> Option<(String, String)> {
    let found = SECTIONS.iter().find(|(own, ..)| *own == section);
    if let Some((_, first, last)) = found {
        return Some((format!("{first:02}"), format!("{last:02}")));
    }
    let is_chapter = section.len() == 2 && section.bytes().all(|byte| byte.is_ascii_digit());
    (is_chapter && of_chapter(section) == section).then(|| (section.to_owned(), section.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chapter_has_one_section() {
        for pair in SECTIONS.windows(2) {
            assert_eq!(pair[0].2 + 1, pair[1].1);
        }
        assert_eq!(of_chapter("27"), "V");
        assert_eq!(of_chapter("97"), "XXI");
        assert_eq!(of_chapter("99"), "99");
        assert_eq!(chapters("V"), Some(("25".to_owned(), "27".to_owned())));
        assert_eq!(chapters("99"), Some(("99".to_owned(), "99".to_owned())));
        assert_eq!((chapters("27"), chapters("XXII")), (None, None));
    }
}
