//! What things are called, in several languages.

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The BCP 47 tag, in its canonical case.
    pub language_code: String,
    /// The text.
    pub text: String,
}
