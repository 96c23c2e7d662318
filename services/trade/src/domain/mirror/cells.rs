//! Both sides' figures for some commodities, from sums over the figures of their publications.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Figure, Kind, Role, Side, Source, units::ByEdition};
use crate::domain::{
    group::{self, Amount, Book, Untold, editions::Choice},
    period::Period,
    release::Release,
    turnover::Warning,
    vintage::Absence,
};

/// What both sides report about some commodities in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The releases that count, the earliest vintage first.
    pub releases: &'a [Release],
    /// Who exports.
    pub exporter: &'a str,
    /// Who imports.
    pub importer: &'a str,
    /// What the exporter reports.
    pub exports: &'a Book,
    /// What the importer reports.
    pub imports: &'a Book,
    /// Where shorter codes of the exporter and of the importer tell more, if some do: what the codes do not have is not
    /// known there.
    pub untold: [Option<&'a Untold>; 2],
    /// The day as of which figures stand.
    pub today: Date,
}

impl<'a> Cell<'a> {
    fn book(&self, role: Role) -> &'a Book {
        match role {
            Role::Exporter => self.exports,
            Role::Importer => self.imports,
        }
    }

    fn side<'b>(&'b self, role: Role, book: &'b Book) -> group::Side<'b> {
        let [of_exporter, of_importer] = self.untold;
        let (reporter, partner, untold) = match role {
            Role::Exporter => (self.exporter, self.importer, of_exporter),
            Role::Importer => (self.importer, self.exporter, of_importer),
        };
        group::Side {
            book: Some(book),
            reporter,
            partner,
            flow: role.flow(),
            region: "",
            untold,
        }
    }

    fn of(&self, amount: &Amount, period: Period) -> Figure {
        let (scopes, valuations) = amount.kinds(self.releases);
        let ranks: BTreeSet<usize> = amount.uses.iter().map(|(rank, _)| *rank).collect();
        let names = ranks.into_iter().filter_map(|rank| self.releases.get(rank));
        let mut warnings = amount.warnings(self.releases);
        if period.last_day() >= self.today {
            warnings.insert(Warning::PeriodNotEnded);
        }
        Figure {
            cents: amount.cents(),
            qualifier: amount.qualifier(),
            uncertainty_cents: amount.tally.measures.half_units,
            scopes,
            valuations,
            releases: names.map(|release| release.name.clone()).collect(),
            warnings,
        }
    }
}

/// The same where a side has published in several editions: in each period only what counts there.
#[derive(Clone, Copy, Debug)]
pub struct Edited<'a> {
    /// All but the books.
    pub cell: Cell<'a>,
    /// What the exporter reports, and what counts of it by period; of a period that is not there, everything.
    pub exports: (&'a ByEdition, &'a BTreeMap<Period, Choice>),
    /// The same of the importer.
    pub imports: (&'a ByEdition, &'a BTreeMap<Period, Choice>),
}

impl Edited<'_> {
    /// Looks at a period.
    fn within<T>(&self, period: Period, look: impl FnOnce(&Cell<'_>) -> T) -> T {
        let [exports, imports] = [self.exports, self.imports].map(|(books, choices)| {
            let mut counted = Book::default();
            for (edition, book) in books {
                match choices.get(&period) {
                    Some(choice) => counted.merge(&choice.of(*edition, book)),
                    None => counted.merge(book),
                }
            }
            counted
        });
        look(&Cell {
            exports: &exports,
            imports: &imports,
            ..self.cell
        })
    }
}

impl Source for Edited<'_> {
    fn figure(&self, role: Role, period: Period) -> Side {
        self.within(period, |cell| cell.figure(role, period))
    }

    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        self.within(period, |cell| cell.of_kind(role, period, kind))
    }
}

impl Source for Cell<'_> {
    fn figure(&self, role: Role, period: Period) -> Side {
        let side = self.side(role, self.book(role));
        match group::amount(&[side], self.releases, period) {
            Ok(amount) if amount.is_nothing() => Side::Nothing,
            Ok(amount) => Side::Known(self.of(&amount, period)),
            Err(Absence::NotPublished | Absence::Removed)
                if group::is_covered(side, self.releases, period) =>
            {
                Side::Nothing
            }
            Err(absence) => Side::Missing(absence),
        }
    }

    /// Only releases that are complete by commodity tell what another kind of figures would make of a sum.
    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        let reporter = self.side(role, self.book(role)).reporter;
        let book = self.book(role).of_releases(|rank| {
            self.releases.get(rank).is_some_and(|release| {
                let publication = &release.publication;
                let coverage = &publication.coverage;
                publication.reporter == reporter
                    && coverage.complete
                    && coverage.by_commodity
                    && kind.has(release, role.flow())
            })
        });
        let side = self.side(role, &book);
        let amount = group::amount(&[side], self.releases, period);
        let amount = amount.ok().filter(|amount| !amount.is_nothing())?;
        Some(self.of(&amount, period))
    }
}
