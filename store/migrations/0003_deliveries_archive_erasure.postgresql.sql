-- News for a client: written with the change that it tells of. `snapshot` is what the submission was
-- then; the rest of it never changes.
CREATE TABLE deliveries (
    id text COLLATE "C" PRIMARY KEY,
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    key_id text COLLATE "C" NOT NULL REFERENCES api_keys (id),
    url text NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    snapshot text NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    tries bigint NOT NULL CHECK (tries >= 0),
    created_at bigint NOT NULL,
    UNIQUE (submission_id, sequence)
);

CREATE INDEX pending_deliveries ON deliveries (endpoint) WHERE state = 'pending';
-- By the host that they go to: the first part of a lane.
CREATE INDEX deliveries_by_host ON tasks (substr(lane, 1, 20), due_at, lane) WHERE kind = 'deliver';

CREATE TABLE attempts (
    delivery_id text COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    at bigint NOT NULL,
    status bigint,
    answer text NOT NULL,
    error text,
    PRIMARY KEY (delivery_id, number)
);

-- A URL that has answered 410 to a key's delivery: it is told nothing more until one is replayed.
-- Then it is open again, and a 410 to what was sent before that counts no more.
CREATE TABLE gone_endpoints (
    endpoint text COLLATE "C" PRIMARY KEY,
    gone_at bigint,
    opened_at bigint
);

-- What a client has called its request, so that it is made once. The answer is gone when the
-- submission was erased.
CREATE TABLE idempotency_keys (
    key_id text COLLATE "C" NOT NULL REFERENCES api_keys (id),
    name text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    submission_id text COLLATE "C" NOT NULL,
    answer text,
    created_at bigint NOT NULL,
    erased_at bigint,
    PRIMARY KEY (key_id, name)
);

CREATE INDEX idempotency_keys_of_a_submission ON idempotency_keys (submission_id);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (erased_at) WHERE erased_at IS NOT NULL;

-- Copies of outputs in the archive; each lies there under its submission's id and its SHA-256.
CREATE TABLE archived (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    sha256 text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    -- Which archive it is: LIKENESS_ARCHIVE as it was then.
    archive text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (submission_id, sha256)
);

-- Which uploads a submission uses; they are kept as long as it is.
CREATE TABLE upload_uses (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    upload_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (submission_id, upload_id)
);

CREATE INDEX upload_uses_by_upload ON upload_uses (upload_id);

-- What an erased submission has left outside of these tables, until it is gone there too.
CREATE TABLE leftovers (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('archive', 'upload', 'cancel', 'asset', 'group', 'log')),
    name text COLLATE "C" NOT NULL,
    -- Where it is, when it is at a provider.
    provider text COLLATE "C",
    since bigint NOT NULL,
    due_at bigint NOT NULL,
    attempt bigint NOT NULL CHECK (attempt >= 0),
    PRIMARY KEY (kind, name)
);

CREATE INDEX leftovers_by_due_time ON leftovers (kind, due_at);
CREATE INDEX submissions_by_end ON submissions (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX quarantine_of_a_submission ON quarantine (submission_id);
CREATE INDEX quarantine_by_age ON quarantine (received_at);
CREATE INDEX uploads_by_end ON uploads (expires_at);
CREATE INDEX sessions_by_age ON resources (created_at) WHERE type = 'session';

-- An event's place in its submission's timeline, in the order of the commits: what a client has been
-- told is never preceded by what comes later, as it could be by time or name.
ALTER TABLE events ADD COLUMN number bigint NOT NULL DEFAULT 0;

-- The kind is there to be read: of very many in one status few may be of it.
CREATE INDEX submissions_of_a_key_by_status ON submissions (key_id, status, id, kind);
CREATE INDEX submissions_of_a_key_by_kind ON submissions (key_id, kind, id);
