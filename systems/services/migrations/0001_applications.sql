-- What is particular to an application; its envelope is kernel_case (same id).
-- answers_sealed: the typed answers as JSON. introduction: none | waiting | photo | given | paper | declined.
-- contact_*: how the applicant wants to hear, only if given.
CREATE TABLE services_application (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, subject_person BYTES NOT NULL, answers_sealed BYTES NOT NULL,
  introduction TEXT NOT NULL, identity_note TEXT NOT NULL, proxy_name TEXT NOT NULL, proxy_basis TEXT NOT NULL,
  phone_sealed BYTES, email_sealed BYTES, received_by BYTES, checked_by BYTES, document BYTES, refusal TEXT NOT NULL,
  version BIGINT NOT NULL);

-- A link for an RT head or kadus (approve without an account) or for the applicant (second proof by e-mail).
CREATE TABLE services_link (
  id BYTES PRIMARY KEY, case_id BYTES NOT NULL, purpose TEXT NOT NULL, token_hash BYTES NOT NULL, name TEXT NOT NULL,
  office TEXT NOT NULL, state TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, version BIGINT NOT NULL,
  UNIQUE (token_hash));
CREATE INDEX services_link_case ON services_link (case_id, purpose);

-- Figures of an offering by month (YYYY-MM) of closing; kept with each closing, rebuilt from the cases by `verify`.
CREATE TABLE services_figure (
  offering BYTES NOT NULL, month TEXT NOT NULL, closed BIGINT NOT NULL, on_time BIGINT NOT NULL, refused BIGINT NOT NULL,
  minutes BIGINT NOT NULL, PRIMARY KEY (offering, month));
