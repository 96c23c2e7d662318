//! Page tokens.

use aip::{ListRequest, Listing, Value};

use crate::filter::SCHEMA;

const ORDERS: [&str; 4] = ["", "count desc", "signing.date", "create_time desc, count"];

/// A token: it is refused, or is one that was given for the same request, which begins another page. What is given is taken; with one sign
/// changed it is not.
pub fn page_token(data: &[u8]) {
    let (order, data) = data.split_first().unwrap_or((&0, data));
    let order_by = ORDERS[usize::from(*order) % ORDERS.len()];
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let request = ListRequest {
        order_by,
        bound_to: b"partnerships/xa-xb",
        ..ListRequest::default()
    };
    let of = |page_token: &str| {
        Listing::parse(
            &SCHEMA,
            &ListRequest {
                page_token,
                ..request
            },
        )
    };
    if let Ok(listing) = of(text) {
        assert_eq!(listing.after().is_some(), !text.is_empty());
    }
    let first = of("").expect("the first page of a good request");
    let mut last: Vec<Value> = match *order % 4 {
        1 => vec![Value::Int(i64::from(*order))],
        2 => vec![Value::Int(18_967)],
        3 => vec![Value::Int(1_700_000_000_000_000), Value::Int(-1)],
        _ => Vec::new(),
    };
    last.push(Value::Text(text.to_owned()));
    let token = first.token(&last);
    let second =
        of(&token).unwrap_or_else(|error| panic!("a token that was given is refused: {error:?}"));
    assert_eq!(second.after(), Some(last.as_slice()));
    // One sign of the token changed.
    let at = data.len() % token.len().max(1);
    let other: String = token
        .chars()
        .enumerate()
        .map(|(index, sign)| match sign {
            'A' if index == at => 'B',
            _ if index == at => 'A',
            sign => sign,
        })
        .collect();
    assert!(of(&other).is_err(), "{other} for {token}");
}
