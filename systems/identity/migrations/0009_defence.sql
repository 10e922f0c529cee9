-- Where the owner of an account is told of its security. id is the account's.
CREATE TABLE identity_contact (
  id BYTES PRIMARY KEY, email_sealed BYTES, version BIGINT NOT NULL);

-- From how many signals of a kind within how many minutes the administrators are told; counted over all, by account or by network.
-- A kind without a row has the value that is shipped.
CREATE TABLE identity_threshold (
  id BYTES PRIMARY KEY, kind TEXT NOT NULL, least BIGINT NOT NULL, minutes BIGINT NOT NULL, counted_by TEXT NOT NULL, active BOOLEAN NOT NULL,
  version BIGINT NOT NULL, UNIQUE (kind));

-- By which decree a version of the terms was approved here (000 §10: the text approved locally prevails). id is the terms'.
CREATE TABLE identity_terms_approval (
  id BYTES PRIMARY KEY, decree TEXT NOT NULL, decreed_on TEXT NOT NULL, approved_by TEXT NOT NULL, version BIGINT NOT NULL);
