-- Who may read what an entry holds, by the level and the parties at the time of the change: 1 for everyone, 2 for readers and
-- editors of the parties, 3 for their editors. The parties are kept as ',KZ,UZ,'. What was recorded before is public.
ALTER TABLE ledger_entries ADD COLUMN access_level INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ledger_entries ADD COLUMN reader_parties TEXT NOT NULL DEFAULT '';
