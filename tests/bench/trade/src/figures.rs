//! Made-up figures: five years of monthly exports and imports by subheading, for the country and, where
//! more rows are wanted, for its regions.

use std::io::{self, Write};

use crate::Order;

/// The years of the figures.
pub(crate) const YEARS: std::ops::RangeInclusive<u64> = 2021..=2025;

/// More subheadings than there are; a million figures are of the whole country only.
const MOST_CODES: u64 = 8_400;
/// Months of all years, times the flows.
const PER_CODE: u64 = 5 * 12 * 2;
/// Chapters 1 to 97 without 77.
const CHAPTERS: u64 = 96;

/// The regions of the reporter (ISO 3166-2), in the order of the tables; the first is the whole country.
const REGIONS: [&str; 15] = [
    "", "UZ-AN", "UZ-BU", "UZ-FA", "UZ-JI", "UZ-NG", "UZ-NW", "UZ-QA", "UZ-QR", "UZ-SA", "UZ-SI",
    "UZ-SU", "UZ-TK", "UZ-TO", "UZ-XO",
];

/// One figure without its value.
#[derive(Clone, Copy, Debug)]
struct Place {
    year: u64,
    month: u64,
    region: u64,
    flow: u64,
    code: u64,
}

/// Writes a file of `rows` figures; `revision` changes the values, and keeps only the last year.
pub(crate) fn write(
    rows: u64,
    order: Order,
    revision: bool,
    out: &mut impl Write,
) -> io::Result<u64> {
    writeln!(out, "flow,period,commodity,region,value_usd,net_weight_kg")?;
    // A revision is of a twentieth of the figures.
    let all = if revision { rows * 20 } else { rows };
    let regions = all.div_ceil(MOST_CODES * PER_CODE);
    if regions > 15 {
        let most = 15 * MOST_CODES * PER_CODE;
        return Err(io::Error::other(format!("more than {most} figures")));
    }
    let codes = all.div_ceil(regions * PER_CODE);
    let mut written = 0;
    let mut put = |place: Place| {
        if written < rows {
            written += 1;
            line(place, codes, revision, out)
        } else {
            Ok(())
        }
    };
    let years = if revision { 2025..=2025 } else { YEARS };
    for year in years {
        match order {
            Order::Series => {
                for region in 0..regions {
                    for flow in 0..2 {
                        for code in 0..codes {
                            for month in 1..=12 {
                                put(Place {
                                    year,
                                    month,
                                    region,
                                    flow,
                                    code,
                                })?;
                            }
                        }
                    }
                }
            }
            Order::Month => {
                for month in 1..=12 {
                    for region in 0..regions {
                        for flow in 0..2 {
                            for code in 0..codes {
                                put(Place {
                                    year,
                                    month,
                                    region,
                                    flow,
                                    code,
                                })?;
                            }
                        }
                    }
                }
            }
        }
    }
    Ok(written)
}

fn line(place: Place, codes: u64, revision: bool, out: &mut impl Write) -> io::Result<()> {
    let Place {
        year,
        month,
        region,
        flow,
        code,
    } = place;
    // Codes ascend, and every chapter has some.
    let spread = code * CHAPTERS / codes;
    let chapter = spread + 1 + u64::from(spread >= 76);
    let subheading = chapter * 10_000 + code % 10_000;
    let region = usize::try_from(region).ok();
    let region = region.and_then(|region| REGIONS.get(region)).unwrap_or(&"");
    // Some digits that look like money, the same in every run.
    let seed = (code + 1) * 7_919 + month * 104_729 + year * 31 + flow * 15_485_863;
    let dollars = seed % 9_000_011 + 1_000 + u64::from(revision);
    let flow = if flow == 0 { "X" } else { "M" };
    writeln!(
        out,
        "{flow},{year}-{month:02},{subheading:06},{region},{dollars}.{:02},{}.{:03}",
        seed % 100,
        seed % 700_001,
        seed % 1_000
    )
}
