-- What gaps in the knowledge base are told from: what was decided, cited and handed over of late.
CREATE INDEX messages_decided ON messages (sent_at, id) WHERE decision IS NOT NULL;
CREATE INDEX messages_citing ON messages (sent_at) WHERE citations <> '[]';
CREATE INDEX handoffs_by_age ON handoffs (created_at);
