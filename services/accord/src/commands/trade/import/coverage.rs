//! What a new release covers, as its coverage in the contract says it.

use accord_proto::google::r#type::Date;
use accord_proto::trade::v1::{Coverage, Flow, Window, coverage::Completeness};

use super::Direction;
use crate::when;

/// What a new release covers.
#[derive(Debug, clap::Args)]
pub(super) struct Covered {
    /// Says that the release has every figure of the partners, flows, windows and days that it covers, so that what it does
    /// not have is nothing. Without it the release has some of them.
    #[arg(
        long,
        requires = "reporter",
        requires_all = ["covered_flows", "covered_windows", "covered_from", "covered_to"]
    )]
    complete: bool,
    /// A complete release is so by commodity too: a code that it does not have was not traded.
    #[arg(long, requires = "complete")]
    by_commodity: bool,
    /// A complete release is so by region too.
    #[arg(long, requires = "complete")]
    by_region: bool,
    /// A flow that it covers; may be repeated [default: any].
    #[arg(
        long = "covers-flow",
        id = "covered_flows",
        value_name = "FLOW",
        value_enum,
        requires = "reporter"
    )]
    flows: Vec<Direction>,
    /// A length of periods that it covers; may be repeated [default: any].
    #[arg(
        long = "covers-window",
        id = "covered_windows",
        value_name = "WINDOW",
        value_enum,
        requires = "reporter"
    )]
    windows: Vec<Length>,
    /// The first day that it covers [default: not stated].
    #[arg(long = "covers-from", id = "covered_from", value_name = "DAY", value_parser = when::day, requires = "reporter")]
    from: Option<Date>,
    /// The last day that it covers [default: not stated].
    #[arg(long = "covers-to", id = "covered_to", value_name = "DAY", value_parser = when::day, requires = "reporter")]
    to: Option<Date>,
}

/// The length of periods, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Length {
    Month,
    Quarter,
    Year,
    JanuaryToMonth,
}

impl Length {
    fn contract(self) -> Window {
        match self {
            Self::Month => Window::Month,
            Self::Quarter => Window::Quarter,
            Self::Year => Window::Year,
            Self::JanuaryToMonth => Window::JanuaryToMonth,
        }
    }
}

impl Covered {
    /// Returns the coverage of a release of trade with these partners.
    pub(super) fn of_contract(&self, partners: Vec<String>) -> Coverage {
        let mut flows: Vec<Flow> = self.flows.iter().map(|flow| flow.contract()).collect();
        let mut windows: Vec<Window> = self.windows.iter().map(|own| own.contract()).collect();
        // Typing one twice means it once.
        flows.sort_unstable();
        flows.dedup();
        windows.sort_unstable();
        windows.dedup();
        let completeness = if self.complete {
            Completeness::Complete
        } else {
            Completeness::Partial
        };
        Coverage {
            completeness: completeness.into(),
            partners,
            flows: flows.into_iter().map(i32::from).collect(),
            windows: windows.into_iter().map(i32::from).collect(),
            start_date: self.from,
            end_date: self.to,
            by_commodity: self.by_commodity,
            by_region: self.by_region,
        }
    }
}
