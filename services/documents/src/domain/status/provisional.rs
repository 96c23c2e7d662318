//! Provisional application, by those parties that agreed to it and have not ended it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    basis,
    facts::Facts,
    findings::{Findings, WarningCode},
};
use crate::domain::{Act, ActKind};

/// How many parties must take part for something to hold between parties at all.
pub(super) const QUORUM: usize = 2;

/// Returns since when at least two parties apply the document provisionally, if they do on the day.
pub(super) fn since(facts: &Facts<'_>, findings: &mut Findings) -> Option<Date> {
    let mut changes: Vec<(Date, bool, &Act)> = Vec::new();
    for act in facts.past() {
        match act.kind {
            ActKind::ProvisionalApplication => changes.push((act.effect(), true, act)),
            ActKind::ProvisionalApplicationEnd => match act.receipt {
                // A day that it names does not come before the others have the notice.
                Some(receipt) => {
                    let end = act.effective.map_or(receipt, |day| day.max(receipt));
                    changes.push((end, false, act));
                }
                None => {
                    let text = format!(
                        "{} gave notice that it ends provisional application; its receipt is not recorded.",
                        act.party
                    );
                    findings.warn(WarningCode::ReceiptNotRecorded, text, &[act]);
                }
            },
            _ => {}
        }
    }
    changes.retain(|(day, ..)| *day <= facts.day);
    changes.sort_by_key(|(day, begins, act)| (*day, act.date, !begins, &act.name));

    let mut applying = BTreeSet::new();
    let mut since = None;
    for (day, begins, act) in changes {
        let change = if begins {
            applying.insert(&act.party)
        } else {
            applying.remove(&act.party)
        };
        if change {
            let verb = if begins {
                "applies"
            } else {
                "no longer applies"
            };
            findings.step(
                Some(day),
                format!("{} {verb} it provisionally.", act.party),
                basis::PROVISIONAL,
                &[act],
            );
        }
        since = if applying.len() < QUORUM {
            None
        } else {
            since.or(Some(day))
        };
    }
    since
}
