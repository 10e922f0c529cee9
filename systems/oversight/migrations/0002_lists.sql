-- Who stood on a list that was opened, printed or taken: an index over the log by person. The entry says who looked.
CREATE TABLE oversight_listed (person BYTES NOT NULL, entry BYTES NOT NULL, PRIMARY KEY (person, entry));

-- Up to which entry the log was read for lists.
CREATE TABLE oversight_indexed (id BIGINT PRIMARY KEY, through BYTES NOT NULL);
