-- The terms of use as a government publishes them; until its first version the shipped example holds.
CREATE TABLE identity_terms (
  id BYTES PRIMARY KEY, label TEXT NOT NULL, body_id TEXT NOT NULL, body_en TEXT NOT NULL, published_at BIGINT NOT NULL,
  version BIGINT NOT NULL, UNIQUE (label));

-- Accounts whose password was made by somebody else, and when; null once its owner changed it. id is the account's.
CREATE TABLE identity_temporary (
  id BYTES PRIMARY KEY, made_at BIGINT, version BIGINT NOT NULL);
