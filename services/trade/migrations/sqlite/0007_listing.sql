-- Figures of a release are listed in the order of their primary key. A second index made each import a third longer.
DROP INDEX observations_in_order;
