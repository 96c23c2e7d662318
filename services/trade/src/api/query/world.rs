//! Trade of countries with the world, by product and in all, brought to common products.

mod above;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use ::fault::Fault;
use jiff::{Timestamp, tz::TimeZone};
use storage::Tx;

use self::above::Above;
use super::{
    editions::{Choices, Several},
    vintages_in,
};
use crate::{
    api::{
        Api,
        classifications::convert::{later, steps},
        fault,
    },
    domain::{
        advantage::{
            Missing, Total,
            lines::{Line, Node, Shelf, shelves},
        },
        cell::{Commodity, Flow, HsEdition, WORLD},
        classification::conversion::Conversion,
        group::{self, Book, Level, Untold},
        mirror::{Role, Side, Source as _, cells::Cell, totals::Totals},
        period::{Period, Window},
        release::Release,
        turnover::Warning,
    },
    store::{
        self,
        groups::{Asked, Grouped, Regions},
        observations::Series,
    },
};

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) partnership: String,
    /// Whose trade with the world, exports or imports, each at its place.
    pub(super) sides: Vec<(String, Flow)>,
    pub(super) period: Period,
    pub(super) level: Level,
    pub(super) known: Timestamp,
    pub(super) recorded_before: Option<Timestamp>,
}

/// What is known about it.
pub(super) struct World {
    /// The releases that count.
    pub(super) releases: Vec<Release>,
    /// The edition of the codes.
    pub(super) edition: Option<HsEdition>,
    /// The products.
    pub(super) lines: Vec<Line>,
    /// The total of each side.
    pub(super) totals: Vec<Total>,
    /// In which editions figures count, of sides that have several, and what concordances were not known then.
    pub(super) warnings: BTreeSet<Warning>,
}

/// Reads all that is asked for.
pub(super) async fn read(api: &Api, wanted: &Arc<Wanted>) -> Result<World, Fault> {
    let shared = Arc::clone(wanted);
    api.database
        .read(move |tx| {
            let wanted = Arc::clone(&shared);
            Box::pin(async move { wanted.read(tx).await })
        })
        .await
}

impl Wanted {
    /// Reads all of it, within one snapshot; refuses if something is missing, naming all of that.
    async fn read(&self, tx: &mut Tx) -> Result<World, Fault> {
        let mut asked = self.asked();
        let coarse = store::groups::read(tx, &asked).await?;
        let several = Several::read(tx, &asked, Some(&coarse)).await?;
        let choices = several.choose(self.period);
        let mut nodes = self.nodes(&coarse, &choices);
        if editions(&nodes).len() > 1 && self.level != Level::Subheading {
            // Only subheadings can be brought to another edition without losing what they are.
            asked.level = Some(Level::Subheading);
            let fine = store::groups::read(tx, &asked).await?;
            nodes = finer(nodes, self.nodes(&fine, &choices));
        }
        let edition = editions(&nodes).first().copied();
        let above = Above::read(tx, self, &asked, &nodes, &choices).await?;
        let (shelves, later) = self.shelves(tx, nodes, edition).await?;
        let lines = self.lines(shelves, &coarse.releases, &above);
        let published = self.published(tx).await?;
        let chapters: Vec<Option<Vec<Side>>> = (0..self.sides.len())
            .map(|place| {
                let books = above.chapters(self, place, &choices)?;
                let books = books.iter();
                let side = |book| self.side(&coarse.releases, place, book, None);
                Some(books.filter_map(side).collect())
            })
            .collect();
        let totals = self.totals(&lines, &published, &chapters, &coarse.releases)?;
        let mut warnings = choices.warnings();
        if !later.is_empty() {
            warnings.insert(Warning::LaterConcordance(later));
        }
        Ok(World {
            warnings,
            releases: coarse.releases,
            edition,
            lines,
            totals,
        })
    }

    fn reporters(&self) -> BTreeSet<&String> {
        self.sides.iter().map(|(reporter, _)| reporter).collect()
    }

    fn asked(&self) -> Asked {
        let reporters = self.reporters().into_iter();
        let flows: BTreeSet<Flow> = self.sides.iter().map(|(_, flow)| *flow).collect();
        let stretches = self.period.stretches();
        let mut is_year = stretches
            .iter()
            .map(|stretch| (stretch.first, stretch.last) == (1, 12));
        Asked {
            partnership: self.partnership.clone(),
            sides: reporters
                .map(|reporter| (reporter.clone(), WORLD.to_owned()))
                .collect(),
            flows: flows.into_iter().collect(),
            commodity: Commodity::Total,
            edition: None,
            level: Some(self.level),
            deepness: None,
            regions: Regions::One(String::new()),
            years: (self.period.first_year(), self.period.year()),
            whole_years: is_year.all(|is_year| is_year)
                && self.period.window() != Window::TwelveMonths,
            known: self.known,
            recorded_before: self.recorded_before,
        }
    }

