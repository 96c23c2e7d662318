//! List methods: pages, filter and order of one request, as one SQL query (AIP-132, AIP-158).
//!
//! Pages are cut by keyset: the token carries the sort values of the last row, and the next page
//! begins after them. Rows that come or go between two pages therefore never shift the others, and
//! page 1,000 costs what page 1 costs.

mod order;
mod token;

use std::collections::BTreeSet;

use crate::{
    Schema, Sql, Value, Violation, Violations,
    filter::{self, Filter},
};
use order::{Direction, Order};
use token::Binding;

/// What a request without a page size gets.
const DEFAULT_PAGE_SIZE: usize = 50;

/// What a request gets at most, however much it asks for.
const MAX_PAGE_SIZE: usize = 1_000;

/// What the rows of a page weigh at most, where they are weighed: clients refuse messages of more than
/// 4 MiB unless they are told otherwise, and names, tags and times that are not weighed need room too.
const MAX_PAGE_BYTES: usize = 3 << 20;

/// The list part of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListRequest<'a> {
    /// How many rows at most: 0 means 50, more than 1,000 means 1,000.
    pub page_size: i32,
    /// Where to go on: the `next_page_token` of the page before, or empty for the first page.
    pub page_token: &'a str,
    /// Which rows: see [`filter`](crate::filter).
    pub filter: &'a str,
    /// In which order: paths of sortable fields, separated by commas, each with ` desc` or ` asc`
    /// after it or neither.
    pub order_by: &'a str,
    /// All else that decides which rows there are: parent, `show_deleted` and so on. A token only
    /// works with the bytes and the schema that it was made with.
    pub bound_to: &'a [u8],
}

/// A checked list request.
#[derive(Clone, Debug)]
pub struct Listing {
    page_size: usize,
    filter: Filter,
    order: Order,
    binding: Binding,
    /// The sort values and the key of the last row of the page before.
    after: Option<Vec<Value>>,
}

impl Listing {
    /// Checks the list part of a request against what the method documents.
    ///
    /// Everything that is wrong comes back at once, with the reasons `PAGE_SIZE_INVALID`,
    /// `FILTER_INVALID`, `ORDER_BY_INVALID` and `PAGE_TOKEN_INVALID`.
    pub fn parse(
        schema: &'static Schema,
        request: &ListRequest<'_>,
    ) -> Result<Listing, Violations> {
        let mut violations = Violations::new();
        let page_size = violations.take(page_size(request.page_size));
        let filter = violations.take(filter::parse(request.filter, schema));
        let order = violations.take(order::parse(request.order_by, schema));
        let binding = Binding::new(schema, request);
        // What follows an order that is not valid cannot be told.
        let after = match &order {
            Some(order) => violations.take(token::parse(request.page_token, &binding, order)),
            None => None,
        };
        match (page_size, filter, order, after) {
            (Some(page_size), Some(filter), Some(order), Some(after)) => Ok(Listing {
                page_size,
                filter,
                order,
                binding,
                after,
            }),
            _ => Err(violations),
        }
    }

