//! One release from its file to its answers.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    time::{Duration, Instant},
};

use accord_proto::trade::v1::{
    CommodityLevel, Granularity, QueryBreakdownRequest, QuerySeriesRequest, SeriesDimension,
    StreamObservationsRequest, TurnoverMethod,
};

use crate::{
    Order, Outcome, bare,
    bureau::{Bureau, PARENT, at},
    figures,
    memory::Watched,
    report::{Times, line, ms, rate, ratio},
};

/// Loads, publishes, asks and exports.
pub(crate) async fn all(bureau: &Bureau, rows: u64, order: Order, calls: usize) -> Outcome<()> {
    let (engine, watched) = (bureau.database.engine(), bureau.watched());
    line(format!(
        "{engine:?}, {rows} rows, file in order of {order:?}, {}",
        watched.name()
    ))?;
    let path = bureau.folder.path().join("figures.csv");
    let written = write(&path, rows, order, false)?;
    let release = bureau.create("first", "2026-02-01").await?;
    watched.begin_anew();
    let begun = Instant::now();
    let import = bureau.upload(&release, &path).await?;
    let imported = begun.elapsed();
    memory(watched, "import")?;
    line(format!(
        "  import          {} ({} taken), {}",
        ms(imported),
        import.accepted_count,
        rate(written, imported)
    ))?;
    for order in [Order::Series, Order::Month] {
        let bare = bare::load(bureau, order).await?;
        line(format!(
            "  engine's tool   {}, {} in order of {order:?}; the import takes {} of it",
            ms(bare),
            rate(written, bare),
            ratio(imported, bare)
        ))?;
    }
    watched.begin_anew();
    let begun = Instant::now();
    bureau.publish(&release).await?;
    let published = begun.elapsed();
    line(format!(
        "  publish         {}, sums and all; {} of import and publish",
        ms(published),
        ratio(published, imported + published)
    ))?;
    memory(watched, "publishing")?;
    if bureau.url.is_some() {
        bureau.execute("ANALYZE".to_owned()).await?;
    }
    let now = jiff::Timestamp::now();
    questions(bureau, calls, now, "now").await?;

    write(&path, rows / 20, order, true)?;
    let revision = bureau.create("revision", "2026-03-01").await?;
    bureau.upload(&revision, &path).await?;
    let begun = Instant::now();
    bureau.publish(&revision).await?;
    line(format!(
        "  publish of {} revised figures {}",
        rows / 20,
        ms(begun.elapsed())
    ))?;
    questions(bureau, calls, jiff::Timestamp::now(), "now, revised").await?;
    questions(
        bureau,
        calls,
        "2026-02-15T00:00:00Z".parse()?,
        "as known before",
    )
    .await?;
    memory(watched, "questions")?;
    watched.begin_anew();
    let before = watched.current().unwrap_or(0);
    export(bureau).await?;
    line(format!("  memory          {before} MiB before the export"))?;
    memory(watched, "export")
}

/// Tells how much memory was the most since the peak began anew.
fn memory(watched: Watched, what: &str) -> Outcome<()> {
    line(format!(
        "  memory          {} MiB at most during {what}, {}",
        watched.peak().unwrap_or(0),
        watched.name()
    ))?;
    Ok(())
}

fn write(path: &std::path::Path, rows: u64, order: Order, revision: bool) -> Outcome<u64> {
    let mut file = BufWriter::new(File::create(path)?);
    let written = figures::write(rows, order, revision, &mut file)?;
    file.flush()?;
    Ok(written)
}

async fn questions(
    bureau: &Bureau,
    calls: usize,
    known: jiff::Timestamp,
    when: &str,
) -> Outcome<()> {
    let series = QuerySeriesRequest {
        parent: PARENT.to_owned(),
        granularity: Granularity::Month as i32,
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        start_year: 2021,
        end_year: 2025,
        group_by: vec![SeriesDimension::Commodity as i32],
        commodity_level: CommodityLevel::Chapter as i32,
        known_time: Some(at(known)),
        ..QuerySeriesRequest::default()
    };
    let watched = bureau.watched();
    let chapters = times(watched, calls, async || {
        let answer = bureau.trade.clone().query_series(series.clone()).await?;
        Ok(answer.into_inner().groups.len())
    });
    let chapters = chapters.await?;
    let breakdown = QueryBreakdownRequest {
        parent: PARENT.to_owned(),
        period: "2025".to_owned(),
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: "UZ".to_owned(),
        dimension: SeriesDimension::Commodity as i32,
        commodity_level: CommodityLevel::Subheading as i32,
        known_time: Some(at(known)),
        ..QueryBreakdownRequest::default()
    };
    let top = times(watched, calls, async || {
        let answer = bureau
            .trade
            .clone()
            .query_breakdown(breakdown.clone())
            .await?;
        Ok(answer.into_inner().rows.len())
    });
    let top = top.await?;
    let plain = calls.clamp(1, 10);
    let bare_chapters = times(watched, plain, async || {
        Ok(bare::ask(&bureau.database, bare::CHAPTERS).await?)
    })
    .await?;
    let bare_top = times(watched, plain, async || {
        Ok(bare::ask(&bureau.database, bare::TOP).await?)
    })
    .await?;
    for (name, own, bare) in [
        ("chapters by month", chapters, bare_chapters),
        ("top 20 products", top, bare_top),
    ] {
        line(format!(
            "  {name}, {when}: {} p50, {} p99, {} of processors ({} groups); plain SQL {} p50, {} p99: {} times as \
             long in p99",
            ms(own.0.p50),
            ms(own.0.p99),
            ms(own.0.processor),
            own.1,
            ms(bare.0.p50),
            ms(bare.0.p99),
            ratio(bare.0.p99, own.0.p99),
        ))?;
    }
    Ok(())
}

/// Times calls after a few that are not counted.
async fn times(
    watched: Watched,
    calls: usize,
    mut call: impl AsyncFnMut() -> Outcome<usize>,
) -> Outcome<(Times, usize)> {
    let mut taken: Vec<Duration> = Vec::new();
    let mut rows = 0;
    let mut before = watched.processor();
    for index in 0..calls + 2 {
        if index == 2 {
            before = watched.processor();
        }
        let begun = Instant::now();
        rows = call().await?;
        if index >= 2 {
            taken.push(begun.elapsed());
        }
    }
    let spent = watched.processor().zip(before);
    let spent = spent.map(|(after, before)| after.saturating_sub(before));
    Ok((Times::of(taken, spent.unwrap_or_default()), rows))
}

/// Exports everything that stands.
async fn export(bureau: &Bureau) -> Outcome<()> {
    let request = StreamObservationsRequest {
        parent: PARENT.to_owned(),
        ..StreamObservationsRequest::default()
    };
    let begun = Instant::now();
    let mut stream = bureau
        .trade
        .clone()
        .stream_observations(request)
        .await?
        .into_inner();
    let mut figures = 0;
    while let Some(message) = stream.message().await? {
        figures += u64::try_from(message.observations.len())?;
    }
    let took = begun.elapsed();
    line(format!(
        "  export          {figures} figures, {}, {}",
        ms(took),
        rate(figures, took)
    ))?;
    Ok(())
}
