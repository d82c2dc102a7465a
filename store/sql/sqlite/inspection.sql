-- name: engine
-- What kind of database it is, whether its commits reach the disk, and how many use it.
SELECT
    'SQLite ' || sqlite_version() AS version, (SELECT encoding FROM pragma_encoding) AS encoding,
    1 AS durable, 0 AS connections, 0 AS most_connections;

-- name: count_dead_deliveries
-- How many deliveries were given up, as far as so many.
SELECT count(*) AS number FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT :most);

-- name: waiting_leftovers
-- Of each kind, what is not undone yet.
SELECT kind, count(*) AS number, min(since) AS since, max(attempt) AS attempts
FROM leftovers
GROUP BY kind
ORDER BY kind;

-- name: lost_exchanges
-- Of the newest face scans those whose token was spent by a call whose answer was lost.
SELECT events.submission_id AS id, events.at
FROM events
WHERE
    events.submission_id IN (
        SELECT scans.id
        FROM api_keys
        CROSS JOIN submissions AS scans
            ON scans.id IN (
                SELECT id FROM submissions
                WHERE key_id = api_keys.id AND kind = 'alltoken/liveness'
                ORDER BY id DESC
                LIMIT :room
            )
        ORDER BY scans.id DESC
        LIMIT :room
    )
    AND events.type = 'scan.over' AND events.facts ->> 'reason' = 'spent'
ORDER BY events.at DESC, events.submission_id
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
