-- Lists that walked every case of a unit or of the government, seen at a million cases.
-- Which states open cases are in, asked at every start.
CREATE INDEX kernel_case_open ON kernel_case (system, state) WHERE closed_at IS NULL;
-- What waits at a unit.
CREATE INDEX kernel_case_unit_state ON kernel_case (unit, state);
-- Every case of an office and below, newest first.
CREATE INDEX kernel_case_u1_received ON kernel_case (u1, received_at, id);
CREATE INDEX kernel_case_u2_received ON kernel_case (u2, received_at, id);
CREATE INDEX kernel_case_u3_received ON kernel_case (u3, received_at, id);
