//! Classifications in the contract.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::trade::v1::{
    self, classification_finding, classification_import, classification_item, converted_amount,
    converted_observation,
};

use super::{enums, observation, timestamp};
use crate::{
    domain::{
        cell::HsEdition,
        classification::{
            Level,
            concordance::{Pair, Relationship},
            conversion::{Converted, Method},
            figure::Outcome,
            file::{Content, Fate, Kind, Report},
            outline::Item,
        },
        observation::Observation,
    },
    store::classifications::{Source, SourceKind},
};

/// Returns the id of an edition: `h6`.
pub(crate) fn id(edition: HsEdition) -> String {
    edition.to_string().to_lowercase()
}

fn name(edition: HsEdition) -> String {
    format!("classifications/{}", id(edition))
}

fn item_name(edition: HsEdition, code: &str) -> String {
    format!("{}/items/{}", name(edition), code.to_lowercase())
}

/// Shows an edition, and what was imported of it.
pub(crate) fn show(
    edition: HsEdition,
    counts: &BTreeMap<HsEdition, i64>,
    sources: &[Source],
) -> v1::Classification {
    let of = |kind: SourceKind, edition: HsEdition| {
        sources
            .iter()
            .find(|source| source.kind == kind && source.edition == edition)
    };
    let before = HsEdition::all().find(|other| other.next() == Some(edition));
    let with_before = before.and_then(|before| of(SourceKind::Concordance, before));
    let with_next = of(SourceKind::Concordance, edition);
    let nomenclature = of(SourceKind::Nomenclature, edition);
    let neighbours = [
        before.filter(|_| with_before.is_some()),
        edition.next().filter(|_| with_next.is_some()),
    ];
    let years = match edition.number() {
        0 => "1988/1992".to_owned(),
        _ => edition.start_year().to_string(),
    };
    v1::Classification {
        name: name(edition),
        hs_edition: enums::show_edition(Some(edition)),
        display_name: format!("Harmonized System {years}"),
        start_year: edition.start_year().into(),
        subheading_count: counts
            .get(&edition)
            .map_or(0, |count| i32::try_from(*count).unwrap_or(i32::MAX)),
        has_nomenclature: nomenclature.is_some(),
        concordances: neighbours
            .into_iter()
            .flatten()
            .map(|other| enums::show_edition(Some(other)))
            .collect(),
        update_time: [nomenclature, with_before, with_next]
            .into_iter()
            .flatten()
            .map(|source| source.update_time)
            .max()
            .map(timestamp),
    }
}

/// Shows an entry.
pub(crate) fn show_item(edition: HsEdition, item: &Item) -> v1::ClassificationItem {
    let level = match item.level() {
        Level::Total => classification_item::Level::Unspecified,
        Level::Section => classification_item::Level::Section,
        Level::Chapter => classification_item::Level::Chapter,
        Level::Heading => classification_item::Level::Heading,
        Level::Subheading => classification_item::Level::Subheading,
    };
    v1::ClassificationItem {
        name: item_name(edition, &item.code),
        code: item.code.clone(),
        level: level as i32,
        display_name: item.name.clone(),
        name_edition: enums::show_edition(item.name_edition),
        parent_item: item
            .parent()
            .map_or_else(String::new, |parent| item_name(edition, parent)),
    }
}

fn show_relationship(relationship: Relationship) -> i32 {
    let shown = match relationship {
        Relationship::OneToOne => v1::Relationship::OneToOne,
        Relationship::ManyToOne => v1::Relationship::ManyToOne,
        Relationship::OneToMany => v1::Relationship::OneToMany,
        Relationship::ManyToMany => v1::Relationship::ManyToMany,
    };
    shown as i32
}

/// Shows what a code became.
pub(crate) fn show_correspondence(
    earlier: HsEdition,
    pair: Pair,
    relationship: Relationship,
) -> v1::Correspondence {
    v1::Correspondence {
        earlier_edition: enums::show_edition(Some(earlier)),
        earlier_code: pair.earlier,
        later_edition: enums::show_edition(earlier.next()),
        later_code: pair.later,
        relationship: show_relationship(relationship),
    }
}

