//! Which column of a table holds what: by the names that plans give their columns, or by what the caller says.
//!
//! Names are recognised in Russian, Uzbek, Kazakh and English by what words begin with. A name that two fields would fit,
//! or two columns for one field, are not chosen between: the caller says which is meant.

mod names;

use names::{Kind, NAMES, NUMBERS, OTHERS};

use super::grid::{Grid, Row};
use super::{Field, Side, shown};

/// The header is looked for in so many rows.
const SEARCHED_ROWS: usize = 40;

/// The header of a table.
#[derive(Debug)]
pub struct Header {
    /// The field of each column that has one.
    pub columns: Vec<Column>,
    /// The names of columns that are not taken, with their numbers from 1.
    pub ignored: Vec<(usize, String)>,
    /// The row on which it begins.
    pub line: u64,
    /// The index of the first row after the header.
    pub first_row: usize,
    /// Whether the table is one of this program's own: one row is one measure, and its cells hold what they hold to the letter.
    pub is_own: bool,
}

/// A column that is taken.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its number from 0.
    pub index: usize,
    /// Its name in the header.
    pub name: String,
    /// What it holds.
    pub field: Field,
}

/// Finds the header of a table. `chosen` are names that the caller gave a field; `language` is that of titles.
pub fn find(
    grid: &Grid,
    sides: &[Side],
    chosen: &[(String, Field)],
    language: &str,
) -> Result<Header, String> {
    for (index, row) in grid.rows.iter().enumerate().take(SEARCHED_ROWS) {
        // What goes over the whole table is its title.
        let (names, height) = names(grid, index, row);
        let recognised: Vec<Recognised> = names
            .iter()
            .map(|name| recognise(name, sides, chosen, language))
            .collect();
        let has = |wanted: &dyn Fn(&Field) -> bool| {
            recognised
                .iter()
                .any(|one| matches!(one, Recognised::As(field) if wanted(field)))
        };
        let is_header = has(&|field| matches!(field, Field::Title(_)))
            && has(&|field| matches!(field, Field::Deadline));
        if is_header {
            return header(names, recognised, (row.line, index + height), chosen);
        }
    }
    Err(format!(
        "no header was found in the first {SEARCHED_ROWS} rows: it needs a column of measures and one of deadlines\n  \
         hint: --map 'NAME IN THE HEADER=title:ru' --map 'OTHER NAME=deadline' says which they are"
    ))
}

/// What the name of a column says.
#[derive(Clone, Debug)]
enum Recognised {
    As(Field),
    LeftAlone,
    Nothing,
    Unclear(String),
}

fn header(
    names: Vec<String>,
    recognised: Vec<Recognised>,
    (line, first_row): (u64, usize),
    chosen: &[(String, Field)],
) -> Result<Header, String> {
    let mut columns: Vec<Column> = Vec::new();
    let mut ignored = Vec::new();
    let mut unclear = Vec::new();
    for (given, field) in chosen {
        if !names.iter().any(|name| same(name, given)) {
            unclear.push(format!("there is no column \"{given}\" for {field}"));
        }
    }
    for (index, (name, recognised)) in names.into_iter().zip(recognised).enumerate() {
        let name = shown(&name);
        match recognised {
            Recognised::LeftAlone => {}
            Recognised::Nothing => ignored.push((index + 1, name)),
            Recognised::Unclear(why) => {
                unclear.push(format!("column {} \"{name}\": {why}", index + 1));
            }
            Recognised::As(field) => {
                if let Some(other) = columns.iter().find(|column| column.field == field) {
                    unclear.push(format!(
                        "columns {} \"{}\" and {} \"{name}\" would both be {field}",
                        other.index + 1,
                        other.name,
                        index + 1
                    ));
                } else {
                    columns.push(Column { index, name, field });
                }
            }
        }
    }
    if unclear.is_empty() {
        let is_own = columns.iter().any(|column| column.field == Field::Id)
            && columns
                .iter()
                .all(|column| Field::parse(&column.name).as_ref() == Some(&column.field));
        Ok(Header {
            columns,
            ignored,
            line,
            first_row,
            is_own,
        })
    } else {
        let unclear = unclear.join("\n  ");
        Err(format!(
            "the header is not clear:\n  {unclear}\n  hint: --map 'NAME=FIELD' says what a column holds, --map 'NAME=' leaves it out"
        ))
    }
}

