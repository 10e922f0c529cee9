-- A request of a data subject; its envelope is kernel_case (same id). detail and answer are sealed: people write about themselves.
-- subject_right: see rules::Right. entry: the reading objected to, if it is about one.
CREATE TABLE privacy_request (
  id BYTES PRIMARY KEY, subject_right TEXT NOT NULL, person BYTES NOT NULL, entry BYTES, detail_sealed BYTES NOT NULL,
  answer_sealed BYTES, decided_by BYTES, version BIGINT NOT NULL);
CREATE INDEX privacy_request_person ON privacy_request (person);

-- Readings kept from the person for a time, because a law says so. kind: law_enforcement | domestic_violence | child.
-- case_id or unit narrow it to readings for that case or by that unit; both empty is every reading.
CREATE TABLE privacy_hiding (
  id BYTES PRIMARY KEY, person BYTES NOT NULL, case_id BYTES, unit BYTES, kind TEXT NOT NULL, decree TEXT NOT NULL,
  basis TEXT NOT NULL, reason TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, lifted_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX privacy_hiding_person ON privacy_hiding (person, from_at);

-- The breach register (UU 27/2022 Pasal 46). state: open | closed.
CREATE TABLE privacy_breach (
  id BYTES PRIMARY KEY, title TEXT NOT NULL, found_at BIGINT NOT NULL, happened_on TEXT NOT NULL, data TEXT NOT NULL, how TEXT NOT NULL,
  measures TEXT NOT NULL, persons BIGINT NOT NULL, due_at BIGINT NOT NULL, agency_at BIGINT, agency_note TEXT NOT NULL,
  subjects_at BIGINT, subjects_note TEXT NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX privacy_breach_found ON privacy_breach (found_at);

-- Who was touched by which entry: an index over the audit log that can be made again at any time.
CREATE TABLE privacy_reading (
  person BYTES NOT NULL, entry BYTES NOT NULL, PRIMARY KEY (person, entry));
CREATE TABLE privacy_indexed (id BIGINT PRIMARY KEY, through BYTES NOT NULL);
