-- Contacts, the addresses they are known by, and what was merged into whom.
CREATE TABLE contacts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    created_at BIGINT NOT NULL,
    merged_into TEXT REFERENCES contacts (id)
);

CREATE TABLE identities (
    id TEXT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    verification TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, value)
);
CREATE INDEX identities_by_contact ON identities (contact_id, created_at);

CREATE TABLE merges (
    id TEXT NOT NULL PRIMARY KEY,
    kept TEXT NOT NULL REFERENCES contacts (id),
    merged TEXT NOT NULL REFERENCES contacts (id),
    moved TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Conversations and their messages. Times are microseconds since 1970; documents are JSON.
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    status TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_name TEXT,
    epoch BIGINT NOT NULL,
    human_epoch BIGINT NOT NULL DEFAULT 0,
    priority BIGINT NOT NULL,
    subject TEXT,
    last_seq BIGINT NOT NULL,
    answered_seq BIGINT NOT NULL,
    memory TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_contact ON conversations (contact_id, updated_at);
CREATE INDEX conversations_by_update ON conversations (updated_at, id);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    author TEXT NOT NULL,
    agent TEXT,
    channel TEXT NOT NULL,
    inbox TEXT NOT NULL,
    text TEXT NOT NULL,
    citations TEXT NOT NULL,
    quick_replies TEXT NOT NULL,
    external_id TEXT,
    delivery TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    decision TEXT,
    handle_kind TEXT,
    handle_value TEXT,
    joined TEXT,
    sent_at BIGINT NOT NULL,
    UNIQUE (conversation_id, seq)
);
CREATE UNIQUE INDEX messages_received ON messages (inbox, external_id)
    WHERE external_id IS NOT NULL AND author = 'contact';
CREATE INDEX messages_sent ON messages (inbox, external_id)
    WHERE external_id IS NOT NULL AND author <> 'contact';

CREATE TABLE promises (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    message_id TEXT NOT NULL REFERENCES messages (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
);
CREATE INDEX promises_by_age ON promises (created_at);

CREATE TABLE handoffs (
    id TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    queue TEXT NOT NULL,
    priority BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    brief TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    claimed_by TEXT,
    closed_at BIGINT
);
CREATE INDEX handoffs_by_conversation ON handoffs (conversation_id, created_at);
CREATE INDEX handoffs_in_line ON handoffs (priority, created_at) WHERE closed_at IS NULL;

-- Background work. A job is free again at `due_at`, whether it waits or its lease has run out.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    only_one TEXT UNIQUE,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    again_at BIGINT,
    attempt BIGINT NOT NULL DEFAULT 0,
    error TEXT
);
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE state <> 'dead';

CREATE TABLE challenges (
    id TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    handle_kind TEXT NOT NULL,
    handle_value TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    spent BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE uses (
    name TEXT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX uses_by_name ON uses (name, used_at);

CREATE TABLE articles (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    source TEXT,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);

-- Transactions commit in another order than they draw numbers, so `seq` is given out afterwards, one reader at a time.
CREATE TABLE events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq BIGINT UNIQUE,
    kind TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    message_seq BIGINT
);
CREATE INDEX events_unnumbered ON events (id) WHERE seq IS NULL;

CREATE TABLE probe (
    id BIGINT NOT NULL PRIMARY KEY,
    written BIGINT NOT NULL
);
