-- What a submission waits for. No reference to the other one: it may be erased meanwhile.
CREATE TABLE dependencies (
    submission_id text COLLATE "C" NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    needs_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (submission_id, needs_id)
);

CREATE INDEX dependencies_by_need ON dependencies (needs_id);

-- What was made at a provider, and for which key: groups, assets, and clients' own scan sessions
-- (by a hash of their token).
CREATE TABLE resources (
    id text COLLATE "C" PRIMARY KEY,
    type text COLLATE "C" NOT NULL CHECK (type IN ('group', 'asset', 'session')),
    key_id text COLLATE "C" NOT NULL REFERENCES api_keys (id),
    group_id text COLLATE "C",
    group_type text COLLATE "C" CHECK (group_type IN ('AIGC', 'LivenessFace')),
    created_at bigint NOT NULL,
    deleted_at bigint,
    -- Seen in a list of the provider's, and made by nobody that we know of.
    listed integer NOT NULL DEFAULT 0 CHECK (listed IN (0, 1))
);

CREATE INDEX resources_of_a_key ON resources (key_id, type);
CREATE INDEX living_groups ON resources (type) WHERE type = 'group' AND deleted_at IS NULL;
CREATE INDEX resources_of_a_group ON resources (group_id) WHERE group_id IS NOT NULL;

-- A file that a client has uploaded; its content is kept in the data folder.
CREATE TABLE uploads (
    id text COLLATE "C" PRIMARY KEY,
    key_id text COLLATE "C" NOT NULL REFERENCES api_keys (id),
    content_type text COLLATE "C" NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
