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
-- The newest face scans whose token was spent by a call whose answer was lost.
SELECT submissions.id, events.at
FROM api_keys
INNER JOIN submissions ON api_keys.id = submissions.key_id AND submissions.kind = 'alltoken/liveness'
INNER JOIN events ON submissions.id = events.submission_id
WHERE events.type = 'scan.over' AND events.facts ->> 'reason' = 'spent'
ORDER BY events.at DESC, submissions.id
LIMIT :most;
