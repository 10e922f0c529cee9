-- One row: changes with every change of a structural table (units, posts, offerings, calendars); see kernel::Kept.
CREATE TABLE kernel_stamp (id BIGINT PRIMARY KEY, stamp BIGINT NOT NULL);

-- Fewer indexes, each for more than one question: an application wrote to thirty pages of indexes, most of them of its village.
-- A village's cases by time, with what they are filtered by.
DROP INDEX kernel_case_unit;
DROP INDEX kernel_case_unit_state;
DROP INDEX kernel_case_u3_received;
DROP INDEX kernel_case_u3;
CREATE INDEX kernel_case_u3 ON kernel_case (u3, received_at, id, state, unit);
-- What is alive in a kecamatan or the regency, with the unit it belongs to.
DROP INDEX kernel_case_u2;
CREATE INDEX kernel_case_u2 ON kernel_case (u2, state, received_at, id, unit);
DROP INDEX kernel_case_u1;
CREATE INDEX kernel_case_u1 ON kernel_case (u1, state, received_at, id, unit);
-- Running cases by deadline, with their place.
DROP INDEX kernel_case_due;
CREATE INDEX kernel_case_due ON kernel_case (due_at, id, u1, u2, u3) WHERE due_state = 'running';

-- Open work by deadline, with its place and desk.
DROP INDEX kernel_task_u1;
DROP INDEX kernel_task_u2;
DROP INDEX kernel_task_u3;
CREATE INDEX kernel_task_open ON kernel_task (due, id, u1, u2, u3, unit, post, since) WHERE state = 'open';
DROP INDEX kernel_task_done;
CREATE INDEX kernel_task_done ON kernel_task (done_by, done_at) WHERE done_by IS NOT NULL;

DROP INDEX kernel_entry_account;
CREATE INDEX kernel_entry_account ON kernel_entry (account, at) WHERE account IS NOT NULL;
