-- Which states are in use by open cases is asked at every start, at a million cases too.
CREATE INDEX kernel_case_open ON kernel_case (system, state) WHERE closed_at IS NULL;
