-- One row: changes with every change of a structural table (units, posts, offerings, calendars); see kernel::Kept.
CREATE TABLE kernel_stamp (id BIGINT PRIMARY KEY, stamp BIGINT NOT NULL);

-- Indexes that only open work needs, and those another one serves.
DROP INDEX kernel_case_unit;
DROP INDEX kernel_case_due;
-- Open cases by deadline; the place of each with it, so that a page of one office is picked from the index.
CREATE INDEX kernel_case_due ON kernel_case (due_at, id, u1, u2, u3) WHERE due_state = 'running';
DROP INDEX kernel_task_done;
CREATE INDEX kernel_task_done ON kernel_task (done_by, done_at) WHERE done_by IS NOT NULL;
DROP INDEX kernel_entry_account;
CREATE INDEX kernel_entry_account ON kernel_entry (account, at) WHERE account IS NOT NULL;
