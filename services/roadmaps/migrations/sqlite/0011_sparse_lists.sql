-- Lists of a partnership's measures that ask for a state few of them have, or for those that changed last.

CREATE INDEX measures_by_state ON measures (partnership, state, order_number, name);
CREATE INDEX measures_by_update ON measures (partnership, updated_us, name);
