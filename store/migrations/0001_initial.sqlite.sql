-- Times are whole milliseconds since 1970; JSON is text. The schema refuses impossible rows.

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    admin INTEGER NOT NULL CHECK (admin IN (0, 1)),
    notify_url TEXT,
    webhook_secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) STRICT;

CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN ('pending', 'processing', 'action_required', 'succeeded', 'failed', 'expired', 'canceled')
    ),
    stage TEXT NOT NULL,
    waiting_for TEXT CHECK (waiting_for IN ('dependency', 'provider', 'person', 'retry', 'settlement')),
    upstream_id TEXT,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT,
    error TEXT,
    late_result TEXT,
    action TEXT,
    metadata TEXT NOT NULL,
    notify TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    completed_at INTEGER,
    deadline_at INTEGER,
    time_left INTEGER,
    -- A final time exists exactly when the status is final, and then nothing is waited for.
    CHECK ((completed_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'expired', 'canceled'))),
    CHECK (completed_at IS NULL OR (waiting_for IS NULL AND action IS NULL)),
    CHECK (status <> 'succeeded' OR result IS NOT NULL),
    CHECK (status NOT IN ('failed', 'expired', 'canceled') OR error IS NOT NULL)
) STRICT;

CREATE INDEX submissions_of_a_key ON submissions (key_id, id);
CREATE INDEX submissions_by_upstream ON submissions (upstream_id) WHERE upstream_id IS NOT NULL;

-- The key makes two tellings of the same news one row; an event's public id is made from it and its
-- time. The version is the submission's after the event, and so the order of the timeline.
CREATE TABLE events (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (submission_id, key)
) STRICT, WITHOUT ROWID;

-- due_at is also the lease: a claim moves it to the lease's end, and holder names the claim.
CREATE TABLE tasks (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    holder TEXT,
    PRIMARY KEY (submission_id, kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX tasks_by_lane_and_due_time ON tasks (lane, due_at);

-- Content that came in base64: of an input, or an output of a provider.
CREATE TABLE media (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (submission_id, sha256)
) STRICT;

-- Webhooks that were genuine in token and signature but could not be read or matched.
CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;

-- When the next call of a lane may start; one row holds for all processes.
CREATE TABLE rates (
    lane TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT;
