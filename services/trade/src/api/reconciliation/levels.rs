//! What both sides have published at other levels than the one asked for.

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use crate::{
    domain::{
        cell::{Commodity, Flow, HsEdition},
        group::{self, Book, Level, editions::Choice},
        mirror::{Role, Source as _, depth, totals::Totals, units::Node},
        period::Period,
        release::Release,
    },
    store::{
        self,
        groups::{Asked, Grouped},
    },
};

/// The levels of one question, each read at most once.
pub(super) struct Levels {
    asked: Asked,
    read: BTreeMap<Level, Grouped>,
}

impl Levels {
    pub(super) fn new(asked: Asked) -> Self {
        Self {
            asked,
            read: BTreeMap::new(),
        }
    }

    /// Reads the figures by the codes of a level.
    pub(super) async fn read(&mut self, tx: &mut Tx, level: Level) -> Result<&Grouped, Error> {
        let found = match self.read.remove(&level) {
            Some(found) => found,
            None => {
                let asked = Asked {
                    level: Some(level),
                    ..self.asked.clone()
                };
                store::groups::read(tx, &asked).await?
            }
        };
        Ok(self.read.entry(level).or_insert(found))
    }
}

/// What books tell of one direction in one period.
pub(super) struct Told<'a> {
    pub(super) releases: &'a [Release],
    pub(super) exporter: &'a str,
    pub(super) importer: &'a str,
    pub(super) period: Period,
    /// What counts of the exporter's and of the importer's figures in each period; empty for everything.
    pub(super) counted: &'a [BTreeMap<Period, Choice>; 2],
}

impl Told<'_> {
    /// Returns the amount of a book.
    pub(super) fn of(&self, role: Role, edition: HsEdition, book: &Book) -> Option<depth::Told> {
        self.within(role, edition, book, self.period)
    }

    /// The same in another period.
    pub(super) fn within(
        &self,
        role: Role,
        edition: HsEdition,
        book: &Book,
        period: Period,
    ) -> Option<depth::Told> {
        let [exports, imports] = self.counted;
        let (reporter, partner, choices) = match role {
            Role::Exporter => (self.exporter, self.importer, exports),
            Role::Importer => (self.importer, self.exporter, imports),
        };
        let counted = choices.get(&period).map(|choice| choice.of(edition, book));
        let side = group::Side {
            book: Some(counted.as_ref().unwrap_or(book)),
            reporter,
            partner,
            flow: role.flow(),
            region: "",
            untold: None,
        };
        let amount = group::amount(&[side], self.releases, period).ok()?;
        Some(depth::Told {
            cents: amount.cents(),
            half_units: amount.tally.measures.half_units,
            figures: amount.tally.measures.figures,
        })
    }
}

/// The sides whose figure for all commodities together is more than their chapters add up to: what they have under no
/// code may be of any.
pub(super) fn untold(told: &Told<'_>, totals: &Totals, chapters: Vec<Node>) -> BTreeSet<Role> {
    let mut books: BTreeMap<(Role, HsEdition), Book> = BTreeMap::new();
    for node in chapters {
        let book = books.entry((node.role, node.edition)).or_default();
        book.merge(&node.book);
    }
    let between = totals.between(told.exporter, told.importer);
    let is_untold = |role: &Role| {
        let side = between.figure(*role, told.period);
        let own = side.figure().map(|figure| depth::Told {
            cents: figure.cents,
            half_units: figure.uncertainty_cents,
            figures: 1,
        });
        let amounts = books
            .iter()
            .filter(|((other, _), _)| other == role)
            .filter_map(|((role, edition), book)| told.of(*role, *edition, book));
        let codes = amounts.reduce(depth::Told::plus);
        own.is_some_and(|own| own.tells_more(codes))
    };
    [Role::Exporter, Role::Importer]
        .into_iter()
        .filter(is_untold)
        .collect()
}

/// The codes among which those that begin with `prefix` are compared: all of one chapter.
pub(super) fn family(level: Level, prefix: &str) -> Option<Commodity> {
    if matches!(level, Level::Section | Level::Chapter) {
        return None;
    }
    let code = prefix.get(..Level::Chapter.digits()).unwrap_or(prefix);
    // Whatever the edition.
    let found = Commodity::parse(code, HsEdition::new(0)).ok()?;
    (found != Commodity::Total).then_some(found)
}

/// Leaves out codes of editions of which nothing counts in any of the periods.
pub(super) fn counting(
    nodes: Vec<Node>,
    [exports, imports]: &[BTreeMap<Period, Choice>; 2],
) -> Vec<Node> {
    let counts = |node: &Node| {
        let choices = match node.role {
            Role::Exporter => exports,
            Role::Importer => imports,
        };
        let mut choices = choices.values().peekable();
        choices.peek().is_none() || choices.any(|choice| choice.counts(node.edition))
    };
    nodes.into_iter().filter(counts).collect()
}

/// What both sides of one direction report, by code.
pub(super) fn nodes(grouped: &Grouped, exporter: &str, importer: &str) -> Vec<Node> {
    let role = |reporter: &str, flow| match flow {
        Flow::Export if reporter == exporter => Some(Role::Exporter),
        Flow::Import if reporter == importer => Some(Role::Importer),
        _ => None,
    };
    grouped
        .books
        .iter()
        .filter_map(|(node, book)| {
            Some(Node {
                role: role(&node.reporter, node.flow)?,
                edition: node.edition?,
                code: node.commodity.clone(),
                book: book.clone(),
            })
        })
        .collect()
}
