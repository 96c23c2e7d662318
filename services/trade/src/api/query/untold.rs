//! Which chapters tell more than the longer codes that are asked for: what a group under them does not have is not
//! known there, and not nothing.

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use super::editions::{self, Several};
use crate::{
    domain::{
        cell::{Flow, HsEdition},
        group::{Book, GroupKey, Level, Side, Untold},
        period::Period,
    },
    store::{
        self,
        groups::{Asked, Grouped, Node, Regions, Resolved},
    },
};

/// One flow as one party reports it, in one region.
type Place = (String, Flow, String);

/// The chapters, by side, that tell more.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Untolds {
    found: BTreeMap<Place, BTreeMap<(HsEdition, String), Untold>>,
    /// The code of the question, where groups are not by commodity.
    own: Option<(HsEdition, String)>,
    /// The region of the question, where groups are not by region.
    region: Option<String>,
    /// What counts among the chapters.
    several: Several,
}

impl Untolds {
    /// Compares, chapter by chapter, what was published by codes as long as those of a question with all that was.
    pub(in crate::api) async fn read(tx: &mut Tx, asked: &Asked) -> Result<Self, Error> {
        Ok(Self::with_chapters(tx, asked).await?.0)
    }

    /// The same, with all that is published by chapter, if some chapter tells more.
    pub(super) async fn with_chapters(
        tx: &mut Tx,
        asked: &Asked,
    ) -> Result<(Self, Option<Grouped>), Error> {
        let Some(level) = level(asked) else {
            return Ok((Self::default(), None));
        };
        let wide = editions::wide(asked);
        let all = Asked {
            deepness: None,
            ..wide.clone()
        };
        let deep = Asked {
            deepness: Some(level),
            ..wide
        };
        let all = store::groups::read(tx, &all).await?;
        // Mostly there are no shorter codes.
        let digits = level.digits();
        let mut shorter: BTreeMap<&Node, &Book> = all
            .books
            .iter()
            .filter(|(_, book)| book.has_shorter(digits))
            .collect();
        if shorter.is_empty() {
            return Ok((Self::default(), None));
        }
        // Or the shortest of the codes that are long enough tell all of them.
        let shortest = store::groups::read_resolved(tx, &deep, Resolved::Shortest).await?;
        shorter.retain(|node, book| !Untold::is_none_of(book, shortest.books.get(*node)));
        if shorter.is_empty() {
            return Ok((Self::default(), None));
        }
        let open: BTreeSet<Node> = shorter.keys().copied().cloned().collect();
        let deep = store::groups::read_resolved(tx, &deep, Resolved::Only(&open)).await?;
        let mut found: BTreeMap<Place, BTreeMap<(HsEdition, String), Untold>> = BTreeMap::new();
        for (node, book) in shorter {
            let partner = asked.sides.iter().find(|(own, _)| *own == node.reporter);
            let (Some(edition), Some((_, partner))) = (node.edition, partner) else {
                continue;
            };
            let side = |book| Side {
                book,
                reporter: &node.reporter,
                partner,
                flow: node.flow,
                region: &node.region,
                untold: None,
            };
            let below = side(deep.books.get(node));
            if let Some(untold) = Untold::of(side(Some(book)), below, &all.releases) {
                let chapters = found.entry(place(node)).or_default();
                chapters.insert((edition, node.commodity.clone()), untold);
            }
        }
        let code = asked.commodity.code();
        let edition = asked.commodity.edition();
        let is_any = !found.is_empty();
        let untolds = Self {
            several: if found.is_empty() {
                Several::default()
            } else {
                Several::of(&all)
            },
            found,
            own: edition.and_then(|edition| Some((edition, code.get(..2)?.to_owned()))),
            region: match &asked.regions {
                Regions::One(region) => Some(region.clone()),
                Regions::All => None,
            },
        };
        Ok((untolds, is_any.then_some(all)))
    }

    /// Returns the chapters of a side that tell more.
    pub(super) fn of_side(
        &self,
        reporter: &str,
        flow: Flow,
        region: &str,
    ) -> impl Iterator<Item = (HsEdition, &str, &Untold)> {
        let place = (reporter.to_owned(), flow, region.to_owned());
        let chapters = self.found.get(&place).into_iter().flatten();
        chapters.map(|((edition, code), untold)| (*edition, code.as_str(), untold))
    }

    /// Tells whether no chapter does.
    pub(in crate::api) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns where the chapter of a group tells more, if it does.
    pub(in crate::api) fn of(
        &self,
        key: &GroupKey,
        (reporter, flow, region): (&str, Flow, &str),
    ) -> Option<&Untold> {
        let region = self.region.as_deref().unwrap_or(region);
        let place = (reporter.to_owned(), flow, region.to_owned());
        let chapters = self.found.get(&place)?;
        let own = key.edition.zip(key.commodity.as_ref());
        let chapter = match own {
            Some((edition, code)) => (edition, code.get(..2)?.to_owned()),
            None => self.own.clone()?,
        };
        chapters.get(&chapter)
    }

    /// Tells whether some chapter that counts in a period tells more, so that the groups do not add up to all.
    pub(in crate::api) fn bounds(&self, period: Period) -> bool {
        let choices = self.several.choose(period);
        self.found
            .iter()
            .any(|((reporter, flow, region), chapters)| {
                let choice = choices.of_side(reporter, *flow, region);
                let counts =
                    |edition| choice.is_none_or(|choice| !choice.left_out().contains(edition));
                let is_own = |chapter| self.own.as_ref().is_none_or(|own| own == chapter);
                chapters.iter().any(|(chapter, untold)| {
                    let mut stretches = period.stretches().into_iter();
                    is_own(chapter)
                        && counts(&chapter.0)
                        && stretches.any(|stretch| untold.touches(stretch))
                })
            })
    }
}

fn place(node: &Node) -> Place {
    (node.reporter.clone(), node.flow, node.region.clone())
}

/// The level of the codes asked for, where shorter ones can tell more.
fn level(asked: &Asked) -> Option<Level> {
    match asked.level {
        Some(level) => Some(level),
        None => match asked.commodity.code().len() {
            4 => Some(Level::Heading),
            6 => Some(Level::Subheading),
            _ => None,
        },
    }
    .filter(|level| level.digits() > 2)
}
