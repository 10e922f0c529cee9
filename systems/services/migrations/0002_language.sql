-- The language the applicant used, for what is written to her: id | en.
ALTER TABLE services_application ADD COLUMN lang TEXT NOT NULL DEFAULT 'id';
