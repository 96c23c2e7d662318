//! The release of an import: the one that is named, or a new one.

use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{
    CreateReleaseRequest, GetReleaseRequest, HsEdition, PublishTimeBasis, Release, Scope, Valuation,
};
use sha2::{Digest as _, Sha256};
use tonic::Code;

use super::{Args, Input, Target, coverage};
use crate::client::Connection;
use crate::error::Error;
use crate::{names, when};

/// The world, as reporter and as partner.
const WORLD: &str = "W0";

/// What is said about a release that does not exist yet.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "A new release")]
pub(super) struct About {
    /// The party whose statistics these are, or W0 for exports and imports of all countries together; creates the release,
    /// under an id that follows from the files unless --release names one, if it does not exist.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// A partner that it covers, W0 for the world; may be repeated [default: the other parties].
    #[arg(long = "partner", value_name = "PARTY", requires = "reporter")]
    partners: Vec<String>,
    /// Who published the figures [default: not stated].
    #[arg(long, value_name = "NAME", requires = "reporter")]
    publisher: Option<String>,
    /// What people call it [default: the names of the files].
    #[arg(long, value_name = "TEXT", requires = "reporter")]
    display_name: Option<String>,
    /// When the source says that it was published: an instant, or a day, which means its end in UTC, and today means now;
    /// needed to publish it.
    #[arg(long, value_name = "DAY|INSTANT", value_parser = when::publication, requires = "reporter")]
    publish_time: Option<prost_types::Timestamp>,
    /// The address of the publication.
    #[arg(long, value_name = "URL", requires = "reporter")]
    source_uri: Option<String>,
    /// The edition of commodity codes that name none.
    #[arg(long, value_enum, ignore_case = true, requires = "reporter")]
    hs_edition: Option<Edition>,
    /// What is counted.
    #[arg(long, value_enum, requires = "reporter")]
    scope: Option<Counted>,
    /// How exports are valued.
    #[arg(long, value_enum, ignore_case = true, requires = "reporter")]
    export_valuation: Option<Terms>,
    /// How imports are valued.
    #[arg(long, value_enum, ignore_case = true, requires = "reporter")]
    import_valuation: Option<Terms>,
    #[command(flatten)]
    covered: coverage::Covered,
}

/// An edition of the Harmonized System, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Edition {
    H0,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
}

/// What is counted, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Counted {
    Goods,
    GoodsAndServices,
}

/// Terms of delivery, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Terms {
    Fob,
    Cif,
}

/// Finds the release, or creates it if it may be.
pub(super) async fn find(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
    inputs: &[Input],
) -> Result<Target, Error> {
    let Some(reporter) = &args.about.reporter else {
        let given = args.release.as_deref().unwrap_or_default();
        let name = names::resource(connection, partnership, "releases", given).await?;
        return Ok(Target {
            name,
            planned: None,
        });
    };
    let given = args.release.clone().unwrap_or_else(|| id(reporter, inputs));
    let name = names::resource(connection, partnership, "releases", &given).await?;
    let mut client = ReleaseServiceClient::new(connection.clone());
    match client
        .get_release(GetReleaseRequest { name: name.clone() })
        .await
    {
        Ok(answer) => {
            let release = answer.into_inner();
            if release.reporter != *reporter {
                return Err(Error::Usage(format!(
                    "{name} is a release of {}, not of {reporter}",
                    release.reporter
                )));
            }
            return Ok(Target {
                name,
                planned: None,
            });
        }
        Err(status) if status.code() == Code::NotFound => {}
        Err(status) => return Err(status.into()),
    }
    let Some((parent, id)) = name.split_once("/releases/") else {
        return Err(Error::Usage(format!("{name} is not the name of a release")));
    };
    let release = plan(connection, parent, reporter, args, inputs).await?;
    if args.dry_run {
        return Ok(Target {
            name,
            planned: Some(release),
        });
    }
    let request = CreateReleaseRequest {
        parent: parent.to_owned(),
        release_id: id.to_owned(),
        release: Some(release),
        ..CreateReleaseRequest::default()
    };
    match client.create_release(request).await {
        Ok(_) => {}
        // Somebody who gives the same command at the same time was faster.
        Err(status) if status.code() == Code::AlreadyExists => {}
        Err(status) => return Err(status.into()),
    }
    Ok(Target {
        name,
        planned: None,
    })
}

/// An id that follows from the files, so that the same command goes on with the same release.
fn id(reporter: &str, inputs: &[Input]) -> String {
    let mut digest = Sha256::new();
    for input in inputs {
        digest.update(input.upload.digest());
        digest.update(format!("{:?}", input.reading));
    }
    let digest = hex::encode(digest.finalize());
    let digest = digest.get(..16).unwrap_or_default();
    format!("{}-files-{digest}", reporter.to_lowercase())
}

async fn plan(
    connection: &Connection,
    parent: &str,
    reporter: &str,
    args: &Args,
    inputs: &[Input],
) -> Result<Release, Error> {
    let about = &args.about;
    let partners = if reporter == WORLD && about.partners.is_empty() {
        vec![WORLD.to_owned()]
    } else if about.partners.is_empty() {
        let mut parties = names::parties(connection, parent).await?;
        parties.retain(|party| party != reporter);
        parties
    } else {
        about.partners.clone()
    };
    let coverage = about.covered.of_contract(partners);
    let files: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    let scope = about
        .scope
        .map_or(Scope::NotStated, |counted| match counted {
            Counted::Goods => Scope::Goods,
            Counted::GoodsAndServices => Scope::GoodsAndServices,
        });
    let basis = about
        .publish_time
        .map_or(PublishTimeBasis::Unspecified, |_| PublishTimeBasis::Stated);
    Ok(Release {
        display_name: about.display_name.clone().unwrap_or_else(|| {
            format!("Figures of {reporter} from {}", files.join(", "))
                .chars()
                .take(500)
                .collect()
        }),
        reporter: reporter.to_owned(),
        publisher: about
            .publisher
            .clone()
            .unwrap_or_else(|| "not stated".to_owned()),
        publish_time: about.publish_time,
        publish_time_basis: basis.into(),
        source_uri: about.source_uri.clone().unwrap_or_default(),
        coverage: Some(coverage),
        export_valuation: valuation(about.export_valuation).into(),
        import_valuation: valuation(about.import_valuation).into(),
        scope: scope.into(),
        hs_edition: about
            .hs_edition
            .map_or(HsEdition::Unspecified, edition)
            .into(),
        ..Release::default()
    })
}

fn valuation(terms: Option<Terms>) -> Valuation {
    match terms {
        None => Valuation::NotStated,
        Some(Terms::Fob) => Valuation::Fob,
        Some(Terms::Cif) => Valuation::Cif,
    }
}

fn edition(edition: Edition) -> HsEdition {
    match edition {
        Edition::H0 => HsEdition::H0,
        Edition::H1 => HsEdition::H1,
        Edition::H2 => HsEdition::H2,
        Edition::H3 => HsEdition::H3,
        Edition::H4 => HsEdition::H4,
        Edition::H5 => HsEdition::H5,
        Edition::H6 => HsEdition::H6,
    }
}
