-- What a submission waits for. No reference to the other one: it may be erased meanwhile.
CREATE TABLE dependencies (
    submission_id TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    needs_id TEXT NOT NULL,
    PRIMARY KEY (submission_id, needs_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX dependencies_by_need ON dependencies (needs_id);

-- What was made at a provider, and for which key: groups, assets, and clients' own scan sessions
-- (by a hash of their token).
CREATE TABLE resources (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL CHECK (type IN ('group', 'asset', 'session')),
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    group_id TEXT,
    group_type TEXT CHECK (group_type IN ('AIGC', 'LivenessFace')),
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    -- Seen in a list of the provider's, and made by nobody that we know of.
    listed INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1))
) STRICT;

CREATE INDEX resources_of_a_key ON resources (key_id, type);
CREATE INDEX living_groups ON resources (type) WHERE type = 'group' AND deleted_at IS NULL;
CREATE INDEX resources_of_a_group ON resources (group_id) WHERE group_id IS NOT NULL;

-- What face scans have made before this table was.
INSERT INTO resources (id, type, key_id, group_type, created_at)
SELECT state ->> 'group_id', 'group', key_id, 'LivenessFace', created_at
FROM submissions
WHERE kind = 'alltoken/liveness' AND state ->> 'group_id' IS NOT NULL
ON CONFLICT (id) DO NOTHING;

INSERT INTO resources (id, type, key_id, group_id, created_at)
SELECT upstream_id, 'asset', key_id, state ->> 'group_id', created_at
FROM submissions
WHERE kind = 'alltoken/liveness' AND upstream_id IS NOT NULL
ON CONFLICT (id) DO NOTHING;

-- A file that a client has uploaded; its content is kept in the data folder.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
