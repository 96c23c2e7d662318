//! Documents and acts that could be real: their kinds, dates, parties and rules as often as in a register of
//! two neighbours, with some values that are rare.

use accord_proto::{
    convert::from_date,
    documents::v1::{
        AccessLevel, Act, ActKind, AfterLastNotification, CreateActRequest, CreateDocumentRequest,
        DateOffset, Document, DocumentLevel, DocumentType, DurationRule, EffectivePeriod,
        EntryIntoForce, LocalizedText, OnSignature, Relation, RelationKind, RenewableTerm,
        SigningBody, Source, UnknownRule, date_offset::Length, duration_rule,
        entry_into_force::Rule,
    },
};
use jiff::civil::Date;

use crate::{chance::Chance, words};

/// The partnership of all documents.
pub(crate) const PARTNERSHIP: &str = "partnerships/uz-kz";
/// Its parties.
pub(crate) const PARTIES: [&str; 4] = ["UZ", "KZ", "KG", "TM"];
/// What documents are about; the last is rare.
const SECTORS: [&str; 12] = [
    "trade",
    "customs",
    "energy",
    "transport",
    "water",
    "health",
    "education",
    "science",
    "culture",
    "labour",
    "investment",
    "space",
];
/// Where documents are signed; the last is rare.
const PLACES: [&str; 5] = ["Tashkent", "Nur-Sultan", "Almaty", "Samarkand", "Khiva"];

/// Makes the documents of one register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Maker {
    seed: u64,
}

/// What decides about a document and its acts.
struct Plan {
    signed: Date,
    kind: DocumentType,
    with_kz: bool,
    notified: bool,
}

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The id of the `index`th document: ids do not come in order.
    pub(crate) fn id(self, index: u64) -> String {
        let scattered = Chance::new(self.seed, index).next() & 0xFFF_FFFF;
        format!("d{scattered:07x}-{index}")
    }

    /// The name of the `index`th document.
    pub(crate) fn name(self, index: u64) -> String {
        format!("{PARTNERSHIP}/documents/{}", self.id(index))
    }

    fn plan(self, index: u64) -> Plan {
        let mut chance = Chance::new(self.seed ^ 0x5EED, index);
        let signed = Date::constant(1992, 1, 1);
        let days = i64::try_from(chance.below(12_000)).unwrap_or_default();
        let kind = match chance.below(10_000) {
            0..6_000 => DocumentType::Agreement,
            6_000..7_500 => DocumentType::Protocol,
            7_500..8_500 => DocumentType::Treaty,
            8_500..9_300 => DocumentType::Plan,
            9_300..9_990 => DocumentType::Roadmap,
            _ => DocumentType::Communique,
        };
        Plan {
            signed: signed.saturating_add(jiff::Span::new().days(days)),
            kind,
            with_kz: !chance.happens(20),
            notified: !chance.happens(200),
        }
    }

    /// The request for the `index`th document.
    pub(crate) fn document(self, index: u64) -> CreateDocumentRequest {
        let plan = self.plan(index);
        let mut chance = Chance::new(self.seed, index);
        chance.next();
        let subject = usize::try_from(chance.zipf(20)).unwrap_or_default();
        let name = words::name(&mut chance);
        let titles = words::LANGUAGES
            .iter()
            .filter(|language| language.tag != "uz-Cyrl" || index.is_multiple_of(3))
            .map(|language| LocalizedText {
                language_code: language.tag.to_owned(),
                text: language.title(&mut chance, subject, name),
            })
            .collect();
        let other = match chance.below(1_000) {
            _ if plan.with_kz => "KZ",
            0..950 => "KG",
            _ => "TM",
        };
        let sectors = Self::sectors(&mut chance);
        let place = if chance.happens(2) {
            PLACES[4]
        } else {
            chance.one(&PLACES[..4])
        };
        let document = Document {
            titles,
            title_known: Some(!chance.happens(10)),
            item_number: (index < 22).then(|| i32::try_from(index + 1).unwrap_or_default()),
            r#type: plan.kind.into(),
            level: level(&mut chance).into(),
            sectors,
            parties: vec!["UZ".to_owned(), other.to_owned()],
            signing_bodies: [("UZ", "Cabinet of Ministers"), (other, "Government")]
                .map(|(party, body)| SigningBody {
                    party: party.to_owned(),
                    body: body.to_owned(),
                    signatory: words::LANGUAGES[4].name(words::name(&mut chance)),
                })
                .to_vec(),
            signature_place: place.to_owned(),
            signature_date: Some(from_date(plan.signed)),
            access_level: access(&mut chance).into(),
            relations: self.relations(&mut chance, index),
            sources: vec![source(index)],
            entry_into_force: binding(plan.kind).then(|| entry(&mut chance)),
            duration: binding(plan.kind).then(|| duration(&mut chance)),
            effective_period: political(plan.kind).then(|| EffectivePeriod {
                start_date: Some(from_date(plan.signed)),
                end_date: Some(from_date(
                    plan.signed.saturating_add(jiff::Span::new().years(5)),
                )),
            }),
            ..Document::default()
        };
        CreateDocumentRequest {
            document_id: self.id(index),
            document: Some(document),
            ..CreateDocumentRequest::default()
        }
    }

    fn sectors(chance: &mut Chance) -> Vec<String> {
        if chance.happens(1) {
            return vec![SECTORS[11].to_owned()];
        }
        let first = usize::try_from(chance.zipf(11)).unwrap_or_default();
        let mut sectors = vec![SECTORS[first].to_owned()];
        if chance.happens(300) {
            sectors.push(SECTORS[(first + 1) % 11].to_owned());
        }
        sectors
    }

    /// One in twenty documents implements an earlier one.
    fn relations(self, chance: &mut Chance, index: u64) -> Vec<Relation> {
        let related = index > 0 && chance.happens(50);
        let relation = || Relation {
            kind: RelationKind::Implements.into(),
            target: self.name(chance.below(index)),
        };
        related.then(relation).into_iter().collect()
    }

    /// The requests for the five acts on the `index`th document, each with its party.
    pub(crate) fn acts(self, index: u64) -> Vec<(&'static str, CreateActRequest)> {
        let plan = self.plan(index);
        let after = |days: i64| plan.signed.saturating_add(jiff::Span::new().days(days));
        let other = if plan.with_kz { "KZ" } else { "UZ" };
        let last = if plan.notified {
            ActKind::NotificationSent
        } else {
            ActKind::DomesticApproval
        };
        let steps = if binding(plan.kind) {
            [
                ("UZ", ActKind::Signature, 0),
                (
                    other,
                    if plan.with_kz {
                        ActKind::Signature
                    } else {
                        ActKind::Initialling
                    },
                    0,
                ),
                ("UZ", ActKind::Ratification, 60),
                ("UZ", ActKind::NotificationSent, 75),
                (other, last, 120),
            ]
        } else {
            [
                ("UZ", ActKind::SignatureAuthorization, -40),
                ("UZ", ActKind::Initialling, -20),
                (other, ActKind::Initialling, -20),
                ("UZ", ActKind::Signature, 0),
                (other, ActKind::Signature, 0),
            ]
        };
        let request = |(number, (party, kind, days)): (usize, (&'static str, ActKind, i64))| {
            let act = Act {
                party: party.to_owned(),
                kind: kind.into(),
                date: Some(from_date(after(days))),
                receipt_date: (kind == ActKind::NotificationSent)
                    .then(|| from_date(after(days + 9))),
                reference: format!("PP-{}", index % 6_000),
                source: Some(source(index)),
                ..Act::default()
            };
            let request = CreateActRequest {
                parent: self.name(index),
                act_id: format!("a{number}"),
                act: Some(act),
                ..CreateActRequest::default()
            };
            (party, request)
        };
        steps.into_iter().enumerate().map(request).collect()
    }
}

