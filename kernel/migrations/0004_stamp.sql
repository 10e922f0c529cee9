-- One row: changes with every change of a structural table (units, posts, offerings, calendars); see kernel::Kept.
CREATE TABLE kernel_stamp (id BIGINT PRIMARY KEY, stamp BIGINT NOT NULL);

-- Indexes that only open work needs, and those another one serves.
DROP INDEX kernel_case_unit;
DROP INDEX kernel_case_due;
-- Running cases of an office and below by deadline.
CREATE INDEX kernel_case_u1_due ON kernel_case (u1, due_at, id) WHERE due_state = 'running';
CREATE INDEX kernel_case_u2_due ON kernel_case (u2, due_at, id) WHERE due_state = 'running';
CREATE INDEX kernel_case_u3_due ON kernel_case (u3, due_at, id) WHERE due_state = 'running';
DROP INDEX kernel_task_done;
CREATE INDEX kernel_task_done ON kernel_task (done_by, done_at) WHERE done_by IS NOT NULL;
DROP INDEX kernel_entry_account;
CREATE INDEX kernel_entry_account ON kernel_entry (account, at) WHERE account IS NOT NULL;
