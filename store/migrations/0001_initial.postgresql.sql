-- Times are whole milliseconds since 1970; JSON is text, since its exact text matters. The schema
-- refuses impossible rows. Text that is looked up or sorted is compared byte by byte, as in SQLite,
-- whatever the database's language is: its order never changes with the system's.

CREATE TABLE api_keys (
    id text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    hash text COLLATE "C" NOT NULL UNIQUE,
    admin integer NOT NULL CHECK (admin IN (0, 1)),
    notify_url text,
    webhook_secret text NOT NULL,
    previous_secret text,
    previous_until bigint,
    created_at bigint NOT NULL,
    revoked_at bigint,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

CREATE TABLE submissions (
    id text COLLATE "C" PRIMARY KEY,
    key_id text COLLATE "C" NOT NULL REFERENCES api_keys (id),
    kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (
        status IN ('pending', 'processing', 'action_required', 'succeeded', 'failed', 'expired', 'canceled')
    ),
    stage text COLLATE "C" NOT NULL,
    waiting_for text COLLATE "C" CHECK (
        waiting_for IN ('dependency', 'provider', 'person', 'retry', 'settlement')
    ),
    upstream_id text COLLATE "C",
    input text NOT NULL,
    state text NOT NULL,
    result text,
    error text,
    late_result text,
    action text,
    metadata text NOT NULL,
    notify text,
    version bigint NOT NULL CHECK (version > 0),
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    completed_at bigint,
    deadline_at bigint,
    time_left bigint,
    -- A final time exists exactly when the status is final, and then nothing is waited for.
    CHECK ((completed_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'expired', 'canceled'))),
    CHECK (completed_at IS NULL OR (waiting_for IS NULL AND action IS NULL)),
    CHECK (status <> 'succeeded' OR result IS NOT NULL),
    CHECK (status NOT IN ('failed', 'expired', 'canceled') OR error IS NOT NULL)
)
-- A job changes several times before its end, mostly in no indexed column: with room beside it on its
-- page, such a change touches no index.
WITH (fillfactor = 80);

CREATE INDEX submissions_of_a_key ON submissions (key_id, id);
CREATE INDEX submissions_by_upstream ON submissions (upstream_id) WHERE upstream_id IS NOT NULL;

-- The key makes two tellings of the same news one row; an event's public id is made from it and its
-- time. The version is the submission's after the event, and so the order of the timeline.
CREATE TABLE events (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    version bigint NOT NULL,
    facts text NOT NULL,
    PRIMARY KEY (submission_id, key)
);

-- due_at is also the lease: a claim moves it to the lease's end, and holder names the claim.
CREATE TABLE tasks (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    urgency bigint NOT NULL,
    attempt bigint NOT NULL CHECK (attempt >= 0),
    holder text COLLATE "C",
    PRIMARY KEY (submission_id, kind, key)
)
-- Every claim moves due_at, which is indexed, so that room on the page would save nothing. But what was
-- claimed leaves dead rows just where due ones are looked for: they are cleaned away early. The end of
-- the file is not cut off, since that locks the table, and it would grow again at once.
WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, vacuum_truncate = false);

CREATE INDEX tasks_by_lane_and_due_time ON tasks (lane, due_at);

-- Content that came in base64: of an input, or an output of a provider.
CREATE TABLE media (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    sha256 text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (submission_id, sha256)
);
-- Pictures, sound and films are compressed already: trying it again costs time and saves nothing.
ALTER TABLE media ALTER COLUMN content SET STORAGE EXTERNAL;

-- Webhooks that were genuine in token and signature but could not be read or matched.
CREATE TABLE quarantine (
    id text COLLATE "C" PRIMARY KEY,
    provider text COLLATE "C" NOT NULL,
    submission_id text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    body bytea NOT NULL,
    received_at bigint NOT NULL
);

-- When the next call of a lane may start; one row holds for all processes. Each call changes its row,
-- and no index: with room on the page there is no more to it.
CREATE TABLE rates (
    lane text COLLATE "C" PRIMARY KEY,
    next_at bigint NOT NULL
)
WITH (fillfactor = 10);
