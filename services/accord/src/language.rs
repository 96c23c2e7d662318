//! The text to show of several in different languages.

/// Chooses a text: in the wanted language, else in the same language with another script, else in English, else the first.
#[must_use]
pub fn pick<'a>(texts: impl Iterator<Item = (&'a str, &'a str)> + Clone, wanted: &str) -> &'a str {
    let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_lowercase();
    let matching =
        |is: &dyn Fn(&str) -> bool| texts.clone().find(|(tag, _)| is(tag)).map(|(_, text)| text);
    matching(&|tag| tag.eq_ignore_ascii_case(wanted))
        .or_else(|| matching(&|tag| language(tag) == language(wanted)))
        .or_else(|| matching(&|tag| language(tag) == "en"))
        .or_else(|| matching(&|_| true))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_is_chosen() {
        let texts = [("ru", "Договор"), ("uz-Cyrl", "Шартнома"), ("en", "Treaty")];
        let pick = |wanted| pick(texts.iter().copied(), wanted);
        assert_eq!(pick("uz-Latn"), "Шартнома");
        assert_eq!(pick("RU"), "Договор");
        assert_eq!(pick("kk"), "Treaty");
        assert_eq!(super::pick([("ru", "А")].into_iter(), "kk"), "А");
    }
}
