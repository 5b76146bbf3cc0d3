-- Conversations with the assistant. Times are in milliseconds since 1970, as the published API has them.
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated);
-- What was said and done, in order. An entry is JSON.
CREATE TABLE conversation_entries (
    conversation TEXT NOT NULL,
    position INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (conversation, position)
);