    /// What each side reports, by code, in the editions that count.
    fn nodes(&self, grouped: &Grouped, choices: &Choices) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (place, (reporter, flow)) in self.sides.iter().enumerate() {
            let choice = choices.of_side(reporter, *flow, "");
            let own = grouped
                .books
                .iter()
                .filter(|(node, _)| node.reporter == *reporter && node.flow == *flow);
            nodes.extend(own.filter_map(|(node, book)| {
                let edition = node.edition?;
                let book = match choice {
                    Some(choice) => choice.of(edition, book),
                    None => book.clone(),
                };
                (!book.is_empty()).then(|| Node {
                    place,
                    edition,
                    code: node.commodity.clone(),
                    book,
                })
            }));
        }
        nodes
    }

    /// Brings codes to one edition; also the concordances for it that were imported after the moment asked about.
    async fn shelves(
        &self,
        tx: &mut Tx,
        nodes: Vec<Node>,
        edition: Option<HsEdition>,
    ) -> Result<(Vec<Shelf>, BTreeSet<HsEdition>), Fault> {
        let mut conversions: BTreeMap<HsEdition, Conversion> = BTreeMap::new();
        let mut later = BTreeSet::new();
        for own in editions(&nodes) {
            if let Some(to) = edition.filter(|to| *to != own) {
                conversions.insert(own, Conversion::of(steps(tx, own, to).await?));
                let way = (own, to);
                later.extend(self::later(tx, way, self.known, self.recorded_before).await?);
            }
        }
        let image = |own: HsEdition, code: &str| {
            if Some(own) == edition {
                return Some(BTreeSet::from([code.to_owned()]));
            }
            let image = conversions.get(&own)?.image(code);
            Some(image.into_iter().map(str::to_owned).collect())
        };
        let shelves = shelves(nodes, self.sides.len(), self.level, &image);
        Ok((shelves, later))
    }

    /// Looks at products in the period.
    fn lines(&self, shelves: Vec<Shelf>, releases: &[Release], above: &Above) -> Vec<Line> {
        let line = |shelf: Shelf| Line {
            is_national: shelf.is_national(),
            sides: shelf
                .books
                .iter()
                .enumerate()
                .filter_map(|(place, book)| {
                    let untold = above.of(place, &shelf);
                    self.side(releases, place, book, untold.as_ref())
                })
                .collect(),
            codes: shelf.codes,
            unconverted: shelf.unconverted,
        };
        shelves.into_iter().map(line).collect()
    }

    /// What the side at a place has of some codes in the period.
    fn side(
        &self,
        releases: &[Release],
        place: usize,
        book: &Book,
        untold: Option<&Untold>,
    ) -> Option<Side> {
        let (reporter, flow) = self.sides.get(place)?;
        let none = Book::default();
        let role = role(*flow);
        let is_export = role == Role::Exporter;
        let cell = Cell {
            releases,
            exporter: if is_export { reporter } else { WORLD },
            importer: if is_export { WORLD } else { reporter },
            exports: if is_export { book } else { &none },
            imports: if is_export { &none } else { book },
            untold: [untold, untold],
            today: self.known.to_zoned(TimeZone::UTC).date(),
        };
        Some(cell.figure(role, self.period))
    }

    /// What each side publishes for all commodities together.
    async fn published(&self, tx: &mut Tx) -> Result<Vec<Side>, Fault> {
        let today = self.known.to_zoned(TimeZone::UTC).date();
        let mut of_reporters: BTreeMap<&String, Totals> = BTreeMap::new();
        // There are few reporters.
        for reporter in self.reporters() {
            let series = Series {
                partnership: self.partnership.clone(),
                commodity: Commodity::Total,
                region: String::new(),
                reporters: [reporter.clone(), reporter.clone()],
                partners: [WORLD.to_owned(), WORLD.to_owned()],
                years: (self.period.first_year(), self.period.year()),
                known: self.known,
                recorded_before: self.recorded_before,
            };
            let totals = Totals::new(vintages_in(tx, &series).await?, today);
            of_reporters.insert(reporter, totals);
        }
        let side = |(reporter, flow): &(String, Flow)| {
            let totals = of_reporters.get(reporter)?;
            let role = role(*flow);
            let (exporter, importer) = match role {
                Role::Exporter => (reporter.as_str(), WORLD),
                Role::Importer => (WORLD, reporter.as_str()),
            };
            Some(totals.between(exporter, importer).figure(role, self.period))
        };
        Ok(self.sides.iter().filter_map(side).collect())
    }

    fn totals(
        &self,
        lines: &[Line],
        published: &[Side],
        chapters: &[Option<Vec<Side>>],
        releases: &[Release],
    ) -> Result<Vec<Total>, Fault> {
        let mut totals = Vec::new();
        let mut missing = Vec::new();
        let sides = self.sides.iter().zip(published).enumerate();
        for (place, ((reporter, flow), published)) in sides {
            let lacks = |level| Missing {
                reporter: reporter.clone(),
                flow: *flow,
                period: self.period,
                level,
            };
            let mut own = lines.iter().filter_map(|line| line.sides.get(place));
            if !own.any(|side| side.figure().is_some()) {
                missing.push(lacks(Some(self.level)));
            }
            let side = group::Side {
                book: None,
                reporter,
                partner: WORLD,
                flow: *flow,
                region: "",
                untold: None,
            };
            let covered = group::is_covered(side, releases, self.period);
            let chapters = chapters.get(place).and_then(Option::as_deref);
            match Total::find(published, lines, place, covered, chapters) {
                Ok(total) => totals.push(total),
                Err(_) => missing.push(lacks(None)),
            }
        }
        if missing.is_empty() {
            return Ok(totals);
        }
        missing.dedup();
        Err(fault::trade_totals_missing(&missing))
    }
}

/// The side of a movement of goods that reports a flow.
fn role(flow: Flow) -> Role {
    match flow {
        Flow::Export | Flow::ReExport | Flow::Turnover => Role::Exporter,
        Flow::Import | Flow::ReImport => Role::Importer,
    }
}

fn editions(nodes: &[Node]) -> BTreeSet<HsEdition> {
    nodes.iter().map(|node| node.edition).collect()
}

/// Subheadings, and where a side has none what it has.
fn finer(coarse: Vec<Node>, fine: Vec<Node>) -> Vec<Node> {
    let known: BTreeSet<(usize, HsEdition)> =
        fine.iter().map(|node| (node.place, node.edition)).collect();
    let rest = coarse
        .into_iter()
        .filter(|node| !known.contains(&(node.place, node.edition)));
    fine.into_iter().chain(rest).collect()
}