/// Shows an amount in another edition.
pub(crate) fn show_converted(converted: &Converted) -> v1::ConvertedAmount {
    v1::ConvertedAmount {
        from_code: converted.from.clone(),
        to_code: converted.to.clone(),
        amount: converted.amount,
        method: show_method(converted.method),
        relationship: converted.relationship.map_or(0, show_relationship),
    }
}

/// Shows a figure of a reporter with what has become of it in another edition.
pub(crate) fn show_converted_observation(
    observation: Observation,
    reporter: &str,
    to: HsEdition,
    outcome: Outcome,
) -> v1::ConvertedObservation {
    let (state, method, relationship, parts) = match outcome {
        Outcome::Unchanged => (converted_observation::State::Unchanged, 0, None, Vec::new()),
        Outcome::Unknown => (
            converted_observation::State::UnknownCode,
            0,
            None,
            Vec::new(),
        ),
        Outcome::Converted {
            method,
            relationship,
            parts,
        } => (
            converted_observation::State::Converted,
            show_method(method),
            relationship,
            parts,
        ),
    };
    let parts = parts.into_iter().map(|part| v1::ConvertedPart {
        commodity: part.code,
        value_cents: part.value_cents,
        net_weight_grams: part.net_weight_grams,
    });
    v1::ConvertedObservation {
        observation: Some(observation::show(observation, reporter, "")),
        state: state as i32,
        hs_edition: enums::show_edition(Some(to)),
        method,
        relationship: relationship.map_or(0, show_relationship),
        parts: parts.collect(),
    }
}

fn show_method(method: Method) -> i32 {
    let shown = match method {
        Method::Exact => converted_amount::Method::Exact,
        Method::CommonParent => converted_amount::Method::CommonParent,
        Method::DeclaredWeights => converted_amount::Method::DeclaredWeights,
    };
    shown as i32
}

/// Shows what an import found.
pub(crate) fn show_import(
    content: &Content,
    editions: &BTreeSet<HsEdition>,
    report: &Report,
) -> v1::ClassificationImport {
    let kind = match content {
        Content::Nomenclature(_) => classification_import::Kind::Nomenclature,
        Content::Concordances(_) => classification_import::Kind::Concordance,
    };
    v1::ClassificationImport {
        kind: kind as i32,
        editions: editions
            .iter()
            .map(|edition| enums::show_edition(Some(*edition)))
            .collect(),
        row_count: number(report.rows),
        taken_count: number(report.taken()),
        repaired_count: number(report.count(Fate::Repaired)),
        doubtful_count: number(report.count(Fate::Doubtful)),
        left_out_count: number(report.count(Fate::LeftOut)),
        finding_counts: report
            .counts
            .iter()
            .map(|(kind, count)| v1::FindingCount {
                kind: show_kind(*kind),
                count: number(*count),
            })
            .collect(),
        findings: report
            .findings
            .iter()
            .map(|finding| v1::ClassificationFinding {
                line: number(finding.line),
                kind: show_kind(finding.kind),
                description: finding.description.clone(),
            })
            .collect(),
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn show_kind(kind: Kind) -> i32 {
    use classification_finding::Kind as Shown;
    let shown = match kind {
        Kind::LeadingZeroLost => Shown::LeadingZeroLost,
        Kind::RelationshipDiffers => Shown::RelationshipDiffers,
        Kind::CodeNotInNomenclature => Shown::CodeNotInNomenclature,
        Kind::Duplicate => Shown::Duplicate,
        Kind::OtherClassification => Shown::OtherClassification,
        Kind::CodeInvalid => Shown::CodeInvalid,
        Kind::RowInvalid => Shown::RowInvalid,
        Kind::Total => Shown::Total,
        Kind::HierarchyDiffers => Shown::HierarchyDiffers,
        Kind::NameMissing => Shown::NameMissing,
    };
    shown as i32
}
