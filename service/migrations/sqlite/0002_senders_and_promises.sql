-- How well each message's sender was vouched for when it came. Of older ones nothing is known.
ALTER TABLE messages ADD COLUMN verification TEXT;
UPDATE messages SET verification = 'none' WHERE handle_kind IS NOT NULL;

-- What was done under a key need not be a message: a change of owner is kept under one too.
CREATE TABLE promises_of_all_kinds (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    subject TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT;
INSERT INTO promises_of_all_kinds SELECT scope, name, fingerprint, message_id, created_at FROM promises;
DROP TABLE promises;
ALTER TABLE promises_of_all_kinds RENAME TO promises;
CREATE INDEX promises_by_age ON promises (created_at);

-- An identifier is its sender's: providers that number messages within each chat use a number again for another.
DROP INDEX messages_received;
CREATE UNIQUE INDEX messages_received ON messages (inbox, external_id, handle_kind, handle_value)
    WHERE external_id IS NOT NULL AND author = 'contact';
