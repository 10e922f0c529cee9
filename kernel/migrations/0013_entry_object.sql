-- Most entries are about the case they happened in and are found by it; an index of these by object too cost each of them a page met by chance.
DROP INDEX kernel_entry_object;
CREATE INDEX kernel_entry_object ON kernel_entry (object, at) WHERE case_id IS NULL OR object <> case_id;
