-- A letter found by the number on the paper.
CREATE INDEX kernel_number_text ON kernel_number (text);
