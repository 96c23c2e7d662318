//! What a figure is about: the coordinates that one release can fill once.

use std::{fmt, str::FromStr};

use super::period::Period;

/// The direction of trade, seen from the reporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Leaving the reporter, re-exports included.
    Export,
    /// Entering the reporter, re-imports included.
    Import,
    /// The part of the exports that came from abroad.
    ReExport,
    /// The part of the imports that had been exported.
    ReImport,
    /// Exports and imports together, as published.
    Turnover,
}

impl Flow {
    /// The flows with their names and, where there is one, their SDMX codes.
    const WORDS: [(Flow, &'static str, &'static str); 5] = [
        (Flow::Export, "EXPORT", "X"),
        (Flow::Import, "IMPORT", "M"),
        (Flow::ReExport, "RE_EXPORT", "RX"),
        (Flow::ReImport, "RE_IMPORT", "RM"),
        (Flow::Turnover, "TURNOVER", "TURNOVER"),
    ];

    /// Returns the name of the flow.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(flow, ..)| *flow == self)
            .map_or("", |(_, name, _)| name)
    }
}

/// A word that names no flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of export (X), import (M), re_export (RX), re_import (RM), turnover")]
pub struct UnknownFlow;

impl FromStr for Flow {
    type Err = UnknownFlow;

    fn from_str(word: &str) -> Result<Self, UnknownFlow> {
        Self::WORDS
            .iter()
            .find(|(_, name, code)| {
                word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(code)
            })
            .map(|(flow, ..)| *flow)
            .ok_or(UnknownFlow)
    }
}

/// Edition of the Harmonized System: 0 for H0 (1988/1992) to 6 for H6 (2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsEdition(u8);

impl HsEdition {
    /// Returns the edition of that number, if there is one.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (number <= 6).then_some(Self(number))
    }

    /// Returns the number, 0 to 6.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for HsEdition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "H{}", self.0)
    }
}

/// What is traded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commodity {
    /// All commodities together.
    Total,
    /// One heading of the Harmonized System.
    Heading {
        /// 2 to 6 digits, leading zeros kept.
        code: String,
        /// The edition that gives the code its meaning.
        edition: HsEdition,
    },
}

/// The code of all commodities together.
pub const TOTAL: &str = "TOTAL";

/// Why a code and an edition name no commodity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommodityError {
    /// The code is malformed.
    #[error("is neither TOTAL nor an HS code of 2 to 6 digits")]
    Code,
    /// A code stands without its edition.
    #[error("has no meaning without an HS edition")]
    EditionMissing,
}

impl Commodity {
    /// Reads a code, with its edition unless it is [`TOTAL`] or empty.
    pub fn parse(code: &str, edition: Option<HsEdition>) -> Result<Self, CommodityError> {
        if code.is_empty() || code == TOTAL {
            return Ok(Self::Total);
        }
        if !(2..=6).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CommodityError::Code);
        }
        Ok(Self::Heading {
            code: code.to_owned(),
            edition: edition.ok_or(CommodityError::EditionMissing)?,
        })
    }

    /// Returns the code, or [`TOTAL`].
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Total => TOTAL,
            Self::Heading { code, .. } => code,
        }
    }

    /// Returns the edition of the code; none for all commodities together.
    #[must_use]
    pub fn edition(&self) -> Option<HsEdition> {
        match self {
            Self::Total => None,
            Self::Heading { edition, .. } => Some(*edition),
        }
    }
}

/// The coordinates of a figure within the statistics of one reporter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The other side: ISO 3166-1 alpha-2, or [`WORLD`].
    pub partner: String,
    /// The direction of the trade.
    pub flow: Flow,
    /// What is traded.
    pub commodity: Commodity,
    /// Region of the reporter, ISO 3166-2; empty for the whole country.
    pub region: String,
    /// The period covered.
    pub period: Period,
}

/// A key: equal for equal cells, different for different ones.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (flow, partner) = (self.flow.as_str(), &self.partner);
        write!(f, "{flow} {partner} {}", self.commodity.code())?;
        if let Some(edition) = self.commodity.edition() {
            write!(f, "@{edition}")?;
        }
        write!(f, " {} {}", self.region, self.period)
    }
}

/// The code of the world: all partners together, or all reporters. From the code list `CL_AREA` of SDMX, whose
/// `W1` is the rest of the world.
pub const WORLD: &str = "W0";

/// Tells whether a text can be a reporter or a partner: a country, or the world.
#[must_use]
pub fn is_area(text: &str) -> bool {
    text == WORLD || is_country(text)
}

/// Tells whether a text has the shape of an ISO 3166-1 alpha-2 code.
#[must_use]
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Tells whether a text has the shape of an ISO 3166-2 code of a country's region, such as `KZ-61`.
#[must_use]
pub fn is_region_of(country: &str, text: &str) -> bool {
    let rest = text.strip_prefix(country).filter(|_| is_country(country));
    rest.and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|part| {
            (1..=3).contains(&part.len())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_leading_zeros_and_need_an_edition() {
        let edition = HsEdition::new(6);
        let wheat = Commodity::parse("0101", edition).unwrap();
        assert_eq!(wheat.code(), "0101");
        assert_eq!(
            Commodity::parse("0101", None),
            Err(CommodityError::EditionMissing)
        );
        assert_eq!(Commodity::parse("", None), Ok(Commodity::Total));
        for code in ["1", "1234567", "10A1", "total"] {
            assert_eq!(Commodity::parse(code, edition), Err(CommodityError::Code));
        }
        assert_eq!(HsEdition::new(7), None);
    }

    #[test]
    fn flows_have_names_and_sdmx_codes() {
        for word in ["X", "EXPORT", "export", "x"] {
            assert_eq!(word.parse(), Ok(Flow::Export));
        }
        assert_eq!("exports".parse::<Flow>(), Err(UnknownFlow));
        assert_eq!(Flow::ReImport.as_str(), "RE_IMPORT");
    }

    #[test]
    fn regions_belong_to_their_country() {
        assert!(is_region_of("KZ", "KZ-61"));
        assert!(!is_region_of("UZ", "KZ-61"));
        assert!(!is_region_of("KZ", "KZ-"));
        assert!(!is_country("uz"));
    }

    #[test]
    fn the_world_is_no_country_and_has_no_regions() {
        assert!(is_area(WORLD) && is_area("UZ") && !is_area("W1"));
        assert!(!is_country(WORLD) && !is_region_of(WORLD, "W0-1"));
    }
}
