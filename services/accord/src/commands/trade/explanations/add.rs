//! `accord trade explanations add`.

use accord_proto::trade::v1::reconciliation_service_client::ReconciliationServiceClient;
use accord_proto::trade::v1::{
    CreateMirrorExplanationRequest, HsEdition, MirrorComponent, MirrorExplanation,
};

use crate::client::Connection;
use crate::commands::trade::classifications::Edition;
use crate::error::Error;
use crate::names;
use crate::render::View;

/// A kind of reason, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Category {
    /// Goods beside goods and services
    Scope,
    /// CIF beside FOB
    Valuation,
    /// Left in one period and arrived in another
    Timing,
    /// Put into different codes
    Classification,
    /// Only one side counts it
    OnlyOneSide,
    /// None of the others
    Other,
}

/// Options of `accord trade explanations add`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
#[command(after_help = "\
Examples:
  accord trade explanations add services-2022 --exporter KZ --importer UZ --period 2022 \\
      --category scope --text 'Our imports count services.' --amount-usd -300000000 --token-file uz.token
  accord trade explanations add oil-2022 --exporter KZ --importer UZ --period 2022 --commodity 2709 \\
      --edition H6 --category timing --text 'In the pipeline at the end of the year.' --token-file kz.token

An amount is positive where it makes the exporter's figure the larger. The explanation is bound to the figures
as they stand now.")]
pub(super) struct Args {
    /// The id of the explanation.
    #[arg(value_name = "ID")]
    id: String,
    /// Who exports.
    #[arg(long, value_name = "PARTY")]
    exporter: String,
    /// Who imports.
    #[arg(long, value_name = "PARTY")]
    importer: String,
    /// The period: 2022, 2022-H1, 2022-Q1, 2022-03, 2022-01/2022-03.
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// What is traded: 2, 4 or 6 digits [default: all commodities together].
    #[arg(long, value_name = "CODE", requires = "edition", default_value = "")]
    commodity: String,
    /// The edition of the code.
    #[arg(long, value_enum, ignore_case = true)]
    edition: Option<Edition>,
    /// What kind of reason it is.
    #[arg(long, value_enum)]
    category: Category,
    /// The reason.
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// How much of the gap it explains, in dollars to the cent.
    #[arg(long, value_name = "USD", value_parser = cents)]
    amount_usd: Option<i64>,
    /// A document in the register, by its id or full name.
    #[arg(long, value_name = "DOCUMENT")]
    document: Option<String>,
    /// Address of evidence.
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    source: String,
    /// Names this call and its retries, so that they have one effect.
    #[arg(long, value_name = "UUID4", default_value = "")]
    request_id: String,
    /// Only checks whether it could be given.
    #[arg(long)]
    check: bool,
}

/// Reads dollars as cents.
fn cents(text: &str) -> Result<i64, String> {
    let wrong = || format!("\"{text}\" is not an amount such as -300000000 or 12.50");
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, places) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places.len() > 2 || !digits(whole) || !digits(places) {
        return Err(wrong());
    }
    let number: i64 = format!("{whole}{places:0<2}")
        .parse()
        .map_err(|_| wrong())?;
    Ok(sign * number)
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let document = match &args.document {
        None => String::new(),
        Some(given) => names::resource(connection, partnership, "documents", given).await?,
    };
    let category = match args.category {
        Category::Scope => MirrorComponent::Scope,
        Category::Valuation => MirrorComponent::Valuation,
        Category::Timing => MirrorComponent::Timing,
        Category::Classification => MirrorComponent::Classification,
        Category::OnlyOneSide => MirrorComponent::OnlyOneSide,
        Category::Other => MirrorComponent::Unexplained,
    };
    let edition = args
        .edition
        .map_or(HsEdition::Unspecified, Edition::of_contract);
    let request = CreateMirrorExplanationRequest {
        parent,
        mirror_explanation_id: args.id.clone(),
        mirror_explanation: Some(MirrorExplanation {
            exporter: args.exporter.clone(),
            importer: args.importer.clone(),
            period: args.period.clone(),
            commodity: args.commodity.clone(),
            hs_edition: edition.into(),
            category: category.into(),
            text: args.text.clone(),
            amount_cents: args.amount_usd,
            document,
            source_uri: args.source.clone(),
            ..MirrorExplanation::default()
        }),
        request_id: args.request_id.clone(),
        validate_only: args.check,
    };
    let answer = ReconciliationServiceClient::new(connection.clone())
        .create_mirror_explanation(request)
        .await?
        .into_inner();
    Ok(super::one(&answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent() {
        assert_eq!(cents("-300000000"), Ok(-30_000_000_000));
        assert_eq!(cents("12.5"), Ok(1_250));
        assert_eq!(cents("0.07"), Ok(7));
        for wrong in [
            "",
            "-",
            "1.234",
            "1,000",
            "1e6",
            "+1",
            "99999999999999999999",
        ] {
            assert!(cents(wrong).is_err(), "{wrong}");
        }
    }
}
