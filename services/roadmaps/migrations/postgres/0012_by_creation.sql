-- Lists of a partnership's measures by when they were entered.

CREATE INDEX measures_by_creation ON measures (partnership, created_us, name);
