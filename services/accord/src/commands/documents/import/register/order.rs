//! The order in which the documents of a file are registered, and the circles among them.

use std::collections::HashMap;

use accord_proto::documents::v1::RelationKind;

use super::references::{references, targets_of};
use super::{Item, Register};
use crate::commands::documents::import::sort::sort;
use crate::commands::rows::report::{Part, Report};
use crate::register::Problem;
use crate::register::document::Field;

/// Kinds of relations that never form a circle.
const ONE_WAY: [RelationKind; 4] = [
    RelationKind::Implements,
    RelationKind::Amends,
    RelationKind::Supersedes,
    RelationKind::AnnexOf,
];

impl Register {
    /// Puts every document behind those that it refers to, and finds the circles.
    pub(super) fn put_in_order(&mut self, report: &mut Report) {
        let index: HashMap<&str, usize> = self
            .items
            .iter()
            .enumerate()
            .map(|(i, item)| (item.name.as_str(), i))
            .collect();
        let known = |names: Vec<&str>| {
            names
                .into_iter()
                .filter_map(|name| index.get(name).copied())
                .collect::<Vec<_>>()
        };
        let mut in_circle: Vec<(usize, Problem)> = Vec::new();
        for kind in ONE_WAY {
            let references: Vec<Vec<usize>> = self
                .items
                .iter()
                .map(|item| known(targets_of(&item.document, kind)))
                .collect();
            for circle in sort(&references).circles {
                let mut ids: Vec<&str> =
                    circle.iter().map(|&i| self.items[i].id.as_str()).collect();
                ids.push(ids[0]);
                let word = crate::render::value::words(kind.as_str_name(), "RELATION_KIND_");
                let description = format!("\"{word}\" goes round in a circle: {}", ids.join(", "));
                for &i in &circle {
                    in_circle.push((
                        i,
                        self.problem(
                            &self.items[i],
                            Some(&Field::Relations),
                            "RELATION_CYCLE",
                            &description,
                        ),
                    ));
                }
            }
        }
        let references: Vec<Vec<usize>> = self
            .items
            .iter()
            .map(|item| known(references(&item.document)))
            .collect();
        let sorted = sort(&references);
        let mut later: Vec<Vec<String>> = vec![Vec::new(); self.items.len()];
        for circle in &sorted.circles {
            if let (Some(&first), Some(&last)) = (circle.first(), circle.last()) {
                later[last].push(self.items[first].name.clone());
            }
        }
        for (i, problem) in in_circle {
            self.bad.insert(self.items[i].name.clone());
            report.bad(
                Part::Documents,
                self.items[i].line,
                &self.items[i].id,
                vec![problem],
            );
        }
        let mut items: Vec<Option<Item>> = std::mem::take(&mut self.items)
            .into_iter()
            .map(Some)
            .collect();
        for i in sorted.order {
            if let Some(mut item) = items[i].take() {
                item.later = std::mem::take(&mut later[i]);
                if !self.bad.contains(&item.name) {
                    self.items.push(item);
                }
            }
        }
    }
}
