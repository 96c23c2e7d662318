//! `QueryWorkingDays`.

use accord_proto::roadmaps::v1::{QueryWorkingDaysRequest, WorkingDays};
use aip::Violations;
use fault::Fault;
use identity::Caller;
use tonic::Request;

use super::super::{checked, convert};
use crate::domain::working_days::Table;

pub(in crate::api) fn run(request: Request<QueryWorkingDaysRequest>) -> Result<WorkingDays, Fault> {
    Caller::of(&request)?.may_read()?;
    let mut violations = Violations::new();
    let span = convert::working_days::read(request.get_ref(), &mut violations);
    let span = checked(span, violations)?;
    Ok(convert::working_days::answer(&span, Table::shipped()))
}
