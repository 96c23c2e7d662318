//! Cells as keys of whole numbers, which sort as the tables do.
//!
//! A cell is three numbers beside its release. The *year* is the calendar year. The *series* packs,
//! from the highest bits to the lowest: partner (two letters to base 26; 676 for the world), region (up to three letters
//! or digits behind the country, to base 37; 0 for the whole country), flow, HS edition plus one (0 for
//! none) and commodity. The commodity is its code filled up with zeros to six digits, times 8, plus the
//! number of its digits; 0 for all commodities together. So a heading comes right before all that it
//! takes in. The *span* is the code of the window times 100 plus the last month.

use super::codes::Coded;
use crate::domain::{
    cell::{Cell, Commodity, Flow, HsEdition, WORLD},
    observation::{Qualifier, Status},
    period::{Period, Window},
};

/// Bits of the commodity.
pub(crate) const COMMODITY_BITS: u32 = 23;
/// Where the edition begins.
const EDITION_SHIFT: u32 = COMMODITY_BITS;
/// Where the flow begins.
pub(crate) const FLOW_SHIFT: u32 = 26;
/// Where the region begins.
pub(crate) const REGION_SHIFT: u32 = 29;
/// Where the partner begins.
pub(crate) const PARTNER_SHIFT: u32 = 45;
/// The number of the world among partners, behind those of two letters.
const WORLD_CODE: i64 = 26 * 26;
/// Flow and edition take three bits each.
const THREE_BITS: i64 = 7;
/// The region takes sixteen bits.
pub(crate) const REGION_MASK: i64 = (1 << 16) - 1;
/// All bits of the commodity.
pub(crate) const COMMODITY_MASK: i64 = (1 << COMMODITY_BITS) - 1;
/// The digits of regions, from 1.
const REGION_DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// How many digits the code of a commodity has at most.
const CODE_DIGITS: u32 = 6;

/// The coordinates of a figure within one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The calendar year.
    pub year: i64,
    /// What is traded, with whom, and in which direction.
    pub series: i64,
    /// The window and its last month.
    pub span: i64,
}

impl Key {
    /// Returns the key of a cell.
    pub(crate) fn of(cell: &Cell) -> Self {
        Self {
            year: cell.period.year().into(),
            series: series(&cell.partner, &cell.region, cell.flow, &cell.commodity),
            span: span(cell.period.window(), cell.period.last_month()),
        }
    }

    /// Returns the cell of a reporter, if the key is one.
    pub(crate) fn cell(self, reporter: &str) -> Option<Cell> {
        let Series {
            partner,
            region,
            flow,
            commodity,
        } = Series::unpack(self.series, reporter)?;
        Some(Cell {
            partner,
            flow,
            commodity,
            region,
            period: self.period()?,
        })
    }

    /// Returns the period.
    pub(crate) fn period(self) -> Option<Period> {
        let window = Window::of_code(self.span / 100)?;
        let month = i8::try_from(self.span % 100).ok()?;
        Period::new(window, i16::try_from(self.year).ok()?, month).ok()
    }
}

/// What a series is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    /// The other side.
    pub partner: String,
    /// The region of the reporter; empty for the whole country.
    pub region: String,
    /// The direction.
    pub flow: Flow,
    /// What is traded.
    pub commodity: Commodity,
}

impl Series {
    /// Takes the number of a series of a reporter apart.
    pub(crate) fn unpack(series: i64, reporter: &str) -> Option<Self> {
        Some(Self {
            partner: partner(series >> PARTNER_SHIFT)?,
            region: region(series >> REGION_SHIFT & REGION_MASK, reporter)?,
            flow: Flow::of_code(series >> FLOW_SHIFT & THREE_BITS)?,
            commodity: commodity(series & COMMODITY_MASK, edition(series))?,
        })
    }
}

/// Returns the number of a series. What the domain lets through always has one.
pub(crate) fn series(partner: &str, region: &str, flow: Flow, commodity: &Commodity) -> i64 {
    let edition = commodity
        .edition()
        .map_or(0, |edition| i64::from(edition.number()) + 1);
    partner_code(partner) << PARTNER_SHIFT
        | region_code(region) << REGION_SHIFT
        | flow.code() << FLOW_SHIFT
        | edition << EDITION_SHIFT
        | commodity_code(commodity.code())
}

/// Returns the number of a span.
pub(crate) fn span(window: Window, last_month: i8) -> i64 {
    window.code() * 100 + i64::from(last_month)
}

/// Returns the number of a partner.
pub(crate) fn partner_code(partner: &str) -> i64 {
    if partner == WORLD {
        return WORLD_CODE;
    }
    partner
        .bytes()
        .fold(0, |code, letter| code * 26 + i64::from(letter) - 65)
}

/// Returns the number of a region: of what stands behind the country and its hyphen.
pub(crate) fn region_code(region: &str) -> i64 {
    let digits = region.as_bytes().get(3..).unwrap_or_default();
    (0..3).fold(0, |code, place| {
        let digit = digits
            .get(place)
            .and_then(|digit| REGION_DIGITS.iter().position(|known| known == digit))
            .and_then(|position| i64::try_from(position + 1).ok())
            .unwrap_or_default();
        code * 37 + digit
    })
}

/// Returns the number of a commodity; 0 is all together.
pub(crate) fn commodity_code(code: &str) -> i64 {
    let Ok(number) = code.parse::<i64>() else {
        return 0;
    };
    let digits = u32::try_from(code.len()).unwrap_or(CODE_DIGITS);
    number * 10_i64.pow(CODE_DIGITS.saturating_sub(digits)) * 8 + i64::from(digits)
}

