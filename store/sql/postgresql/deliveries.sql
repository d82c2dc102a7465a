-- name: add_delivery
-- News that a client is to be told.
INSERT INTO deliveries (
    id, submission_id, key_id, url, endpoint, type, sequence, snapshot, state, tries, created_at
)
SELECT
    new.id, new.submission_id, new.key_id, new.url, new.endpoint, new.type, new.sequence, new.snapshot,
    'pending', 0, new.created_at
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    id text, submission_id text, key_id text, url text, endpoint text, type text, sequence bigint,
    snapshot text, created_at bigint
);

-- name: letters
-- Deliveries, with what they are signed with.
SELECT
    deliveries.*, api_keys.webhook_secret, api_keys.previous_secret, api_keys.previous_until
FROM deliveries
-- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
CROSS JOIN LATERAL (
    SELECT webhook_secret, previous_secret, previous_until
    FROM api_keys
    WHERE id = deliveries.key_id
    OFFSET 0
) AS api_keys
WHERE deliveries.id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: deliveries_of_submission
-- What a client was told of a submission, oldest first, with every attempt, and when it is tried next.
SELECT
    deliveries.*, tasks.due_at AS next_at, tasks.holder,
    (
        SELECT
            CAST(
                coalesce(
                    json_agg(
                        json_build_object('at', at, 'status', status, 'answer', answer, 'error', error)
                        ORDER BY number
                    ),
                    '[]'
                ) AS text
            )
        FROM attempts WHERE delivery_id = deliveries.id
    ) AS attempts
FROM deliveries
LEFT JOIN tasks
    ON
        -- LIKE, where = would do, keeps the index of all deliveries from being taken for it.
        tasks.submission_id = :id AND tasks.kind LIKE 'deliver' AND deliveries.id = tasks.key
WHERE deliveries.submission_id = :id
ORDER BY deliveries.sequence;

-- name: dead_deliveries
-- What was given up or was never tried, of all keys, newest first, with every attempt.
SELECT
    deliveries.*, CAST(NULL AS bigint) AS next_at, CAST(NULL AS text) AS holder,
    (
        SELECT
            CAST(
                coalesce(
                    json_agg(
                        json_build_object('at', at, 'status', status, 'answer', answer, 'error', error)
                        ORDER BY number
                    ),
                    '[]'
                ) AS text
            )
        FROM attempts WHERE delivery_id = deliveries.id
    ) AS attempts
FROM deliveries
WHERE state = 'dead' AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: add_attempt
-- An attempt was made.
INSERT INTO attempts (delivery_id, number, at, status, answer, error)
SELECT
    CAST(:delivery_id AS text),
    (SELECT count(*) + 1 FROM attempts WHERE delivery_id = CAST(:delivery_id AS text)),
    CAST(:at AS bigint), CAST(:status AS bigint), CAST(:answer AS text), CAST(:error AS text)
-- It may have been erased while the client was told.
WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = CAST(:delivery_id AS text));

-- name: end_attempt
-- What the attempt means for its delivery.
WITH new AS MATERIALIZED (
    SELECT id, state, tries
    FROM json_to_recordset(CAST(:rows AS json)) AS new (id text, state text, tries bigint)
)
UPDATE deliveries SET state = new.state, tries = new.tries
FROM new
WHERE deliveries.id = new.id AND deliveries.id = ANY (ARRAY(SELECT new.id FROM new));

-- name: was_delivered_after_all
-- The client has taken what was given up meanwhile, and is not about to be sent again.
UPDATE deliveries SET state = 'delivered'
WHERE
    id = ANY (ARRAY(SELECT new.id FROM json_to_recordset(CAST(:rows AS json)) AS new (id text)))
    AND NOT EXISTS (
        SELECT 1 FROM tasks
        WHERE
            -- LIKE, where = would do, keeps the index of all deliveries from being taken for it.
            tasks.submission_id = deliveries.submission_id AND tasks.kind LIKE 'deliver'
            AND tasks.key = deliveries.id
        OFFSET 0
    );

-- name: gone_endpoints
-- Which of these want nothing more.
SELECT endpoint FROM gone_endpoints
WHERE
    gone_at IS NOT NULL
    AND endpoint = ANY (ARRAY(SELECT json_array_elements_text(CAST(:endpoints AS json))));

-- name: close_endpoint
-- It wants nothing more, unless it was opened since it said so.
INSERT INTO gone_endpoints (endpoint, gone_at)
SELECT new.endpoint, max(new.at)
FROM json_to_recordset(CAST(:rows AS json)) AS new (endpoint text, at bigint)
GROUP BY new.endpoint
ORDER BY new.endpoint
ON CONFLICT (endpoint) DO UPDATE SET gone_at = excluded.gone_at
WHERE gone_endpoints.opened_at IS NULL OR gone_endpoints.opened_at <= excluded.gone_at;

-- name: open_endpoint
-- It is told again.
INSERT INTO gone_endpoints (endpoint, opened_at)
SELECT new.endpoint, max(new.now)
FROM json_to_recordset(CAST(:rows AS json)) AS new (endpoint text, now bigint)
GROUP BY new.endpoint
ORDER BY new.endpoint
ON CONFLICT (endpoint) DO UPDATE SET gone_at = NULL, opened_at = excluded.opened_at;

-- name: drop_tasks_of_endpoint
-- Nothing is sent there any more.
DELETE FROM tasks
WHERE
    lane = ANY (
        ARRAY(SELECT new.lane FROM json_to_recordset(CAST(:rows AS json)) AS new (lane text))
    );

-- name: bury_deliveries
-- What still waited for an endpoint that is gone.
UPDATE deliveries SET state = 'dead'
WHERE
    state = 'pending'
    AND endpoint = ANY (
        ARRAY(SELECT new.endpoint FROM json_to_recordset(CAST(:rows AS json)) AS new (endpoint text))
    );

-- name: delivery_hosts
-- For each host that is to be told something, when its earliest delivery is due that is not of a full lane.
WITH RECURSIVE hosts (host) AS (
    (
        SELECT substr(lane, 1, 20) FROM tasks
        WHERE kind = 'deliver'
        ORDER BY substr(lane, 1, 20)
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT substr(tasks.lane, 1, 20) FROM tasks
        WHERE tasks.kind = 'deliver' AND substr(tasks.lane, 1, 20) > hosts.host
        ORDER BY substr(tasks.lane, 1, 20)
        LIMIT 1
    )
    FROM hosts WHERE hosts.host IS NOT NULL
)
SELECT
    host,
    (
        SELECT tasks.due_at FROM tasks
        WHERE
            tasks.kind = 'deliver' AND substr(tasks.lane, 1, 20) = hosts.host
            AND tasks.lane <> ALL (ARRAY(SELECT json_array_elements_text(CAST(:full AS json))))
        ORDER BY tasks.due_at
        LIMIT 1
    ) AS due_at
FROM hosts WHERE host IS NOT NULL;

-- name: due_deliveries
-- The deliveries of a host that have been due longest, but none of a lane that is full.
SELECT * FROM tasks
WHERE
    kind = 'deliver' AND substr(lane, 1, 20) = :host AND due_at <= :now
    AND lane <> ALL (ARRAY(SELECT json_array_elements_text(CAST(:full AS json))))
ORDER BY due_at
LIMIT :room
FOR UPDATE SKIP LOCKED;