    /// Returns the paths of the fields that the filter or the order reads; the key column, which is always
    /// the last sort key, is not among them.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&'static str> {
        let mut fields: BTreeSet<_> = self.order.paths().collect();
        fields.extend(self.filter.fields());
        fields
    }

    /// Returns the same request for what comes after the row with these sort values and key.
    #[must_use]
    pub fn going_on_after(&self, values: Vec<Value>) -> Self {
        Self {
            after: Some(values),
            ..self.clone()
        }
    }

    /// Returns how many rows a page has at most, 1 to 1,000.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.page_size
    }

    /// Returns the filter.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Returns the sort values and the key of the last row of the page before, for lists that are read by
    /// more than one query; nothing for the first page.
    #[must_use]
    pub fn after(&self) -> Option<&[Value]> {
        self.after.as_deref()
    }

    /// Returns the token of the page that begins after these sort values and key: what [`Listing::page`]
    /// does for lists whose rows are computed.
    #[must_use]
    pub fn token(&self, last: &[Value]) -> String {
        token::format(&self.binding, last)
    }

    /// Returns the query for one page and one row more, which tells whether another page follows.
    ///
    /// `base` is everything before WHERE; if it has bound values, their placeholders come first.
    /// `conditions` are templates as [`Sql::push_with`] takes them, all of which must hold. `key` is
    /// the expression of a unique, never NULL column; it is the last sort key and goes in the
    /// direction of the one before it, ascending if there is none, so that one index serves both.
    #[must_use]
    pub fn sql(
        &self,
        base: impl Into<Sql>,
        conditions: &[(&str, Value)],
        key: &'static str,
    ) -> Sql {
        let mut sql = base.into();
        self.push_where(&mut sql, conditions, true, key);
        self.push_order(&mut sql, key);
        sql.push(&format!(" LIMIT {}", self.page_size + 1));
        sql
    }

    fn push_where(
        &self,
        sql: &mut Sql,
        conditions: &[(&str, Value)],
        filtered: bool,
        key: &'static str,
    ) {
        let mut separator = " WHERE ";
        for (template, value) in conditions {
            sql.push(separator).push_with(template, value.clone());
            separator = " AND ";
        }
        if filtered && !self.filter.is_empty() {
            sql.push(separator);
            self.filter.push_sql(sql);
            separator = " AND ";
        }
        if let Some(after) = &self.after {
            sql.push(separator);
            push_after(sql, &self.order.keys(key), after);
        }
    }

    /// Appends the order that [`Listing::sql`] sorts by, for queries around it.
    pub fn push_order(&self, sql: &mut Sql, key: &'static str) {
        for (index, (column, direction)) in self.order.keys(key).iter().enumerate() {
            sql.push(if index == 0 { " ORDER BY " } else { ", " });
            sql.push(column).push(direction.sql());
        }
    }

    /// Returns the query for a window: the first `rows` rows after the page before, in the order asked for,
    /// whether they pass the filter or not. What is read for one page is then bounded, however few pass.
    ///
    /// `base`, `conditions` and `key` are those of [`Listing::sql`]; the base gives all columns that the
    /// filter and the order read.
    #[must_use]
    pub fn window(
        &self,
        base: impl Into<Sql>,
        conditions: &[(&str, Value)],
        key: &'static str,
        rows: usize,
    ) -> Sql {
        let mut sql = self.unfiltered(base, conditions, key);
        sql.push(&format!(" LIMIT {rows}"));
        sql
    }

    /// Returns the query for the last row of a [`window`](Listing::window) that is full.
    #[must_use]
    pub fn window_end(
        &self,
        base: impl Into<Sql>,
        conditions: &[(&str, Value)],
        key: &'static str,
        rows: usize,
    ) -> Sql {
        let mut sql = self.unfiltered(base, conditions, key);
        sql.push(&format!(" LIMIT 1 OFFSET {}", rows.saturating_sub(1)));
        sql
    }

    fn unfiltered(
        &self,
        base: impl Into<Sql>,
        conditions: &[(&str, Value)],
        key: &'static str,
    ) -> Sql {
        let mut sql = base.into();
        self.push_where(&mut sql, conditions, false, key);
        self.push_order(&mut sql, key);
        sql
    }

    /// Returns the query for the first of the rows of a [`window`](Listing::window) that pass the filter and
    /// the conditions: one page and one row more. The window goes by the name `alias`, the columns'.
    #[must_use]
    pub fn sql_within(
        &self,
        columns: &str,
        window: Sql,
        alias: &str,
        conditions: &[(&str, Value)],
        key: &'static str,
    ) -> Sql {
        let mut sql = Sql {
            text: format!("SELECT {columns} FROM ({}) {alias}", window.text),
            args: window.args,
        };
        let mut separator = " WHERE ";
        for (template, value) in conditions {
            sql.push(separator).push_with(template, value.clone());
            separator = " AND ";
        }
        if !self.filter.is_empty() {
            sql.push(separator);
            self.filter.push_sql(&mut sql);
        }
        self.push_order(&mut sql, key);
        sql.push(&format!(" LIMIT {}", self.page_size + 1));
        sql
    }

    /// Returns the paths of the fields that the caller sorts by, the most significant first.
    pub fn sort_paths(&self) -> impl Iterator<Item = &'static str> {
        self.order.paths()
    }

    /// As [`Listing::page_within`], for the rows of [`Listing::sql_within`]: when they do not fill a page, the next
    /// one begins after `end`, the last row of the window; nothing if the window was not full.
    pub fn page_of_window<T>(
        &self,
        rows: Vec<T>,
        end: Option<&T>,
        bytes: impl Fn(&T) -> usize,
        sort_value: impl Fn(&T, &str) -> Value,
        key: impl Fn(&T) -> Value,
    ) -> (Vec<T>, String) {
        let (rows, token) = self.page_within(rows, bytes, &sort_value, &key);
        match end {
            Some(end) if token.is_empty() => {
                let token = self.token_after(end, sort_value, key);
                (rows, token)
            }
            _ => (rows, token),
        }
    }

    /// Cuts the rows of [`Listing::sql`] to one page and returns it with the token of the next one,
    /// which is empty if there is none.
    ///
    /// `sort_value` returns the value of a sortable field of a row by its path, `key` that of the
    /// key column.
    pub fn page<T>(
        &self,
        rows: Vec<T>,
        sort_value: impl Fn(&T, &str) -> Value,
        key: impl Fn(&T) -> Value,
    ) -> (Vec<T>, String) {
        self.page_within(rows, |_| 0, sort_value, key)
    }

    /// Cuts the rows as [`Listing::page`] does, and earlier if they would weigh more than 3 MiB together:
    /// the page then has fewer rows than asked for, at least one, and is followed by another. `bytes`
    /// returns what a row weighs.
    pub fn page_within<T>(
        &self,
        mut rows: Vec<T>,
        bytes: impl Fn(&T) -> usize,
        sort_value: impl Fn(&T, &str) -> Value,
        key: impl Fn(&T) -> Value,
    ) -> (Vec<T>, String) {
        let mut total = 0_usize;
        let fitting = rows.iter().take_while(|row| {
            total = total.saturating_add(bytes(row));
            total <= MAX_PAGE_BYTES
        });
        let fitting = fitting.count().clamp(1, self.page_size);
        if rows.len() <= fitting {
            return (rows, String::new());
        }
        rows.truncate(fitting);
        let token = rows
            .last()
            .map_or_else(String::new, |last| self.token_after(last, sort_value, key));
        (rows, token)
    }

    fn token_after<T>(
        &self,
        last: &T,
        sort_value: impl Fn(&T, &str) -> Value,
        key: impl Fn(&T) -> Value,
    ) -> String {
        let paths = self.order.paths();
        let mut values: Vec<Value> = paths.map(|path| sort_value(last, path)).collect();
        values.push(key(last));
        token::format(&self.binding, &values)
    }
}