fn level(chance: &mut Chance) -> DocumentLevel {
    match chance.below(1_000) {
        0..150 => DocumentLevel::Interstate,
        150..700 => DocumentLevel::Intergovernmental,
        700..998 => DocumentLevel::Interdepartmental,
        _ => DocumentLevel::Interregional,
    }
}

fn access(chance: &mut Chance) -> AccessLevel {
    match chance.below(1_000) {
        0..950 => AccessLevel::Public,
        950..998 => AccessLevel::Official,
        _ => AccessLevel::Restricted,
    }
}

fn binding(kind: DocumentType) -> bool {
    matches!(
        kind,
        DocumentType::Agreement | DocumentType::Treaty | DocumentType::Protocol
    )
}

fn political(kind: DocumentType) -> bool {
    matches!(
        kind,
        DocumentType::Plan | DocumentType::Roadmap | DocumentType::Communique
    )
}

fn entry(chance: &mut Chance) -> EntryIntoForce {
    let rule = match chance.below(10) {
        0..6 => Rule::AfterLastNotification(AfterLastNotification {
            offset: Some(DateOffset {
                length: Some(Length::Days(30)),
            }),
        }),
        6..9 => Rule::OnSignature(OnSignature {}),
        _ => Rule::Unknown(UnknownRule {}),
    };
    EntryIntoForce {
        rule: Some(rule),
        ..EntryIntoForce::default()
    }
}

fn duration(chance: &mut Chance) -> DurationRule {
    let rule = if chance.happens(500) {
        duration_rule::Rule::Renewable(RenewableTerm {
            initial_months: 60,
            renewal_months: 60,
            notice_months: 6,
        })
    } else {
        duration_rule::Rule::Unknown(UnknownRule {})
    };
    DurationRule { rule: Some(rule) }
}

fn source(index: u64) -> Source {
    Source {
        uri: format!("https://lex.uz/docs/{}", 1_000_000 + index),
        note: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_register() {
        let (first, again, other) = (Maker::new(1), Maker::new(1), Maker::new(2));
        for index in 0..50 {
            assert_eq!(first.document(index), again.document(index));
            assert_eq!(first.acts(index), again.acts(index));
            assert_eq!(first.acts(index).len(), 5);
        }
        assert!((0..50).any(|index| first.document(index) != other.document(index)));
    }

    #[test]
    fn ids_are_distinct() {
        let maker = Maker::new(1);
        let ids: BTreeSet<_> = (0..20_000).map(|index| maker.id(index)).collect();
        assert_eq!(ids.len(), 20_000);
    }
}
