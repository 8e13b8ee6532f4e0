-- Times are milliseconds since 1970, UTC. Only types and clauses that SQLite and PostgreSQL share.

CREATE TABLE greetings (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    -- starts at 1, grows by 1 with each change
    version     BIGINT NOT NULL,
    -- drawn at random when the row is made: a greeting deleted and made again is another one
    incarnation BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE INDEX greetings_oldest_first ON greetings (created_at, id);
CREATE INDEX greetings_by_last_change ON greetings (updated_at);

-- The first answer to each key: what was made, as it was then.
CREATE TABLE idempotency_keys (
    idempotency_key TEXT   NOT NULL PRIMARY KEY,
    greeting_id     TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    incarnation     BIGINT NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
