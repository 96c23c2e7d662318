//! Logs on standard error, and traces, metrics and logs over OTLP where the standard variables ask
//! for them.

mod access;
mod fields;
mod lines;

use std::{
    io::{self, BufWriter, IsTerminal as _, stderr},
    time::Duration,
};

use clock::Clock;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter};
use opentelemetry_sdk::{Resource, logs::SdkLoggerProvider, trace::SdkTracerProvider};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt as _, LevelFilter, Targets, filter_fn},
    fmt,
    layer::{Filter, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

use self::{access::Access, fields::Plain, lines::Lines};
use crate::{AccessLog, LogArgs, LogFormat, Metrics, StartError, exchange};

/// The variable that turns OTLP on.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Lines of the log that wait at most for standard error to take them. What comes then is left out and counted: a reader that is
/// slow, or has stopped, must not hold up calls.
const LINES_WAITING: usize = 16 * 1024;

/// Lines that wait are written out together, in pieces of about this size.
const PIECE_BYTES: usize = 64 * 1024;

/// How long the last lines of the access log may take at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

type BoxFilter = Box<dyn Filter<Registry> + Send + Sync>;
type BoxLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The telemetry of a process.
#[derive(Debug)]
pub struct Telemetry {
    metrics: Metrics,
    traces: Option<SdkTracerProvider>,
    logs: Option<SdkLoggerProvider>,
    /// Writes out what is left of the log when it is dropped, for a second at most.
    log: Option<WorkerGuard>,
    access: Option<Lines>,
}

impl Telemetry {
    /// Sets up the log of the process, and OTLP if `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
    ///
    /// Lines of calls have the time of `clock`. `service` is the service's name unless `OTEL_SERVICE_NAME` gives another. To be called once,
    /// inside a tokio runtime.
    pub fn start(
        service: &'static str,
        version: &'static str,
        args: &LogArgs,
        clock: &Clock,
    ) -> Result<Telemetry, StartError> {
        let (log, guard) = log_lines();
        let mut layers = vec![log_layer(args, log.clone())?];
        let access = access_lines(args)?;
        layers.extend(
            access
                .as_ref()
                .map(|lines| access_layer(args, lines, clock)),
        );
        let has_endpoint = std::env::var_os(ENDPOINT).is_some_and(|value| !value.is_empty());
        let mut telemetry = if has_endpoint {
            let resource = resource(service, version);
            let (telemetry, more) =
                Self::sending(&resource, access.is_some()).map_err(|error| {
                    StartError::Config(format!("{ENDPOINT}: cannot set up OTLP: {error}"))
                })?;
            layers.extend(more);
            telemetry
        } else {
            Telemetry {
                metrics: Metrics::new()?,
                traces: None,
                logs: None,
                log: None,
                access: None,
            }
        };
        let log = log.error_counter();
        let metrics = &telemetry.metrics;
        metrics.observe_left_out("accord.log.left.out", "log", move || log.dropped_lines());
        if let Some(lines) = access.clone() {
            let left_out = move || lines.left_out();
            metrics.observe_left_out("accord.access.log.left.out", "access log", left_out);
        }
        telemetry.log = Some(guard);
        telemetry.access = access;
        tracing_subscriber::registry()
            .with(layers)
            .try_init()
            .map_err(|error| StartError::Start(format!("cannot set up the log: {error}")))?;
        Ok(telemetry)
    }

    /// Makes what sends over OTLP, and the layers that feed it.
    fn sending(
        resource: &Resource,
        with_access: bool,
    ) -> Result<(Telemetry, Vec<BoxLayer>), Box<dyn std::error::Error>> {
        let spans = SpanExporter::builder().with_tonic().build()?;
        let measurements = MetricExporter::builder().with_tonic().build()?;
        let records = LogExporter::builder().with_tonic().build()?;
        let traces = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_batch_exporter(spans)
            .build();
        let logs = SdkLoggerProvider::builder()
            .with_resource(resource.clone())
            .with_batch_exporter(records)
            .build();
        let layers: Vec<BoxLayer> = vec![
            tracing_opentelemetry::layer()
                .with_tracer(traces.tracer("accord"))
                .with_filter(LevelFilter::INFO)
                .boxed(),
            OpenTelemetryTracingBridge::new(&logs)
                .with_filter(sent(with_access))
                .boxed(),
        ];
        let telemetry = Telemetry {
            metrics: Metrics::with_exporter(resource.clone(), Some(measurements))?,
            traces: Some(traces),
            logs: Some(logs),
            log: None,
            access: None,
        };
        Ok((telemetry, layers))
    }

    /// Returns the measurements of the process.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Sends what is left to send; takes a few seconds at most.
    pub async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(move || {
            self.metrics.shutdown();
            if let Some(Err(error)) = self.traces.map(|traces| traces.shutdown()) {
                tracing::warn!(%error, "the last spans were not sent");
            }
            if let Some(Err(error)) = self.logs.map(|logs| logs.shutdown()) {
                tracing::warn!(%error, "the last log records were not sent");
            }
            if let Some(lines) = self.access {
                lines.flush(FLUSH_TIMEOUT);
            }
            drop(self.log);
        });
        if let Err(error) = stopped.await {
            tracing::warn!(%error, "telemetry did not end in order");
        }
    }
}

