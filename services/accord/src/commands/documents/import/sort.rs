//! The order in which documents are registered: what one refers to comes before it.

/// What came out of following references.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// The numbers of all items; each stands after those that it refers to, where there is no circle.
    pub(super) order: Vec<usize>,
    /// The circles that were found, each from its first item round to its last.
    pub(super) circles: Vec<Vec<usize>>,
}

/// Follows the references of items, which are the numbers of other items; a reference to the item itself does not count.
///
/// Items that do not refer to each other stay in their order. The last item of a circle is the one whose reference to the first
/// has to wait.
pub(super) fn sort(references: &[Vec<usize>]) -> Sorted {
    let mut sorted = Sorted::default();
    let mut seen = vec![Seen::Not; references.len()];
    for start in 0..references.len() {
        if seen[start] != Seen::Not {
            continue;
        }
        seen[start] = Seen::Open;
        let mut path = vec![(start, 0)];
        while let Some((item, next)) = path.last_mut() {
            let item = *item;
            let Some(&target) = references[item].get(*next) else {
                seen[item] = Seen::Done;
                sorted.order.push(item);
                path.pop();
                continue;
            };
            *next += 1;
            match seen[target] {
                Seen::Not => {
                    seen[target] = Seen::Open;
                    path.push((target, 0));
                }
                Seen::Open if target != item => {
                    let items = path.iter().map(|(item, _)| *item);
                    sorted
                        .circles
                        .push(items.skip_while(|item| *item != target).collect());
                }
                Seen::Open | Seen::Done => {}
            }
        }
    }
    sorted
}

/// Whether an item has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// It is on the path that is followed now.
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_referred_to_comes_first() {
        let sorted = sort(&[vec![2], vec![], vec![1], vec![3]]);
        assert_eq!(sorted.order, [1, 2, 0, 3]);
        assert!(sorted.circles.is_empty());
    }

    #[test]
    fn a_circle_is_told_from_its_first_item_to_its_last() {
        let sorted = sort(&[vec![1], vec![2], vec![1, 0]]);
        assert_eq!(sorted.circles, [vec![1, 2], vec![0, 1, 2]]);
        assert_eq!(sorted.order, [2, 1, 0]);
    }

    proptest! {
        #[test]
        fn only_references_of_circles_point_forward(references in proptest::collection::vec(proptest::collection::vec(0_usize..12, 0..4), 12)) {
            let sorted = sort(&references);
            let mut all = sorted.order.clone();
            all.sort_unstable();
            prop_assert_eq!(all, (0..12).collect::<Vec<_>>());
            let position = |item: usize| sorted.order.iter().position(|other| *other == item).unwrap();
            for (item, targets) in references.iter().enumerate() {
                for &target in targets.iter().filter(|target| **target != item) {
                    let is_late = sorted.circles.iter().any(|circle| circle.last() == Some(&item) && circle.first() == Some(&target));
                    prop_assert!(is_late || position(target) < position(item));
                }
            }
        }
    }
}
