-- The side bar of a page shows the first of many lists.
CREATE INDEX lists_in_order ON lists (position, id) WHERE deleted_ms IS NULL;
