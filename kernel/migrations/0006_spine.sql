-- The spine: mutations of officials with what they changed, acts to be confirmed, agreements of third parties.

-- One decree that moves people between posts at one moment. state: draft | set | done | cancelled.
-- unit: where it was entered; its zone is that of the moment. mandates_end: mandates given by a post end when its holder changes.
CREATE TABLE kernel_mutation (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, decree TEXT NOT NULL, decreed_on TEXT NOT NULL, effective_at BIGINT NOT NULL,
  mandates_end BOOLEAN NOT NULL, state TEXT NOT NULL, drafted_by BYTES, entered_at BIGINT, done_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX kernel_mutation_unit ON kernel_mutation (unit, effective_at, id);
CREATE INDEX kernel_mutation_state ON kernel_mutation (state, effective_at);

-- manner: appoint | second | release | retired | moved_out | died | dismissed. kind as in kernel_holding, for appoint and second.
-- tasks_to: the post that takes over what lies with from_post; null leaves it with whoever follows there.
CREATE TABLE kernel_mutation_line (
  id BYTES PRIMARY KEY, mutation BYTES NOT NULL, place BIGINT NOT NULL, person BYTES NOT NULL, manner TEXT NOT NULL,
  from_post BYTES, to_post BYTES, kind TEXT NOT NULL, until BIGINT, home_rests BOOLEAN NOT NULL, tasks_to BYTES, version BIGINT NOT NULL);
CREATE INDEX kernel_mutation_line_mutation ON kernel_mutation_line (mutation, place);
CREATE INDEX kernel_mutation_line_person ON kernel_mutation_line (person);

-- What a mutation changed, to be undone. what: holding_made | holding_ended | mandate_ended | grant_ended | account_dated.
-- before: what the end was (microseconds), null for none. after: what it became.
CREATE TABLE kernel_mutation_effect (
  id BYTES PRIMARY KEY, mutation BYTES NOT NULL, place BIGINT NOT NULL, what TEXT NOT NULL, row_id BYTES NOT NULL,
  before_at BIGINT, after_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX kernel_mutation_effect_mutation ON kernel_mutation_effect (mutation, place);

-- An act of somebody who, as was learned later, no longer held the post. case_id: where it is to be confirmed.
-- what: signature | task. state: waiting | confirmed | revoked.
CREATE TABLE kernel_mutation_act (
  id BYTES PRIMARY KEY, mutation BYTES NOT NULL, case_id BYTES NOT NULL, post BYTES NOT NULL, person BYTES NOT NULL, what TEXT NOT NULL,
  object BYTES NOT NULL, document BYTES, about_case BYTES, at BIGINT NOT NULL, state TEXT NOT NULL, decided_at BIGINT, reason TEXT NOT NULL,
  version BIGINT NOT NULL);
CREATE INDEX kernel_mutation_act_case ON kernel_mutation_act (case_id, at);
CREATE INDEX kernel_mutation_act_mutation ON kernel_mutation_act (mutation);

-- The agreement under which a third party's account may be used; the id is the account's.
-- kind: vendor | auditor | student | other. number, signed_on and until are empty until the NDA is registered.
CREATE TABLE kernel_agreement (
  id BYTES PRIMARY KEY, organisation TEXT NOT NULL, kind TEXT NOT NULL, purpose TEXT NOT NULL, sponsor BYTES NOT NULL, unit BYTES NOT NULL,
  number TEXT NOT NULL, signed_on TEXT, until BIGINT, registered_at BIGINT, version BIGINT NOT NULL);
CREATE INDEX kernel_agreement_unit ON kernel_agreement (unit);

-- All grants and holdings in effect at a moment, for the report of who can see what.
CREATE INDEX kernel_grant_unit ON kernel_grant (unit, role);
