-- Links with a secret sent to the address an account gave: to set a new password, to confirm the address. The secret is kept as a hash.
-- purpose: reset | confirm. contact_version: the version of the address it was sent to. state: waiting | used | replaced.
CREATE TABLE identity_link (
  id BYTES PRIMARY KEY, account BYTES NOT NULL, purpose TEXT NOT NULL, token_hash BYTES NOT NULL, contact_version BIGINT NOT NULL,
  made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, state TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (token_hash));
CREATE INDEX identity_link_account ON identity_link (account, purpose, state);
