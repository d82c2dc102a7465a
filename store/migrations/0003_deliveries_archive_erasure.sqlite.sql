-- News for a client: written with the change that it tells of. `snapshot` is what the submission was
-- then; the rest of it never changes.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    url TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    type TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    snapshot TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    tries INTEGER NOT NULL CHECK (tries >= 0),
    created_at INTEGER NOT NULL,
    UNIQUE (submission_id, sequence)
) STRICT;

CREATE INDEX pending_deliveries ON deliveries (endpoint) WHERE state = 'pending';
-- By the host that they go to: the first part of a lane.
CREATE INDEX deliveries_by_host ON tasks (substr(lane, 1, 20), due_at, lane) WHERE kind = 'deliver';

CREATE TABLE attempts (
    delivery_id TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    answer TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- A URL that has answered 410 to a key's delivery: it is told nothing more until one is replayed.
-- Then it is open again, and a 410 to what was sent before that counts no more.
CREATE TABLE gone_endpoints (
    endpoint TEXT PRIMARY KEY,
    gone_at INTEGER,
    opened_at INTEGER
) STRICT;

-- What a client has called its request, so that it is made once. The answer is gone when the
-- submission was erased.
CREATE TABLE idempotency_keys (
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    answer TEXT,
    created_at INTEGER NOT NULL,
    erased_at INTEGER,
    PRIMARY KEY (key_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_of_a_submission ON idempotency_keys (submission_id);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (erased_at) WHERE erased_at IS NOT NULL;

-- Copies of outputs in the archive; each lies there under its submission's id and its SHA-256.
CREATE TABLE archived (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- Which archive it is: LIKENESS_ARCHIVE as it was then.
    archive TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (submission_id, sha256)
) STRICT, WITHOUT ROWID;

-- Which uploads a submission uses; they are kept as long as it is.
CREATE TABLE upload_uses (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    upload_id TEXT NOT NULL,
    PRIMARY KEY (submission_id, upload_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_uses_by_upload ON upload_uses (upload_id);

INSERT INTO upload_uses (submission_id, upload_id)
SELECT submissions.id, substr(inside.atom, 10)
FROM submissions, json_tree(submissions.input) AS inside
WHERE inside.type = 'text' AND inside.atom LIKE 'upload://upl\_%' ESCAPE '\'
ON CONFLICT DO NOTHING;

-- What an erased submission has left outside of these tables, until it is gone there too.
CREATE TABLE leftovers (
    kind TEXT NOT NULL CHECK (kind IN ('archive', 'upload', 'cancel', 'asset', 'group', 'log')),
    name TEXT NOT NULL,
    -- Where it is, when it is at a provider.
    provider TEXT,
    since INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX leftovers_by_due_time ON leftovers (kind, due_at);
CREATE INDEX submissions_by_end ON submissions (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX quarantine_of_a_submission ON quarantine (submission_id);
CREATE INDEX quarantine_by_age ON quarantine (received_at);
CREATE INDEX uploads_by_end ON uploads (expires_at);
CREATE INDEX sessions_by_age ON resources (created_at) WHERE type = 'session';

-- What a submission is built on is remembered as long as it is: what it has taken from another is
-- taken back when that one is erased.
INSERT INTO dependencies (submission_id, needs_id)
SELECT submissions.id, found.key
FROM submissions, json_each(submissions.state, '$.found') AS found
WHERE true
ON CONFLICT DO NOTHING;

-- An event's place in its submission's timeline, in the order of the commits: what a client has been
-- told is never preceded by what comes later, as it could be by time or name.
ALTER TABLE events ADD COLUMN number INTEGER NOT NULL DEFAULT 0;

-- The kind is there to be read: of very many in one status few may be of it.
CREATE INDEX submissions_of_a_key_by_status ON submissions (key_id, status, id, kind);
CREATE INDEX submissions_of_a_key_by_kind ON submissions (key_id, kind, id);
