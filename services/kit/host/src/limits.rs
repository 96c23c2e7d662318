//! What callers may have of a process: calls a second and at once, for each agency and each address.

mod agencies;
mod crowd;
mod kind;
mod places;
mod rates;
mod standing;

pub(crate) use self::{
    agencies::AgencyLimits,
    crowd::{Crowd, Member},
    kind::Limit,
    places::{Place, Places},
    rates::{Excess, Rates},
    standing::Standing,
};
