//! Search: how words are compared, weighed and kept apart by who may find them. Pure.

pub mod fold;
pub mod hyphens;
pub mod impact;
pub mod lane;
pub mod matching;
pub mod part;
pub mod spelling;
pub mod title_words;
pub mod words;

#[cfg(test)]
mod tests;
