-- How well each message's sender was vouched for when it came. Of older ones nothing is known.
ALTER TABLE messages ADD COLUMN verification TEXT;
UPDATE messages SET verification = 'none' WHERE handle_kind IS NOT NULL;

-- What was done under a key need not be a message: a change of owner is kept under one too.
ALTER TABLE promises DROP CONSTRAINT promises_message_id_fkey;
ALTER TABLE promises RENAME COLUMN message_id TO subject;

-- An identifier is its sender's: providers that number messages within each chat use a number again for another.
DROP INDEX messages_received;
CREATE UNIQUE INDEX messages_received ON messages (inbox, external_id, handle_kind, handle_value)
    WHERE external_id IS NOT NULL AND author = 'contact';
