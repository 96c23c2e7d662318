//! Names of resources as they stand in a file: relative to the partnership, so that a file can be read into another one.

/// Writes a name relative to the partnership: a document by its id, another resource by `collection/id`.
#[must_use]
pub fn shorten<'a>(parent: &str, name: &'a str) -> &'a str {
    let Some(relative) = name
        .strip_prefix(parent)
        .and_then(|rest| rest.strip_prefix('/'))
    else {
        return name;
    };
    match relative.strip_prefix("documents/") {
        Some(id) if !id.contains('/') => id,
        _ => relative,
    }
}

/// Reads a name that `shorten` wrote, or a full one.
#[must_use]
pub fn expand(parent: &str, text: &str) -> String {
    if text.starts_with("partnerships/") {
        text.to_owned()
    } else if text.contains('/') {
        format!("{parent}/{text}")
    } else {
        format!("{parent}/documents/{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in [
            "partnerships/xa-xb/documents/treaty",
            "partnerships/xa-xb/roadmaps/towns",
            "partnerships/xa-xb/documents/treaty/acts/one",
            "partnerships/other/documents/treaty",
        ] {
            assert_eq!(
                expand("partnerships/xa-xb", shorten("partnerships/xa-xb", name)),
                name
            );
        }
        assert_eq!(
            shorten("partnerships/xa-xb", "partnerships/xa-xb/documents/treaty"),
            "treaty"
        );
    }
}
