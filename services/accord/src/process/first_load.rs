//! What happens before the process says that it is ready: the sample is loaded, and people get to see what it comes to.

use accord_proto::overview::v1::GetOverviewRequest;
use host::{Output, StartError};
use indicatif::ProgressBar;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use super::Plan;
use super::access::Access;
use crate::apply::{self, Folder, Outcome, Tokens};
use crate::banner::Banner;
use crate::client::{self, Bearer};
use crate::commands::overview;
use crate::error::Error;
use crate::progress;
use crate::render::View;

/// A sample that is there.
pub(super) struct FirstLoad {
    /// What loading came to.
    pub(super) outcome: Outcome,
    /// What `accord overview` says now; only for people.
    pub(super) overview: Option<View>,
}

/// Loads the sample the way anyone would: over the public address, with tokens of each side. Nothing without a sample.
pub(super) async fn run(
    plan: &Plan,
    access: &Access,
    banner: &Banner,
) -> Result<Option<FirstLoad>, StartError> {
    let Some(folder) = plan.sample.folder() else {
        return Ok(None);
    };
    load(plan, access, banner, &folder)
        .await
        .map(Some)
        .map_err(|error| match error {
            Error::Usage(wrong) => StartError::Config(wrong),
            other => StartError::Start(format!("the sample cannot be loaded: {other}")),
        })
}

async fn load(
    plan: &Plan,
    access: &Access,
    banner: &Banner,
    folder: &Folder,
) -> Result<FirstLoad, Error> {
    let issuer = access.issuer().ok_or_else(|| {
        Error::Usage(
            "a sample is loaded with tokens of this process's own issuer: leave out \
             --auth-issuer, --auth-audience and --auth-jwks, or take --sample none"
                .to_owned(),
        )
    })?;
    let steps = apply::read_all(&folder.call_files()?)?;
    let tokens = Tokens::issue(issuer, &steps)?;
    let ca_file = plan.host.listen.tls.tls_cert.as_deref();
    let channel = client::channel(&banner.local_address(), ca_file, None).await?;
    if plan.host.output == Output::Json {
        let outcome = apply::load(&channel, &tokens, &steps, &ProgressBar::hidden()).await?;
        return Ok(FirstLoad {
            outcome,
            overview: None,
        });
    }
    let bar = progress::steps(steps.len(), "loading the sample");
    let outcome = apply::load(&channel, &tokens, &steps, &bar).await;
    bar.finish_and_clear();
    Ok(FirstLoad {
        outcome: outcome?,
        overview: overview(plan, access, channel).await?,
    })
}

/// Asks for the overview of the sample's partnership, as the operator.
async fn overview(plan: &Plan, access: &Access, channel: Channel) -> Result<Option<View>, Error> {
    let Some(partnership) = plan.sample.partnership() else {
        return Ok(None);
    };
    let bearer = Bearer::read(access.token_file())?;
    let request = GetOverviewRequest {
        name: format!("partnerships/{partnership}/overview"),
        ..GetOverviewRequest::default()
    };
    let connection = InterceptedService::new(channel, bearer);
    overview::view(connection, request).await.map(Some)
}
