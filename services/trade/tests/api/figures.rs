//! Published figures of trade between Uzbekistan and Kazakhstan, each with its source.

use accord_proto::trade::v1::{PublishTimeBasis, Release, Scope, Valuation};

use crate::bureau::{Bureau, at, release};

/// Uzbekistan's statistics agency, tables 1105 (exports) and 1176 (imports) by country, in thousand
/// dollars, goods and services; a copy of 26 November 2024 is the first that is known.
/// <https://siat.stat.uz>
pub(crate) const UZ_TABLES: &str = "\
flow,period,value_usd,unit_mult,qualifier,rounded_to_usd,as_published
export,2021,1178376.7,3,rounded,100,1178376.7 thousand USD
export,2022,1407547.5,3,rounded,100,1407547.5 thousand USD
export,2023,1417053.6,3,rounded,100,1417053.6 thousand USD
import,2021,2742180.05,3,rounded,10,2742180.05 thousand USD
import,2022,3243509.06,3,rounded,10,3243509.06 thousand USD
import,2023,3068544.9,3,rounded,10,3068544.9 thousand USD
";

/// Uzbekistan's figures of 2025 as reported on 1 February 2026.
/// <https://ru.trend.az/casia/uzbekistan/4148431.html>
pub(crate) const UZ_2025: &str = "\
flow,period,value_usd,unit_mult,qualifier,rounded_to_usd,as_published
turnover,2025,4.97,9,rounded,10000000,$4.97 billion (+11.4%)
export,2025,1.55,9,rounded,10000000,$1.55 billion (+1.2%)
import,2025,3.4,9,rounded,100000000,$3.4 billion (+16.6%)
";

/// Kazakhstan's figures of 2022 as reported on 5 October 2023.
/// <https://www.intellinews.com/uzbekistan-ramps-up-imports-of-kazakh-wheat-to-five-year-high-295594>
pub(crate) const KZ_EARLY: &str = "\
flow,period,value_usd,unit_mult,qualifier,rounded_to_usd,as_published
turnover,2022,5.0,9,rounded,100000000,$5.0bn (+29.8%)
export,2022,3.7,9,rounded,100000000,$3.7bn (+33%)
import,2022,1.3,9,rounded,100000000,$1.3bn (+21.4%)
";

/// Kazakhstan's bureau of national statistics, foreign trade by country, file of 2023 with the sheets
/// of 2022 and 2023, published on 25 July 2024, in thousand dollars, goods. <https://stat.gov.kz>
pub(crate) const KZ_FILE: &str = "\
flow,period,value_usd,unit_mult,as_published
turnover,2022,4921935.90496,3,4921935.90496 thousand USD
export,2022,3635821.70289,3,3635821.70289 thousand USD
import,2022,1286114.20207,3,1286114.20207 thousand USD
turnover,2023,4417919.1921,3,4417919.1921 thousand USD
export,2023,3129992.90657,3,3129992.90657 thousand USD
import,2023,1287926.28553,3,1287926.28553 thousand USD
";

/// A release whose source says neither its scope nor its valuation.
pub(crate) fn press(reporter: &str, published: &str) -> Release {
    Release {
        scope: Scope::NotStated as i32,
        export_valuation: Valuation::NotStated as i32,
        import_valuation: Valuation::NotStated as i32,
        ..release(reporter, published)
    }
}

/// The release of Uzbekistan's tables.
pub(crate) fn uz_tables() -> Release {
    Release {
        publish_time: Some(at("2024-11-26")),
        publish_time_basis: PublishTimeBasis::FirstKnown as i32,
        publish_time_note: "the tables bear no date; a copy of this day is the first known"
            .to_owned(),
        scope: Scope::GoodsAndServices as i32,
        ..release("UZ", "2024-11-26")
    }
}

/// Publishes all of them, in an order that is not that of their publication.
pub(crate) async fn publish_all(bureau: &Bureau) {
    bureau
        .publish("kz-2023", release("KZ", "2024-07-25"), KZ_FILE)
        .await;
    bureau
        .publish("uz-2025", press("UZ", "2026-02-01"), UZ_2025)
        .await;
    bureau.publish("uz-tables", uz_tables(), UZ_TABLES).await;
    bureau
        .publish("kz-2022-early", press("KZ", "2023-10-05"), KZ_EARLY)
        .await;
}
