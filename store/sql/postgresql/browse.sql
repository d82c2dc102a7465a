-- name: newest_of_all
-- The newest submissions, as a list shows them.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE id < :before
ORDER BY id DESC
LIMIT CAST(:limit AS bigint);

-- name: newest_of_key
-- The newest submissions of one key.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
-- A range of the index, and not two equal columns: by the primary key a key that has little would be
-- looked for through everything.
WHERE key_id >= :key_id AND (key_id, id) < (:key_id, :before)
ORDER BY key_id DESC, id DESC
LIMIT CAST(:limit AS bigint);

-- name: newest_of_kind
-- The newest submissions of a kind, of all keys or of one.
WITH newest AS MATERIALIZED (
    SELECT found.id
    FROM api_keys
    CROSS JOIN LATERAL (
        -- Nothing but what the index by kind has: others would be read row by row.
        SELECT id FROM submissions
        WHERE
            (key_id, kind) >= (api_keys.id, :kind)
            AND (key_id, kind, id) < (api_keys.id, :kind, :before)
        ORDER BY key_id DESC, kind DESC, id DESC
        LIMIT CAST(:limit AS bigint)
    ) AS found
    WHERE CAST(:key_id AS text) IS NULL OR api_keys.id = CAST(:key_id AS text)
    ORDER BY found.id DESC
    LIMIT CAST(:limit AS bigint)
)
SELECT
    found.id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM newest
CROSS JOIN LATERAL (SELECT * FROM submissions WHERE submissions.id = newest.id OFFSET 0) AS found
ORDER BY found.id DESC;

-- name: newest_of_few
-- What passes among so many of the newest of all keys: mostly that fills a page.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM (SELECT * FROM submissions WHERE id < :before ORDER BY id DESC LIMIT CAST(:room AS bigint)) AS newest
WHERE
    status = ANY (ARRAY(SELECT json_array_elements_text(CAST(:names AS json))))
    AND (CAST(:kind AS text) IS NULL OR kind = CAST(:kind AS text))
    AND (CAST(:waiting_for AS text) IS NULL OR waiting_for = CAST(:waiting_for AS text))
ORDER BY id DESC
LIMIT CAST(:limit AS bigint);

-- name: newest_in_statuses
-- The newest submissions in some statuses; what they wait for is looked at in `room` of each key and status.
WITH newest AS MATERIALIZED (
    SELECT found.id
    FROM api_keys
    CROSS JOIN json_array_elements_text(CAST(:names AS json)) AS statuses (name)
    CROSS JOIN LATERAL (
        SELECT id FROM submissions
        WHERE
            (key_id, status) >= (api_keys.id, statuses.name COLLATE "C")
            AND (key_id, status, id) < (api_keys.id, statuses.name COLLATE "C", :before)
            -- Between two bounds, so that the index alone can tell; every kind lies between '' and '~'.
            AND kind >= coalesce(CAST(:kind AS text), '') AND kind <= coalesce(CAST(:kind AS text), '~')
        ORDER BY key_id DESC, status DESC, id DESC
        LIMIT CAST(:room AS bigint)
    ) AS found
    WHERE CAST(:key_id AS text) IS NULL OR api_keys.id = CAST(:key_id AS text)
    ORDER BY found.id DESC
    -- All, when it is only seen in the rows which of them are wanted.
    LIMIT CASE WHEN CAST(:waiting_for AS text) IS NULL THEN CAST(:limit AS bigint) END
)
SELECT
    found.id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM newest
-- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
CROSS JOIN LATERAL (SELECT * FROM submissions WHERE submissions.id = newest.id OFFSET 0) AS found
WHERE CAST(:waiting_for AS text) IS NULL OR waiting_for = CAST(:waiting_for AS text)
ORDER BY found.id DESC
LIMIT CAST(:limit AS bigint);

-- name: listed_submissions
-- These submissions as a list shows them, newest first.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
ORDER BY id DESC;

-- name: ids_between
-- The newest ids between two.
SELECT id FROM submissions
WHERE id >= :since AND id < :until
ORDER BY id DESC
LIMIT CAST(:limit AS bigint);

-- name: newest_metadata
-- What clients have said of the newest submissions.
SELECT id, metadata FROM submissions
WHERE id < :before
ORDER BY id DESC
LIMIT CAST(:limit AS bigint);
