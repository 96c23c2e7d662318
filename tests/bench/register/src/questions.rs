//! What is asked: every documented filter with common and rare values, searches and calendars.

/// A list: its name in the report, the filter and the order.
pub(crate) const LISTS: &[(&str, &str, &str)] = &[
    ("list", "", ""),
    ("list by signature_date", "", "signature_date desc"),
    ("list type, common", "type = DOCUMENT_TYPE_AGREEMENT", ""),
    ("list type, rare", "type = DOCUMENT_TYPE_COMMUNIQUE", ""),
    (
        "list level, common",
        "level = DOCUMENT_LEVEL_INTERGOVERNMENTAL",
        "",
    ),
    (
        "list level, rare",
        "level = DOCUMENT_LEVEL_INTERREGIONAL",
        "",
    ),
    ("list sectors, common", "sectors:trade", ""),
    ("list sectors, rare", "sectors:space", ""),
    ("list parties, common", "parties:KZ", ""),
    ("list parties, rare", "parties:TM", ""),
    (
        "list access_level, common",
        "access_level = ACCESS_LEVEL_PUBLIC",
        "",
    ),
    (
        "list access_level, rare",
        "access_level = ACCESS_LEVEL_RESTRICTED",
        "",
    ),
    ("list title_known, common", "title_known = true", ""),
    ("list title_known, rare", "title_known = false", ""),
    (
        "list signature_place, common",
        "signature_place = \"Tashkent\"",
        "",
    ),
    (
        "list signature_place, rare",
        "signature_place = \"Khiva\"",
        "",
    ),
    (
        "list signature_date, one day",
        "signature_date = 2015-06-01",
        "",
    ),
    (
        "list signature_date, since",
        "signature_date >= 2010-01-01",
        "signature_date",
    ),
    (
        "list signature_date, since, by name",
        "signature_date >= 2010-01-01",
        "",
    ),
    ("list item_number", "item_number = 7", ""),
    ("list item_number, range", "item_number > 10", ""),
    (
        "list create_time, since",
        "create_time > \"2021-12-06T00:00:00Z\"",
        "",
    ),
    (
        "list update_time, none",
        "update_time < \"2021-12-06T00:00:00Z\"",
        "",
    ),
    ("list document_id, prefix", "document_id = \"d0a1*\"", ""),
    ("list titles, common", "titles:\"customs\"", ""),
    ("list titles, rare", "titles:\"kurganaryk\"", ""),
    (
        "list two fields, common",
        "type = DOCUMENT_TYPE_AGREEMENT AND sectors:trade",
        "",
    ),
    (
        "list two fields, rare",
        "type = DOCUMENT_TYPE_COMMUNIQUE AND sectors:trade",
        "",
    ),
    ("list either, rare", "sectors:space OR parties:TM", ""),
    ("list not", "NOT type = DOCUMENT_TYPE_AGREEMENT", ""),
    (
        "list sectors by date, common",
        "sectors:trade",
        "signature_date desc",
    ),
    (
        "list sectors by date, rare",
        "sectors:space",
        "signature_date desc",
    ),
];

/// A search: its name in the report, and the query.
pub(crate) const SEARCHES: &[(&str, &str)] = &[
    ("search, common word", "customs"),
    ("search, rare word", "kurganarykzar"),
    ("search, part of a word", "oordin"),
    ("search, part of a common word", "ustom"),
    ("search, two words", "customs kurgan"),
    ("search, other script", "bojxona"),
];
