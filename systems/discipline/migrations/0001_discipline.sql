-- What a case of discipline is about and what came of it; id is the case's. subject: official | unit.
-- *_sealed are encrypted free texts. measure: '' until decided.
CREATE TABLE discipline_case (
  id BYTES PRIMARY KEY, subject TEXT NOT NULL, account BYTES, person BYTES, unit BYTES NOT NULL, decider BYTES NOT NULL, appeal_post BYTES NOT NULL,
  basis TEXT NOT NULL, allegation_sealed BYTES NOT NULL, answer_until BIGINT, answer_sealed BYTES, answered_at BIGINT,
  investigation TEXT NOT NULL, finding_sealed BYTES, measure TEXT NOT NULL, decree TEXT NOT NULL, decreed_on TEXT, ground_sealed BYTES,
  restricted_until BIGINT, decided_at BIGINT, appeal_until BIGINT, appeal_sealed BYTES, appealed_at BIGINT, appeal_decree TEXT NOT NULL,
  appeal_result TEXT NOT NULL, appeal_ground_sealed BYTES, restored_by TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX discipline_case_account ON discipline_case (account);
CREATE INDEX discipline_case_person ON discipline_case (person);
CREATE INDEX discipline_case_unit ON discipline_case (unit);