/// Returns the first and the last number of a commodity and all that it takes in; all together take in
/// only themselves.
pub(crate) fn commodity_range(code: &str) -> (i64, i64) {
    let number = commodity_code(code);
    if number == 0 {
        return (0, 0);
    }
    let digits = u32::try_from(code.len()).unwrap_or(CODE_DIGITS);
    let first = number / 8 * 8;
    let width = 10_i64.pow(CODE_DIGITS.saturating_sub(digits)) * 8;
    // A shorter code of the same digits has a smaller number, and is not among them.
    (number, first + width - 1)
}

/// Returns the first number of a series behind all that the code of a series takes in.
pub(crate) fn end_of(series: i64) -> i64 {
    let digits = u32::try_from(series & THREE_BITS).unwrap_or(CODE_DIGITS);
    let first = series & !THREE_BITS;
    first + 10_i64.pow(CODE_DIGITS.saturating_sub(digits)) * 8
}

/// Returns the marks of a figure: status and qualifier in one number.
pub(crate) fn marks(status: Status, qualifier: Qualifier) -> i64 {
    qualifier.code() * 256 + i64::from(u32::from(status.code()))
}

/// Takes marks apart.
pub(crate) fn unmark(marks: i64) -> Option<(Status, Qualifier)> {
    let status = u8::try_from(marks % 256).ok()?;
    let status = Status::try_from(char::from(status)).ok()?;
    Some((status, Qualifier::of_code(marks / 256)?))
}

/// Returns the qualifier in marks.
pub(crate) fn qualifier(marks: i64) -> Option<Qualifier> {
    Qualifier::of_code(marks / 256)
}

fn partner(code: i64) -> Option<String> {
    if code == WORLD_CODE {
        return Some(WORLD.to_owned());
    }
    let letter = |digit: i64| {
        u8::try_from(digit)
            .ok()
            .map(|digit| char::from(b'A' + digit))
    };
    (code < 26 * 26)
        .then(|| [letter(code / 26), letter(code % 26)].into_iter().collect())
        .flatten()
}

fn region(code: i64, reporter: &str) -> Option<String> {
    if code == 0 {
        return Some(String::new());
    }
    let mut region = format!("{reporter}-");
    for place in [37 * 37, 37, 1] {
        let digit = usize::try_from(code / place % 37).ok()?;
        if digit > 0 {
            region.push(char::from(*REGION_DIGITS.get(digit - 1)?));
        }
    }
    Some(region)
}

/// Returns the edition in a series, if there is one.
pub(crate) fn edition(series: i64) -> Option<HsEdition> {
    let code = u8::try_from(series >> EDITION_SHIFT & THREE_BITS).ok()?;
    HsEdition::new(code.checked_sub(1)?)
}

/// Returns the text of a commodity's code, which may be a part of one.
pub(crate) fn commodity_text(code: i64) -> String {
    let digits = usize::try_from(code & THREE_BITS).unwrap_or_default();
    let mut text = format!("{:06}", code >> 3);
    text.truncate(digits);
    text
}

fn commodity(code: i64, edition: Option<HsEdition>) -> Option<Commodity> {
    Commodity::parse(&commodity_text(code), edition).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::period::{YEARS, tests::any_period};

    fn any_cell() -> impl Strategy<Value = Cell> {
        (
            "[A-Z]{2}|W0",
            proptest::option::of("[A-Z0-9]{1,3}"),
            0..Flow::CODES.len(),
            proptest::option::of(("[0-9]{2,6}", 0_u8..=6)),
            any_period(YEARS),
        )
            .prop_map(|(partner, region, flow, heading, period)| Cell {
                partner,
                flow: Flow::CODES[flow].0,
                commodity: heading.map_or(Commodity::Total, |(code, edition)| {
                    Commodity::parse(&code, HsEdition::new(edition)).unwrap()
                }),
                region: region.map_or(String::new(), |region| format!("UZ-{region}")),
                period,
            })
    }

    proptest! {
        #[test]
        fn keys_and_cells_round_trip(cell in any_cell()) {
            prop_assert_eq!(Key::of(&cell).cell("UZ"), Some(cell));
        }

        #[test]
        fn different_cells_have_different_keys(first in any_cell(), second in any_cell()) {
            prop_assert_eq!(first == second, Key::of(&first) == Key::of(&second));
        }
    }

    #[test]
    fn a_heading_comes_right_before_what_it_takes_in() {
        let code = |text: &str| commodity_code(text);
        let sorted = [
            "TOTAL", "26", "27", "2701", "270111", "270119", "2702", "28",
        ];
        assert!(sorted.is_sorted_by_key(|text| code(text)));
    }

    #[test]
    fn a_heading_takes_in_what_begins_with_it() {
        let (first, last) = commodity_range("2700");
        let takes_in = |text: &str| (first..=last).contains(&commodity_code(text));
        assert!(takes_in("2700") && takes_in("27001") && takes_in("270099"));
        assert!(!takes_in("27") && !takes_in("270") && !takes_in("2701") && !takes_in("TOTAL"));
        assert_eq!(commodity_range("TOTAL"), (0, 0));
    }

    #[test]
    fn marks_round_trip() {
        for code in Status::CODES {
            for (qualifier, _) in Qualifier::CODES {
                let status = Status::try_from(code).unwrap();
                assert_eq!(
                    unmark(marks(status, *qualifier)),
                    Some((status, *qualifier))
                );
            }
        }
    }
}
