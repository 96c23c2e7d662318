//! Gantt charts of roadmaps as SVG that reads well on a screen and on paper.
//!
//! Nothing is told by colour alone: what a side claims is hatched and half a disc, what both confirmed is solid and a
//! disc with a tick, critical is thick. Lengths are tenths of a millimetre, so that paper is as large as it says.

mod arrows;
mod axis;
mod legend;
mod page;
mod row;
mod shape;
mod signs;
mod text;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

use words::Words;

/// A roadmap to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// What it is called.
    pub(crate) title: String,
    /// What else there is to say of the whole, a line each.
    pub(crate) notes: Vec<String>,
    /// The first and the last day to show.
    pub(crate) days: (Date, Date),
    /// The last day of the roadmap's period, at which permanent measures end.
    pub(crate) period_end: Date,
    /// The day of the schedule, which is marked.
    pub(crate) today: Date,
    /// Whether it is called today.
    pub(crate) is_today: bool,
    /// The parties of the two sides.
    pub(crate) parties: [String; 2],
    /// Its measures, section by section.
    pub(crate) sections: Vec<Section>,
    /// The language of the chart's own words.
    pub(crate) words: &'static Words,
}

/// The measures of a section.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Its name; may be empty.
    pub(crate) name: String,
    /// Its measures.
    pub(crate) bars: Vec<Bar>,
}

/// A measure.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// Its number in the roadmap.
    pub(crate) number: i32,
    /// What it is called.
    pub(crate) title: String,
    /// The party and the leading body of each side that carries it out.
    pub(crate) executors: Vec<(String, String)>,
    /// The planned first day.
    pub(crate) start: Option<Date>,
    /// When it has to be done.
    pub(crate) due: Due,
    /// What the sides have said.
    pub(crate) state: State,
    /// The day on which a side says, or both, that it was done.
    pub(crate) done: Option<Date>,
    /// Whether the deadline is over and the measure is not done.
    pub(crate) overdue: bool,
    /// The earliest days by the schedule; nothing for what is not part of it.
    pub(crate) earliest: Option<(Date, Date)>,
    /// The latest last day, where there is slack.
    pub(crate) latest: Option<Date>,
    /// Whether it is on a critical path.
    pub(crate) critical: bool,
    /// What it depends on.
    pub(crate) follows: Vec<Link>,
    /// All of it in words, for who points at it.
    pub(crate) details: String,
}

/// What a measure depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// The place of the predecessor among all measures, in the order of the sections.
    pub(crate) place: usize,
    /// Whether the arrow begins at its end, and not at its start.
    pub(crate) from_finish: bool,
    /// Whether it leads to the start of the measure, and not to its end.
    pub(crate) to_start: bool,
    /// Whether it sets the earliest days of the measure on a critical path.
    pub(crate) critical: bool,
}

/// When a measure has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// By a day.
    Day(Date),
    /// By the end of a part of a year: its first and its last day.
    Span(Date, Date),
    /// As long as the roadmap lasts.
    Permanent,
}

impl Due {
    /// The last day in time, if there is one.
    pub(crate) fn last(self) -> Option<Date> {
        match self {
            Self::Day(day) | Self::Span(_, day) => Some(day),
            Self::Permanent => None,
        }
    }
}

/// What the two sides have said of a measure. The number of a side is its place in the roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Planned,
    /// That it has begun.
    Begun,
    /// A side that it is done; the other has not said anything on that.
    Claimed(usize),
    /// A side that it is done; the other wants more.
    Returned(usize),
    /// A side that it is done; the other that it is not.
    Disputed(usize),
    /// Both that it is done.
    Attested,
    /// Both that it is given up.
    Cancelled,
    /// Both sides put others in its place.
    Superseded,
    /// Both sides carried it over into a following roadmap.
    CarriedOver,
}

impl State {
    /// Whether both sides took it out of the plan.
    pub(crate) fn is_out(self) -> bool {
        matches!(self, Self::Cancelled | Self::Superseded | Self::CarriedOver)
    }
}

impl State {
    /// Whether a side, and no more than one, says that it is done.
    fn is_claimed(self) -> bool {
        matches!(
            self,
            Self::Claimed(_) | Self::Returned(_) | Self::Disputed(_)
        )
    }
}

/// What a chart is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Paper {
    /// One sheet as wide as A3 and as long as it takes.
    Screen,
    /// Pages of A4, landscape.
    A4,
    /// Pages of A3, landscape.
    A3,
}

/// Draws a chart, a document for each page.
#[must_use]
pub(crate) fn draw(chart: &Chart, paper: Paper) -> Vec<String> {
    let pages = page::Pages::of(chart, paper);
    (0..pages.count()).map(|page| pages.draw(page)).collect()
}
