//! What a measure fulfils, in one cell: on each line the name of a document, and after a blank where in it:
//! `partnerships/uz-kz/documents/plan Article 3(2)`.

use accord_proto::roadmaps::v1::Commitment;

/// Reads what [`write`] writes.
pub fn read(text: &str) -> Result<Vec<Commitment>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(one).collect()
}

fn one(line: &str) -> Result<Commitment, String> {
    let (document, provision) = line.split_once(' ').unwrap_or((line, ""));
    if !document.starts_with("partnerships/") {
        return Err(format!(
            "\"{}\" does not begin with the name of a document, partnerships/…/documents/…",
            super::shown(line)
        ));
    }
    Ok(Commitment {
        document: document.to_owned(),
        provision: provision.to_owned(),
    })
}

/// Writes one line for each.
#[must_use]
pub fn write(commitments: &[Commitment]) -> String {
    let lines: Vec<String> = commitments
        .iter()
        .map(|one| match one.provision.as_str() {
            "" => one.document.clone(),
            provision => format!("{} {provision}", one.document),
        })
        .collect();
    lines.join("\n")
}
