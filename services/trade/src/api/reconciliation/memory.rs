//! Cells that have been worked out, for the next page.
//!
//! Which gaps are the largest is known only when all cells of a level have been worked out; pages that follow one
//! another would work out the same each time. What is kept is that of the last few questions, and only as long as the
//! log has no newer entry: then nothing that it was made of has changed, whatever replica answers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{api::convert::mirror::Placed, domain::release::Release};

/// How many cells are kept at most, of all questions together: some tens of megabytes.
const MAX_CELLS: usize = 30_000;

/// How many questions are kept at most.
const MAX_QUESTIONS: usize = 8;

/// What cells were worked out for: the newest entry of the log, and the question without its page.
pub(super) type Occasion = (i64, String);

/// All cells of a question, in order.
#[derive(Debug)]
pub(super) struct Cells {
    /// The cells, each with its name among them.
    pub(super) placed: Vec<(String, Placed)>,
    /// The releases that count.
    pub(super) releases: Vec<Release>,
}

/// The cells of each question, those that were asked for last at the end.
type Kept = VecDeque<(Occasion, Arc<Cells>)>;

/// The cells of the last questions; clones share them.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Memory {
    kept: Arc<Mutex<Kept>>,
}

impl Memory {
    /// Returns the cells of a question, if they are still there.
    pub(super) fn get(&self, occasion: &Occasion) -> Option<Arc<Cells>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(own, _)| own == occasion)?;
        let found = kept.remove(place)?;
        let cells = Arc::clone(&found.1);
        kept.push_back(found);
        Some(cells)
    }

    /// Keeps the cells of a question in place of those that have not been asked for the longest.
    pub(super) fn put(&self, occasion: Occasion, cells: Arc<Cells>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(own, _)| *own != occasion);
        kept.push_back((occasion, cells));
        let is_too_much = |kept: &Kept| {
            let cells: usize = kept.iter().map(|(_, cells)| cells.placed.len()).sum();
            kept.len() > MAX_QUESTIONS || cells > MAX_CELLS
        };
        while is_too_much(&kept) {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_questions_are_kept() {
        let memory = Memory::default();
        let cells = || {
            Arc::new(Cells {
                placed: Vec::new(),
                releases: Vec::new(),
            })
        };
        for head in 0..10 {
            memory.put((head, "chapters".to_owned()), cells());
        }
        assert!(memory.get(&(1, "chapters".to_owned())).is_none());
        assert!(memory.get(&(9, "chapters".to_owned())).is_some());
        assert!(memory.get(&(9, "headings".to_owned())).is_none());
    }

    #[test]
    fn pages_of_a_question_keep_it_while_others_come() {
        let memory = Memory::default();
        let cells = Arc::new(Cells {
            placed: Vec::new(),
            releases: Vec::new(),
        });
        let occasion = |head: usize| (i64::try_from(head).unwrap(), String::new());
        memory.put(occasion(0), Arc::clone(&cells));
        for head in 1..=2 * MAX_QUESTIONS {
            memory.put(occasion(head), Arc::clone(&cells));
            let kept = memory.get(&occasion(0)).unwrap();
            assert!(Arc::ptr_eq(&kept, &cells));
        }
        assert!(memory.get(&occasion(1)).is_none());
        assert!(memory.get(&occasion(2 * MAX_QUESTIONS)).is_some());
    }
}
