//! Both sides' figures for all commodities together, from the vintages of their publications.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Figure, Kind, Role, Side, Source};
use crate::domain::{
    amount::{self, Amount},
    cell::Flow,
    period::Period,
    release::{Release, Scope, Valuation, valuations},
    turnover::amount_warnings,
    vintage::Vintages,
};

impl Role {
    /// Returns the flow that the side reports.
    #[must_use]
    pub fn flow(self) -> Flow {
        match self {
            Self::Exporter => Flow::Export,
            Self::Importer => Flow::Import,
        }
    }
}

impl Kind {
    /// Tells whether figures of a flow in a release are of the kind.
    #[must_use]
    pub fn has(self, release: &Release, flow: Flow) -> bool {
        let publication = &release.publication;
        publication.scope == self.scope
            && self
                .valuation
                .is_none_or(|valuation| valuations(publication, flow) == [valuation])
    }
}

/// The vintages of both parties, and those of each kind of figures apart.
#[derive(Debug)]
pub struct Totals {
    all: Vintages,
    kinds: Vec<(Role, Kind, Vintages)>,
    today: Date,
}

impl Totals {
    /// Takes the vintages of both parties as they stand on a day.
    #[must_use]
    pub fn new(all: Vintages, today: Date) -> Self {
        let mut kinds = BTreeSet::new();
        for role in [Role::Exporter, Role::Importer] {
            for release in all.releases() {
                let scope = release.publication.scope;
                let own = valuations(&release.publication, role.flow());
                let stated = own
                    .into_iter()
                    .filter(|valuation| *valuation != Valuation::NotStated)
                    .map(Some);
                for valuation in stated.chain([None]) {
                    if valuation.is_some() || scope != Scope::NotStated {
                        kinds.insert((role, Kind { scope, valuation }));
                    }
                }
            }
        }
        let kinds = kinds
            .into_iter()
            .map(|(role, kind)| {
                let kept = all.restricted(|release| kind.has(release, role.flow()));
                (role, kind, kept)
            })
            .collect();
        Self { all, kinds, today }
    }

    /// Returns the first and the last year that any figure is about.
    #[must_use]
    pub fn years(&self) -> Option<(i16, i16)> {
        self.all.years()
    }

    /// Returns the releases that count.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        self.all.releases()
    }

    /// Returns what both sides report about exports of one to the other.
    #[must_use]
    pub fn between<'a>(&'a self, exporter: &'a str, importer: &'a str) -> Between<'a> {
        Between {
            totals: self,
            exporter,
            importer,
        }
    }
}

/// One direction of trade.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    totals: &'a Totals,
    exporter: &'a str,
    importer: &'a str,
}

impl Between<'_> {
    fn reporter(&self, role: Role) -> &str {
        match role {
            Role::Exporter => self.exporter,
            Role::Importer => self.importer,
        }
    }
}

impl Source for Between<'_> {
    fn figure(&self, role: Role, period: Period) -> Side {
        let found = amount::amount(&self.totals.all, self.reporter(role), role.flow(), period);
        match found {
            Ok(amount) => Side::Known(figure(&amount, role, self.totals.today, period)),
            Err(absence) => Side::Missing(absence),
        }
    }

    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        let (_, _, vintages) = self
            .totals
            .kinds
            .iter()
            .find(|(own, other, _)| (*own, *other) == (role, kind))?;
        let found = amount::amount(vintages, self.reporter(role), role.flow(), period);
        Some(figure(&found.ok()?, role, self.totals.today, period))
    }
}

fn figure(amount: &Amount<'_>, role: Role, today: Date, period: Period) -> Figure {
    let used = || amount.parts.iter().map(|part| part.published);
    let ranked: BTreeSet<(usize, &str)> = used()
        .map(|published| (published.rank, published.release.name.as_str()))
        .collect();
    let publications = || used().map(|published| &published.release.publication);
    Figure {
        cents: amount.cents,
        qualifier: amount.qualifier(),
        uncertainty_cents: amount.uncertainty_cents(),
        scopes: publications()
            .map(|publication| publication.scope)
            .collect(),
        valuations: publications()
            .flat_map(|publication| valuations(publication, role.flow()))
            .collect(),
        releases: ranked
            .into_iter()
            .map(|(_, name)| name.to_owned())
            .collect(),
        warnings: amount_warnings(amount, today, period).into_iter().collect(),
    }
}
