-- name: add_delivery
-- News that a client is to be told.
INSERT INTO deliveries (
    id, submission_id, key_id, url, endpoint, type, sequence, snapshot, state, tries, created_at
)
SELECT
    value ->> 'id', value ->> 'submission_id', value ->> 'key_id', value ->> 'url',
    value ->> 'endpoint', value ->> 'type', value ->> 'sequence', value ->> 'snapshot', 'pending', 0,
    value ->> 'created_at'
FROM json_each(:rows);

-- name: letters
-- Deliveries, with what they are signed with.
SELECT
    deliveries.*, api_keys.webhook_secret, api_keys.previous_secret, api_keys.previous_until
FROM deliveries
INNER JOIN api_keys ON deliveries.key_id = api_keys.id
WHERE deliveries.id IN (SELECT value FROM json_each(:ids));

-- name: deliveries_of_submission
-- What a client was told of a submission, oldest first, with every attempt, and when it is tried next.
SELECT
    deliveries.*, tasks.due_at AS next_at, tasks.holder,
    (
        SELECT
            json_group_array(
                json_object('at', at, 'status', status, 'answer', answer, 'error', error)
            )
        FROM (SELECT * FROM attempts WHERE delivery_id = deliveries.id ORDER BY number)
    ) AS attempts
FROM deliveries
LEFT JOIN tasks
    ON
        deliveries.submission_id = tasks.submission_id AND tasks.kind = 'deliver'
        AND deliveries.id = tasks.key
WHERE deliveries.submission_id = :id
ORDER BY deliveries.sequence;

-- name: dead_deliveries
-- What was given up or was never tried, of all keys, newest first, with every attempt.
SELECT
    deliveries.*, NULL AS next_at, NULL AS holder,
    (
        SELECT
            json_group_array(
                json_object('at', at, 'status', status, 'answer', answer, 'error', error)
            )
        FROM (SELECT * FROM attempts WHERE delivery_id = deliveries.id ORDER BY number)
    ) AS attempts
FROM deliveries
WHERE state = 'dead' AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: add_attempt
-- An attempt was made.
INSERT INTO attempts (delivery_id, number, at, status, answer, error)
SELECT
    :delivery_id,
    (SELECT count(*) + 1 FROM attempts WHERE delivery_id = :delivery_id),
    :at, :status, :answer, :error
-- It may have been erased while the client was told.
WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = :delivery_id);

-- name: end_attempt
-- What the attempt means for its delivery.
UPDATE deliveries SET state = value ->> 'state', tries = value ->> 'tries'
FROM json_each(:rows)
WHERE deliveries.id = value ->> 'id';

-- name: was_delivered_after_all
-- The client has taken what was given up meanwhile, and is not about to be sent again.
UPDATE deliveries SET state = 'delivered'
FROM json_each(:rows)
WHERE
    deliveries.id = value ->> 'id'
    AND NOT EXISTS (
        SELECT 1 FROM tasks
        WHERE
            tasks.submission_id = deliveries.submission_id AND tasks.kind = 'deliver'
            AND tasks.key = deliveries.id
    );

-- name: gone_endpoints
-- Which of these want nothing more.
SELECT endpoint FROM gone_endpoints
WHERE gone_at IS NOT NULL AND endpoint IN (SELECT value FROM json_each(:endpoints));

-- name: close_endpoint
-- It wants nothing more, unless it was opened since it said so.
INSERT INTO gone_endpoints (endpoint, gone_at)
SELECT value ->> 'endpoint', value ->> 'at' FROM json_each(:rows)
WHERE true
ON CONFLICT (endpoint) DO UPDATE SET gone_at = excluded.gone_at
WHERE opened_at IS NULL OR opened_at <= excluded.gone_at;

-- name: open_endpoint
-- It is told again.
INSERT INTO gone_endpoints (endpoint, opened_at)
SELECT value ->> 'endpoint', value ->> 'now' FROM json_each(:rows)
WHERE true
ON CONFLICT (endpoint) DO UPDATE SET gone_at = NULL, opened_at = excluded.opened_at;

-- name: drop_tasks_of_endpoint
-- Nothing is sent there any more.
DELETE FROM tasks
WHERE lane IN (SELECT value ->> 'lane' FROM json_each(:rows));

-- name: bury_deliveries
-- What still waited for an endpoint that is gone.
UPDATE deliveries SET state = 'dead'
WHERE state = 'pending' AND endpoint IN (SELECT value ->> 'endpoint' FROM json_each(:rows));

-- name: delivery_hosts
-- For each host that is to be told something, when its earliest delivery is due that is not of a full lane.
WITH RECURSIVE hosts (host) AS (
    SELECT min(substr(lane, 1, 20)) FROM tasks WHERE kind = 'deliver'
    UNION ALL
    SELECT (
        SELECT min(substr(tasks.lane, 1, 20)) FROM tasks
        WHERE tasks.kind = 'deliver' AND substr(tasks.lane, 1, 20) > hosts.host
    )
    FROM hosts WHERE hosts.host IS NOT NULL
)
SELECT
    host,
    (
        SELECT tasks.due_at FROM tasks
        WHERE
            tasks.kind = 'deliver' AND substr(tasks.lane, 1, 20) = hosts.host
            AND tasks.lane NOT IN (SELECT value FROM json_each(:full))
        ORDER BY tasks.due_at
        LIMIT 1
    ) AS due_at
FROM hosts WHERE host IS NOT NULL;

-- name: due_deliveries
-- The deliveries of a host that have been due longest, but none of a lane that is full.
WITH due AS (
    SELECT submission_id, key FROM tasks
    WHERE
        kind = 'deliver' AND substr(lane, 1, 20) = :host AND due_at <= :now
        AND lane NOT IN (SELECT value FROM json_each(:full))
    ORDER BY due_at
    LIMIT :room
)
SELECT tasks.* FROM due
INNER JOIN tasks
    ON due.submission_id = tasks.submission_id AND tasks.kind = 'deliver' AND due.key = tasks.key
ORDER BY tasks.due_at;
