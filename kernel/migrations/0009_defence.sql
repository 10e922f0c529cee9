-- What keeps an account from working: by which decree, from when until when (null: for good), and when it was lifted before its end.
-- reason and appeal_path are shown to the person it concerns.
CREATE TABLE kernel_restriction (
  id BYTES PRIMARY KEY, account BYTES NOT NULL, case_id BYTES, decree TEXT NOT NULL, decreed_on TEXT NOT NULL, reason TEXT NOT NULL,
  appeal_path TEXT NOT NULL, effective_from BIGINT NOT NULL, effective_until BIGINT, entered_at BIGINT NOT NULL,
  lifted_at BIGINT, lifted_decree TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_restriction_account ON kernel_restriction (account, effective_from);
CREATE INDEX kernel_restriction_case ON kernel_restriction (case_id);

-- Browsers an account has signed in from; the browser holds the token, we its hash.
CREATE TABLE kernel_device (
  id BYTES PRIMARY KEY, account BYTES NOT NULL, token_hash BYTES NOT NULL, family TEXT NOT NULL, network TEXT NOT NULL,
  first_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, UNIQUE (account, token_hash));

-- What a session is bound to, loosely: the browser's token, its kind (by agent), and the network it was seen on last; how often it
-- moved to another since moved_at.
ALTER TABLE kernel_session ADD COLUMN device BYTES;
ALTER TABLE kernel_session ADD COLUMN network TEXT;
ALTER TABLE kernel_session ADD COLUMN moves BIGINT;
ALTER TABLE kernel_session ADD COLUMN moved_at BIGINT;

-- What the defence noticed. seen_at: when the account it concerns had a look.
CREATE TABLE kernel_signal (
  id BYTES PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, account BYTES, case_id BYTES, network TEXT NOT NULL, address TEXT NOT NULL,
  agent TEXT NOT NULL, detail TEXT NOT NULL, seen_at BIGINT);
CREATE INDEX kernel_signal_at ON kernel_signal (at, id);
CREATE INDEX kernel_signal_kind ON kernel_signal (kind, at, id);
CREATE INDEX kernel_signal_account ON kernel_signal (account, at, id) WHERE account IS NOT NULL;
