-- The nouns of the kernel. One text for both databases: BIGINT, TEXT, BOOLEAN, BYTES only.
-- Times are microseconds UTC; dates are ISO text; ids are 16 bytes (UUIDv7); u1..u6 are the unit's ancestors, itself included.

CREATE TABLE kernel_setting (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, version BIGINT NOT NULL,
  UNIQUE (unit, name));

-- Government tree ------------------------------------------------------------
CREATE TABLE kernel_unit (
  id BYTES PRIMARY KEY, parent BYTES, kind TEXT NOT NULL, code TEXT NOT NULL, bps_code TEXT,
  name TEXT NOT NULL, name_folded TEXT NOT NULL, short_name TEXT NOT NULL, slug TEXT NOT NULL, address TEXT NOT NULL,
  zone TEXT NOT NULL, depth BIGINT NOT NULL,
  u1 BYTES, u2 BYTES, u3 BYTES, u4 BYTES, u5 BYTES, u6 BYTES,
  valid_from TEXT NOT NULL, valid_until TEXT, successors TEXT NOT NULL, version BIGINT NOT NULL,
  UNIQUE (slug));
CREATE INDEX kernel_unit_parent ON kernel_unit (parent, kind, code);
CREATE INDEX kernel_unit_code ON kernel_unit (code);

CREATE TABLE kernel_post (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, office TEXT NOT NULL, title TEXT NOT NULL, place BIGINT NOT NULL,
  valid_from TEXT NOT NULL, valid_until TEXT, version BIGINT NOT NULL);
CREATE INDEX kernel_post_unit ON kernel_post (unit, place);

