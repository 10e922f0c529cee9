-- Lists with personal data on their way out of the system (kernel::export). kind: which list, as its system declares it; body: what of
-- it, without values of people. state: waiting | released | made | failed | refused | withdrawn | expired.
-- keys: how many people had to agree; why: the reasons of a second key, separated by commas.
CREATE TABLE kernel_export (
  id BYTES PRIMARY KEY, kind TEXT NOT NULL, nature TEXT NOT NULL, about TEXT NOT NULL, body TEXT NOT NULL, format TEXT NOT NULL, lang TEXT NOT NULL,
  account BYTES NOT NULL, person BYTES, post BYTES, unit BYTES NOT NULL,
  u1 BYTES, u2 BYTES, u3 BYTES, u4 BYTES, u5 BYTES, u6 BYTES,
  purpose TEXT NOT NULL, reason TEXT NOT NULL, records BIGINT NOT NULL, persons BIGINT NOT NULL, keys BIGINT NOT NULL, why TEXT NOT NULL,
  state TEXT NOT NULL, asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  decided_at BIGINT, decided_by BYTES, decided_post BYTES, note TEXT NOT NULL, made_at BIGINT, made_rows BIGINT, file BYTES, version BIGINT NOT NULL);
CREATE INDEX kernel_export_account ON kernel_export (account, asked_at, id);
CREATE INDEX kernel_export_state ON kernel_export (state, expires_at);
CREATE INDEX kernel_export_unit ON kernel_export (unit, asked_at, id);

-- Masa Pemilihan (kernel::election): days of the government's seat, both included. ended_at: called off before its last day.
CREATE TABLE kernel_election (
  id BYTES PRIMARY KEY, name TEXT NOT NULL, decree TEXT NOT NULL, from_on TEXT NOT NULL, until_on TEXT NOT NULL,
  entered_at BIGINT NOT NULL, entered_by BYTES, ended_at BIGINT, reason TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_election_days ON kernel_election (until_on, from_on);
