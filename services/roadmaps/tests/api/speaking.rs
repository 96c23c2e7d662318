//! The nine words on a measure, each said in one line.

use accord_proto::roadmaps::v1::{
    AcceptMeasureCancellationRequest, ConfirmMeasureRequest, DeclineMeasureCancellationRequest,
    DisputeMeasureRequest, Measure, ProposeMeasureCancellationRequest, ReportMeasureRequest,
    ReturnMeasureRequest, StartMeasureRequest, WithdrawMeasureReportRequest,
};
use tonic::{Response, Status};

use crate::world::{World, evidence};

/// What a call answers.
pub(crate) type Said = Result<Measure, Status>;

pub(crate) fn report(name: &str) -> ReportMeasureRequest {
    ReportMeasureRequest {
        name: name.to_owned(),
        evidence: evidence(),
        note: "Opened to traffic".to_owned(),
        ..ReportMeasureRequest::default()
    }
}

pub(crate) fn confirm(name: &str, report_revision: i64) -> ConfirmMeasureRequest {
    ConfirmMeasureRequest {
        name: name.to_owned(),
        report_revision,
        ..ConfirmMeasureRequest::default()
    }
}

pub(crate) fn dispute(name: &str, report_revision: i64) -> DisputeMeasureRequest {
    DisputeMeasureRequest {
        name: name.to_owned(),
        report_revision,
        reason: "The bridge is closed".to_owned(),
        ..DisputeMeasureRequest::default()
    }
}

impl World {
    pub(crate) async fn start(&self, party: &str, name: &str) -> Said {
        let request = StartMeasureRequest {
            name: name.to_owned(),
            ..StartMeasureRequest::default()
        };
        let said = self.measures(party).start_measure(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn report(&self, party: &str, name: &str) -> Said {
        let said = self.measures(party).report_measure(report(name)).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn withdraw(&self, party: &str, name: &str, report_revision: i64) -> Said {
        let request = WithdrawMeasureReportRequest {
            name: name.to_owned(),
            report_revision,
            reason: "Filed too early".to_owned(),
            ..WithdrawMeasureReportRequest::default()
        };
        let said = self.measures(party).withdraw_measure_report(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn confirm(&self, party: &str, name: &str, report_revision: i64) -> Said {
        let request = confirm(name, report_revision);
        let said = self.measures(party).confirm_measure(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn give_back(&self, party: &str, name: &str, report_revision: i64) -> Said {
        let request = ReturnMeasureRequest {
            name: name.to_owned(),
            report_revision,
            reason: "The act lacks a stamp".to_owned(),
            ..ReturnMeasureRequest::default()
        };
        let said = self.measures(party).return_measure(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn dispute(&self, party: &str, name: &str, report_revision: i64) -> Said {
        let request = dispute(name, report_revision);
        let said = self.measures(party).dispute_measure(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn propose_cancellation(&self, party: &str, name: &str) -> Said {
        let request = ProposeMeasureCancellationRequest {
            name: name.to_owned(),
            reason: "No funds".to_owned(),
            ..ProposeMeasureCancellationRequest::default()
        };
        let mut client = self.measures(party);
        let said = client.propose_measure_cancellation(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn accept_cancellation(&self, party: &str, name: &str) -> Said {
        let request = AcceptMeasureCancellationRequest {
            name: name.to_owned(),
            ..AcceptMeasureCancellationRequest::default()
        };
        let mut client = self.measures(party);
        let said = client.accept_measure_cancellation(request).await;
        said.map(Response::into_inner)
    }

    pub(crate) async fn decline_cancellation(&self, party: &str, name: &str) -> Said {
        let request = DeclineMeasureCancellationRequest {
            name: name.to_owned(),
            reason: "Funds were found".to_owned(),
            ..DeclineMeasureCancellationRequest::default()
        };
        let mut client = self.measures(party);
        let said = client.decline_measure_cancellation(request).await;
        said.map(Response::into_inner)
    }
}
