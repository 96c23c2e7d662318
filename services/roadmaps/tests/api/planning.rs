//! Changes of plans, each said in a few lines.

use accord_proto::roadmaps::v1::{
    AcceptRebaselineRequest, AddMeasure, CarryOverMeasure, CarryOverMeasuresRequest, Deadline,
    DeclineRebaselineRequest, GetMeasureRequest, GetRoadmapRequest, Measure, PlanChange,
    ProposeRebaselineRequest, Rebaseline, RemoveMeasure, ReplanMeasure, Roadmap, SupersedeMeasure,
    WithdrawRebaselineRequest, deadline, plan_change::Change,
};
use tonic::{Response, Status};

use crate::world::{ROADMAP, World, date, measure};

/// What a call answers.
pub(crate) type Answered = Result<Rebaseline, Status>;

pub(crate) fn name(id: &str) -> String {
    format!("{ROADMAP}/measures/{id}")
}

pub(crate) fn by(year: i32, month: i32, day: i32) -> Option<Deadline> {
    Some(Deadline {
        form: date(year, month, day).map(deadline::Form::Date),
        last_day: None,
    })
}

fn change(change: Change) -> PlanChange {
    PlanChange {
        change: Some(change),
    }
}

pub(crate) fn add(id: &str) -> PlanChange {
    change(Change::Add(AddMeasure {
        measure_id: id.to_owned(),
        measure: Some(measure(id)),
    }))
}

/// Moves a measure's deadline.
pub(crate) fn delay(id: &str, deadline: Option<Deadline>) -> PlanChange {
    change(Change::Replan(ReplanMeasure {
        measure: Some(Measure {
            name: name(id),
            deadline,
            ..Measure::default()
        }),
        update_mask: None,
    }))
}

pub(crate) fn remove(id: &str) -> PlanChange {
    change(Change::Remove(RemoveMeasure { name: name(id) }))
}

pub(crate) fn supersede(id: &str, successor: &str) -> PlanChange {
    change(Change::Supersede(SupersedeMeasure {
        name: name(id),
        successor: name(successor),
    }))
}

/// Carries a measure over with a new deadline.
pub(crate) fn carry(id: &str, deadline: Option<Deadline>) -> CarryOverMeasure {
    CarryOverMeasure {
        name: name(id),
        measure: Some(Measure {
            deadline,
            ..Measure::default()
        }),
        ..CarryOverMeasure::default()
    }
}

pub(crate) fn propose(changes: Vec<PlanChange>) -> ProposeRebaselineRequest {
    ProposeRebaselineRequest {
        parent: ROADMAP.to_owned(),
        changes,
        reason: "Works began late".to_owned(),
        ..ProposeRebaselineRequest::default()
    }
}

pub(crate) fn accept(of: &Rebaseline) -> AcceptRebaselineRequest {
    AcceptRebaselineRequest {
        name: of.name.clone(),
        revision: of.revision,
        ..AcceptRebaselineRequest::default()
    }
}

impl World {
    /// An adopted roadmap with measures of these ids.
    pub(crate) async fn adopted_with(&self, ids: &[&str]) -> Roadmap {
        self.draft().await;
        for id in ids {
            self.measure(id, measure(id)).await;
        }
        self.adopt(ROADMAP).await
    }

    pub(crate) async fn propose(&self, party: &str, changes: Vec<PlanChange>) -> Answered {
        let mut client = self.plans(party);
        let answer = client.propose_rebaseline(propose(changes)).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn accept_plan(&self, party: &str, of: &Rebaseline) -> Answered {
        let answer = self.plans(party).accept_rebaseline(accept(of)).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn decline_plan(&self, party: &str, of: &Rebaseline) -> Answered {
        let request = DeclineRebaselineRequest {
            name: of.name.clone(),
            revision: of.revision,
            reason: "Too late".to_owned(),
            ..DeclineRebaselineRequest::default()
        };
        let answer = self.plans(party).decline_rebaseline(request).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn withdraw_plan(&self, party: &str, of: &Rebaseline) -> Answered {
        let request = WithdrawRebaselineRequest {
            name: of.name.clone(),
            revision: of.revision,
            reason: "Funds were found".to_owned(),
            ..WithdrawRebaselineRequest::default()
        };
        let answer = self.plans(party).withdraw_rebaseline(request).await;
        answer.map(Response::into_inner)
    }

    /// One side proposes changes and the other accepts them.
    pub(crate) async fn replan(&self, changes: Vec<PlanChange>) -> Rebaseline {
        let proposed = self.propose("UZ", changes).await.unwrap();
        self.accept_plan("KZ", &proposed).await.unwrap()
    }

    pub(crate) async fn carry_over(
        &self,
        party: &str,
        roadmap: &str,
        measures: Vec<CarryOverMeasure>,
    ) -> Answered {
        let request = CarryOverMeasuresRequest {
            parent: ROADMAP.to_owned(),
            roadmap: roadmap.to_owned(),
            measures,
            reason: "Not done in the period".to_owned(),
            ..CarryOverMeasuresRequest::default()
        };
        let answer = self.plans(party).carry_over_measures(request).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn get(&self, name: &str) -> Measure {
        let request = GetMeasureRequest {
            name: name.to_owned(),
        };
        let mut client = self.measures("KZ");
        client.get_measure(request).await.unwrap().into_inner()
    }

    pub(crate) async fn roadmap(&self, name: &str) -> Roadmap {
        let request = GetRoadmapRequest {
            name: name.to_owned(),
            ..GetRoadmapRequest::default()
        };
        let mut client = self.roadmaps("KZ");
        client.get_roadmap(request).await.unwrap().into_inner()
    }
}
