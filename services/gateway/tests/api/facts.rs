//! The facts that tests of the overview record. Figures and days are made up for easy sums.

use accord_proto::{
    convert,
    documents::v1::{
        self as documents, Act, ActKind, Document, DocumentLevel, DocumentType, EffectivePeriod,
        Partnership,
    },
    google::r#type::Date,
    roadmaps::v1::{self as roadmaps, Deadline, Measure, Period, Roadmap, RoadmapSide, deadline},
    trade::v1::{
        Baseline, Coverage, Measurement, PublishTimeBasis, Release, Target, TurnoverMethod,
        coverage::Completeness, target::Indicator,
    },
};
use jiff::civil;

/// What Uzbekistan publishes: 4 billion dollars for 2021, 5 for 2025.
pub(crate) const UZ_CSV: &str = "flow,period,value_usd\n\
    export,2021,1000000000\nimport,2021,3000000000\nturnover,2021,4000000000\n\
    export,2025,2000000000\nimport,2025,3000000000\nturnover,2025,5000000000\n";

/// What Kazakhstan publishes: 6 billion dollars for 2025.
pub(crate) const KZ_CSV: &str = "flow,period,value_usd\n\
    export,2025,3500000000\nimport,2025,2500000000\nturnover,2025,6000000000\n";

/// A date of the contracts.
pub(crate) fn date(year: i16, month: i8, day: i8) -> Date {
    convert::from_date(civil::date(year, month, day))
}

fn titles(texts: &[(&str, &str)]) -> Vec<documents::LocalizedText> {
    texts
        .iter()
        .map(|(language, text)| documents::LocalizedText {
            language_code: (*language).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}

fn source() -> documents::Source {
    documents::Source {
        uri: "https://example.org/source".to_owned(),
        note: String::new(),
    }
}

pub(crate) fn partnership() -> Partnership {
    Partnership {
        display_names: titles(&[
            ("en", "Uzbekistan and Kazakhstan"),
            ("ru", "Узбекистан и Казахстан"),
        ]),
        parties: vec!["UZ".to_owned(), "KZ".to_owned()],
        declared_document_count: Some(22),
        declared_document_count_source: Some(source()),
        ..Partnership::default()
    }
}

/// A declaration that applies since its signature, and an agreement whose clause is not read.
pub(crate) fn documents() -> [(&'static str, Document); 2] {
    let document = |kind: DocumentType, title: &[(&str, &str)]| Document {
        titles: titles(title),
        r#type: kind.into(),
        level: DocumentLevel::Interstate.into(),
        parties: vec!["UZ".to_owned(), "KZ".to_owned()],
        signature_date: Some(date(2021, 12, 6)),
        sources: vec![source()],
        ..Document::default()
    };
    let declaration = Document {
        item_number: Some(1),
        effective_period: Some(EffectivePeriod {
            start_date: Some(date(2021, 12, 6)),
            end_date: None,
        }),
        ..document(
            DocumentType::Declaration,
            &[("en", "Declaration"), ("ru", "Декларация")],
        )
    };
    let customs = document(DocumentType::Agreement, &[("en", "Customs agreement")]);
    [("declaration", declaration), ("customs", customs)]
}

pub(crate) fn signature(party: &str) -> Act {
    Act {
        party: party.to_owned(),
        kind: ActKind::Signature.into(),
        date: Some(date(2021, 12, 6)),
        source: Some(source()),
        ..Act::default()
    }
}

/// A publication of 1 February 2026.
pub(crate) fn release(reporter: &str) -> Release {
    let partner = if reporter == "UZ" { "KZ" } else { "UZ" };
    let published = "2026-02-01T00:00:00Z".parse().expect("an instant");
    Release {
        display_name: format!("Trade of {reporter}"),
        reporter: reporter.to_owned(),
        publisher: "Statistics agency".to_owned(),
        publish_time: Some(convert::from_timestamp(published)),
        publish_time_basis: PublishTimeBasis::Stated.into(),
        coverage: Some(Coverage {
            completeness: Completeness::Partial.into(),
            partners: vec![partner.to_owned()],
            ..Coverage::default()
        }),
        ..Release::default()
    }
}

/// 10 billion dollars in 2030, by what Uzbekistan reports, adopted on 1 March 2025.
pub(crate) fn target() -> Target {
    Target {
        display_name: "10 billion dollars by 2030".to_owned(),
        parties: vec!["UZ".to_owned(), "KZ".to_owned()],
        indicator: Indicator::Turnover.into(),
        value_cents: 1_000_000_000_000,
        due_date: Some(date(2030, 12, 31)),
        baseline: Some(Baseline {
            year: 2021,
            value_cents: None,
        }),
        measurement: Some(Measurement {
            turnover_method: TurnoverMethod::AsReportedBy.into(),
            reporter: "UZ".to_owned(),
        }),
        adopt_date: Some(date(2025, 3, 1)),
        ..Target::default()
    }
}

pub(crate) fn roadmap() -> Roadmap {
    let side = |party: &str, region: &str| RoadmapSide {
        party: party.to_owned(),
        region_code: region.to_owned(),
        ..RoadmapSide::default()
    };
    Roadmap {
        titles: vec![roadmaps::LocalizedText {
            language_code: "en".to_owned(),
            text: "Roadmap of the capitals".to_owned(),
        }],
        sides: vec![side("UZ", "UZ-TK"), side("KZ", "KZ-AST")],
        period: Some(Period {
            start_date: Some(date(2022, 1, 1)),
            end_date: Some(date(2099, 12, 31)),
        }),
        signing_date: Some(date(2021, 12, 6)),
        ..Roadmap::default()
    }
}

/// One measure whose time is over, and one whose time is far off.
pub(crate) fn measures() -> [(&'static str, Measure); 2] {
    let measure = |title: &str, last_day: Date| Measure {
        titles: vec![roadmaps::LocalizedText {
            language_code: "en".to_owned(),
            text: title.to_owned(),
        }],
        deadline: Some(Deadline {
            form: Some(deadline::Form::Date(last_day)),
            last_day: None,
        }),
        ..Measure::default()
    };
    [
        ("forum", measure("Business forum", date(2022, 6, 30))),
        ("school", measure("School", date(2099, 6, 30))),
    ]
}
