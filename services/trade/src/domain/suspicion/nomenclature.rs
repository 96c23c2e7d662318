//! Codes that the nomenclature of their edition does not have.

use super::{Problem, Reason, problem};
use crate::domain::{
    cell::{Commodity, HsEdition},
    classification::file::Known,
    observation::Observation,
};

/// Chapters for national use, of which no nomenclature tells the codes.
const NATIONAL: [&str; 2] = ["98", "99"];

/// The codes of the editions whose nomenclature is known.
#[derive(Debug, Default)]
pub(super) struct Nomenclature(Known);

impl Nomenclature {
    pub(super) fn knows(&self, edition: HsEdition) -> bool {
        self.0.contains_key(&edition)
    }

    pub(super) fn learn(&mut self, known: Known) {
        self.0.extend(known);
    }

    pub(super) fn take(&self, figure: &Observation, found: &mut Vec<Problem>) {
        let Commodity::Heading { code, edition } = &figure.cell.commodity else {
            return;
        };
        // No codes: nobody has imported that nomenclature.
        let Some(known) = self.0.get(edition).filter(|known| !known.is_empty()) else {
            return;
        };
        let is_national = NATIONAL.iter().any(|chapter| code.starts_with(chapter));
        if !is_national && !known.contains(code) {
            let description = format!("the nomenclature of {edition} has no code {code}");
            found.push(problem(figure, Reason::CodeUnknown, description));
        }
    }
}
