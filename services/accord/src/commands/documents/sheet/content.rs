//! What a sheet says, in its order: what the document is, what is in force, who did what, and where it was read.

use accord_proto::documents::v1::{Act, Document, Source, Text};

use super::Facts;
use super::part::{Inline, Line, Part, plain};
use crate::commands::documents::{self, list, relations, status, texts, timeline};
use crate::language;
use crate::render::value;

/// The parts of a sheet.
pub(super) fn of(facts: &Facts) -> Vec<Part> {
    let mut parts = vec![Part::Title(title(facts)), Part::Verdict(verdict(facts))];
    if facts.document.redacted {
        let said = "You may not read this document: only that it exists, its number and its type are told.";
        parts.push(Part::Paragraph(plain(said)));
        parts.push(document_pairs(facts));
        parts.push(footer(facts));
        return parts;
    }
    parts.push(document_pairs(facts));
    section(&mut parts, "Titles", Part::Pairs, titles(facts));
    parts.push(Part::Heading("Entry into force and term"));
    parts.push(in_force(facts));
    section(&mut parts, "How this follows", Part::Steps, steps(facts));
    section(
        &mut parts,
        "What is doubtful",
        Part::Points,
        points(
            facts
                .status
                .warnings
                .iter()
                .map(|warning| &warning.description),
        ),
    );
    section(&mut parts, "What is awaited", Part::Points, awaited(facts));
    timeline_part(&mut parts, facts);
    acts(&mut parts, facts);
    related(&mut parts, facts);
    texts_part(&mut parts, facts);
    section(
        &mut parts,
        "Sources of the register entry",
        Part::Points,
        facts.document.sources.iter().map(source).collect(),
    );
    parts.push(footer(facts));
    parts
}

/// Adds a heading and what stands under it, unless nothing does.
fn section<T>(
    parts: &mut Vec<Part>,
    heading: &'static str,
    part: fn(Vec<T>) -> Part,
    content: Vec<T>,
) {
    if !content.is_empty() {
        parts.push(Part::Heading(heading));
        parts.push(part(content));
    }
}

fn points<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<Line> {
    texts.map(plain).collect()
}

fn title(facts: &Facts) -> String {
    let title = list::title(&facts.document, &facts.language);
    if title.is_empty() || title == "[]" {
        value::id(&facts.document.name).to_owned()
    } else {
        title
    }
}

fn verdict(facts: &Facts) -> Line {
    let status = &facts.status;
    let day = value::date(status.effective_date.as_ref());
    let since = match value::date(status.state_start_date.as_ref()) {
        date if date.is_empty() => String::new(),
        date => format!(", since {date}"),
    };
    let mut state = documents::state(status.state());
    if let Some(first) = state.get(..1).map(str::to_uppercase) {
        state.replace_range(..1, &first);
    }
    let mut line = vec![
        Inline::Strong(state),
        Inline::Text(format!(" on {day}{since}.")),
    ];
    if !status.summary.is_empty() {
        line.push(Inline::Text(format!(" {}", status.summary)));
    }
    line
}

fn document_pairs(facts: &Facts) -> Part {
    let document = &facts.document;
    let words = |name: &str, prefix: &str| plain(value::words(name, prefix));
    let bodies = document.signing_bodies.iter().map(|body| {
        let person = match body.signatory.as_str() {
            "" => String::new(),
            person => format!(", {person}"),
        };
        format!("{}: {}{person}", body.party, body.body)
    });
    let deleted = match value::instant(document.delete_time.as_ref()) {
        at if at.is_empty() => at,
        at => format!(
            "{at}; can be undeleted until {}",
            value::instant(document.purge_time.as_ref())
        ),
    };
    let number = document
        .item_number
        .map_or(String::new(), |number| number.to_string());
    let known = if document.redacted || document.title_known() {
        ""
    } else {
        "not known; the words above describe the document"
    };
    Part::Pairs(vec![
        ("Name", plain(&document.name)),
        ("Title", plain(known)),
        ("Number in the list", plain(number)),
        ("Type", plain(list::kind(document))),
        (
            "Level",
            words(document.level().as_str_name(), "DOCUMENT_LEVEL_"),
        ),
        ("Parties", plain(document.parties.join(", "))),
        ("Signed", plain(signed(document))),
        ("Signed by", plain(bodies.collect::<Vec<_>>().join("; "))),
        ("Sectors", plain(document.sectors.join(", "))),
        (
            "Access",
            words(document.access_level().as_str_name(), "ACCESS_LEVEL_"),
        ),
        ("Deleted", plain(deleted)),
    ])
}