/// The names of the columns of a header that begins in a row, and over how many rows it goes: a name over several columns
/// has the names of each below it.
fn names(grid: &Grid, index: usize, row: &Row) -> (Vec<String>, usize) {
    let mut names: Vec<String> = row
        .cells
        .iter()
        .map(|cell| one_line(&cell.text()))
        .collect();
    let is_parted = row.cells.iter().any(|cell| {
        cell.block
            .is_some_and(|block| block.width() > 1 && block.height() == 1)
    });
    let is_whole = row.cells.iter().all(|cell| {
        let first = row.cells.first().and_then(|first| first.block);
        cell.block.is_some() && cell.block == first
    });
    let mut height = 1;
    if is_parted
        && !is_whole
        && let Some(below) = grid.rows.get(index + 1)
    {
        for (column, name) in names.iter_mut().enumerate() {
            let own = row.cell(column).block;
            let text = one_line(&below.cell(column).text());
            let goes_on = own.is_some() && own == below.cell(column).block;
            if !goes_on && !text.is_empty() && text != *name {
                *name = format!("{name} {text}").trim().to_owned();
            }
        }
        height = 2;
    }
    (names, height)
}

fn recognise(name: &str, sides: &[Side], chosen: &[(String, Field)], language: &str) -> Recognised {
    if let Some((_, field)) = chosen.iter().find(|(given, _)| same(given, name)) {
        return match field {
            Field::Ignored => Recognised::LeftAlone,
            field => Recognised::As(field.clone()),
        };
    }
    match Field::parse(name) {
        // What became of a measure, in a file of this program.
        Some(Field::Ignored) => return Recognised::LeftAlone,
        Some(field) => return Recognised::As(field),
        None => {}
    }
    let name = folded(name);
    if NUMBERS.contains(&name.as_str()) {
        return Recognised::As(Field::Number);
    }
    let words: Vec<&str> = name
        .split(|sign: char| !sign.is_alphanumeric() && sign != '\'' && sign != '-')
        .filter(|word| !word.is_empty())
        .collect();
    let begins = |stems: &[&str]| {
        words
            .iter()
            .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    };
    let co = begins(OTHERS);
    let mut kinds: Vec<Kind> = NAMES
        .iter()
        .filter(|(stems, _)| begins(stems))
        .map(|(_, kind)| *kind)
        .collect();
    if co && !kinds.contains(&Kind::Bodies) {
        kinds.push(Kind::Bodies);
    }
    // `Форма реализации мероприятия`, `Срок исполнения мероприятия`: measures are what is spoken of.
    if kinds.len() > 1 {
        kinds.retain(|kind| *kind != Kind::Title);
    }
    // `Форма и ожидаемый результат` stays unclear; `Сроки начала` is a start.
    if kinds.contains(&Kind::Start) {
        kinds.retain(|kind| *kind != Kind::Deadline);
    }
    let [kind] = kinds.as_slice() else {
        return match kinds.as_slice() {
            [] => Recognised::Nothing,
            _ => Recognised::Unclear("may be one of several fields".to_owned()),
        };
    };
    Recognised::As(match kind {
        Kind::Section => Field::Section,
        Kind::Title => Field::Title(language.to_owned()),
        Kind::Result => Field::ExpectedResult,
        Kind::Form => Field::FormOfCompletion,
        Kind::Deadline => Field::Deadline,
        Kind::Start => Field::StartDate,
        Kind::Weight => Field::Weight,
        Kind::Note => Field::Note(language.to_owned()),
        Kind::Bodies => match side(&words, sides) {
            Some(party) if co => Field::CoExecutingBodies(party),
            Some(party) => Field::Bodies(party),
            None => {
                let parties: Vec<&str> = sides.iter().map(|side| side.party.as_str()).collect();
                return Recognised::Unclear(format!(
                    "does not say whose bodies they are; --map 'NAME=bodies:{}' does",
                    parties.join("' or 'NAME=bodies:")
                ));
            }
        },
    })
}

/// The side that a name speaks of.
fn side(words: &[&str], sides: &[Side]) -> Option<String> {
    let mut found = sides.iter().filter(|side| {
        side.stems
            .iter()
            .any(|stem| words.iter().any(|word| word.starts_with(stem.as_str())))
    });
    let first = found.next()?;
    found.next().is_none().then(|| first.party.clone())
}

fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case, one apostrophe for all.
pub(super) fn folded(text: &str) -> String {
    one_line(text)
        .to_lowercase()
        .chars()
        .map(|sign| match sign {
            'ʻ' | 'ʼ' | '‘' | '’' | '`' => '\'',
            'ё' => 'е',
            other => other,
        })
        .collect()
}
