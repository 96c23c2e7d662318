//! One figure in the words of files, checked: what this version does not know is never written as something else.

use accord_proto::trade::v1::{
    Flow, HsEdition, Observation, ObservationStatus, Precision, Qualifier, ReleaseUse, Scope,
    Valuation, Window,
};
use jiff::civil::Date;

use crate::error::Error;
use crate::render::value;

/// The code of all commodities together.
pub(super) const TOTAL: &str = "TOTAL";

/// A figure, in words and codes.
#[derive(Debug, Clone)]
pub(super) struct Figure<'a> {
    /// ISO 3166-1 alpha-2.
    pub reporter: &'a str,
    /// ISO 3166-1 alpha-2.
    pub partner: &'a str,
    pub flow: Flow,
    /// HS code, or [`TOTAL`].
    pub commodity: &'a str,
    /// `H0` to `H6`; empty for the total.
    pub edition: &'static str,
    /// ISO 3166-2; empty for the whole country.
    pub region: &'a str,
    pub period: Span,
    pub value_cents: Option<i64>,
    pub net_weight_grams: Option<i64>,
    /// Code of `CL_OBS_STATUS`.
    pub status: &'static str,
    pub qualifier: Qualifier,
    /// The unit of a rounded figure or a bound.
    pub unit_cents: Option<i64>,
    pub as_published: &'a str,
    /// The release's full name.
    pub release: &'a str,
    pub release_use: &'a ReleaseUse,
}

/// The period of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub window: Window,
    pub year: i16,
    /// The last month.
    pub month: i8,
}

impl<'a> Figure<'a> {
    /// Reads a figure of a release.
    pub(super) fn of(
        observation: &'a Observation,
        release_use: Option<&'a ReleaseUse>,
        release: &'a str,
    ) -> Result<Self, Error> {
        let release_use = release_use.ok_or_else(|| unknown("release", release))?;
        let precision = observation.precision.as_ref();
        let qualifier = precision.map_or(Qualifier::Unspecified, Precision::qualifier);
        let figure = Self {
            reporter: &observation.reporter,
            partner: &observation.partner,
            flow: observation.flow(),
            commodity: &observation.commodity,
            edition: edition(observation.hs_edition(), &observation.commodity)?,
            region: &observation.region,
            period: Span::of(observation)?,
            value_cents: observation.value_cents,
            net_weight_grams: observation.net_weight_grams,
            status: status(observation.status())
                .ok_or_else(|| unknown("status", observation.status))?,
            qualifier,
            unit_cents: precision
                .map(|precision| precision.unit_cents)
                .filter(|unit| *unit > 0),
            as_published: precision.map_or("", |precision| &precision.as_published),
            release,
            release_use,
        };
        if figure.flow == Flow::Unspecified {
            return Err(unknown("flow", observation.flow));
        }
        if qualifier == Qualifier::Unspecified {
            return Err(unknown("qualifier", "none"));
        }
        Ok(figure)
    }

    /// The flow as CSV names it.
    pub(super) fn flow_word(&self) -> &'static str {
        match self.flow {
            Flow::Unspecified => "",
            Flow::Export => "export",
            Flow::Import => "import",
            Flow::ReExport => "re_export",
            Flow::ReImport => "re_import",
            Flow::Turnover => "turnover",
        }
    }

    /// How exactly it is known, as CSV says it.
    pub(super) fn qualifier_word(&self) -> &'static str {
        match self.qualifier {
            Qualifier::Unspecified => "",
            Qualifier::Exact => "exact",
            Qualifier::Rounded => "rounded",
            Qualifier::LowerBound => "lower_bound",
        }
    }

    /// How the release values this flow: `FOB`, `CIF`; empty where it does not say, and of both flows together.
    pub(super) fn valuation(&self) -> &'static str {
        let valuation = match self.flow {
            Flow::Export | Flow::ReExport => self.release_use.export_valuation(),
            Flow::Import | Flow::ReImport => self.release_use.import_valuation(),
            Flow::Unspecified | Flow::Turnover => Valuation::Unspecified,
        };
        match valuation {
            Valuation::Fob => "FOB",
            Valuation::Cif => "CIF",
            Valuation::Unspecified | Valuation::NotStated => "",
        }
    }

    /// What the release counts: `goods`, `goods_and_services`, or empty where it does not say.
    pub(super) fn scope(&self) -> &'static str {
        match self.release_use.scope() {
            Scope::Goods => "goods",
            Scope::GoodsAndServices => "goods_and_services",
            Scope::Unspecified | Scope::NotStated => "",
        }
    }

    /// The short id of the release.
    pub(super) fn release_id(&self) -> &str {
        value::id(self.release)
    }

    /// When the release was published.
    pub(super) fn publish_time(&self) -> Option<jiff::Timestamp> {
        let time = self.release_use.publish_time.as_ref()?;
        jiff::Timestamp::new(time.seconds, time.nanos).ok()
    }
}

