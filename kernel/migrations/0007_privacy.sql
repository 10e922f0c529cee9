-- What was erased of the history, and what may not be (kernel::erasure, kernel::retention).
-- Every version of the row up to `through` lost its image and salt; the digest stays. reason: request | retention.
-- For table_name kernel_entry: entries up to this one lost origin, detail and salt; through is 0.
CREATE TABLE kernel_erasure (
  id BYTES PRIMARY KEY, table_name TEXT NOT NULL, row_id BYTES NOT NULL, through BIGINT NOT NULL, reason TEXT NOT NULL,
  basis TEXT NOT NULL, cause BYTES, at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_erasure_row ON kernel_erasure (table_name, row_id, through);

-- Legal hold: nothing of this case or person is erased while it lasts. object_kind: case | person.
CREATE TABLE kernel_hold (
  id BYTES PRIMARY KEY, object_kind TEXT NOT NULL, object BYTES NOT NULL, reason TEXT NOT NULL, decree TEXT NOT NULL,
  from_at BIGINT NOT NULL, until_at BIGINT, lifted_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX kernel_hold_object ON kernel_hold (object, from_at);

-- How long a kind of record is kept, as the government decided; without a row the rule's own term holds.
CREATE TABLE kernel_retention (
  id BYTES PRIMARY KEY, rule TEXT NOT NULL, keep_days BIGINT NOT NULL, basis TEXT NOT NULL, active BOOLEAN NOT NULL,
  version BIGINT NOT NULL, UNIQUE (rule));

-- What a run of a rule erased: the deletion report.
CREATE TABLE kernel_retention_run (
  id BYTES PRIMARY KEY, rule TEXT NOT NULL, at BIGINT NOT NULL, before_at BIGINT NOT NULL, basis TEXT NOT NULL,
  erased BIGINT NOT NULL, held BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_retention_run_at ON kernel_retention_run (at);
