-- Decisions and changes around letters that open the door to aid (entries whose name has the noun aid), as the log was read.
CREATE TABLE oversight_aid (
  entry BYTES PRIMARY KEY, at BIGINT NOT NULL, unit BYTES NOT NULL, u1 BYTES, u2 BYTES, u3 BYTES, u4 BYTES, u5 BYTES, u6 BYTES,
  account BYTES NOT NULL, verb TEXT NOT NULL, election BYTES);
CREATE INDEX oversight_aid_at ON oversight_aid (at, unit);
