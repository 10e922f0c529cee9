-- Open work by deadline also says of which system: what waits is counted over all of them and told apart, from the index alone.
DROP INDEX kernel_task_open;
CREATE INDEX kernel_task_open ON kernel_task (due, id, u1, u2, u3, unit, post, since, system) WHERE state = 'open';

-- What a data subject had stopped (UU 27/2022): kind restricted (Pasal 11 and 41: kept, used for running cases and where a law asks,
-- nothing else) or withdrawn (Pasal 9 and 40: what rests on consent alone). cause: the request it was granted to.
CREATE TABLE kernel_limit (
  id BYTES PRIMARY KEY, person BYTES NOT NULL, kind TEXT NOT NULL, decree TEXT NOT NULL, reason TEXT NOT NULL, cause BYTES,
  from_at BIGINT NOT NULL, until_at BIGINT, lifted_at BIGINT, lifted_decree TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX kernel_limit_person ON kernel_limit (person, kind) WHERE lifted_at IS NULL;
CREATE INDEX kernel_limit_cause ON kernel_limit (cause) WHERE cause IS NOT NULL;
