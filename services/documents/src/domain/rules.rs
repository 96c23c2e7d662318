//! The clauses on entry into force and on duration: a closed set of rules.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Offset, Source};

/// The clause on entry into force, and what an official source states beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryClause {
    /// The rule.
    pub rule: EntryRule,
    /// The date that an official source states.
    pub stated_date: Option<Date>,
    /// That source.
    pub stated_date_source: Option<Source>,
    /// The article that holds the clause; empty when not known.
    pub clause: String,
}

/// When a document enters into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryRule {
    /// When the last party signs.
    OnSignature,
    /// On a named day.
    OnDate(Date),
    /// After every party has received every other's notification.
    AfterLastNotification(Option<Offset>),
    /// After the exchange of instruments.
    AfterExchange(Option<Offset>),
    /// After the other parties have received this party's notification.
    AfterNotificationBy(String, Option<Offset>),
    /// When the document of this name enters into force.
    WithDocument(String),
    /// The clause has not been read.
    Unknown,
}

impl EntryRule {
    /// Says the rule in one English sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let after = |offset: &Option<Offset>, trigger: &str| match offset {
            None => format!("on {trigger}"),
            Some(offset) => format!("{} {trigger}", offset.phrase()),
        };
        let when = match self {
            Self::OnSignature => "on signature by the last party".to_owned(),
            Self::OnDate(date) => format!("on {date}"),
            Self::AfterLastNotification(offset) => after(
                offset,
                "the receipt of the last notification that the domestic procedures are complete",
            ),
            Self::AfterExchange(offset) => after(offset, "the exchange of instruments"),
            Self::AfterNotificationBy(party, offset) => after(
                offset,
                &format!("the receipt of the notification by {party}"),
            ),
            Self::WithDocument(name) => format!("when {name} enters into force"),
            Self::Unknown => return "The clause on entry into force has not been read.".to_owned(),
        };
        format!("It enters into force {when}.")
    }
}

/// How long a document stays in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationRule {
    /// Until it is ended.
    Indefinite {
        /// How long after its receipt a notice of denunciation takes effect, if the clause says.
        notice_months: Option<i32>,
    },
    /// For this many months.
    Months(i32),
    /// Until this day, the last in force.
    Until(Date),
    /// For a term, and then for further terms unless a party gives notice.
    Renewable {
        /// The first term.
        initial_months: i32,
        /// Each further term.
        renewal_months: i32,
        /// How long before the end of a term a notice must be received.
        notice_months: i32,
    },
    /// The clause has not been read.
    Unknown,
}

impl DurationRule {
    /// Says the rule in one English sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Indefinite {
                notice_months: None,
            } => "It stays in force indefinitely; the clause names no time of notice.".to_owned(),
            Self::Indefinite {
                notice_months: Some(months),
            } => format!(
                "It stays in force until {months} months after a party's notice of denunciation is received."
            ),
            Self::Months(months) => format!("It stays in force for {months} months."),
            Self::Until(date) => format!("It stays in force until {date}."),
            Self::Renewable {
                initial_months,
                renewal_months,
                notice_months,
            } => format!(
                "It stays in force for {initial_months} months, then for {renewal_months} months at a time unless a party's notice \
                 is received {notice_months} months before the end of a term."
            ),
            Self::Unknown => "The clause on duration has not been read.".to_owned(),
        }
    }
}
