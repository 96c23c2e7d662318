//! What was found.

use accord_proto::documents::v1 as pb;

use crate::domain::search::matching::Highlighter;

/// Divides the whole numbers that documents are weighed in, so that a score is a handy number.
const SCALE: f64 = 1e8;

/// Writes a score.
pub(crate) fn score(score: i64) -> f64 {
    // Twenty words of the greatest weight are below 2^52.
    f64::from(u32::try_from(score >> 20).unwrap_or(u32::MAX)) * (1_048_576.0 / SCALE)
        + f64::from(u32::try_from(score & 0xf_ffff).unwrap_or(0)) / SCALE
}

/// Writes a title or a piece of a text with its highlights; nothing if it has none of the words.
pub(crate) fn fragment(
    highlighter: &mut Highlighter<'_>,
    text_version: String,
    language: &str,
    content: &str,
) -> Option<pb::SearchFragment> {
    let place = |index: usize| i32::try_from(index).unwrap_or(i32::MAX);
    let highlights: Vec<pb::Highlight> = highlighter
        .places(content)
        .into_iter()
        .map(|(start, end)| pb::Highlight {
            start: place(start),
            end: place(end),
        })
        .collect();
    if highlights.is_empty() {
        return None;
    }
    Some(pb::SearchFragment {
        text_version,
        language_code: language.to_owned(),
        content: content.to_owned(),
        highlights,
    })
}
