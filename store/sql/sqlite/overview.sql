-- name: unfinished_by_kind
-- How many there are of each kind and status that have not ended, and the oldest of them.
SELECT kind, status, count(*) AS number, min(id) AS oldest
FROM (
    SELECT submissions.id, submissions.kind, submissions.status
    -- Each key's, status by status: an index tells it all.
    FROM api_keys
    CROSS JOIN submissions
        ON
            submissions.key_id = api_keys.id
            AND submissions.status IN ('pending', 'processing', 'action_required')
    LIMIT :most
)
GROUP BY kind, status
ORDER BY kind, status;

-- name: oldest_unfinished
-- The oldest that have not ended, and what they wait for.
SELECT id, kind, status, waiting_for, created_at
FROM submissions
WHERE id IN (
    SELECT found.id
    FROM api_keys
    CROSS JOIN submissions AS found
        ON
            found.key_id = api_keys.id
            AND found.status IN ('pending', 'processing', 'action_required')
    ORDER BY found.id
    LIMIT :limit
)
ORDER BY id;

-- name: numbers_accepted
-- For each pair of ids, how many were given between them, and no more than so many.
SELECT (
    SELECT count(*)
    FROM (
        SELECT 1 FROM submissions
        WHERE id >= spans.value ->> 0 AND id < spans.value ->> 1
        LIMIT :most
    )
) AS number
FROM json_each(:rows) AS spans
ORDER BY spans.key;

-- name: numbers_ended
-- For each pair of times, how many have ended between them, and no more than so many.
SELECT (
    SELECT count(*)
    FROM (
        SELECT 1 FROM submissions
        WHERE completed_at >= spans.value ->> 0 AND completed_at < spans.value ->> 1
        LIMIT :most
    )
) AS number
FROM json_each(:rows) AS spans
ORDER BY spans.key;

-- name: newest_ended
-- How the newest have ended, and who brought the news.
SELECT
    kind, status, error, completed_at,
    (
        SELECT source FROM events
        WHERE
            events.submission_id = submissions.id
            AND events.status IN ('succeeded', 'failed', 'expired', 'canceled')
        ORDER BY number
        LIMIT 1
    ) AS source
FROM submissions
WHERE completed_at >= :since
ORDER BY completed_at DESC
LIMIT :limit;

-- name: numbers_of_trouble
-- What waits for an operator: dead letters and quarantined webhooks, and no more than so many.
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT :most)) AS dead,
    (SELECT count(*) FROM (SELECT 1 FROM quarantine LIMIT :most)) AS quarantined;

-- name: signs
-- What is different after something was changed, as far as indexes tell.
SELECT
    (SELECT max(id) FROM submissions) AS newest,
    (SELECT max(completed_at) FROM submissions WHERE completed_at IS NOT NULL) AS ended,
    (
        SELECT count(*)
        FROM (
            SELECT 1
            FROM api_keys
            CROSS JOIN submissions ON submissions.key_id = api_keys.id AND status = 'action_required'
            LIMIT 1000
        )
    ) AS waiting,
    (SELECT max(id) FROM deliveries) AS told,
    (SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT 1000)) AS dead,
    (SELECT max(id) FROM quarantine) AS quarantined,
    (SELECT count(*) FROM (SELECT 1 FROM quarantine LIMIT 1000)) AS quarantine,
    (SELECT count(*) || ' ' || count(revoked_at) || ' ' || coalesce(max(previous_until), 0) FROM api_keys) AS keys,
    (
        SELECT count(*) FROM (
            SELECT 1 FROM resources WHERE type = 'group' AND deleted_at IS NULL LIMIT 1000
        )
    ) AS groups;

-- name: signs_of_submission
-- What is different after something about this one has changed.
SELECT
    version,
    (SELECT count(*) FROM events WHERE submission_id = submissions.id) AS events,
    (SELECT count(*) || ' ' || coalesce(sum(tries), 0) FROM deliveries WHERE submission_id = submissions.id)
        AS told,
    (SELECT group_concat(kind || due_at) FROM tasks WHERE submission_id = submissions.id) AS tasks
FROM submissions WHERE id = :id;