/// The day and the place of signature.
fn signed(document: &Document) -> String {
    let date = value::date(document.signature_date.as_ref());
    let parts = [date.as_str(), document.signature_place.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// The titles in every language, where there is more than one.
fn titles(facts: &Facts) -> Vec<(&'static str, Line)> {
    let titles = &facts.document.titles;
    if titles.len() < 2 {
        return Vec::new();
    }
    let first = language::pick(
        titles
            .iter()
            .map(|title| (title.language_code.as_str(), title.text.as_str())),
        &facts.language,
    );
    let others = titles.iter().filter(|title| title.text != first);
    others
        .map(|title| {
            (
                "",
                vec![
                    Inline::Strong(format!("{}: ", title.language_code)),
                    Inline::Text(title.text.clone()),
                ],
            )
        })
        .collect()
}

fn in_force(facts: &Facts) -> Part {
    let status = &facts.status;
    let term = status.term.clone().unwrap_or_default();
    let period = facts
        .document
        .effective_period
        .as_ref()
        .map_or(String::new(), crate::register::rules::write_period);
    let clause = facts
        .document
        .entry_into_force
        .as_ref()
        .map_or(String::new(), |entry| entry.clause.clone());
    let stated = facts
        .document
        .entry_into_force
        .as_ref()
        .and_then(|entry| entry.stated_date_source.as_ref());
    let mut stated_date = plain(value::date(status.stated_entry_into_force_date.as_ref()));
    if let (Some(at), true) = (stated, status.stated_entry_into_force_date.is_some()) {
        stated_date.push(Inline::Text(", by ".into()));
        stated_date.extend(source(at));
    }
    let date = |date| plain(value::date(date));
    Part::Pairs(vec![
        ("Applies", plain(period)),
        ("Rule", plain(&status.entry_into_force_rule)),
        ("Clause", plain(clause)),
        (
            "Clauses as used",
            plain(status::newer_clauses(&facts.status).unwrap_or_default()),
        ),
        (
            "Entry into force",
            date(status.entry_into_force_date.as_ref()),
        ),
        ("As officially stated", stated_date),
        ("Duration", plain(&term.rule)),
        ("Last day of the term", date(term.end_date.as_ref())),
        ("Next renewal", date(term.renewal_date.as_ref())),
        ("Last day for notice", date(term.notice_deadline.as_ref())),
    ])
}

fn steps(facts: &Facts) -> Vec<Line> {
    let steps = facts.status.steps.iter();
    steps
        .map(|step| {
            let date = value::date(step.date.as_ref());
            let mut line = Vec::new();
            if !date.is_empty() {
                line.push(Inline::Strong(format!("{date} ")));
            }
            line.push(Inline::Text(step.description.clone()));
            if !step.basis.is_empty() {
                line.push(Inline::Text(format!(" ({})", step.basis)));
            }
            if !step.acts.is_empty() {
                let ids: Vec<&str> = step.acts.iter().map(|act| value::id(act)).collect();
                line.push(Inline::Text(format!(" [{}]", ids.join(", "))));
            }
            line
        })
        .collect()
}

fn awaited(facts: &Facts) -> Vec<Line> {
    let awaited = facts.status.awaited.iter();
    awaited
        .map(|awaited| {
            let since = match value::date(awaited.start_date.as_ref()) {
                date if date.is_empty() || awaited.description.contains(&date) => String::new(),
                date => format!(" Since {date}."),
            };
            plain(format!("{}{since}", awaited.description))
        })
        .collect()
}

/// Both sides' steps side by side; without stages, where each party's procedure stands.
fn timeline_part(parts: &mut Vec<Part>, facts: &Facts) {
    let steps = timeline::steps(&facts.status);
    if facts.status.parties.is_empty() || steps.is_empty() {
        return;
    }
    let mut columns = vec!["Step".to_owned()];
    columns.extend(facts.status.parties.iter().map(|party| party.party.clone()));
    let rows = steps.iter().map(|step| {
        let mut row = vec![plain(step.label)];
        row.extend(step.cells.iter().map(plain));
        row
    });
    parts.push(Part::Heading("Both sides"));
    parts.push(Part::Table {
        rows: rows.collect(),
        columns,
    });
}

fn acts(parts: &mut Vec<Part>, facts: &Facts) {
    if facts.status.acts.is_empty() {
        return;
    }
    let columns = ["Date", "Party", "Act", "Reference", "Source", "Id"];
    parts.push(Part::Heading("Acts"));
    parts.push(Part::Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: facts.status.acts.iter().map(act_row).collect(),
    });
}

fn act_row(act: &Act) -> Vec<Line> {
    let mut what = value::words(act.kind().as_str_name(), "ACT_KIND_");
    if !act.notifying_party.is_empty() {
        what = format!("{what}, of {}", act.notifying_party);
    }
    for (label, date) in [
        ("received", &act.receipt_date),
        ("effective", &act.effective_date),
    ] {
        if date.is_some() {
            what = format!("{what}, {label} {}", value::date(date.as_ref()));
        }
    }
    vec![
        plain(value::date(act.date.as_ref())),
        plain(&act.party),
        plain(what),
        plain(&act.reference),
        act.source.as_ref().map_or(Vec::new(), source),
        plain(value::id(&act.name)),
    ]
}

fn related(parts: &mut Vec<Part>, facts: &Facts) {
    let Some(related) = &facts.relations else {
        parts.push(Part::Heading("Relations"));
        parts.push(Part::Paragraph(plain("You may not read them.")));
        return;
    };
    let lines = related.iter().map(|relation| {
        let name = relations::relative(&relation.resource);
        let title = relation
            .document
            .as_ref()
            .map_or(String::new(), |document| {
                match list::title(document, &facts.language) {
                    title if document.redacted || title.is_empty() => String::new(),
                    title => format!(": {title}"),
                }
            });
        vec![
            Inline::Text(format!("{} ", relations::phrase(relation))),
            Inline::Strong(name.to_owned()),
            Inline::Text(title),
        ]
    });
    section(parts, "Relations", Part::Points, lines.collect());
}

fn texts_part(parts: &mut Vec<Part>, facts: &Facts) {
    parts.push(Part::Heading("Texts"));
    let texts = match &facts.texts {
        None => return parts.push(Part::Paragraph(plain("You may not read them."))),
        Some(texts) if texts.is_empty() => {
            return parts.push(Part::Paragraph(plain("No text is registered.")));
        }
        Some(texts) => texts,
    };
    let columns = [
        "Language",
        "Authentic",
        "Latest version",
        "Originals",
        "SHA-256 of the originals",
    ];
    parts.push(Part::Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: texts.iter().map(text_row).collect(),
    });
    let damaged = facts.damaged.iter().map(|version| {
        let mut name = version.name.rsplit('/');
        let (number, text) = (
            name.next().unwrap_or_default(),
            name.nth(1).unwrap_or_default(),
        );
        let state = value::words(version.integrity_state().as_str_name(), "INTEGRITY_STATE_");
        vec![
            Inline::Strong(format!("{text} {number} is damaged: {state}.")),
            Inline::Text(" What is stored is not what was given, and is not served.".into()),
        ]
    });
    let damaged: Vec<Line> = damaged.collect();
    if !damaged.is_empty() {
        parts.push(Part::Points(damaged));
    }
}

