-- name: waiting_by_reason
-- What the oldest that have not ended wait for, and how many of these should have ended before a time.
WITH oldest AS MATERIALIZED (
    SELECT inside.id
    FROM api_keys
    CROSS JOIN (
        SELECT 'pending' AS status UNION ALL SELECT 'processing' UNION ALL SELECT 'action_required'
    ) AS unfinished
    CROSS JOIN submissions AS inside
        ON inside.id IN (
            SELECT id FROM submissions
            WHERE key_id = api_keys.id AND status = unfinished.status
            ORDER BY id
            LIMIT :most
        )
    ORDER BY inside.id
    LIMIT :most
)
SELECT
    kind, status, waiting_for, count(*) AS number, min(created_at) AS oldest,
    count(*) FILTER (WHERE deadline_at < :deadline) AS overdue
FROM oldest
CROSS JOIN submissions ON oldest.id = submissions.id
GROUP BY kind, status, waiting_for
ORDER BY kind, status, waiting_for;