impl Span {
    fn of(observation: &Observation) -> Result<Self, Error> {
        let wrong = || unknown("period", format!("{:?}", observation.period));
        let period = observation.period.as_ref().ok_or_else(wrong)?;
        let span = Self {
            window: period.window(),
            year: i16::try_from(period.year).map_err(|_| wrong())?,
            month: i8::try_from(period.month).map_err(|_| wrong())?,
        };
        let is_published = matches!(
            span.window,
            Window::Month | Window::Quarter | Window::Year | Window::JanuaryToMonth
        );
        if is_published && span.days().is_some() {
            Ok(span)
        } else {
            Err(wrong())
        }
    }

    /// The period as CSV writes it: `2022`, `2022-Q1`, `2022-03`, or from January `2022-01/2022-03`.
    pub(super) fn text(self) -> String {
        let Self {
            window,
            year,
            month,
        } = self;
        match window {
            Window::Quarter => format!("{year}-Q{}", month / 3),
            Window::Month => format!("{year}-{month:02}"),
            Window::JanuaryToMonth => format!("{year}-01/{year}-{month:02}"),
            _ => year.to_string(),
        }
    }

    /// The window in a word.
    pub(super) fn window_word(self) -> &'static str {
        match self.window {
            Window::Quarter => "quarter",
            Window::Month => "month",
            Window::JanuaryToMonth => "january_to_month",
            _ => "year",
        }
    }

    /// The first and the last day.
    pub(super) fn days(self) -> Option<(Date, Date)> {
        let first_month = match self.window {
            Window::Month => self.month,
            Window::Quarter => self.month.checked_sub(2)?,
            _ => 1,
        };
        let first = Date::new(self.year, first_month, 1).ok()?;
        let last = Date::new(self.year, self.month, 1).ok()?.last_of_month();
        Some((first, last))
    }
}

fn edition(edition: HsEdition, commodity: &str) -> Result<&'static str, Error> {
    Ok(match edition {
        HsEdition::H0 => "H0",
        HsEdition::H1 => "H1",
        HsEdition::H2 => "H2",
        HsEdition::H3 => "H3",
        HsEdition::H4 => "H4",
        HsEdition::H5 => "H5",
        HsEdition::H6 => "H6",
        HsEdition::Unspecified if commodity == TOTAL => "",
        HsEdition::Unspecified => return Err(unknown("HS edition", commodity)),
    })
}

/// The code of `CL_OBS_STATUS`.
fn status(status: ObservationStatus) -> Option<&'static str> {
    Some(match status {
        ObservationStatus::Unspecified => return None,
        ObservationStatus::Normal => "A",
        ObservationStatus::Break => "B",
        ObservationStatus::DefinitionDiffers => "D",
        ObservationStatus::Estimated => "E",
        ObservationStatus::Forecast => "F",
        ObservationStatus::Experimental => "G",
        ObservationStatus::Imputed => "I",
        ObservationStatus::Provisional => "P",
        ObservationStatus::LowReliability => "U",
        ObservationStatus::Unvalidated => "V",
        ObservationStatus::NotSignificant => "N",
        ObservationStatus::MissingHoliday => "H",
        ObservationStatus::MissingNotCollected => "L",
        ObservationStatus::MissingCannotExist => "M",
        ObservationStatus::Missing => "O",
        ObservationStatus::MissingSuppressed => "Q",
    })
}

fn unknown(what: &str, found: impl std::fmt::Display) -> Error {
    Error::Failed(format!(
        "a figure has a {what} that this version does not know ({found}); use the version of the server"
    ))
}

/// A whole number of parts as a decimal number: `decimal(12340, 2)` is `123.4`.
pub(super) fn decimal(parts: i64, digits: usize) -> String {
    let sign = if parts < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", parts.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_exact_and_short() {
        assert_eq!(decimal(0, 2), "0");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(12_340, 2), "123.4");
        assert_eq!(decimal(100_000_000_000_000_000, 2), "1000000000000000");
        assert_eq!(decimal(1_001, 3), "1.001");
        assert_eq!(decimal(i64::MIN, 2), "-92233720368547758.08");
    }

    proptest! {
        #[test]
        fn decimals_lose_nothing(parts: i64, digits in 1_usize..4) {
            let text = decimal(parts, digits);
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let filled = format!("{whole}{fraction:0<digits$}");
            prop_assert_eq!(filled.parse::<i64>().unwrap(), parts);
        }
    }
}
