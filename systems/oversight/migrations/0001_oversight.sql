-- Who opened whom on which day: what unusual access is counted from. after_hours, closed: of the officer's unit; kin: of one family card.
CREATE TABLE oversight_seen (
  account BYTES NOT NULL, day TEXT NOT NULL, person BYTES NOT NULL, at BIGINT NOT NULL, after_hours BOOLEAN NOT NULL, closed BOOLEAN NOT NULL,
  kin BOOLEAN NOT NULL, outside BOOLEAN NOT NULL, village BOOLEAN NOT NULL, PRIMARY KEY (account, day, person));
CREATE INDEX oversight_seen_day ON oversight_seen (day);

-- The same as numbers, a row a day and account; the history a day is compared with.
CREATE TABLE oversight_day (
  account BYTES NOT NULL, day TEXT NOT NULL, person BYTES, post BYTES, unit BYTES, office TEXT NOT NULL, persons BIGINT NOT NULL,
  after_hours BIGINT NOT NULL, closed BIGINT NOT NULL, kin BIGINT NOT NULL, outside BIGINT NOT NULL, village BIGINT NOT NULL,
  PRIMARY KEY (account, day));
CREATE INDEX oversight_day_office ON oversight_day (office, day);

-- Up to which entry the log was read.
CREATE TABLE oversight_cursor (id BIGINT PRIMARY KEY, entry BYTES NOT NULL, at BIGINT NOT NULL);

-- What is unusual, with the numbers that say why. state: open | asked | answered | explained | violation | dismissed.
CREATE TABLE oversight_finding (
  id BYTES PRIMARY KEY, account BYTES NOT NULL, person BYTES, post BYTES, unit BYTES NOT NULL,
  u1 BYTES, u2 BYTES, u3 BYTES, u4 BYTES, u5 BYTES, u6 BYTES,
  rule TEXT NOT NULL, day TEXT NOT NULL, value BIGINT NOT NULL, bound BIGINT NOT NULL, usual_tenths BIGINT, usual_days BIGINT NOT NULL,
  peers_tenths BIGINT, facts TEXT NOT NULL, state TEXT NOT NULL, case_id BYTES, found_at BIGINT NOT NULL, decided_at BIGINT, decided_by BYTES,
  reason TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (account, day, rule));
CREATE INDEX oversight_finding_state ON oversight_finding (state, day, id);
CREATE INDEX oversight_finding_day ON oversight_finding (day, id);
CREATE INDEX oversight_finding_case ON oversight_finding (case_id);

-- Berita Acara Keutuhan Data. state: waiting | sound | unsound | failed.
CREATE TABLE oversight_audit (
  id BYTES PRIMARY KEY, asked_at BIGINT NOT NULL, asked_by BYTES, post BYTES, unit BYTES NOT NULL, state TEXT NOT NULL, ended_at BIGINT,
  origin TEXT NOT NULL, size BIGINT NOT NULL, root TEXT NOT NULL, checkpoint TEXT NOT NULL, witnesses TEXT NOT NULL, tables TEXT NOT NULL,
  leaves BIGINT NOT NULL, entries BIGINT NOT NULL, versions BIGINT NOT NULL, rows BIGINT NOT NULL, waiting BIGINT NOT NULL,
  differences TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX oversight_audit_asked ON oversight_audit (asked_at, id);

-- Where an audit under way is, so that it can be taken up again and shown.
CREATE TABLE oversight_progress (audit BYTES PRIMARY KEY, state TEXT NOT NULL, tables TEXT NOT NULL, at BIGINT NOT NULL);

-- Bounds that the Inspektorat set.
CREATE TABLE oversight_setting (id BYTES PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (name));
