-- Every answered command is remembered by its op, whether or not it changed anything, and for longer
-- than the log is kept: sent again, it gets the same receipt and does nothing.

-- What the command was, as a number: the same op for another command is refused. Absent for events
-- that an older version wrote.
ALTER TABLE events ADD COLUMN command_hash BIGINT;

-- Answered commands that have no event in the log: they changed nothing, or their event was pruned.
CREATE TABLE ops (
    list_id      TEXT   NOT NULL REFERENCES lists (id),
    op           TEXT   NOT NULL,
    command_hash BIGINT,
    -- The event that the receipt names.
    seq          BIGINT NOT NULL,
    tag          TEXT   NOT NULL,
    -- When the command was answered.
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (list_id, op)
);

-- The oldest are forgotten first.
CREATE INDEX ops_by_age ON ops (at_ms);

-- Lists whose first event an older version has pruned: the tag is not known any more.
INSERT INTO ops (list_id, op, seq, tag, at_ms)
SELECT id, op, 1, '0000000000000000', created_ms
FROM lists
WHERE id <> 'home' AND NOT EXISTS (SELECT 1 FROM events WHERE events.list_id = lists.id AND events.op = lists.op);
