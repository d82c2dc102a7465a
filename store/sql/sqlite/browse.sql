-- name: newest_of_all
-- The newest submissions, as a list shows them.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: newest_of_key
-- The newest submissions of one key.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE key_id = :key_id AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: newest_of_kind
-- The newest submissions of a kind, of all keys or of one.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE id IN (
    SELECT found.id
    FROM api_keys
    CROSS JOIN submissions AS found
        ON found.id IN (
            SELECT id FROM submissions
            WHERE key_id = api_keys.id AND kind = :kind AND id < :before
            ORDER BY id DESC
            LIMIT :limit
        )
    WHERE :key_id IS NULL OR api_keys.id = :key_id
)
ORDER BY id DESC
LIMIT :limit;

-- name: newest_of_few
-- What passes among so many of the newest of all keys: mostly that fills a page.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM (SELECT * FROM submissions WHERE id < :before ORDER BY id DESC LIMIT :room)
WHERE
    status IN (SELECT value FROM json_each(:names))
    AND (:kind IS NULL OR kind = :kind)
    AND (:waiting_for IS NULL OR waiting_for = :waiting_for)
ORDER BY id DESC
LIMIT :limit;

-- name: newest_in_statuses
-- The newest submissions in some statuses; what they wait for is looked at in `room` of each key and status.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE
    id IN (
        SELECT found.id
        FROM api_keys
        CROSS JOIN json_each(:names) AS statuses
        CROSS JOIN submissions AS found
            ON found.id IN (
                SELECT id FROM submissions
                WHERE
                    key_id = api_keys.id AND status = statuses.value AND id < :before
                    AND (:kind IS NULL OR kind = :kind)
                ORDER BY id DESC
                LIMIT :room
            )
        WHERE :key_id IS NULL OR api_keys.id = :key_id
    )
    AND (:waiting_for IS NULL OR waiting_for = :waiting_for)
ORDER BY id DESC
LIMIT :limit;

-- name: listed_submissions
-- These submissions as a list shows them, newest first.
SELECT
    id, key_id, kind, status, waiting_for, upstream_id, error, metadata, created_at, updated_at,
    completed_at
FROM submissions
WHERE id IN (SELECT value FROM json_each(:ids))
ORDER BY id DESC;

-- name: ids_between
-- The newest ids between two.
SELECT id FROM submissions
WHERE id >= :since AND id < :until
ORDER BY id DESC
LIMIT :limit;

-- name: newest_metadata
-- What clients have said of the newest submissions.
SELECT id, metadata FROM submissions
WHERE id < :before
ORDER BY id DESC
LIMIT :limit;
