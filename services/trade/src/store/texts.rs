//! What is packed into the keys of figures, as SQL on either engine sees it: for filters.
//!
//! The figure is `o` and its release is `r`.

/// One expression in the words of both engines.
pub(crate) struct Text {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL, where text that is compared must sort by bytes.
    pub postgres: &'static str,
}

/// The code of the flow.
pub(crate) const FLOW: &str = "((o.series >> 26) & 7)";

/// The code of the window.
pub(crate) const WINDOW: &str = "(o.span / 100)";

/// The last month.
pub(crate) const MONTH: &str = "(o.span % 100)";

/// The partner; the world has a number behind those of two letters.
pub(crate) const PARTNER: Text = Text {
    sqlite: "(CASE WHEN (o.series >> 45) = 676 THEN 'W0' \
        ELSE char(65 + (o.series >> 45) / 26, 65 + (o.series >> 45) % 26) END)",
    postgres: "(CASE WHEN (o.series >> 45) = 676 THEN 'W0' \
        ELSE chr((65 + (o.series >> 45) / 26)::int) || chr((65 + (o.series >> 45) % 26)::int) END) \
        COLLATE \"C\"",
};

/// The code of the commodity.
pub(crate) const COMMODITY: Text = Text {
    sqlite: "(CASE WHEN (o.series & 8388607) = 0 THEN 'TOTAL' \
        ELSE substr(printf('%06d', (o.series & 8388607) >> 3), 1, o.series & 7) END)",
    postgres: "(CASE WHEN (o.series & 8388607) = 0 THEN 'TOTAL' \
        ELSE substr(lpad(((o.series & 8388607) >> 3)::text, 6, '0'), 1, (o.series & 7)::int) END) \
        COLLATE \"C\"",
};

/// The region; empty for the whole country.
pub(crate) const REGION: Text = Text {
    sqlite: "(CASE WHEN ((o.series >> 29) & 65535) = 0 THEN '' ELSE r.reporter || '-' \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ((o.series >> 29) & 65535) / 1369, 1) \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ((o.series >> 29) & 65535) / 37 % 37, 1) \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ((o.series >> 29) & 65535) % 37, 1) END)",
    postgres: "(CASE WHEN ((o.series >> 29) & 65535) = 0 THEN '' ELSE r.reporter || '-' \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (((o.series >> 29) & 65535) / 1369)::int, 1) \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (((o.series >> 29) & 65535) / 37 % 37)::int, 1) \
        || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (((o.series >> 29) & 65535) % 37)::int, 1) \
        END) COLLATE \"C\"",
};
