//! Language tags: a language with, at most, a script and a region, each registered with IANA.

use std::{collections::HashSet, sync::LazyLock};

/// The registered subtags, with their source and its date.
const SUBTAGS: &str = include_str!("language/subtags.txt");

/// What people write for a language, most often the code of a country, and the language that they mean.
const MEANT: [(&str, &str); 16] = [
    ("by", "be"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("ge", "ka"),
    ("gr", "el"),
    ("in", "id"),
    ("iw", "he"),
    ("ji", "yi"),
    ("jp", "ja"),
    ("kz", "kk"),
    ("mo", "ro"),
    ("tj", "tg"),
    ("ua", "uk"),
    ("us", "en"),
    ("vn", "vi"),
];

static REGISTERED: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
    let mut kind = "";
    let mut subtags = HashSet::new();
    for line in SUBTAGS.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            kind = name;
        } else if !line.starts_with('#') {
            subtags.extend(line.split(' ').map(|subtag| (kind, subtag)));
        }
    }
    subtags
});

/// Writes the language in lower case, the script in title case and the region in upper case (RFC 5646, section 2.1.1),
/// or says what is wrong with the tag.
pub(crate) fn canonical_tag(given: &str) -> Result<String, String> {
    if given.contains('_') {
        let hyphens = given.replace('_', "-");
        return Err(match canonical_tag(&hyphens) {
            Ok(meant) => format!("its parts are joined by hyphens: write {meant}"),
            Err(_) => "its parts are joined by hyphens, as in uz-Latn".to_owned(),
        });
    }
    let mut subtags = given.split('-').peekable();
    let language = subtags
        .next()
        .filter(|subtag| matches!(subtag.len(), 2..=3) && is_alpha(subtag))
        .ok_or("must be a BCP 47 tag such as uz-Latn, kk or en-GB")?
        .to_ascii_lowercase();
    if !is_registered("language", &language) {
        return Err(unknown_language(&language));
    }
    let mut canonical = language;
    if let Some(script) = subtags.next_if(|subtag| subtag.len() == 4 && is_alpha(subtag)) {
        let (initial, rest) = script.split_at(1);
        let script = initial.to_ascii_uppercase() + &rest.to_ascii_lowercase();
        add("script", &script, &mut canonical)?;
    }
    if let Some(region) = subtags.next_if(|subtag| is_region(subtag)) {
        add("region", &region.to_ascii_uppercase(), &mut canonical)?;
    }
    match subtags.next() {
        None => Ok(canonical),
        Some(rest) if !rest.is_empty() && rest.chars().all(|char| char.is_ascii_alphanumeric()) => {
            Err(format!(
                "must be a language with a script and a region at most: {rest} is neither; variants, extensions and private tags are not taken"
            ))
        }
        Some(_) => Err("must be a BCP 47 tag such as uz-Latn, kk or en-GB".to_owned()),
    }
}

fn add(kind: &str, subtag: &str, tag: &mut String) -> Result<(), String> {
    if !is_registered(kind, subtag) {
        return Err(format!(
            "{subtag} is no {kind} that is registered with IANA"
        ));
    }
    tag.push('-');
    tag.push_str(subtag);
    Ok(())
}

fn unknown_language(language: &str) -> String {
    let meant = MEANT.iter().find(|(given, _)| *given == language);
    let hint = meant.map_or_else(String::new, |(_, meant)| format!("; {meant} may be meant"));
    format!("{language} is no language that is registered with IANA{hint}")
}

fn is_registered(kind: &str, subtag: &str) -> bool {
    REGISTERED.contains(&(kind, subtag))
}

fn is_region(subtag: &str) -> bool {
    (subtag.len() == 2 && is_alpha(subtag))
        || (subtag.len() == 3 && subtag.chars().all(|char| char.is_ascii_digit()))
}

fn is_alpha(subtag: &str) -> bool {
    subtag.chars().all(|char| char.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_registered_is_refused_with_what_may_be_meant() {
        for (given, why) in [
            (
                "kz",
                "kz is no language that is registered with IANA; kk may be meant",
            ),
            (
                "UA-Cyrl",
                "ua is no language that is registered with IANA; uk may be meant",
            ),
            ("zz", "zz is no language that is registered with IANA"),
            ("uz-Abcd", "Abcd is no script that is registered with IANA"),
            ("uz-ZZ", "ZZ is no region that is registered with IANA"),
            ("uz_Latn", "its parts are joined by hyphens: write uz-Latn"),
            ("kz_KZ", "its parts are joined by hyphens, as in uz-Latn"),
            (
                "de-1901",
                "must be a language with a script and a region at most: 1901 is neither; variants, extensions and private tags are not taken",
            ),
            (
                "uz-Latn-UZ-x-old",
                "must be a language with a script and a region at most: x is neither; variants, extensions and private tags are not taken",
            ),
            ("x-old", "must be a BCP 47 tag such as uz-Latn, kk or en-GB"),
            ("uz-", "must be a BCP 47 tag such as uz-Latn, kk or en-GB"),
        ] {
            assert_eq!(canonical_tag(given), Err(why.to_owned()));
        }
    }

    #[test]
    fn what_is_hinted_at_is_registered_and_the_hint_is_needed() {
        for (given, meant) in MEANT {
            assert!(is_registered("language", meant), "{meant}");
            assert!(!is_registered("language", given), "{given}");
        }
        assert!(is_registered("script", "Cyrl") && is_registered("region", "KZ"));
        assert!(is_registered("region", "419") && is_registered("language", "kaa"));
    }
}
