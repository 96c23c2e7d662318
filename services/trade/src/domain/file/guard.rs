//! Texts that were guarded for spreadsheets: the way back.
//!
//! A text that a spreadsheet would take for a formula has a `'` before it in the files that `accord trade export` writes, and
//! one that looks guarded already has another (OWASP, "CSV Injection"). One is taken off, so that the text is again as it was
//! published.

/// What stands before a text that would be a formula.
const GUARD: char = '\'';

/// Returns a text without its guard.
pub(super) fn bare(text: &str) -> &str {
    match text.strip_prefix(GUARD) {
        Some(rest) if is_formula(rest.trim_start_matches(GUARD)) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet may take it for a formula: by the signs that OWASP lists, with those of double width.
fn is_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guard_is_taken_off_and_only_a_guard() {
        for (written, published) in [
            ("'=1+1", "=1+1"),
            ("''=1", "'=1"),
            ("'-3.5 billion", "-3.5 billion"),
            ("'quoted'", "'quoted'"),
            ("'", "'"),
            ("", ""),
            ("=1", "=1"),
            ("more than 3.5", "more than 3.5"),
        ] {
            assert_eq!(bare(written), published);
        }
    }
}
