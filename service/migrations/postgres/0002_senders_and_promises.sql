-- How well each message's sender was vouched for when it came. Of older ones nothing is known.
ALTER TABLE messages ADD COLUMN verification TEXT;
UPDATE messages SET verification = 'none' WHERE handle_kind IS NOT NULL;

-- What was done under a key need not be a message: a change of owner is kept under one too.
ALTER TABLE promises DROP CONSTRAINT promises_message_id_fkey;
ALTER TABLE promises RENAME COLUMN message_id TO subject;
