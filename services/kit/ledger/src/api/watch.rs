//! Follows the log.

use accord_proto::ledger::v1::{ChangeKind, WatchChangesRequest, WatchChangesResponse, WatchMode};
use aip::{Violation, Violations, text};
use fault::Fault;
use futures::{StreamExt as _, stream};
use identity::Caller;
use storage::Error;
use tonic::{Code, Request, Status};

use super::{Api, log_name};
use crate::{
    DOMAIN, store, token,
    watch::{Interest, Mark, Position, Watch},
};

/// As long as the longest resource names, with room.
const MAX_PARENT_CHARS: usize = 1_000;
const MAX_TYPE_CHARS: usize = 200;
const MAX_KINDS: usize = 10;
const MAX_TYPES: usize = 20;

type Changes = stream::BoxStream<'static, Result<WatchChangesResponse, Status>>;

pub(super) async fn run(
    api: &Api,
    request: &Request<WatchChangesRequest>,
) -> Result<Changes, Fault> {
    let caller = Caller::of(request)?;
    caller.may_read()?;
    let clearance = caller.clearance();
    let request = request.get_ref();
    let mut violations = Violations::new();
    let parent = log_name(&request.parent, &mut violations);
    let interest = interest(request, &mut violations);
    let mode = violations.take(mode(request.mode));
    let resumed = if request.resume_token.is_empty() {
        None
    } else {
        violations.take(token::read(&request.resume_token, &interest))
    };
    violations.finish()?;
    if let Some(parent) = &parent {
        api.check_log(parent)?;
    }

    let (newest, reached) = look(api, resumed.as_ref()).await?;
    let watch = match (resumed, mode) {
        (Some(position), _) => {
            if !reached {
                return Err(out_of_range(&interest));
            }
            Watch::new(api.journal.clone(), interest, clearance, position)
        }
        (None, Some(WatchMode::ChangesOnly)) => {
            let position = Position::Changes { after: newest };
            Watch::new(api.journal.clone(), interest, clearance, position).greeting()
        }
        (None, _) => {
            let position = Position::InitialState {
                snapshot: newest,
                after: String::new(),
            };
            Watch::new(api.journal.clone(), interest, clearance, position)
        }
    };
    Ok(stream::unfold(watch, |mut watch| async move {
        let next = watch.next().await?;
        Some((next.map_err(|fault| fault.into_status(DOMAIN)), watch))
    })
    .boxed())
}

/// Marks the newest entry, and tells whether the log still has the one where a token stands: after going
/// back to an older backup it does not, and to go on there would miss what was recorded since.
async fn look(api: &Api, resumed: Option<&Position>) -> Result<(Mark, bool), Error> {
    let resumed = resumed.map(|position| position.mark().clone());
    api.journal
        .database
        .read(move |tx| {
            let resumed = resumed.clone();
            Box::pin(async move {
                let reached = match &resumed {
                    Some(mark) => store::entries::holds(tx, mark).await?,
                    None => true,
                };
                Ok((store::head::mark(tx).await?, reached))
            })
        })
        .await
}

fn out_of_range(interest: &Interest) -> Fault {
    let beginning = Position::Changes {
        after: Mark::beginning(),
    };
    Fault::new(
        Code::OutOfRange,
        "RESUME_TOKEN_OUT_OF_RANGE",
        "the log no longer has the entry where this token stands; begin anew",
    )
    .with_metadata("oldest_resume_token", token::write(&beginning, interest))
}

fn interest(request: &WatchChangesRequest, violations: &mut Violations) -> Interest {
    let parent = &request.resource_parent;
    violations.take(text::optional("resource_parent", parent, MAX_PARENT_CHARS));
    if parent.ends_with('/') || parent.starts_with('/') {
        violations.push(
            "resource_parent",
            "NAME_INVALID",
            "must not begin or end with a slash",
        );
    }
    let (mut kinds, mut resource_types) = (&request.kinds[..], &request.resource_types[..]);
    if kinds.len() > MAX_KINDS {
        violations.push(
            "kinds",
            "FIELD_INVALID",
            format!("has more than {MAX_KINDS} values"),
        );
        // What is too long is not walked.
        kinds = &[];
    }
    for (index, kind) in kinds.iter().enumerate() {
        if !matches!(ChangeKind::try_from(*kind), Ok(kind) if kind != ChangeKind::Unspecified) {
            let field = format!("kinds[{index}]");
            violations.push(
                field,
                "FIELD_INVALID",
                format!("{kind} is not a kind of change"),
            );
        }
    }
    if resource_types.len() > MAX_TYPES {
        let description = format!("has more than {MAX_TYPES} values");
        violations.push("resource_types", "FIELD_INVALID", description);
        resource_types = &[];
    }
    for (index, resource_type) in resource_types.iter().enumerate() {
        let field = format!("resource_types[{index}]");
        violations.take(text::required(&field, resource_type, MAX_TYPE_CHARS));
    }
    let mut interest = Interest {
        log: request.parent.clone(),
        resource_parent: parent.clone(),
        kinds: kinds.to_vec(),
        resource_types: resource_types.to_vec(),
    };
    interest.kinds.sort_unstable();
    interest.kinds.dedup();
    interest.resource_types.sort_unstable();
    interest.resource_types.dedup();
    interest
}

fn mode(mode: i32) -> Result<WatchMode, Violation> {
    WatchMode::try_from(mode)
        .map_err(|_| Violation::new("mode", "FIELD_INVALID", format!("{mode} is not a mode")))
}
