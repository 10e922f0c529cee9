-- Kabar untuk pemohon: one plain text to everybody with an open application at a unit, or for one of its services.
-- state: sending | sent | stopped (a Masa Pemilihan began meanwhile). after_person: whom the job goes on after.
CREATE TABLE services_news (
  id BYTES PRIMARY KEY, unit BYTES NOT NULL, offering BYTES, purpose TEXT NOT NULL, text_id TEXT NOT NULL, text_en TEXT NOT NULL,
  by_account BYTES NOT NULL, by_label TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, reached BIGINT NOT NULL,
  mailed BIGINT NOT NULL, restricted BIGINT NOT NULL, after_person BYTES, version BIGINT NOT NULL);
CREATE INDEX services_news_unit ON services_news (unit, at);

-- Whom it reached, once each; it stands on the tracking pages of the person's open applications there.
CREATE TABLE services_news_reach (
  id BYTES PRIMARY KEY, news BYTES NOT NULL, person BYTES NOT NULL, notice BYTES, at BIGINT NOT NULL, version BIGINT NOT NULL,
  UNIQUE (news, person));
CREATE INDEX services_news_reach_person ON services_news_reach (person, at);
