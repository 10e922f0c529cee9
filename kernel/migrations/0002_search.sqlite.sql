-- Search on SQLite: what is shown of each document, its tokens (FTS5, made by kernel::search, without their places),
-- and the dictionary of name words with the ways to miss one letter.
CREATE TABLE kernel_search (
  seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, id BYTES NOT NULL, title TEXT NOT NULL, words TEXT NOT NULL, UNIQUE (kind, id));
CREATE VIRTUAL TABLE kernel_search_index USING fts5(
  tokens, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'");
CREATE TABLE kernel_search_word (kind TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (kind, word));
CREATE TABLE kernel_search_near (kind TEXT NOT NULL, near TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (kind, near, word));
