//! The text of a document in one language, and its versions.

use jiff::Timestamp;

use super::{AccessLevel, Document, Source, TextName, TextVersionName, coded::coded};

/// The text of a document in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentText {
    /// Its name.
    pub name: TextName,
    /// Its unique id, never used again.
    pub uid: String,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// Its language and script, as a BCP 47 tag.
    pub language: String,
    /// Whether the document itself says that it is authentic, if that is known.
    pub authentic: Option<bool>,
    /// How widely it may be read; the document's level holds too.
    pub access_level: AccessLevel,
    /// How many versions there are, withdrawn ones too.
    pub version_count: i64,
    /// When it was registered.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

impl DocumentText {
    /// Returns the level that decides who may read it: the stricter of its own and its document's.
    #[must_use]
    pub fn level_in(&self, document: &Document) -> AccessLevel {
        self.access_level.max(document.content.access_level)
    }
}

/// One file of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextVersion {
    /// Its name.
    pub name: TextVersionName,
    /// Its unique id, never used again.
    pub uid: String,
    /// The text that it is a version of.
    pub text_uid: String,
    /// Its number among the text's versions, from 1.
    pub number: i64,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: i64,
    /// SHA-256 of its bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Whose original it is, if anybody's.
    pub party: Option<String>,
    /// Where it was read, if it was not given by the agency itself.
    pub source: Option<Source>,
    /// Whether words could be taken from it.
    pub extraction: Extraction,
    /// How many characters were taken from it.
    pub extracted_chars: i64,
    /// Whether words were taken and the file may say more: they were cut off, or a page of it gave none.
    pub is_partly_extracted: bool,
    /// Whether what is stored is what was given.
    pub integrity: Integrity,
    /// When that was last looked at in full.
    pub checked: Timestamp,
    /// When it was registered.
    pub created: Timestamp,
    /// The agency that gave it.
    pub recorder: String,
    /// The party of that agency.
    pub recorder_party: String,
    /// Its withdrawal, if it is withdrawn.
    pub withdrawal: Option<Withdrawal>,
}

/// The withdrawal of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The agency that withdrew it.
    pub withdrawer: String,
}

coded! {
    /// Whether words could be taken from a file.
    pub enum Extraction {
        /// Not looked at yet.
        Pending = 1,
        /// Its words are searched.
        Extracted = 2,
        /// It has no words.
        NoWords = 3,
        /// Words are not taken from its media type.
        NotSupported = 4,
        /// It could not be read.
        Failed = 5,
    }
}

coded! {
    /// Whether a stored file is still what was given.
    pub enum Integrity {
        /// Its hash is the one recorded.
        Intact = 1,
        /// Its hash is another.
        Corrupt = 2,
        /// It is gone.
        Missing = 3,
    }
}

/// The newest version of a text that stands, of one party's originals or of nobody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose original it is, if anybody's.
    pub party: Option<String>,
    /// Its number.
    pub number: i64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// SHA-256 of its words with one space between them; none unless all of them were extracted.
    pub words_sha256: Option<String>,
}

/// How the originals of a document's parties compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Not every party has given one.
    Incomplete = 1,
    /// All have the same bytes.
    Identical = 2,
    /// Their bytes differ and their words do not.
    SameWords = 3,
    /// Their words differ.
    Different = 4,
    /// Their bytes differ, and not all of them have words to compare, or all their words.
    NotComparable = 5,
}

/// Compares the newest originals of a document's parties.
#[must_use]
pub fn compare(parties: &[String], standing: &[Standing]) -> Comparison {
    let mut originals = Vec::with_capacity(parties.len());
    for party in parties {
        let given = |standing: &&Standing| standing.party.as_ref() == Some(party);
        match standing.iter().find(given) {
            Some(original) => originals.push(original),
            None => return Comparison::Incomplete,
        }
    }
    if alike(originals.iter().map(|original| &original.sha256)) {
        return Comparison::Identical;
    }
    let words: Option<Vec<_>> = originals
        .iter()
        .map(|original| original.words_sha256.as_ref())
        .collect();
    match words {
        None => Comparison::NotComparable,
        Some(words) if alike(words.iter()) => Comparison::SameWords,
        Some(_) => Comparison::Different,
    }
}

fn alike<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let Some(first) = values.next() else {
        return true;
    };
    values.all(|value| value == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(party: &str, sha256: &str, words: Option<&str>) -> Standing {
        Standing {
            party: (!party.is_empty()).then(|| party.to_owned()),
            number: 1,
            sha256: sha256.to_owned(),
            words_sha256: words.map(str::to_owned),
        }
    }

    #[test]
    fn originals_compare_by_bytes_then_by_words() {
        let parties = ["UZ".to_owned(), "KZ".to_owned()];
        for (uz, kz, expected) in [
            (("a", None), ("a", None), Comparison::Identical),
            (("a", Some("w")), ("b", Some("w")), Comparison::SameWords),
            (("a", Some("w")), ("b", Some("x")), Comparison::Different),
            (("a", Some("w")), ("b", None), Comparison::NotComparable),
            (("a", None), ("b", None), Comparison::NotComparable),
        ] {
            let standing = [original("UZ", uz.0, uz.1), original("KZ", kz.0, kz.1)];
            assert_eq!(compare(&parties, &standing), expected, "{uz:?} {kz:?}");
        }
    }

    #[test]
    fn a_copy_of_nobody_is_no_original() {
        let parties = ["UZ".to_owned(), "KZ".to_owned()];
        let standing = [original("UZ", "a", None), original("", "a", None)];
        assert_eq!(compare(&parties, &standing), Comparison::Incomplete);
        assert_eq!(compare(&parties, &[]), Comparison::Incomplete);
    }
}
