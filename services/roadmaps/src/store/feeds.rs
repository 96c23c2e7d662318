//! Feeds for calendar programs. Of their secrets only the hashes are here.

use aip::{Listing, Sql, Value};
use identity::Role;
use jiff::Timestamp;
use storage::{Error, Tx, args};
use uuid::Uuid;

use super::{cells::At, queries::feeds as queries};
use crate::domain::calendar_feed::{CalendarFeed, Owner, Shown};

storage::row! {
    /// A feed.
    struct FeedRow {
        uid: String,
        partnership: String,
        note: String,
        body: String,
        party: String,
        filter: String,
        days_before: i64,
        days_after: i64,
        open_only: bool,
        language: String,
        as_tasks: bool,
        owner_party: String,
        owner_agency: String,
        owner_roles: String,
        created_us: i64,
        expires_us: i64,
        revoked_us: Option<i64>,
    }
}

impl TryFrom<FeedRow> for CalendarFeed {
    type Error = Error;

    fn try_from(row: FeedRow) -> Result<Self, Error> {
        let at = At {
            table: "calendar_feeds",
            row: &row.uid,
        };
        let roles = row.owner_roles.split_whitespace();
        let roles = roles.map(|role| at.parsed("owner_roles", role));
        Ok(Self {
            uid: at.parsed("uid", &row.uid)?,
            owner: Owner {
                roles: roles.collect::<Result<_, _>>()?,
                party: row.owner_party,
                agency: row.owner_agency,
            },
            partnership: row.partnership,
            note: row.note,
            shown: Shown {
                body: row.body,
                party: row.party,
                filter: row.filter,
                days_before: row.days_before,
                days_after: row.days_after,
                open_only: row.open_only,
                language: row.language,
                as_tasks: row.as_tasks,
            },
            created: clock::from_micros(row.created_us),
            expires: clock::from_micros(row.expires_us),
            revoked: row.revoked_us.map(clock::from_micros),
        })
    }
}

/// Enters a feed, whose secret has this hash.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx, feed: &CalendarFeed, sha256: &str) -> Result<(), Error> {
    let (shown, owner) = (&feed.shown, &feed.owner);
    let roles: Vec<&str> = owner.roles.iter().map(|role| Role::as_str(*role)).collect();
    let values = args![
        feed.uid,
        feed.partnership.as_str(),
        sha256,
        feed.note.as_str(),
        shown.body.as_str(),
        shown.party.as_str(),
        shown.filter.as_str(),
        shown.days_before,
        shown.days_after,
        shown.open_only,
        shown.language.as_str(),
        shown.as_tasks,
        owner.party.as_str(),
        owner.agency.as_str(),
        roles.join(" "),
        clock::to_micros(feed.created),
        clock::to_micros(feed.expires),
        feed.revoked.map(clock::to_micros),
    ];
    tx.execute(queries::INSERT, values).await?;
    Ok(())
}

/// Writes that a feed was revoked at a moment.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn revoke(tx: &mut Tx, feed: Uuid, at: Timestamp) -> Result<(), Error> {
    tx.execute(queries::REVOKE, args![feed, clock::to_micros(at)])
        .await?;
    Ok(())
}

/// Reads the feed whose secret has this hash. How long the look-up takes tells of the hash, and so nothing of the secret.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn by_secret(tx: &mut Tx, sha256: &str) -> Result<Option<CalendarFeed>, Error> {
    let row: Option<FeedRow> = tx.optional(queries::BY_SECRET, args![sha256]).await?;
    row.map(CalendarFeed::try_from).transpose()
}

/// Reads the feed of an identity.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn by_uid(tx: &mut Tx, feed: Uuid) -> Result<Option<CalendarFeed>, Error> {
    let row: Option<FeedRow> = tx.optional(queries::BY_UID, args![feed]).await?;
    row.map(CalendarFeed::try_from).transpose()
}

/// Counts the feeds of a party that answer at a moment.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn count_answering(
    tx: &mut Tx,
    partnership: &str,
    party: &str,
    at: Timestamp,
) -> Result<i64, Error> {
    let values = args![partnership, party, clock::to_micros(at)];
    let (count,): (i64,) = tx.one(queries::COUNT_ANSWERING, values).await?;
    Ok(count)
}

/// Reads a page of the feeds of a partnership, of one party or of all, and one more.
#[tracing::instrument(skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    listing: &Listing,
    partnership: &str,
    party: Option<&str>,
) -> Result<Vec<CalendarFeed>, Error> {
    let rows: Vec<FeedRow> = tx
        .all(list_sql(listing, partnership, party), Vec::new())
        .await?;
    rows.into_iter().map(CalendarFeed::try_from).collect()
}

fn list_sql(listing: &Listing, partnership: &str, party: Option<&str>) -> Sql {
    let mut conditions: Vec<(&str, Value)> = vec![("f.partnership = {}", partnership.into())];
    conditions.extend(party.map(|party| ("f.owner_party = {}", Value::from(party))));
    listing.sql(queries::FEEDS, &conditions, "f.uid")
}

#[cfg(test)]
mod tests {
    use aip::ListRequest;

    use super::*;
    use crate::store::{fields, plan};

    #[tokio::test]
    async fn feeds_are_found_by_their_indexes() {
        let request = ListRequest {
            order_by: "create_time desc",
            ..ListRequest::default()
        };
        let listing = Listing::parse(&fields::FEEDS, &request).unwrap();
        let mut by_secret = Sql::new(queries::BY_SECRET);
        by_secret.args = args!["x"];
        let mut count = Sql::new(queries::COUNT_ANSWERING);
        count.args = args!["p", "UZ", 1];
        for (sql, index) in [
            (by_secret, "calendar_feeds_by_secret"),
            (count, "calendar_feeds_of_party"),
            (
                list_sql(&listing, "p", Some("UZ")),
                "calendar_feeds_of_party",
            ),
            (
                list_sql(&listing, "p", None),
                "calendar_feeds_of_partnership",
            ),
        ] {
            let plan = plan::of(sql).await;
            let [step] = plan.as_slice() else {
                panic!("{plan:?}")
            };
            assert!(step.starts_with("SEARCH") && step.contains(index), "{step}");
        }
    }
}
