ALTER TABLE workflows DROP COLUMN source_id;
