//! Rows of whole numbers and words, read as one text: drivers hand over every row by itself, which takes several times as long as
//! finding it.

use aip::Sql;
use storage::{Error, Tx};

/// Makes a query for `columns` one for a single text with all of its rows, in no order.
pub(super) fn pack<const N: usize>(rows: Sql, columns: [&str; N]) -> Sql {
    let numbers = columns.map(|column| format!("CAST(packed.{column} AS TEXT)"));
    Sql {
        text: format!(
            "SELECT string_agg({}, ' ') FROM ({}) packed",
            numbers.join(" || ' ' || "),
            rows.text
        ),
        args: rows.args,
    }
}

/// Reads the rows of a packed query.
pub(super) async fn read<const N: usize>(tx: &mut Tx, packed: Sql) -> Result<Vec<[i64; N]>, Error> {
    unpack(&text(tx, packed).await?).ok_or_else(otherwise)
}

/// Reads the rows of a packed query some columns of which are no numbers, and have no spaces and are not empty.
pub(super) async fn text(tx: &mut Tx, packed: Sql) -> Result<String, Error> {
    let (text,): (Option<String>,) = tx.one(packed, vec![]).await?;
    Ok(text.unwrap_or_default())
}

/// What is said of a text that is not of rows.
pub(super) fn otherwise() -> Error {
    Error::Engine("the engine packed rows in another way".to_owned())
}

fn unpack<const N: usize>(text: &str) -> Option<Vec<[i64; N]>> {
    let mut rows = Vec::new();
    let mut row = [0; N];
    let mut filled = 0;
    for number in text.split_ascii_whitespace() {
        *row.get_mut(filled)? = number.parse().ok()?;
        filled += 1;
        if filled == N {
            rows.push(row);
            filled = 0;
        }
    }
    (filled == 0).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_their_rows() {
        assert_eq!(unpack::<2>(""), Some(vec![]));
        assert_eq!(
            unpack("1 -2 3 9223372036854775807"),
            Some(vec![[1, -2], [3, i64::MAX]])
        );
        for text in ["1", "1 2 3", "1 x", "1 9223372036854775808"] {
            assert_eq!(unpack::<2>(text), None, "{text}");
        }
    }
}
