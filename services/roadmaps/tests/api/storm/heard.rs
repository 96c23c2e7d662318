//! What the events of a measure add up to.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{
    MeasureEvent, MeasureEventKind as Kind, MeasureState, Rebaseline, RebaselineState,
};

/// What the events of a measure say, by rules written apart from the service's.
#[derive(Default)]
pub(super) struct Heard {
    reports: i64,
    /// Whose report stands, and its revision.
    pub(super) standing: Option<(String, i64)>,
    proposer: Option<String>,
    /// What the last event led to.
    pub(super) state: MeasureState,
}

impl Heard {
    /// Hears the next event.
    pub(super) fn hear(
        &mut self,
        event: &MeasureEvent,
        rebaselines: &BTreeMap<String, Rebaseline>,
    ) {
        let party = event.party.clone();
        let ended = [
            MeasureState::Complete,
            MeasureState::Cancelled,
            MeasureState::Superseded,
            MeasureState::CarriedOver,
        ];
        assert!(!ended.contains(&self.state), "{event:?} after an end");
        let on_others_report = || {
            let (reporter, revision) = self.standing.clone().expect("a word on no report");
            assert_ne!(reporter, party, "a side's word on its own report");
            assert_eq!(
                revision, event.report_revision,
                "a word on another revision"
            );
        };
        let both_agreed = || {
            let rebaseline = &rebaselines[&event.rebaseline];
            assert_eq!(rebaseline.state(), RebaselineState::Accepted);
            assert_ne!(rebaseline.party, party, "agreed by one side");
            assert_ne!(self.state, MeasureState::Reported, "under a waiting report");
        };
        match event.kind() {
            Kind::Created => assert_eq!(event.number, 1),
            Kind::Started => assert_eq!(self.state, MeasureState::Planned),
            Kind::Reported => {
                if let Some((reporter, _)) = &self.standing {
                    assert_eq!(reporter, &party, "a report over the other side's");
                }
                self.reports += 1;
                assert_eq!(event.report_revision, self.reports);
                self.standing = Some((party, self.reports));
            }
            Kind::ReportWithdrawn => {
                let own = (party, event.report_revision);
                assert_eq!(self.standing.take(), Some(own));
            }
            Kind::Confirmed => {
                on_others_report();
                self.proposer = None;
            }
            Kind::Returned | Kind::Disputed => on_others_report(),
            Kind::CancellationProposed => {
                assert_eq!(self.proposer.replace(party), None, "proposed twice");
            }
            Kind::CancellationAccepted => {
                let proposer = self.proposer.clone().expect("accepted unproposed");
                assert_ne!(proposer, party, "cancelled by one side");
            }
            Kind::CancellationDeclined => assert!(self.proposer.take().is_some()),
            Kind::Replanned => both_agreed(),
            Kind::Removed | Kind::Superseded | Kind::CarriedOver => {
                both_agreed();
                self.proposer = None;
            }
            kind => panic!("{kind:?} of an adopted measure"),
        }
        self.state = event.state();
        assert_eq!(
            self.state == MeasureState::Complete,
            event.kind() == Kind::Confirmed
        );
    }
}
