-- What humans say about decisions, and whether it is learned from.
CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    conversation_id TEXT REFERENCES conversations (id),
    message_seq INTEGER,
    decided TEXT,
    verdict TEXT NOT NULL,
    meant TEXT NOT NULL,
    note TEXT,
    state TEXT NOT NULL,
    reviewed_by TEXT,
    reviewed_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_by_age ON feedback (created_at, id);
CREATE INDEX feedback_accepted ON feedback (reviewed_at, id) WHERE state = 'accepted';
