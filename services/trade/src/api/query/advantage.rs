//! `ListComparativeAdvantages`.

mod request;

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{
    ComparativeAdvantage, ListComparativeAdvantagesRequest, ListComparativeAdvantagesResponse,
};
use aip::Value;
use identity::Caller;
use prost::Message as _;
use tonic::Request;

use self::request::Asked;
use super::world::{self, Wanted, World};
use crate::{
    api::{
        Api,
        convert::{self, advantage as shown},
    },
    domain::{
        advantage::{self, Notice, Product, Total},
        cell::{Flow, HsEdition, WORLD},
    },
};

/// How large a page can be: clients refuse messages of more than 4 MiB unless they are told otherwise.
const MAX_BYTES: usize = 3 << 20;

pub(crate) async fn run(
    api: &Api,
    request: Request<ListComparativeAdvantagesRequest>,
) -> Result<ListComparativeAdvantagesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = request::read(request.get_ref(), api.clock.now())?;
    let wanted = Arc::new(wanted(&asked));
    let world = world::read(api, &wanted).await?;
    Ok(answer(&asked, &wanted, world))
}

/// The reporter's exports at the first place, those of the reference behind it.
fn wanted(asked: &Asked) -> Wanted {
    let mut reporters = vec![asked.reporter.clone()];
    if asked.reference.is_empty() {
        reporters.push(WORLD.to_owned());
    }
    reporters.extend(asked.reference.iter().cloned());
    Wanted {
        partnership: asked.partnership.clone(),
        sides: reporters
            .into_iter()
            .map(|reporter| (reporter, Flow::Export))
            .collect(),
        period: asked.period,
        level: asked.level,
        known: asked.known,
        recorded_before: asked.recorded_before,
    }
}

fn answer(asked: &Asked, wanted: &Wanted, world: World) -> ListComparativeAdvantagesResponse {
    let World {
        releases,
        edition,
        lines,
        totals,
        warnings,
    } = world;
    let mut sides = wanted.sides.iter().zip(&totals);
    let own_total = sides.next();
    let reference: Vec<Total> = totals.iter().skip(1).cloned().collect();
    let mut products = own_total.map_or_else(Vec::new, |(_, own)| {
        advantage::products(lines, own, &reference)
    });
    products.retain(|product| {
        let mut codes = product.codes.iter();
        codes.any(|code| code.starts_with(&asked.prefix))
    });
    let total_size = i32::try_from(products.len()).unwrap_or(i32::MAX);
    products.sort_by_cached_key(key_of);
    if let Some(after) = &asked.after {
        products.retain(|product| key_of(product) > *after);
    }
    let page = cut(asked, &products, edition);
    let next_page_token = match page
        .len()
        .checked_sub(1)
        .and_then(|last| products.get(last))
    {
        Some(last) if page.len() < products.len() => {
            let known = clock::to_micros(asked.known);
            let place = format!("{known}/{}", key_of(last));
            asked.listing.token(&[Value::from(place)])
        }
        Some(_) | None => String::new(),
    };
    let figures = totals.iter().map(|total| &total.figure);
    let cited = products
        .iter()
        .take(page.len())
        .flat_map(|product| [product.own.figure(), product.reference.figure()])
        .flatten();
    let notices =
        advantage::unlike(figures.clone(), true).chain(warnings.into_iter().map(Notice::Figure));
    ListComparativeAdvantagesResponse {
        comparative_advantages: page,
        next_page_token,
        total_size,
        export_total: own_total.map(|(side, total)| shown::total(side, total)),
        reference_totals: sides
            .map(|(side, total)| shown::total(side, total))
            .collect(),
        warnings: shown::warnings(wanted.sides.iter().zip(&totals), notices),
        comparative_advantage_source: advantage::SOURCE.to_owned(),
        symmetric_source: advantage::SYMMETRIC_SOURCE.to_owned(),
        period: Some(convert::observation::show_period(asked.period)),
        known_time: Some(convert::timestamp(asked.known)),
        releases: shown::uses(figures.chain(cited), &releases),
    }
}

/// Shows the products of a page, as many as it takes.
fn cut(
    asked: &Asked,
    products: &[Product],
    edition: Option<HsEdition>,
) -> Vec<ComparativeAdvantage> {
    let mut bytes = 0;
    let mut page = Vec::new();
    for product in products.iter().take(asked.listing.page_size()) {
        let row = shown::product(product, edition);
        bytes += row.encoded_len();
        if bytes > MAX_BYTES && !page.is_empty() {
            break;
        }
        page.push(row);
    }
    page
}

/// Names a product so that the names sort as the products do: the largest comparative advantage first, then products
/// without one by their exports, then by code.
fn key_of(product: &Product) -> String {
    let size = match product.advantage {
        Some(advantage) => advantage.ppm,
        None => product.own.cents().unwrap_or_default(),
    };
    format!(
        "{}{:020}{}",
        u8::from(product.advantage.is_none()),
        u64::MAX - size.unsigned_abs(),
        product.codes.first().map_or("", String::as_str)
    )
}
