//! What relations between documents must not become: a cycle of a kind that goes one way only.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Document, DocumentName, RelationKind};

/// The kinds that go one way only: nothing amends, carries out, replaces or is annexed to itself, not
/// through others either.
pub const ONE_WAY: [RelationKind; 4] = [
    RelationKind::Implements,
    RelationKind::Amends,
    RelationKind::Supersedes,
    RelationKind::AnnexOf,
];

/// The most documents that a check follows, of one kind.
pub const MAX_FOLLOWED: usize = 10_000;

/// The relations of one kind, as far as a check has followed them from the documents that change.
///
/// Who drives it looks up the relations of [`Walk::pending`] and hands them to [`Walk::follow`], until
/// nothing is pending.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The documents that change.
    starts: BTreeSet<DocumentName>,
    /// Whose relations are known, and to which documents they go.
    targets: BTreeMap<DocumentName, Vec<DocumentName>>,
    pending: BTreeSet<DocumentName>,
}

/// The walk would go on beyond [`MAX_FOLLOWED`] documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFar;

impl Walk {
    /// Starts at the documents that change, with the relations of `kind` that they will have.
    #[must_use]
    pub fn new(kind: RelationKind, changed: &[&Document]) -> Self {
        let mut walk = Self::default();
        for document in changed {
            let targets = targets(kind, document);
            if !targets.is_empty() {
                walk.starts.insert(document.name.clone());
            }
            walk.targets.insert(document.name.clone(), targets);
        }
        let reached = walk.targets.values().flatten();
        walk.pending = reached
            .filter(|name| !walk.targets.contains_key(name))
            .cloned()
            .collect();
        walk
    }

    /// Returns whether any of the changed documents has a relation of the kind.
    #[must_use]
    pub fn has_starts(&self) -> bool {
        !self.starts.is_empty()
    }

    /// Returns the documents whose relations are to be looked up next.
    #[must_use]
    pub fn pending(&self) -> Vec<DocumentName> {
        self.pending.iter().cloned().collect()
    }

    /// Takes the relations of everything that was pending: which document relates to which.
    pub fn follow(
        &mut self,
        found: impl IntoIterator<Item = (DocumentName, DocumentName)>,
    ) -> Result<(), TooFar> {
        for name in std::mem::take(&mut self.pending) {
            self.targets.insert(name, Vec::new());
        }
        let mut reached = BTreeSet::new();
        for (from, to) in found {
            reached.insert(to.clone());
            self.targets.entry(from).or_default().push(to);
        }
        reached.retain(|name| !self.targets.contains_key(name));
        if self.targets.len() + reached.len() > MAX_FOLLOWED {
            return Err(TooFar);
        }
        self.pending = reached;
        Ok(())
    }

    /// Returns the shortest cycle through one of the changed documents, which stands first and last;
    /// nothing if there is none. Only the last word once nothing is pending.
    #[must_use]
    pub fn cycle(&self) -> Option<Vec<DocumentName>> {
        let reached: BTreeSet<_> = self.targets.values().flatten().collect();
        let starts = self.starts.iter().filter(|start| reached.contains(start));
        starts
            .filter_map(|start| self.way_back(start))
            .min_by_key(Vec::len)
    }

    /// Finds the shortest way from a document back to itself, breadth first.
    fn way_back(&self, start: &DocumentName) -> Option<Vec<DocumentName>> {
        let mut came_from: BTreeMap<&DocumentName, &DocumentName> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(from) = queue.pop_front() {
            for to in self.targets.get(from).into_iter().flatten() {
                if to == start {
                    return Some(way(start, from, &came_from));
                }
                if !came_from.contains_key(to) {
                    came_from.insert(to, from);
                    queue.push_back(to);
                }
            }
        }
        None
    }
}

/// The documents that `document` has a relation of `kind` to.
fn targets(kind: RelationKind, document: &Document) -> Vec<DocumentName> {
    let relations = document.content.relations.iter();
    relations
        .filter(|relation| relation.kind == kind)
        .filter_map(|relation| DocumentName::parse("target", &relation.target).ok())
        .collect()
}

/// The way from `start` to `last` and back to `start`.
fn way(
    start: &DocumentName,
    last: &DocumentName,
    came_from: &BTreeMap<&DocumentName, &DocumentName>,
) -> Vec<DocumentName> {
    let mut way = vec![start.clone()];
    let mut name = last;
    while name != start {
        way.push(name.clone());
        let Some(before) = came_from.get(name) else {
            break;
        };
        name = before;
    }
    way.push(start.clone());
    way.reverse();
    way
}

#[cfg(test)]
mod tests;
