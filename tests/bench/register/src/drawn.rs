//! Questions as people ask them: about a document that there is, by some of what it says. Each is another, so that their
//! slowest hundredth tells of values of every frequency, alone and together.

use accord_proto::{
    convert::to_date,
    documents::v1::{Document, LocalizedText},
};

use crate::{chance::Chance, made::Maker};

/// Orders of lists: most people take the usual one.
const ORDERS: [&str; 8] = [
    "",
    "",
    "",
    "",
    "signature_date",
    "signature_date desc",
    "type",
    "create_time desc",
];

/// The filter and the order of the `number`th list of a register of `size` documents.
pub(crate) fn list(maker: Maker, size: u64, number: u64) -> (String, &'static str) {
    let mut chance = Chance::new(11, number);
    let index = chance.below(size);
    let request = maker.document(index);
    let document = request.document.unwrap_or_default();
    let count = 1 + chance.below(3);
    let either = chance.happens(300);
    let part = |chance: &mut Chance| {
        let part = condition(chance, &document, &request.document_id);
        if chance.happens(100) {
            format!("NOT {part}")
        } else {
            part
        }
    };
    let parts: Vec<String> = (0..count).map(|_| part(&mut chance)).collect();
    let filter = parts.join(if either { " OR " } else { " AND " });
    (filter, chance.one(&ORDERS))
}

/// One comparison that the document fulfils.
fn condition(chance: &mut Chance, document: &Document, id: &str) -> String {
    let day = document
        .signature_date
        .as_ref()
        .and_then(|day| to_date(day).ok())
        .unwrap_or_default();
    match chance.below(12) {
        0 => format!("type = {}", document.r#type().as_str_name()),
        1 => format!("level = {}", document.level().as_str_name()),
        2 => format!("access_level = {}", document.access_level().as_str_name()),
        3 => format!("sectors:{}", first(&document.sectors)),
        4 => format!(
            "parties:{}",
            document.parties.last().map_or("UZ", String::as_str)
        ),
        5 => format!("signature_place = \"{}\"", document.signature_place),
        6 => format!("signature_date = {day}"),
        7 => format!("signature_date >= {day}"),
        8 => format!("title_known = {}", document.title_known()),
        9 => format!("document_id = \"{}*\"", id.get(..3).unwrap_or_default()),
        10 => "create_time > \"2021-12-06T00:00:00Z\"".to_owned(),
        _ => format!("titles:\"{}\"", word(chance, document)),
    }
}

fn first(words: &[String]) -> &str {
    words.first().map_or("trade", String::as_str)
}

/// The `number`th search in a register of `size` documents: one to three words of a title, or parts of them.
pub(crate) fn search(maker: Maker, size: u64, number: u64) -> String {
    let mut chance = Chance::new(13, number);
    let index = chance.below(size);
    let document = maker.document(index).document.unwrap_or_default();
    let count = 1 + chance.below(3);
    let words: Vec<String> = (0..count).map(|_| word(&mut chance, &document)).collect();
    words.join(" ")
}

/// A word of one of the titles, or a part of it.
fn word(chance: &mut Chance, document: &Document) -> String {
    let title = at(chance, &document.titles).map_or("", |title: &LocalizedText| &title.text);
    let words: Vec<&str> = title
        .split_whitespace()
        .filter(|word| word.chars().count() > 3)
        .collect();
    let word = at(chance, &words).copied().unwrap_or("trade");
    let length = word.chars().count() as u64;
    if chance.happens(600) {
        return word.to_owned();
    }
    let taken = 3 + chance.below(length - 2);
    let skipped = chance.below(length - taken + 1);
    let place = |count: u64| usize::try_from(count).unwrap_or_default();
    word.chars()
        .skip(place(skipped))
        .take(place(taken))
        .collect()
}

fn at<'a, T>(chance: &mut Chance, of: &'a [T]) -> Option<&'a T> {
    let index = chance.below(of.len() as u64);
    usize::try_from(index).ok().and_then(|index| of.get(index))
}
