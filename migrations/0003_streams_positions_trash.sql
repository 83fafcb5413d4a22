-- A log is a stream: there is one for each list, and one for the index, which says what lists there are.
-- Todos and lists have a position of their own, and deleted ones stay for a while.

ALTER TABLE lists RENAME TO old_lists;
ALTER TABLE todos RENAME TO old_todos;
ALTER TABLE events RENAME TO old_events;
ALTER TABLE ops RENAME TO old_ops;
DROP INDEX ops_by_age;

CREATE TABLE streams (
    -- A list's id, or `index`.
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('list', 'index')),
    -- The number of the last event. Whoever appends locks this row first and holds it to the commit:
    -- that is why the order of numbers is the order of commits.
    head       BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE lists (
    id         TEXT   NOT NULL PRIMARY KEY REFERENCES streams (id),
    name       TEXT   NOT NULL,
    -- How many todos it has that are not deleted, so that its limit can be kept without counting.
    size       BIGINT NOT NULL,
    -- How many of them are still to be done.
    open       BIGINT NOT NULL,
    -- The order lists are shown in, as text. Digits without a zero at the end: every collation sorts
    -- them in the same way.
    position   TEXT   NOT NULL,
    -- When it was deleted. Absent while it is not.
    deleted_ms BIGINT,
    -- The command that made the list, so that the same command again finds it.
    op         TEXT   NOT NULL UNIQUE
);

CREATE TABLE todos (
    list_id     TEXT   NOT NULL REFERENCES lists (id),
    id          TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    completed   BIGINT NOT NULL CHECK (completed IN (0, 1)),
    -- The order todos are shown in, written like a list's.
    position    TEXT   NOT NULL,
    -- The number of the last event that changed it; 0 where an older version wrote that event.
    touched_seq BIGINT NOT NULL,
    -- When it was deleted. Absent while it is not; a deleted todo stays for 30 days, to be restored.
    deleted_ms  BIGINT,
    -- The list that it went to, where it was not deleted but moved.
    moved_to    TEXT,
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (list_id, id)
);

CREATE TABLE events (
    stream_id    TEXT   NOT NULL REFERENCES streams (id),
    seq          BIGINT NOT NULL CHECK (seq > 0),
    -- 16 random hexadecimal digits: they tell this log from another one that reused the number.
    tag          TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL,
    -- Who did it. Absent where that is not known.
    actor        TEXT,
    op           TEXT   NOT NULL,
    -- What the command was, as a number: the same op for another command is refused. Absent for events
    -- that the first version wrote, and for those below.
    command_hash BIGINT,
    change       TEXT   NOT NULL,
    -- The number of the event that this one undid.
    undoes       BIGINT,
    -- JSON: for each todo of the change, the event that had touched it before. It tells whether an event can
    -- be undone. Absent where an older version wrote the event.
    touched      TEXT,
    PRIMARY KEY (stream_id, seq),
    -- The same command twice is one event.
    UNIQUE (stream_id, op)
);

-- Answered commands that have no event in the log: they changed nothing, or their event was pruned.
CREATE TABLE ops (
    stream_id    TEXT   NOT NULL REFERENCES streams (id),
    op           TEXT   NOT NULL,
    command_hash BIGINT,
    -- The event that the receipt names.
    seq          BIGINT NOT NULL,
    tag          TEXT   NOT NULL,
    -- When the command was answered.
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (stream_id, op)
);

INSERT INTO streams (id, kind, head, created_ms) SELECT id, 'list', head, created_ms FROM old_lists;

-- The log of the index begins with the lists that there are, except home, which no command made.
INSERT INTO streams (id, kind, head, created_ms)
SELECT 'index', 'index', COUNT(*), 0 FROM old_lists WHERE id <> 'home';

INSERT INTO lists (id, name, size, open, position, op)
SELECT id, name, size,
       (SELECT COUNT(*) FROM old_todos WHERE list_id = old_lists.id AND completed = 0),
       RTRIM(CAST(4999999999 + ROW_NUMBER() OVER (ORDER BY created_ms, id) AS TEXT), '0'),
       op
FROM old_lists;

INSERT INTO todos (list_id, id, title, completed, position, touched_seq, created_ms, updated_ms)
SELECT list_id, id, title, completed, RTRIM(CAST(5000000000 + created_seq AS TEXT), '0'), 0, created_ms, updated_ms
FROM old_todos;

-- A todo that was created now says where it stands, the same as its row does.
INSERT INTO events (stream_id, seq, tag, at_ms, op, command_hash, change)
SELECT list_id, seq, tag, at_ms, op, command_hash,
       CASE WHEN change LIKE '{"created":%'
            THEN SUBSTR(change, 1, LENGTH(change) - 2) || ',"position":"'
                 || RTRIM(CAST(5000000000 + seq AS TEXT), '0') || '"}}'
            ELSE change
       END
FROM old_events;

-- The tag comes from the random part of the op, so that databases that have these lists in common also have
-- these events in common, and no others have.
INSERT INTO events (stream_id, seq, tag, at_ms, op, change)
SELECT 'index',
       ROW_NUMBER() OVER (ORDER BY created_ms, lists.id),
       SUBSTR(REPLACE(op, '-', ''), 17, 16),
       created_ms,
       op,
       '{"list_created":{"list":"' || lists.id || '","name":"'
           || REPLACE(REPLACE(name, '\', '\\'), '"', '\"')
           || '","position":"' || position || '"}}'
FROM lists JOIN streams ON streams.id = lists.id
WHERE lists.id <> 'home';

INSERT INTO ops (stream_id, op, command_hash, seq, tag, at_ms)
SELECT list_id, op, command_hash, seq, tag, at_ms FROM old_ops;

DROP TABLE old_ops;
DROP TABLE old_events;
DROP TABLE old_todos;
DROP TABLE old_lists;

CREATE INDEX todos_in_order ON todos (list_id, position, id) WHERE deleted_ms IS NULL;
-- The oldest go first.
CREATE INDEX todos_in_trash ON todos (deleted_ms) WHERE deleted_ms IS NOT NULL;
CREATE INDEX ops_by_age ON ops (at_ms);
