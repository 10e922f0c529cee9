-- Reviews of access: one a unit and quarter, a case on the case engine (the id is the case's). quarter: "2026-4".
CREATE TABLE identity_review (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, quarter TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (unit, quarter));

-- One right of one person. what: holding | grant. row_id: the holding or grant. state: waiting | kept | removed.
CREATE TABLE identity_review_line (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, account BYTES, person BYTES, unit BYTES NOT NULL, what TEXT NOT NULL, row_id BYTES NOT NULL,
  title TEXT NOT NULL, opened_at BIGINT, state TEXT NOT NULL, decided_at BIGINT, reason TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX identity_review_line_case ON identity_review_line (case_id, title, id);

-- Imports of officials. state: draft | done | undone. who: the account that brought it, null for the command line.
CREATE TABLE identity_import (
  id BYTES PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, brought_by BYTES, brought_at BIGINT NOT NULL, done_at BIGINT,
  version BIGINT NOT NULL);

-- One row of the file, or (line 0) somebody who is here and not in the file. verdict: new | same | different | missing | wrong.
-- body: the row as read, JSON. problem: a message key. choice: take | leave.
CREATE TABLE identity_import_row (
  id BYTES PRIMARY KEY, import BYTES NOT NULL, line BIGINT NOT NULL, verdict TEXT NOT NULL, body TEXT NOT NULL, problem TEXT NOT NULL,
  choice TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX identity_import_row_import ON identity_import_row (import, verdict, line, id);

-- What an import changed, to be undone. what: person_made | post_made | holding_made | holding_changed.
-- before: the holding's dates, kind and decree as they were, JSON. row_version: the version it left behind.
CREATE TABLE identity_import_effect (
  id BYTES PRIMARY KEY, import BYTES NOT NULL, place BIGINT NOT NULL, what TEXT NOT NULL, row_id BYTES NOT NULL, before TEXT NOT NULL,
  row_version BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX identity_import_effect_import ON identity_import_effect (import, place);
