-- name: waiting_by_reason
-- What the oldest that have not ended wait for, and how many of these should have ended before a time.
WITH oldest AS MATERIALIZED (
    SELECT found.id
    FROM api_keys
    CROSS JOIN (VALUES ('pending'), ('processing'), ('action_required')) AS unfinished (status)
    -- An index tells it all, also by a plan that was made while there were few: OFFSET 0 keeps it so.
    CROSS JOIN LATERAL (
        SELECT id FROM submissions
        WHERE key_id = api_keys.id AND submissions.status = unfinished.status
        OFFSET 0
    ) AS found
    ORDER BY found.id
    LIMIT CAST(:most AS bigint)
)
SELECT
    kind, status, waiting_for, count(*) AS number, min(created_at) AS oldest,
    count(*) FILTER (WHERE deadline_at < CAST(:deadline AS bigint)) AS overdue
FROM oldest
CROSS JOIN LATERAL (
    SELECT kind, status, waiting_for, created_at, deadline_at FROM submissions
    WHERE submissions.id = oldest.id
    OFFSET 0
) AS found
GROUP BY kind, status, waiting_for
ORDER BY kind, status, waiting_for;
