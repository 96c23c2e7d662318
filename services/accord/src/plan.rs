//! Plans of measures as ministries keep them: a table in a workbook or a CSV file, with merged cells, several measures in a
//! cell, sections between the rows and deadlines in words.
//!
//! `grid` reads the table, `header` finds what its columns hold, `when` reads deadlines, and `rows` makes measures of it.

pub mod columns;
pub mod commitments;
pub mod grid;
pub mod header;
pub mod indicators;
pub mod order;
pub mod predecessors;
pub mod rows;
pub mod sameness;
pub mod when;

use std::fmt;

/// A side of a roadmap, and how it is recognised in the name of a column.
#[derive(Clone, Debug)]
pub struct Side {
    /// The party, an ISO 3166-1 code.
    pub party: String,
    /// How words begin that mean it.
    pub stems: Vec<String>,
}

/// How words begin that mean a state, in the languages of the plans.
const STATES: &[(&str, &[&str])] = &[
    ("UZ", &["узбек", "ўзбек", "өзбек", "o'zbek", "uzbek", "уз"]),
    (
        "KZ",
        &["казах", "қазақ", "қозоғ", "qozog'", "kazakh", "каз"],
    ),
    ("KG", &["кыргыз", "киргиз", "қирғиз", "qirg'iz", "kyrgyz"]),
    ("TJ", &["таджик", "тожик", "tojik", "tajik"]),
    ("TM", &["туркмен", "turkman", "turkmen"]),
];

impl Side {
    /// A side by its party and the name of its region.
    #[must_use]
    pub fn new(party: &str, region: &str) -> Self {
        let of_state = STATES
            .iter()
            .filter(|(code, _)| *code == party)
            .flat_map(|(_, stems)| stems.iter().map(|stem| (*stem).to_owned()));
        let mut stems: Vec<String> = of_state.collect();
        stems.push(party.to_lowercase());
        // The first word of a region, without its ending: `Ташкентская область`, `Turkestan Region`.
        let region = header::folded(region);
        let word = region.split(' ').next().unwrap_or_default();
        let count = word.chars().count();
        if count >= 6 {
            stems.push(word.chars().take((count - 3).max(5)).collect());
        }
        Self {
            party: party.to_owned(),
            stems,
        }
    }
}

/// What a column of a plan holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The number of a row, as plans count them.
    Number,
    /// The place of the measure in its roadmap.
    OrderNumber,
    /// The id of the measure.
    Id,
    /// The section.
    Section,
    /// The title in a language.
    Title(String),
    /// The expected result.
    ExpectedResult,
    /// The form of completion.
    FormOfCompletion,
    /// The executing bodies of a party, the leading one first.
    Bodies(String),
    /// The leading body of a party.
    LeadBody(String),
    /// The co-executing bodies of a party.
    CoExecutingBodies(String),
    /// The first day.
    StartDate,
    /// The deadline.
    Deadline,
    /// The weight.
    Weight,
    /// What it depends on.
    Predecessors,
    /// How many working days it takes.
    WorkingDays,
    /// A note in a language.
    Note(String),
    /// The indicators.
    Indicators,
    /// What it fulfils.
    Commitments,
    /// Nothing that a plan says.
    Ignored,
}

/// The names of fields, for a help text.
pub const FIELDS: &str = "id, number, order_number, section, title:LANGUAGE, expected_result, form_of_completion, bodies:PARTY, \
     lead_body:PARTY, co_executing_bodies:PARTY, start_date, deadline, weight, predecessors, working_days, note:LANGUAGE, indicators, commitments";

/// As much of a cell as an error shows: nobody reads more, and a cell may have millions of characters.
const SHOWN_CHARS: usize = 100;

/// What an error shows of a text.
#[must_use]
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
    }
}

impl Field {
    /// Reads the name of a field, as files of this program have it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let simple = match name {
            "" => Some(Self::Ignored),
            "order_number" => Some(Self::OrderNumber),
            "number" => Some(Self::Number),
            "id" => Some(Self::Id),
            "section" => Some(Self::Section),
            "expected_result" => Some(Self::ExpectedResult),
            "form_of_completion" => Some(Self::FormOfCompletion),
            "start_date" => Some(Self::StartDate),
            "deadline" => Some(Self::Deadline),
            "weight" => Some(Self::Weight),
            "predecessors" => Some(Self::Predecessors),
            "working_days" => Some(Self::WorkingDays),
            "indicators" => Some(Self::Indicators),
            "commitments" => Some(Self::Commitments),
            _ => None,
        };
        if simple.is_some() {
            return simple;
        }
        let (kind, of) = name.split_once(':')?;
        let of = of.trim().to_owned();
        match kind {
            _ if of.is_empty() => None,
            "title" => Some(Self::Title(of)),
            "note" => Some(Self::Note(of)),
            "bodies" => Some(Self::Bodies(of)),
            "lead_body" => Some(Self::LeadBody(of)),
            "co_executing_bodies" => Some(Self::CoExecutingBodies(of)),
            "status" => Some(Self::Ignored),
            _ => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number => f.write_str("number"),
            Self::OrderNumber => f.write_str("order_number"),
            Self::Id => f.write_str("id"),
            Self::Section => f.write_str("section"),
            Self::Title(language) => write!(f, "title:{language}"),
            Self::ExpectedResult => f.write_str("expected_result"),
            Self::FormOfCompletion => f.write_str("form_of_completion"),
            Self::Bodies(party) => write!(f, "bodies:{party}"),
            Self::LeadBody(party) => write!(f, "lead_body:{party}"),
            Self::CoExecutingBodies(party) => write!(f, "co_executing_bodies:{party}"),
            Self::StartDate => f.write_str("start_date"),
            Self::Deadline => f.write_str("deadline"),
            Self::Weight => f.write_str("weight"),
            Self::Predecessors => f.write_str("predecessors"),
            Self::WorkingDays => f.write_str("working_days"),
            Self::Note(language) => write!(f, "note:{language}"),
            Self::Indicators => f.write_str("indicators"),
            Self::Commitments => f.write_str("commitments"),
            Self::Ignored => f.write_str("nothing"),
        }
    }
}
