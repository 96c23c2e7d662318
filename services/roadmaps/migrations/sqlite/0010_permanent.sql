-- Permanent measures have no day on which they are due: 0006_deadlines gave those of older databases one.

DELETE FROM deadlines WHERE measure_uid IN (SELECT uid FROM measures WHERE deadline_form = 5);

UPDATE reminder_queue SET look_day = NULL
WHERE look_day IS NOT NULL AND measure_uid IN (SELECT uid FROM measures WHERE deadline_form = 5);
