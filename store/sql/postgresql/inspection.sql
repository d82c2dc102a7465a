-- name: engine
-- What kind of database it is, whether its commits reach the disk, and how many use it.
SELECT
    'PostgreSQL ' || current_setting('server_version') AS version,
    current_setting('server_encoding') AS encoding,
    CAST(current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS int) AS durable,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    CAST(current_setting('max_connections') AS bigint)
    - CAST(current_setting('superuser_reserved_connections') AS bigint) AS most_connections;

-- name: count_dead_deliveries
-- How many deliveries were given up, as far as so many.
SELECT count(*) AS number FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT :most) AS found;

-- name: waiting_leftovers
-- Of each kind, what is not undone yet.
SELECT kind, count(*) AS number, min(since) AS since, max(attempt) AS attempts
FROM leftovers
GROUP BY kind
ORDER BY kind;

-- name: lost_exchanges
-- Of the newest face scans those whose token was spent by a call whose answer was lost.
WITH scans AS MATERIALIZED (
    SELECT newest.id
    FROM api_keys
    CROSS JOIN LATERAL (
        SELECT id FROM submissions
        WHERE
            (key_id, kind) >= (api_keys.id, 'alltoken/liveness')
            AND (key_id, kind, id) < (api_keys.id, 'alltoken/liveness', '~')
        ORDER BY key_id DESC, kind DESC, id DESC
        LIMIT CAST(:room AS bigint)
    ) AS newest
    ORDER BY newest.id DESC
    LIMIT CAST(:room AS bigint)
)
SELECT scans.id, found.at
FROM scans
CROSS JOIN LATERAL (
    SELECT at FROM events
    WHERE
        submission_id = scans.id AND type = 'scan.over'
        AND CAST(replace(facts, '\u0000', '\u0001') AS json) ->> 'reason' = 'spent'
    -- Looked for scan by scan: there are far more events of other submissions.
    OFFSET 0
) AS found
ORDER BY found.at DESC, scans.id
LIMIT :most;

-- name: somebody_works
-- A lane of which somebody holds a task just now: its lease, which is renewed as long as it runs, ends soon.
WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM tasks
    UNION ALL
    SELECT (SELECT min(tasks.lane) FROM tasks WHERE tasks.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
)
SELECT lane FROM lanes
WHERE
    lane IS NOT NULL
    AND EXISTS (
        SELECT 1 FROM tasks
        WHERE
            tasks.lane = lanes.lane AND tasks.due_at > :now AND tasks.due_at <= :until
            AND tasks.holder IS NOT NULL
    )
LIMIT 1;
