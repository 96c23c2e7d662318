//! Clauses of one document that cannot hold together: `RULES_CONTRADICT`.
//!
//! Only what no reading can reconcile is refused. A day of entry into force before the signature is not: such
//! clauses exist, and the status says from when they bind. Nor is a stated date, which is what a source says.

use aip::Violations;
use jiff::civil::Date;

use crate::domain::{DurationRule, EntryClause, EntryRule};

/// Finds the clauses that contradict each other or the day of signature.
pub(super) fn find(
    entry: Option<&EntryClause>,
    duration: Option<&DurationRule>,
    signature: Option<Date>,
    found: &mut Violations,
) {
    match duration {
        Some(DurationRule::Until(end)) => {
            let named = match entry.map(|clause| &clause.rule) {
                Some(EntryRule::OnDate(day)) => Some((*day, "the entry into force")),
                _ => None,
            };
            let signed = signature.map(|day| (day, "the signature"));
            for (day, what) in named.into_iter().chain(signed) {
                if *end < day {
                    let text = format!("ends before {what} on {day}");
                    found.push("duration.fixed.end_date", "RULES_CONTRADICT", text);
                }
            }
        }
        Some(DurationRule::Renewable {
            initial_months,
            renewal_months,
            notice_months,
        }) if notice_months > initial_months.max(renewal_months) => {
            let longest = initial_months.max(renewal_months);
            let text = format!(
                "is longer than any term, {longest} months: no notice in a term could stop its renewal"
            );
            found.push("duration.renewable.notice_months", "RULES_CONTRADICT", text);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn reasons(
        rule: EntryRule,
        duration: &DurationRule,
        signature: Option<Date>,
    ) -> Vec<(String, String)> {
        let clause = EntryClause {
            rule,
            stated_date: None,
            stated_date_source: None,
            clause: String::new(),
        };
        let mut found = Violations::new();
        find(Some(&clause), Some(duration), signature, &mut found);
        let Err(violations) = found.finish() else {
            return Vec::new();
        };
        let found = violations.iter();
        found
            .map(|violation| (violation.field.clone(), violation.description.clone()))
            .collect()
    }

    #[test]
    fn an_end_before_the_beginning_contradicts() {
        let until = DurationRule::Until(date(2023, 12, 31));
        let on = |year| EntryRule::OnDate(date(year, 1, 1));
        assert_eq!(reasons(on(2024), &until, None).len(), 1);
        assert_eq!(reasons(on(2023), &until, Some(date(2023, 12, 31))), []);
        let both = reasons(on(2024), &until, Some(date(2024, 2, 1)));
        assert_eq!(both.len(), 2);
        assert_eq!(both[1].1, "ends before the signature on 2024-02-01");
    }

    #[test]
    fn a_notice_longer_than_every_term_contradicts() {
        let renewable = |initial_months, renewal_months, notice_months| DurationRule::Renewable {
            initial_months,
            renewal_months,
            notice_months,
        };
        let on_signature = EntryRule::OnSignature;
        assert_eq!(
            reasons(on_signature.clone(), &renewable(12, 12, 13), None).len(),
            1
        );
        assert_eq!(
            reasons(on_signature.clone(), &renewable(12, 12, 12), None),
            []
        );
        assert_eq!(reasons(on_signature, &renewable(60, 12, 18), None), []);
    }
}
