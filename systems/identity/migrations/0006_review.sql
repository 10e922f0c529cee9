-- Reviews of access: one a unit and quarter, a case on the case engine (the id is the case's). quarter: "2026-4".
CREATE TABLE identity_review (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, quarter TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (unit, quarter));

-- One right of one person. what: holding | grant. row_id: the holding or grant. state: waiting | kept | removed.
CREATE TABLE identity_review_line (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, account BYTES, person BYTES, unit BYTES NOT NULL, what TEXT NOT NULL, row_id BYTES NOT NULL,
  title TEXT NOT NULL, opened_at BIGINT, state TEXT NOT NULL, decided_at BIGINT, reason TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX identity_review_line_case ON identity_review_line (case_id, title, id);
