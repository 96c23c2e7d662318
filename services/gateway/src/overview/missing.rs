//! Parts that a service did not give: which, why, and when that leaves nothing to answer.

use accord_proto::{
    google::rpc,
    overview::v1::{MissingPart, OverviewPart},
};
use fault::Fault;
use prost::Message;
use tonic::{Code, Status};

use crate::service::Service;

/// The reason of a part that no service could give.
pub(super) const KNOWN_TIME_NOT_SUPPORTED: &str = "KNOWN_TIME_NOT_SUPPORTED";

/// Why a service did not give a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    /// The service.
    pub(super) service: Service,
    /// The code of its failure.
    pub(super) code: Code,
    /// The reason of its failure, empty when it gave none.
    pub(super) reason: String,
    /// The failure in one sentence.
    pub(super) message: String,
}

impl Missing {
    /// The gateway has not been told where the service is.
    pub(super) fn not_configured(service: Service) -> Self {
        Self {
            service,
            code: Code::Unimplemented,
            reason: "UPSTREAM_NOT_CONFIGURED".to_owned(),
            message: format!("this gateway has no upstream for the service {service}"),
        }
    }

    /// The service did not answer in time.
    pub(super) fn timed_out(service: Service) -> Self {
        Self {
            service,
            code: Code::DeadlineExceeded,
            reason: "UPSTREAM_TIMED_OUT".to_owned(),
            message: format!("the service {service} did not answer in time"),
        }
    }

    /// The service cannot say how its part stood at a moment in the past.
    pub(super) fn known_time_not_supported(service: Service) -> Self {
        Self {
            service,
            code: Code::Unimplemented,
            reason: KNOWN_TIME_NOT_SUPPORTED.to_owned(),
            message: "deadlines are only known as they stand now".to_owned(),
        }
    }

    /// The service answered with `status`, or the channel to it did.
    pub(super) fn from_status(service: Service, status: &Status) -> Self {
        match (status.code(), reason(status)) {
            // tonic's channel answers with CANCELLED when it gives up at the deadline.
            (Code::DeadlineExceeded | Code::Cancelled, _) => Self::timed_out(service),
            (Code::Unavailable, None) => Self {
                service,
                code: Code::Unavailable,
                reason: "UPSTREAM_UNAVAILABLE".to_owned(),
                message: format!("the service {service} cannot be reached"),
            },
            (code, reason) => Self {
                service,
                code,
                reason: reason.unwrap_or_default(),
                message: status.message().to_owned(),
            },
        }
    }

    /// Returns the contract's form of a missing `part`.
    pub(super) fn named(self, part: OverviewPart) -> MissingPart {
        MissingPart {
            part: part.into(),
            service: self.service.name().to_owned(),
            code: self.code.into(),
            reason: self.reason,
            message: self.message,
        }
    }
}

/// Refuses the whole answer when every service's part is missing.
pub(super) fn refuse_if_all(parts: [Option<&Missing>; Service::ALL.len()]) -> Result<(), Fault> {
    if parts.iter().any(Option::is_none) {
        return Ok(());
    }
    let fault = Fault::unavailable("ALL_PARTS_MISSING", "no service could answer its part");
    Err(parts.into_iter().flatten().fold(fault, |fault, missing| {
        fault.with_metadata(missing.service.name(), missing.reason.as_str())
    }))
}

/// The reason in the status's `ErrorInfo`, if it has one.
fn reason(status: &Status) -> Option<String> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details
        .iter()
        .find(|detail| detail.type_url.ends_with("/google.rpc.ErrorInfo"))?;
    Some(rpc::ErrorInfo::decode(info.value.as_slice()).ok()?.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_of_the_service_is_kept() {
        let status = Fault::unavailable("DATABASE_UNAVAILABLE", "later").into_status("accord");
        let missing = Missing::from_status(Service::Trade, &status);
        assert_eq!(missing.code, Code::Unavailable);
        assert_eq!(missing.reason, "DATABASE_UNAVAILABLE");
    }

    #[test]
    fn answer_without_details_is_the_channels_own() {
        let missing =
            Missing::from_status(Service::Trade, &Status::from(std::io::Error::other("x")));
        assert_eq!(missing.code, Code::Unknown);
        let cancelled = Status::cancelled("Timeout expired");
        let missing = Missing::from_status(Service::Trade, &cancelled);
        assert_eq!(missing, Missing::timed_out(Service::Trade));
    }

    #[test]
    fn one_part_is_enough_for_an_answer() {
        let missing = Service::ALL.map(Missing::not_configured);
        let [a, b, c] = missing.each_ref().map(Some);
        assert!(refuse_if_all([a, None, c]).is_ok());
        let fault = refuse_if_all([a, b, c]).expect_err("nothing left");
        assert_eq!(fault.code(), Code::Unavailable);
        assert_eq!(fault.reason(), "ALL_PARTS_MISSING");
    }
}
