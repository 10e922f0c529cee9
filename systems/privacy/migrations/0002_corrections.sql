-- What was corrected for a request: the version of the person's record that carries it, and the names of the columns it changed.
CREATE TABLE privacy_correction (
  id BYTES PRIMARY KEY, request BYTES NOT NULL, person BYTES NOT NULL, record_version BIGINT NOT NULL, fields TEXT NOT NULL,
  by_account BYTES, at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX privacy_correction_request ON privacy_correction (request);
