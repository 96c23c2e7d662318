//! Gaps that close one another when they are added up.

/// Returns, for each of several gaps, the part of it that closes in their sum: gaps of the sign that is outweighed
/// close wholly, those of the other sign in proportion to their size, odd cents by largest remainders.
///
/// The closing parts add up to zero, and none is larger than its gap or of another sign.
#[must_use]
pub fn closing(gaps: &[i64]) -> Vec<i64> {
    let sum = |sign: i64| -> i128 {
        let same = gaps.iter().filter(|gap| gap.signum() == sign);
        same.map(|gap| i128::from(*gap).abs()).sum()
    };
    let (above, below) = (sum(1), sum(-1));
    let outweighing = if above >= below { 1 } else { -1 };
    let (larger, smaller) = (above.max(below), above.min(below));
    let mut parts: Vec<(i64, i128)> = gaps
        .iter()
        .map(|gap| {
            if gap.signum() != outweighing || larger == 0 {
                return (*gap, 0);
            }
            // What closes is at most the gap, so it fits.
            let exact = i128::from(*gap).abs() * smaller;
            let whole = i64::try_from(exact / larger).unwrap_or_default();
            (whole * outweighing, exact % larger)
        })
        .collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(parts[*index].1));
    let mut left: i128 = parts.iter().map(|(part, _)| i128::from(*part)).sum();
    for index in order {
        if left == 0 {
            break;
        }
        parts[index].0 += outweighing;
        left += i128::from(outweighing);
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_outweighed_closes_wholly_and_the_rest_in_proportion() {
        assert_eq!(closing(&[100, -40]), [40, -40]);
        assert_eq!(closing(&[60, 30, -45]), [30, 15, -45]);
        assert_eq!(closing(&[10, 10, 10, -10]), [4, 3, 3, -10]);
        assert_eq!(closing(&[5, 7]), [0, 0]);
        assert_eq!(closing(&[-5, 0]), [0, 0]);
        assert!(closing(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn closing_parts_add_up_to_nothing_and_stay_within_their_gaps(
            gaps in prop::collection::vec(-1_000_000_000_000_000_000_i64..=1_000_000_000_000_000_000, 0..40)
        ) {
            let parts = closing(&gaps);
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), 0);
            let total: i128 = gaps.iter().map(|gap| i128::from(*gap)).sum();
            for (gap, part) in gaps.iter().zip(&parts) {
                prop_assert!(part.abs() <= gap.abs() && part * gap.signum() >= 0);
                // What does not close is on the side that outweighs.
                prop_assert!(i128::from((gap - part).signum()) * total.signum() >= 0);
            }
        }
    }
}
