//! How far the measures are that each region and each body carries out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    progress::{Figures, Told},
    side::Side,
};

/// A body of a party, as plans write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Body {
    /// The party.
    pub party: String,
    /// The body's name.
    pub name: String,
}

/// The figures of one body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyFigures {
    /// Of the measures that it leads.
    pub leading: Figures,
    /// Of those that it helps to carry out.
    pub co_executing: Figures,
}

/// The figures of those who carry measures out. A measure counts under each of them, once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bodies {
    /// Of measures with a body of each side, in the order of the sides.
    pub regions: [Figures; 2],
    /// Of each body.
    pub bodies: BTreeMap<Body, BodyFigures>,
}

impl Bodies {
    /// Adds up measures of a roadmap between two parties as they stood, against `on` for what is overdue.
    pub fn of<'a>(
        measures: impl IntoIterator<Item = &'a Told>,
        parties: [&str; 2],
        on: Date,
    ) -> Self {
        let mut found = Self::default();
        for measure in measures.into_iter().filter(|measure| !measure.deleted) {
            for executors in &measure.stakes.executors {
                for side in Side::BOTH {
                    if parties[side.index()] == executors.party {
                        found.regions[side.index()].add(measure, on);
                    }
                }
                let party = &executors.party;
                found
                    .body(party, &executors.lead_body)
                    .leading
                    .add(measure, on);
                for body in &executors.co_executing_bodies {
                    found.body(party, body).co_executing.add(measure, on);
                }
            }
        }
        found
    }

    fn body(&mut self, party: &str, name: &str) -> &mut BodyFigures {
        self.bodies
            .entry(Body {
                party: party.to_owned(),
                name: name.to_owned(),
            })
            .or_default()
    }

    /// Keeps the bodies with the most measures, at most `most`, and returns how many were left out.
    pub fn truncate(&mut self, most: usize) -> usize {
        let omitted = self.bodies.len().saturating_sub(most);
        if omitted > 0 {
            let count = |figures: &BodyFigures| {
                let counts = [figures.leading, figures.co_executing];
                counts.map(|figures| figures.agreed.count + figures.cancelled.count)
            };
            let mut counts: Vec<(i64, Body)> = self
                .bodies
                .iter()
                .map(|(body, figures)| (count(figures).into_iter().sum(), body.clone()))
                .collect();
            counts.sort_by(|(left, a), (right, b)| left.cmp(right).then_with(|| b.cmp(a)));
            for (_, body) in counts.into_iter().take(omitted) {
                self.bodies.remove(&body);
            }
        }
        omitted
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        completion::State,
        event::{Kind, Stakes},
        measure::Executors,
        progress::{Progress, Step, Tally},
    };

    fn measure(weight: i64, executors: Vec<Executors>) -> Told {
        let created = Step {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            kind: Kind::Created,
            side: Side::First,
            report_revision: None,
            state: State::Planned,
            stakes: Some(Stakes {
                section: String::new(),
                weight,
                last_day: date(2022, 6, 30),
                executors,
            }),
            completed_on: None,
        };
        Told::by(&[created]).unwrap().unwrap()
    }

    fn executors(party: &str, lead: &str, others: &[&str]) -> Executors {
        Executors {
            party: party.to_owned(),
            lead_body: lead.to_owned(),
            co_executing_bodies: others.iter().map(|body| (*body).to_owned()).collect(),
        }
    }

    fn named(found: &Bodies, party: &str, name: &str) -> (i64, i64) {
        let body = Body {
            party: party.to_owned(),
            name: name.to_owned(),
        };
        let figures = found.bodies[&body];
        (
            figures.leading.agreed.weight,
            figures.co_executing.agreed.weight,
        )
    }

    #[test]
    fn a_measure_counts_under_each_of_its_bodies() {
        let told = [
            measure(
                1,
                vec![
                    executors("UZ", "Roads", &["Transport"]),
                    executors("KZ", "Roads", &[]),
                ],
            ),
            measure(2, vec![executors("UZ", "Transport", &["Roads"])]),
            measure(4, vec![]),
        ];
        let found = Bodies::of(&told, ["UZ", "KZ"], date(2022, 5, 1));
        assert_eq!(named(&found, "UZ", "Roads"), (1, 2));
        assert_eq!(named(&found, "UZ", "Transport"), (2, 1));
        assert_eq!(named(&found, "KZ", "Roads"), (1, 0));
        let regions = found.regions.map(|region| region.agreed.weight);
        assert_eq!(regions, [3, 1]);
    }

    #[test]
    fn those_with_the_fewest_measures_are_left_out() {
        let told: Vec<Told> = ["c", "a", "b", "b", "c"]
            .into_iter()
            .map(|lead| measure(1, vec![executors("UZ", lead, &[])]))
            .collect();
        let mut found = Bodies::of(&told, ["UZ", "KZ"], date(2022, 5, 1));
        assert_eq!(found.truncate(3), 0);
        assert_eq!(found.truncate(2), 1);
        let left: Vec<&str> = found.bodies.keys().map(|body| body.name.as_str()).collect();
        assert_eq!(left, ["b", "c"]);
    }

    proptest! {
        #[test]
        fn leaders_of_one_side_add_up_to_its_region(
            leads in prop::collection::vec(("[abc]", 1..9_i64), 0..20),
        ) {
            let told: Vec<Told> = leads
                .iter()
                .map(|(lead, weight)| measure(*weight, vec![executors("UZ", lead, &["z"])]))
                .collect();
            let found = Bodies::of(&told, ["UZ", "KZ"], date(2022, 5, 1));
            let total = Progress::of(&told, date(2022, 5, 1)).total;
            let leading: i64 = found.bodies.values().map(|body| body.leading.agreed.weight).sum();
            prop_assert_eq!(leading, total.agreed.weight);
            prop_assert_eq!(found.regions[0], total);
            prop_assert_eq!(found.regions[1].agreed, Tally::default());
        }
    }
}
