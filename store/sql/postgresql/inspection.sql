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
-- The newest face scans whose token was spent by a call whose answer was lost.
SELECT scans.id, found.at
FROM (
    SELECT id FROM submissions
    WHERE key_id = ANY (ARRAY(SELECT api_keys.id FROM api_keys)) AND kind = 'alltoken/liveness'
) AS scans
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
