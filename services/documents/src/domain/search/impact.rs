//! How much a word says about a title or text, as a whole number.
//!
//! It is the saturating term weight of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework:
//! BM25 and Beyond", 2009, section 3.4), with its usual k₁ = 1.2 and b = 0.75: `tf / (tf + k₁ (1 - b + b ·
//! length / usual length))`. The usual length is a constant, not the mean of the register, so that what is kept of
//! one document does not change with the others. Whole numbers make it the same everywhere.

/// The impact that no word of a text exceeds.
pub const TEXT: i64 = 255;

/// The impact that no word of a title exceeds: so much more that even a word inside a word of the longest
/// title comes before a whole word of a text.
pub const TITLE: i64 = 16 * TEXT;

/// The usual length of a title, in words.
const TITLE_WORDS: i64 = 12;

/// The usual length of a text, in words.
const TEXT_WORDS: i64 = 2_000;

/// Titles that are longer than this many usual ones count as no longer.
const TITLE_LENGTHS: i64 = 4;

/// Weighs a word that stands `count` times in a title of `words` words.
#[must_use]
pub fn in_title(count: i64, words: i64) -> i64 {
    weigh(
        TITLE,
        count,
        words.min(TITLE_LENGTHS * TITLE_WORDS),
        TITLE_WORDS,
    )
}

/// Weighs a word that stands `count` times in a text of `words` words.
#[must_use]
pub fn in_text(count: i64, words: i64) -> i64 {
    weigh(TEXT, count, words, TEXT_WORDS).max(1)
}

/// `k₁ (1 - b)` is 0.3 and `k₁ b` is 0.9.
fn weigh(most: i64, count: i64, words: i64, usual: i64) -> i64 {
    most * count * 10 * usual / (10 * count * usual + 3 * usual + 9 * words)
}

/// How rare a word is, in thousandths: the inverse document frequency of BM25, `ln(1 + (N - n + ½) / (n + ½))`.
#[must_use]
pub fn rarity(documents: i64, having: i64) -> i64 {
    let all = precise(documents.max(having));
    let having = precise(having);
    let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln() * 1000.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the logarithm of at most 2^32 is small"
    )]
    let rarity = rarity.round() as i64;
    rarity.max(1)
}

fn precise(count: i64) -> f64 {
    f64::from(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}
