//! The walk against a check of its own: documents can be put in an order that all relations follow exactly
//! when there is no cycle (Kahn's algorithm).

use proptest::prelude::*;

use super::*;
use crate::domain::{AccessLevel, Content, DocumentType, Level, Relation};

/// The documents of a graph of up to 12, each with what it amends.
fn documents(edges: &[(usize, usize)], count: usize) -> Vec<Document> {
    let name = |index: usize| DocumentName::new("uz-kz", format!("d{index}"));
    (0..count)
        .map(|index| {
            let targets = edges.iter().filter(|(from, _)| *from == index);
            let relation = |(_, to): &(usize, usize)| Relation {
                kind: RelationKind::Amends,
                target: name(*to).to_string(),
            };
            document(name(index), targets.map(relation).collect())
        })
        .collect()
}

fn document(name: DocumentName, relations: Vec<Relation>) -> Document {
    Document {
        name,
        uid: String::new(),
        revision: 1,
        content: Content {
            titles: vec![],
            title_known: true,
            item_number: None,
            kind: DocumentType::Agreement,
            level: Level::Intergovernmental,
            sectors: vec![],
            parties: vec![],
            signing_bodies: vec![],
            signature_place: String::new(),
            signature_date: None,
            access_level: AccessLevel::Public,
            relations,
            sources: vec![],
            entry_into_force: None,
            duration: None,
            effective_period: None,
        },
        created: jiff::Timestamp::UNIX_EPOCH,
        updated: jiff::Timestamp::UNIX_EPOCH,
        deleted: None,
    }
}

/// Walks from some of the documents as the register does, the others being kept there.
fn walked(documents: &[Document], changed: &[usize], kind: RelationKind) -> Walk {
    let starts: Vec<_> = changed.iter().map(|index| &documents[*index]).collect();
    let mut walk = Walk::new(kind, &starts);
    while walk.has_starts() && !walk.pending().is_empty() {
        let pending = walk.pending();
        let found = documents
            .iter()
            .filter(|document| pending.contains(&document.name))
            .flat_map(|document| {
                let from = document.name.clone();
                let targets = targets(kind, document).into_iter();
                targets.map(move |to| (from.clone(), to))
            });
        walk.follow(found.collect::<Vec<_>>()).unwrap();
    }
    walk
}

/// Whether all relations can be put in order: take away what nothing is left to relate to, again and again.
fn has_order(edges: &[(usize, usize)], count: usize) -> bool {
    let mut left: BTreeSet<usize> = (0..count).collect();
    loop {
        let free: Vec<usize> = left
            .iter()
            .copied()
            .filter(|index| {
                !edges
                    .iter()
                    .any(|(from, to)| to == index && left.contains(from))
            })
            .collect();
        if free.is_empty() {
            return left.is_empty();
        }
        for index in free {
            left.remove(&index);
        }
    }
}

/// Whether one can get from a document to another.
fn reaches(edges: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut stack = vec![from];
    while let Some(at) = stack.pop() {
        for (_, next) in edges.iter().filter(|(source, _)| *source == at) {
            if *next == to {
                return true;
            }
            if seen.insert(*next) {
                stack.push(*next);
            }
        }
    }
    false
}

fn graph() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (2..12_usize).prop_flat_map(|count| {
        let edge = (0..count, 0..count).prop_filter("no loops", |(from, to)| from != to);
        (Just(count), prop::collection::vec(edge, 0..18))
    })
}

proptest! {
    #[test]
    fn there_is_a_cycle_exactly_when_there_is_no_order((count, edges) in graph()) {
        let documents = documents(&edges, count);
        let all: Vec<_> = (0..count).collect();
        let cycle = walked(&documents, &all, RelationKind::Amends).cycle();
        prop_assert_eq!(cycle.is_none(), has_order(&edges, count));
    }

    #[test]
    fn a_cycle_is_found_exactly_when_the_changed_document_is_on_it(
        (count, edges) in graph(), pick in any::<prop::sample::Index>(),
    ) {
        let documents = documents(&edges, count);
        let changed = pick.index(count);
        let cycle = walked(&documents, &[changed], RelationKind::Amends).cycle();
        prop_assert_eq!(cycle.is_some(), reaches(&edges, changed, changed));
        let Some(cycle) = cycle else { return Ok(()) };
        prop_assert_eq!(&cycle[0], &documents[changed].name);
        prop_assert_eq!(cycle.first(), cycle.last());
        for pair in cycle.windows(2) {
            let from = documents.iter().find(|document| document.name == pair[0]);
            let targets = targets(RelationKind::Amends, from.unwrap());
            prop_assert!(targets.contains(&pair[1]), "{} does not amend {}", pair[0], pair[1]);
        }
        let between: BTreeSet<_> = cycle.iter().skip(1).collect();
        prop_assert_eq!(between.len(), cycle.len() - 1, "no document stands twice");
    }

    #[test]
    fn relations_of_another_kind_make_no_cycle((count, edges) in graph()) {
        let documents = documents(&edges, count);
        let all: Vec<_> = (0..count).collect();
        prop_assert_eq!(walked(&documents, &all, RelationKind::Implements).cycle(), None);
    }
}

#[test]
fn a_walk_that_would_go_too_far_says_so() {
    let documents = documents(&[(0, 1)], 2);
    let mut walk = Walk::new(RelationKind::Amends, &[&documents[0]]);
    let from = documents[1].name.clone();
    let many = (0..MAX_FOLLOWED).map(|index| {
        let to = DocumentName::new("uz-kz", format!("e{index}"));
        (from.clone(), to)
    });
    assert_eq!(walk.follow(many), Err(TooFar));
}

#[test]
fn a_chain_of_a_batch_is_looked_through_at_once() {
    let edges: Vec<_> = (1..1_000).map(|index| (index, index - 1)).collect();
    let documents = documents(&edges, 1_000);
    let all: Vec<_> = (0..1_000).collect();
    let walk = walked(&documents, &all, RelationKind::Amends);
    assert!(walk.pending().is_empty());
    assert_eq!(walk.cycle(), None);
}
