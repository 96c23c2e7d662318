//! What different scopes and valuations make of a gap.

use std::collections::BTreeSet;

use super::{Bound, Component, Figure, Gap, Kind, Notice, Role, Source, State, Why};
use crate::domain::{
    growth,
    observation::Qualifier,
    period::Period,
    release::{Scope, Valuation},
};

/// Both figures, each of which another of its side may take the place of.
pub(super) struct Pair {
    pub(super) exports: Figure,
    pub(super) imports: Figure,
}

impl Pair {
    /// Takes off what different scopes make.
    pub(super) fn scope(
        &mut self,
        source: &dyn Source,
        period: Period,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let component = Component::Scope;
        let (own, other) = (only(&self.exports.scopes), only(&self.imports.scopes));
        let stated = |scope: Option<Scope>| scope.filter(|scope| *scope != Scope::NotStated);
        let (own, other) = (stated(own), stated(other));
        if own.is_some() && own == other {
            return gap.take(component, 0, State::Nothing, Why::Alike);
        }
        let of = |role, scope: Option<Scope>| {
            let kind = Kind {
                scope: scope?,
                valuation: None,
            };
            source.of_kind(role, period, kind)
        };
        // A figure of unknown scope less one of known scope is not known to be services.
        let pair = own.zip(other);
        if let Some(figure) = pair.and_then(|_| of(Role::Exporter, other)) {
            self.replace(Role::Exporter, figure, component, gap, notices);
        } else if let Some(figure) = pair.and_then(|_| of(Role::Importer, own)) {
            self.replace(Role::Importer, figure, component, gap, notices);
        } else {
            notices.insert(Notice::ScopeNotComparable);
            let why = pair.map_or(Why::NotStated, |_| Why::Differ);
            gap.take(component, 0, State::NotQuantified, why);
        }
    }

    /// Takes off what different valuations make.
    pub(super) fn valuation(
        &mut self,
        source: &dyn Source,
        period: Period,
        factor_ppm: Option<i64>,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let component = Component::Valuation;
        let stated = |valuations: &BTreeSet<Valuation>| {
            only(valuations).filter(|valuation| *valuation != Valuation::NotStated)
        };
        let own = stated(&self.exports.valuations);
        let other = stated(&self.imports.valuations);
        if own.is_some() && own == other {
            return gap.take(component, 0, State::Nothing, Why::Alike);
        }
        if gap.rest > 0 {
            notices.insert(Notice::ValuationOpposite);
        }
        let Some((own, other)) = own.zip(other) else {
            notices.insert(Notice::ValuationNotComparable);
            return gap.take(component, 0, State::NotQuantified, Why::NotStated);
        };
        let of = |role, figure: &Figure, valuation| {
            let kind = Kind {
                scope: only(&figure.scopes)?,
                valuation: Some(valuation),
            };
            source.of_kind(role, period, kind)
        };
        if let Some(figure) = of(Role::Importer, &self.imports, own) {
            self.replace(Role::Importer, figure, component, gap, notices);
        } else if let Some(figure) = of(Role::Exporter, &self.exports, other) {
            self.replace(Role::Exporter, figure, component, gap, notices);
        } else if let Some(factor) = factor_ppm.filter(|_| own == Valuation::Fob) {
            let imports = self.imports.cents;
            let million = i128::from(growth::ONE_PPM);
            let fob = growth::ratio(i128::from(imports) * million, i128::from(factor));
            let cents = fob.unwrap_or(imports) - imports;
            gap.take(component, cents, State::Quantified, Why::Factor(factor));
        } else {
            notices.insert(Notice::ValuationNotComparable);
            gap.take(component, 0, State::NotQuantified, Why::Differ);
        }
    }

    /// Puts another figure of a side into the place of its own; what that makes is the part.
    fn replace(
        &mut self,
        role: Role,
        figure: Figure,
        component: Component,
        gap: &mut Gap,
        notices: &mut BTreeSet<Notice>,
    ) {
        let cents = match role {
            Role::Exporter => self.exports.cents - figure.cents,
            Role::Importer => figure.cents - self.imports.cents,
        };
        gap.take(component, cents, State::Quantified, Why::OtherFigure(role));
        if let Some(part) = gap.parts.last_mut() {
            part.releases.clone_from(&figure.releases);
        }
        notices.insert(Notice::OtherVintage(figure.releases.clone()));
        if figure.qualifier == Qualifier::LowerBound {
            gap.bound = Bound::Unknown;
        }
        match role {
            Role::Exporter => self.exports = figure,
            Role::Importer => self.imports = figure,
        }
    }
}

/// The only member of a set; none when there are more.
pub(super) fn only<T: Copy>(members: &BTreeSet<T>) -> Option<T> {
    let mut members = members.iter();
    members.next().copied().filter(|_| members.next().is_none())
}
