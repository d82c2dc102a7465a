-- name: unfinished_by_kind
-- How many there are of each kind and status that have not ended, and the oldest of them.
SELECT kind, status, count(*) AS number, min(id) AS oldest
FROM (
    SELECT found.id, found.kind, found.status
    FROM api_keys
    CROSS JOIN (VALUES ('pending'), ('processing'), ('action_required')) AS unfinished (status)
    -- Each key's, status by status: an index tells it all. OFFSET 0 keeps it so.
    CROSS JOIN LATERAL (
        SELECT id, kind, submissions.status FROM submissions
        WHERE key_id = api_keys.id AND submissions.status = unfinished.status
        OFFSET 0
    ) AS found
    LIMIT CAST(:most AS bigint)
) AS counted
GROUP BY kind, status
ORDER BY kind, status;

-- name: oldest_unfinished
-- The oldest that have not ended, and what they wait for.
WITH oldest AS MATERIALIZED (
    SELECT found.id
    FROM api_keys
    CROSS JOIN (VALUES ('pending'), ('processing'), ('action_required')) AS unfinished (status)
    CROSS JOIN LATERAL (
        SELECT id FROM submissions
        WHERE key_id = api_keys.id AND submissions.status = unfinished.status
        OFFSET 0
    ) AS found
    ORDER BY found.id
    LIMIT CAST(:limit AS bigint)
)
SELECT found.id, kind, status, waiting_for, created_at
FROM oldest
-- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
CROSS JOIN LATERAL (
    SELECT id, kind, status, waiting_for, created_at FROM submissions
    WHERE submissions.id = oldest.id
    OFFSET 0
) AS found
ORDER BY found.id;

-- name: numbers_accepted
-- For each pair of ids, how many were given between them, and no more than so many.
SELECT (
    SELECT count(*)
    FROM (
        SELECT 1 FROM submissions
        WHERE id >= spans.pair ->> 0 AND id < spans.pair ->> 1
        LIMIT CAST(:most AS bigint)
    ) AS counted
) AS number
FROM json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS spans (pair, place)
ORDER BY spans.place;

-- name: numbers_ended
-- For each pair of times, how many have ended between them, and no more than so many.
SELECT (
    SELECT count(*)
    FROM (
        SELECT 1 FROM submissions
        WHERE
            completed_at >= CAST(spans.pair ->> 0 AS bigint)
            AND completed_at < CAST(spans.pair ->> 1 AS bigint)
        LIMIT CAST(:most AS bigint)
    ) AS counted
) AS number
FROM json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS spans (pair, place)
ORDER BY spans.place;

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
WHERE completed_at >= CAST(:since AS bigint)
ORDER BY completed_at DESC
LIMIT CAST(:limit AS bigint);

-- name: numbers_of_trouble
-- What waits for an operator: dead letters and quarantined webhooks, and no more than so many.
SELECT
    (
        SELECT count(*) FROM (
            SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT CAST(:most AS bigint)
        ) AS buried
    ) AS dead,
    (
        SELECT count(*) FROM (SELECT 1 FROM quarantine LIMIT CAST(:most AS bigint)) AS kept
    ) AS quarantined;

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
            CROSS JOIN LATERAL (
                SELECT 1 FROM submissions
                WHERE key_id = api_keys.id AND status = 'action_required'
                OFFSET 0
            ) AS found
            LIMIT 1000
        ) AS waiting
    ) AS waiting,
    (SELECT max(id) FROM deliveries) AS told,
    (
        SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT 1000) AS buried
    ) AS dead,
    (SELECT max(id) FROM quarantine) AS quarantined,
    (SELECT count(*) FROM (SELECT 1 FROM quarantine LIMIT 1000) AS kept) AS quarantine,
    (
        SELECT count(*) || ' ' || count(revoked_at) || ' ' || coalesce(max(previous_until), 0)
        FROM api_keys
    ) AS keys,
    (
        SELECT count(*) FROM (
            SELECT 1 FROM resources WHERE type = 'group' AND deleted_at IS NULL LIMIT 1000
        ) AS living
    ) AS groups;

-- name: signs_of_submission
-- What is different after something about this one has changed.
SELECT
    version,
    (SELECT count(*) FROM events WHERE submission_id = submissions.id) AS events,
    (
        SELECT count(*) || ' ' || coalesce(sum(tries), 0) FROM deliveries
        WHERE submission_id = submissions.id
    ) AS told,
    (
        SELECT string_agg(kind || due_at, ',' ORDER BY kind, key) FROM tasks
        WHERE submission_id = submissions.id
    ) AS tasks
FROM submissions WHERE id = :id;