fn page_size(asked: i32) -> Result<usize, Violation> {
    match usize::try_from(asked) {
        Ok(0) => Ok(DEFAULT_PAGE_SIZE),
        Ok(size) => Ok(size.min(MAX_PAGE_SIZE)),
        Err(_) => Err(Violation::new(
            "page_size",
            "PAGE_SIZE_INVALID",
            format!("must not be negative, but is {asked}"),
        )),
    }
}

/// Appends the condition that a row comes after the one with these sort values.
///
/// If all keys go in one direction it is a row-value comparison, which both engines answer from an
/// index; else it is spelled out: `a > 1 OR (a = 1 AND b < 2)`.
fn push_after(sql: &mut Sql, keys: &[(&str, Direction)], after: &[Value]) {
    let one_way = keys
        .windows(2)
        .all(|pair| matches!(pair, [(_, left), (_, right)] if left == right));
    if let (true, Some((_, direction))) = (one_way, keys.first()) {
        let columns: Vec<&str> = keys.iter().map(|(column, _)| *column).collect();
        sql.push(&format!(
            "({}) {} (",
            columns.join(", "),
            direction.beyond()
        ));
        for (index, value) in after.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " })
                .bind(value.clone());
        }
        sql.push(")");
        return;
    }
    for (index, ((column, direction), value)) in keys.iter().zip(after).enumerate() {
        sql.push(if index == 0 { "(" } else { " OR " });
        sql.push("(");
        for ((earlier, _), equal) in keys.iter().zip(after).take(index) {
            sql.push(earlier)
                .push(" = ")
                .bind(equal.clone())
                .push(" AND ");
        }
        sql.push(&format!("{column} {} ", direction.beyond()))
            .bind(value.clone())
            .push(")");
    }
    sql.push(")");
}

#[cfg(test)]
mod tests;