fn text_row(text: &Text) -> Vec<Line> {
    let originals = text.originals.iter();
    let parties: Vec<&str> = originals
        .clone()
        .map(|original| original.party.as_str())
        .collect();
    let hashes: Vec<String> = originals
        .map(|original| format!("{} {}", original.party, original.sha256))
        .collect();
    let comparison = match parties.as_slice() {
        [] => String::new(),
        parties => format!("{}: {}", parties.join(", "), texts::comparison(text)),
    };
    vec![
        plain(&text.language_code),
        plain(texts::authentic(text)),
        plain(value::id(&text.latest_version)),
        plain(comparison),
        plain(hashes.join("; ")),
    ]
}

/// A source as an address and a note.
fn source(source: &Source) -> Line {
    let mut line = vec![Inline::Link(source.uri.clone())];
    if !source.note.is_empty() {
        line.push(Inline::Text(format!(" ({})", source.note)));
    }
    line
}

fn footer(facts: &Facts) -> Part {
    Part::Footer(format!(
        "Computed from the acts that were recorded, for {}, as known at {}. Register entry {}, changed {}.",
        value::date(facts.status.effective_date.as_ref()),
        value::instant(facts.status.known_time.as_ref()),
        facts.document.name,
        match value::instant(facts.document.update_time.as_ref()) {
            at if at.is_empty() => "at a time that is not told".to_owned(),
            at => at,
        },
    ))
}
