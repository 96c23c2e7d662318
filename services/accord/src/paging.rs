//! All pages of a list method, or as many as wanted.

use crate::error::Error;

/// Small enough that a page of the largest resources stays below the usual limit of 4 MiB for a message.
const PAGE: usize = 200;

/// Options of every listing command.
#[derive(Debug, Clone, clap::Args)]
pub struct ListArgs {
    /// Which to list, in the filter language of the method (AIP-160).
    #[arg(long, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// In which order, such as `create_time desc` (AIP-132).
    #[arg(long, value_name = "FIELDS", default_value = "")]
    pub order_by: String,
    /// How many to list at most; all of them unless given.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

/// The option of commands that show as many as wanted of an answer that has no filter.
#[derive(Debug, Clone, clap::Args)]
pub struct LimitArg {
    /// How many to show at most; all of them unless given.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

impl ListArgs {
    /// Everything, in the method's own order.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            filter: String::new(),
            order_by: String::new(),
            limit: None,
        }
    }
}

/// The items of all pages, and the token that a limit left over.
#[derive(Debug)]
pub struct Listing<T> {
    /// The items, in the order of the method.
    pub items: Vec<T>,
    /// Where the rest begins; empty when there is no rest.
    pub next_page_token: String,
}

/// Fetches page after page with `fetch(page_size, page_token)` until the end or the limit.
pub async fn collect<T>(
    limit: Option<u32>,
    fetch: impl AsyncFn(i32, String) -> Result<(Vec<T>, String), tonic::Status>,
) -> Result<Listing<T>, Error> {
    let limit = limit.map_or(usize::MAX, |limit| limit as usize);
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let size = (limit - items.len()).min(PAGE);
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        let (page, next_page_token) = fetch(size, token).await?;
        items.extend(page);
        if next_page_token.is_empty() || items.len() >= limit {
            return Ok(Listing {
                items,
                next_page_token,
            });
        }
        token = next_page_token;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of at most three numbers below ten, whose tokens are the next number.
    async fn page(size: i32, token: String) -> Result<(Vec<i32>, String), tonic::Status> {
        let start: i32 = token.parse().unwrap_or(0);
        let end = (start + size.min(3)).min(10);
        let next = if end < 10 {
            end.to_string()
        } else {
            String::new()
        };
        Ok(((start..end).collect(), next))
    }

    #[tokio::test]
    async fn pages_follow_each_other_to_the_end_or_the_limit() {
        let all = collect(None, page).await.unwrap();
        assert_eq!(all.items, (0..10).collect::<Vec<_>>());
        assert_eq!(all.next_page_token, "");
        let some = collect(Some(4), page).await.unwrap();
        assert_eq!(some.items, [0, 1, 2, 3]);
        assert_eq!(some.next_page_token, "4");
    }
}
