-- The lists, what is in them, and the log of how it came to be.
-- One text for SQLite and PostgreSQL: columns are TEXT or BIGINT, times are milliseconds since 1970.

CREATE TABLE lists (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    -- The number of the list's last event. Whoever changes the list locks this row first and holds
    -- it to the commit: that is why the order of numbers is the order of commits.
    head       BIGINT NOT NULL,
    -- How many todos the list holds, so that its limit can be kept without counting.
    size       BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    -- The wish that made the list, so that the same wish again finds it.
    op         TEXT   NOT NULL UNIQUE
);

CREATE TABLE todos (
    list_id     TEXT   NOT NULL REFERENCES lists (id),
    id          TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    completed   BIGINT NOT NULL CHECK (completed IN (0, 1)),
    -- The event that created it: the order todos are shown in.
    created_seq BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (list_id, id)
);

CREATE TABLE events (
    list_id TEXT   NOT NULL REFERENCES lists (id),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    -- 16 random hexadecimal digits: they tell this log from another one that reused the number.
    tag     TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL,
    op      TEXT   NOT NULL,
    change  TEXT   NOT NULL,
    PRIMARY KEY (list_id, seq),
    -- The same wish twice is one event.
    UNIQUE (list_id, op)
);

-- No wish made this one, so its op is what no wish can be called.
INSERT INTO lists (id, name, head, size, created_ms, op) VALUES ('home', 'Home', 0, 0, 0, 'home');
