//! The limits on how often each agency may call, and how many calls it may have at once.

use std::sync::Arc;

use super::{Excess, Rates, Standing};
use crate::LimitArgs;

/// The limits on agencies. Copies count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgencyLimits {
    rates: Option<Arc<Rates<Arc<str>>>>,
    calls: Option<usize>,
    watches: Option<usize>,
}

impl AgencyLimits {
    /// Makes what the settings say.
    pub(crate) fn new(args: &LimitArgs) -> Self {
        Self {
            rates: Rates::new("agency", args.agency_rate, args.agency_burst).map(Arc::new),
            calls: Some(args.agency_calls).filter(|calls| *calls > 0),
            watches: Some(args.agency_watches).filter(|watches| *watches > 0),
        }
    }

    /// Most calls of one agency at once, where that is set.
    pub(crate) fn calls(&self) -> Option<usize> {
        self.calls
    }

    /// Most watches of one agency at once, where that is set.
    pub(crate) fn watches(&self) -> Option<usize> {
        self.watches
    }

    /// Counts a call of `agency`; returns nothing where there is no limit.
    pub(crate) fn take(&self, agency: &Arc<str>) -> Result<Option<Standing>, Excess> {
        self.rates
            .as_ref()
            .map(|rates| rates.take(agency))
            .transpose()
    }
}
