-- New documents wait in a list and go into the index a few hundred together: a document has forty tokens, and each alone cost a way through the index.
-- Whoever searches reads the list too, so it stays short (kB).
ALTER INDEX kernel_search_index_tokens SET (fastupdate = on, gin_pending_list_limit = 512);
