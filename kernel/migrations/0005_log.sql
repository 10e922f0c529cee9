-- The transparency log (kernel::log): one row an epoch, the order of the entries, their tiles, and what witnesses signed.
-- checkpoint: the signed note of the present size and root. entry: the one that tells of the epoch's beginning.
-- previous: the checkpoint that stood outside the database when the epoch before was given up.
CREATE TABLE kernel_log (
  epoch BIGINT PRIMARY KEY, origin TEXT NOT NULL, first BIGINT NOT NULL, size BIGINT NOT NULL, root BYTES NOT NULL,
  checkpoint TEXT NOT NULL, checkpoint_at BIGINT NOT NULL, began_at BIGINT NOT NULL, entry BYTES NOT NULL, reason TEXT NOT NULL,
  previous TEXT NOT NULL, UNIQUE (origin));

-- position: first of the epoch + index in its tree.
CREATE TABLE kernel_log_leaf (position BIGINT PRIMARY KEY, entry BYTES NOT NULL, UNIQUE (entry));

-- level -1 holds the bundles of entries. A tile that is not full yet grows; its earlier widths are its beginning.
CREATE TABLE kernel_log_tile (
  epoch BIGINT NOT NULL, level BIGINT NOT NULL, n BIGINT NOT NULL, hashes BYTES NOT NULL, PRIMARY KEY (epoch, level, n));

-- The last checkpoint each witness cosigned: the log's own note, and the witness's line.
CREATE TABLE kernel_log_witness (
  epoch BIGINT NOT NULL, witness TEXT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, line TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (epoch, witness));