-- kind: definitive | pj | plt | plh. Effective apart from entered.
CREATE TABLE kernel_holding (
  id BYTES PRIMARY KEY, post BYTES NOT NULL, person BYTES NOT NULL, kind TEXT NOT NULL, decree TEXT NOT NULL,
  effective_from BIGINT NOT NULL, effective_until BIGINT, entered_at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_holding_post ON kernel_holding (post, effective_from);
CREATE INDEX kernel_holding_person ON kernel_holding (person, effective_from);

-- form: an | ub. kinds: JSON array of letter kinds, empty = every kind.
CREATE TABLE kernel_mandate (
  id BYTES PRIMARY KEY, from_post BYTES NOT NULL, to_post BYTES NOT NULL, kinds TEXT NOT NULL, form TEXT NOT NULL,
  decree TEXT NOT NULL, effective_from BIGINT NOT NULL, effective_until BIGINT, entered_at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_mandate_to ON kernel_mandate (to_post, effective_from);
CREATE INDEX kernel_mandate_from ON kernel_mandate (from_post, effective_from);

-- Parties and accounts -------------------------------------------------------
-- nik_state: ok | odd | none. *_sealed are encrypted, *_index are blind indexes. unit is where the person lives.
CREATE TABLE kernel_person (
  id BYTES PRIMARY KEY, unit BYTES, name TEXT NOT NULL, name_folded TEXT NOT NULL,
  nik_sealed BYTES, nik_index BYTES, nik_tail TEXT, nik_state TEXT NOT NULL, nik_reason TEXT,
  kk_sealed BYTES, kk_index BYTES, sex TEXT, birth_place TEXT, birth_date TEXT,
  religion TEXT, marital TEXT, occupation TEXT, nationality TEXT, address TEXT, area TEXT, rt TEXT, rw TEXT,
  phone_sealed BYTES, phone_index BYTES, email_sealed BYTES, email_index BYTES,
  employee_number TEXT, source TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_person_nik ON kernel_person (nik_index);
CREATE INDEX kernel_person_kk ON kernel_person (kk_index);
CREATE INDEX kernel_person_unit ON kernel_person (unit, name_folded, id);

CREATE TABLE kernel_account (
  id BYTES PRIMARY KEY, username TEXT NOT NULL, person BYTES, kind TEXT NOT NULL, display_name TEXT NOT NULL,
  password_hash TEXT, state TEXT NOT NULL, terms_version TEXT, terms_accepted_at BIGINT, expires_at BIGINT,
  version BIGINT NOT NULL, UNIQUE (username));
CREATE INDEX kernel_account_person ON kernel_account (person);

-- Either account or post is set. role: see kernel::grant::ROLES.
CREATE TABLE kernel_grant (
  id BYTES PRIMARY KEY, account BYTES, post BYTES, role TEXT NOT NULL, unit BYTES NOT NULL,
  effective_from BIGINT NOT NULL, effective_until BIGINT, decree TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_grant_account ON kernel_grant (account);
CREATE INDEX kernel_grant_post ON kernel_grant (post);

CREATE TABLE kernel_session (
  token_hash BYTES PRIMARY KEY, account BYTES NOT NULL, post BYTES, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, agent TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX kernel_session_account ON kernel_session (account);

-- Growing delays: key is what is throttled (account, address, code).
CREATE TABLE kernel_throttle (
  key TEXT PRIMARY KEY, failures BIGINT NOT NULL, last_at BIGINT NOT NULL, free_at BIGINT NOT NULL);

-- API tokens of machines (account.kind = machine)
CREATE TABLE kernel_token (
  id BYTES PRIMARY KEY, account BYTES NOT NULL, token_hash BYTES NOT NULL, label TEXT NOT NULL,
  expires_at BIGINT, version BIGINT NOT NULL, UNIQUE (token_hash));

-- Definitions, cases, tasks --------------------------------------------------
CREATE TABLE kernel_definition (
  hash BYTES PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, created_at BIGINT NOT NULL);

-- A service defined once by its owner × a unit that adopts it.
CREATE TABLE kernel_offering (
  id BYTES PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, unit BYTES NOT NULL, definition BYTES NOT NULL,
  state TEXT NOT NULL, overrides TEXT NOT NULL, title TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (unit, system, kind));
CREATE INDEX kernel_offering_kind ON kernel_offering (system, kind, state, unit);

-- outcome: '' while open, granted | refused | cancelled when closed. due_state: none | running | suspended | closed.
CREATE TABLE kernel_case (
  id BYTES PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, definition BYTES NOT NULL, offering BYTES,
  code TEXT NOT NULL, state TEXT NOT NULL, step BIGINT NOT NULL, unit BYTES NOT NULL,
  u1 BYTES, u2 BYTES, u3 BYTES, u4 BYTES, u5 BYTES, u6 BYTES,
  at_unit BYTES NOT NULL, at_post BYTES, subject TEXT NOT NULL, applicant BYTES, channel TEXT NOT NULL,
  received_at BIGINT NOT NULL, started_at BIGINT, due_at BIGINT, due_state TEXT NOT NULL, due_provisional BOOLEAN NOT NULL,
  suspended_at BIGINT, suspended_us BIGINT NOT NULL, clock TEXT NOT NULL,
  closed_at BIGINT, outcome TEXT NOT NULL, on_time BOOLEAN, secrecy TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (code));
CREATE INDEX kernel_case_unit ON kernel_case (unit, received_at, id);
CREATE INDEX kernel_case_u1 ON kernel_case (u1, state, received_at, id);
CREATE INDEX kernel_case_u2 ON kernel_case (u2, state, received_at, id);
CREATE INDEX kernel_case_u3 ON kernel_case (u3, state, received_at, id);
CREATE INDEX kernel_case_due ON kernel_case (due_state, due_at);
CREATE INDEX kernel_case_applicant ON kernel_case (applicant, received_at);

-- Parties in a case. role: applicant | subject | proxy | reporter | witness | heir.
CREATE TABLE kernel_case_party (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, role TEXT NOT NULL, place BIGINT NOT NULL, person BYTES, name TEXT NOT NULL,
  note TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_case_party_case ON kernel_case_party (case_id, role, place);

-- Open work. At most one open row a case and post; u1..u3 for officers with a wider view.
CREATE TABLE kernel_task (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, system TEXT NOT NULL, kind TEXT NOT NULL, post BYTES NOT NULL, unit BYTES NOT NULL,
  u1 BYTES, u2 BYTES, u3 BYTES, action TEXT NOT NULL, subject TEXT NOT NULL, code TEXT NOT NULL,
  since BIGINT NOT NULL, due BIGINT NOT NULL, state TEXT NOT NULL, done_at BIGINT, done_by BYTES, version BIGINT NOT NULL);
CREATE INDEX kernel_task_post ON kernel_task (post, state, due, id);
CREATE INDEX kernel_task_case ON kernel_task (case_id, state);
CREATE INDEX kernel_task_u1 ON kernel_task (u1, state, due, id);
CREATE INDEX kernel_task_u2 ON kernel_task (u2, state, due, id);
CREATE INDEX kernel_task_u3 ON kernel_task (u3, state, due, id);
CREATE INDEX kernel_task_done ON kernel_task (done_by, done_at);

-- What happened to the case as a person reads it (the audit log is kernel_entry).
CREATE TABLE kernel_case_event (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, at BIGINT NOT NULL, action TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,
  actor_label TEXT NOT NULL, post BYTES, note TEXT NOT NULL, public BOOLEAN NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_case_event_case ON kernel_case_event (case_id, at, id);

-- Documents and numbers ------------------------------------------------------
-- state: draft | awaiting_scan | in_force | revoked | replaced. Expired is in_force past valid_until.
CREATE TABLE kernel_document (
  id BYTES PRIMARY KEY, case_id BYTES, kind TEXT NOT NULL, title TEXT NOT NULL, unit BYTES NOT NULL, state TEXT NOT NULL,
  number TEXT, number_id BYTES, signed_at BIGINT, signed_on TEXT, signer_post BYTES, signer_label TEXT, signing_mode TEXT NOT NULL,
  holder_name TEXT NOT NULL, valid_until TEXT, verify_code TEXT, body_sealed BYTES NOT NULL, pdf BYTES, scan BYTES,
  replaced_by BYTES, reason TEXT, secrecy TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (verify_code));
CREATE INDEX kernel_document_case ON kernel_document (case_id);
CREATE INDEX kernel_document_unit ON kernel_document (unit, signed_on);

-- Signatures, initials, witnesses, "mengetahui" and their own registrations. state: waiting | given.
CREATE TABLE kernel_signature (
  id BYTES PRIMARY KEY, document BYTES NOT NULL, role TEXT NOT NULL, place BIGINT NOT NULL, unit BYTES, post BYTES, holding BYTES,
  person BYTES, mandate BYTES, name TEXT NOT NULL, label TEXT NOT NULL, number TEXT, number_id BYTES, state TEXT NOT NULL,
  given_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX kernel_signature_document ON kernel_signature (document, place);

CREATE TABLE kernel_series (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, book TEXT NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL, template TEXT NOT NULL,
  version BIGINT NOT NULL, UNIQUE (unit, book, year));

-- state: used | void | reserved | outside. A number once issued is never reused.
CREATE TABLE kernel_number (
  id BYTES PRIMARY KEY, series BYTES NOT NULL, unit BYTES NOT NULL, seq BIGINT NOT NULL, year BIGINT NOT NULL, text TEXT NOT NULL,
  classification TEXT NOT NULL, state TEXT NOT NULL, on_date TEXT NOT NULL, about TEXT NOT NULL, addressee TEXT NOT NULL,
  document BYTES, pack BYTES, reason TEXT, version BIGINT NOT NULL, UNIQUE (series, seq));
CREATE INDEX kernel_number_unit ON kernel_number (unit, year, seq);
CREATE INDEX kernel_number_document ON kernel_number (document);
CREATE INDEX kernel_number_pack ON kernel_number (pack, seq);

-- Buku Ekspedisi: how a letter left the office.
CREATE TABLE kernel_dispatch (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, document BYTES, number TEXT NOT NULL, on_date TEXT NOT NULL, addressee TEXT NOT NULL,
  about TEXT NOT NULL, receiver TEXT NOT NULL, way TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_dispatch_unit ON kernel_dispatch (unit, on_date, id);

CREATE TABLE kernel_classification (
  id BYTES PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT, source TEXT NOT NULL,
  version BIGINT NOT NULL);
CREATE INDEX kernel_classification_code ON kernel_classification (code);

-- Calendar -------------------------------------------------------------------
-- kind: national | joint (cuti bersama) | regional | closure. unit: where it holds.
CREATE TABLE kernel_holiday (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, on_date TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, decree TEXT NOT NULL,
  decreed_on TEXT NOT NULL, entered_at BIGINT NOT NULL, cancelled BOOLEAN NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_holiday_date ON kernel_holiday (on_date, unit);

-- season: normal | ramadan; ramadan rows hold between valid_from and valid_until. Minutes from midnight.
CREATE TABLE kernel_service_hours (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, weekday BIGINT NOT NULL, opens BIGINT NOT NULL, closes BIGINT NOT NULL,
  break_from BIGINT, break_until BIGINT, season TEXT NOT NULL, valid_from TEXT, valid_until TEXT, version BIGINT NOT NULL);
CREATE INDEX kernel_service_hours_unit ON kernel_service_hours (unit, season, weekday);

-- Notices, drafts, files -----------------------------------------------------
CREATE TABLE kernel_notice (
  id BYTES PRIMARY KEY, case_id BYTES, person BYTES, post BYTES, channel TEXT NOT NULL, template TEXT NOT NULL, args TEXT NOT NULL,
  address_sealed BYTES, state TEXT NOT NULL, created_at BIGINT NOT NULL, sent_at BIGINT, read_at BIGINT, note TEXT NOT NULL,
  version BIGINT NOT NULL);
CREATE INDEX kernel_notice_post ON kernel_notice (post, created_at);
CREATE INDEX kernel_notice_case ON kernel_notice (case_id, created_at);

CREATE TABLE kernel_draft (
  id BYTES PRIMARY KEY, owner BYTES NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, body_sealed BYTES NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);
CREATE INDEX kernel_draft_owner ON kernel_draft (owner, updated_at);

-- state: clean | quarantined. name is the file's name as the sender had it.
CREATE TABLE kernel_blob (
  id BYTES PRIMARY KEY, hash BYTES NOT NULL, size BIGINT NOT NULL, stored_size BIGINT NOT NULL, media_type TEXT NOT NULL, state TEXT NOT NULL,
  created_at BIGINT NOT NULL, used BOOLEAN NOT NULL);
CREATE INDEX kernel_blob_unused ON kernel_blob (used, created_at);

CREATE TABLE kernel_attachment (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, field TEXT NOT NULL, name TEXT NOT NULL, blob BYTES NOT NULL, media_type TEXT NOT NULL,
  size BIGINT NOT NULL, added_at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_attachment_case ON kernel_attachment (case_id, added_at);

-- Resumable uploads: parts arrive in order.
CREATE TABLE kernel_upload (
  id BYTES PRIMARY KEY, owner BYTES NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL, received BIGINT NOT NULL, blob BYTES,
  created_at BIGINT NOT NULL);

-- What everything leaves behind ----------------------------------------------
CREATE TABLE kernel_entry (
  id BYTES PRIMARY KEY, at BIGINT NOT NULL, action TEXT NOT NULL, actor_kind TEXT NOT NULL, account BYTES, person BYTES, post BYTES, unit BYTES,
  case_id BYTES, object_kind TEXT NOT NULL, object BYTES, cause BYTES, origin TEXT NOT NULL, detail TEXT NOT NULL,
  changes BIGINT NOT NULL, changes_digest BYTES, salt BYTES NOT NULL, digest BYTES NOT NULL);
CREATE INDEX kernel_entry_case ON kernel_entry (case_id, at);
CREATE INDEX kernel_entry_account ON kernel_entry (account, at);
CREATE INDEX kernel_entry_object ON kernel_entry (object, at);

-- op: insert | update | delete. The image is the row as stored, as JSON; erased images are null and keep the digest.
CREATE TABLE kernel_history (
  table_name TEXT NOT NULL, row_id BYTES NOT NULL, version BIGINT NOT NULL, op TEXT NOT NULL, image TEXT, salt BYTES NOT NULL,
  digest BYTES NOT NULL, entry BYTES NOT NULL, PRIMARY KEY (table_name, row_id, version));
CREATE INDEX kernel_history_entry ON kernel_history (entry);

CREATE TABLE kernel_request (
  key TEXT NOT NULL, actor TEXT NOT NULL, route TEXT NOT NULL, digest BYTES NOT NULL, result TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (key, actor, route));

CREATE TABLE kernel_outbox (
  id BYTES PRIMARY KEY, topic TEXT NOT NULL, case_id BYTES, body TEXT NOT NULL, entry BYTES NOT NULL, at BIGINT NOT NULL);
-- One row a handler; done rows are removed. Ordered per case: order_key is the case (or the event itself).
CREATE TABLE kernel_delivery (
  outbox BYTES NOT NULL, handler TEXT NOT NULL, order_key BYTES NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, run_at BIGINT NOT NULL,
  lease_until BIGINT, error TEXT NOT NULL, PRIMARY KEY (outbox, handler));
CREATE INDEX kernel_delivery_due ON kernel_delivery (state, run_at);
CREATE INDEX kernel_delivery_order ON kernel_delivery (handler, order_key, outbox);

CREATE TABLE kernel_job (
  id BYTES PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, on_behalf_of BYTES, cause BYTES, state TEXT NOT NULL, attempts BIGINT NOT NULL,
  run_at BIGINT NOT NULL, lease_until BIGINT, error TEXT NOT NULL, result TEXT, created_at BIGINT NOT NULL);
CREATE INDEX kernel_job_due ON kernel_job (state, run_at);