/// What decides which lines are logged, and the name of the setting that it comes from.
fn filter_text(args: &LogArgs) -> (&'static str, String) {
    match (&args.log, std::env::var("RUST_LOG")) {
        (Some(text), _) => ("--log (ACCORD_LOG)", text.clone()),
        (None, Ok(text)) if !text.is_empty() => ("RUST_LOG", text),
        (None, _) => ("default", "info".to_owned()),
    }
}

/// The way of log lines to standard error.
fn log_lines() -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_WAITING)
        .thread_name("log")
        .finish(BufWriter::with_capacity(PIECE_BYTES, stderr()))
}

/// The log lines, but those of the access log.
fn log_layer(args: &LogArgs, lines: NonBlocking) -> Result<BoxLayer, StartError> {
    let (source, text) = filter_text(args);
    // The telemetry libraries tell of their own coming and going at INFO, and h2 warns of frames that any client can send
    // without end.
    let text = format!("opentelemetry=warn,h2=error,{text}");
    // Most settings name targets and levels only; what can tell spans apart as well has to follow each of their steps.
    let filter: BoxFilter = match text.parse::<Targets>() {
        Ok(targets) => Box::new(targets),
        Err(_) => Box::new(
            EnvFilter::try_new(&text)
                .map_err(|error| StartError::Config(format!("{source}: {text:?}: {error}")))?,
        ),
    };
    let filter = filter.and(filter_fn(|line| line.target() != exchange::ACCESS));
    let layer = fmt::layer().with_writer(lines);
    Ok(match args.log_format {
        LogFormat::Text if stderr().is_terminal() => {
            layer.with_ansi(true).with_filter(filter).boxed()
        }
        LogFormat::Text => layer
            .with_ansi(false)
            .fmt_fields(Plain)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => layer.json().with_filter(filter).boxed(),
    })
}

/// Whether calls are logged: unless the setting of the access log, or the last level that the filter gives to its lines,
/// says otherwise.
fn has_access_log(args: &LogArgs) -> bool {
    let (_, text) = filter_text(args);
    let mut levels = text.rsplit(',').filter_map(|directive| {
        let (target, level) = directive.split_once('=')?;
        (target.trim() == exchange::ACCESS).then_some(level.trim())
    });
    let is_off = |level: &str| {
        let level = level.parse::<LevelFilter>();
        level.is_ok_and(|level| level < LevelFilter::INFO)
    };
    args.access_log != Some(AccessLog::Off) && !levels.next().is_some_and(is_off)
}

/// The way of the access log to standard error, unless it is off. It is another than that of the log: there is a line for each
/// call, and a way that wakes a thread for each line would cost more than the line.
fn access_lines(args: &LogArgs) -> Result<Option<Lines>, StartError> {
    if !has_access_log(args) {
        return Ok(None);
    }
    let lines: io::Result<Lines> = Lines::to(stderr());
    lines
        .map(Some)
        .map_err(|error| StartError::Start(format!("cannot start the access log: {error}")))
}

/// The lines of the access log; in JSON their fields stand at the top.
fn access_layer(args: &LogArgs, lines: &Lines, clock: &Clock) -> BoxLayer {
    let filter = filter_fn(|line| line.target() == exchange::ACCESS);
    Access::new(lines.clone(), args.log_format, clock.clone())
        .with_filter(filter)
        .boxed()
}

/// What is sent: all but what the exporter itself logs while sending, and the access log where it is off.
fn sent(with_access: bool) -> Targets {
    let access = if with_access {
        LevelFilter::INFO
    } else {
        LevelFilter::OFF
    };
    [
        "h2",
        "hyper",
        "hyper_util",
        "tonic",
        "tower",
        "opentelemetry",
    ]
    .into_iter()
    .fold(
        Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target(exchange::ACCESS, access),
        |targets, target| targets.with_target(target, LevelFilter::OFF),
    )
}

fn resource(service: &'static str, version: &'static str) -> Resource {
    let builder = Resource::builder().with_attribute(KeyValue::new("service.version", version));
    if std::env::var_os("OTEL_SERVICE_NAME").is_some() {
        builder.build()
    } else {
        builder.with_service_name(service).build()
    }
}
