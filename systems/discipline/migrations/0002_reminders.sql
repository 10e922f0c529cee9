-- Deadlines whoever they concern was reminded of, each once. about: answer | investigation | appeal | appeal_decision | restriction.
CREATE TABLE discipline_reminder (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, about TEXT NOT NULL, deadline BIGINT NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE UNIQUE INDEX discipline_reminder_once ON discipline_reminder (case_id, about, deadline);
