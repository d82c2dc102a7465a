-- What only a database needs in which several write at once. A transaction takes the first three before
-- anything else and in this order, so that hardly any two wait for each other in a circle; the database
-- finds those that do, and one of them is begun again.

-- name: lock_beside_others
-- A transaction as most are: beside others like it.
SELECT pg_advisory_xact_lock_shared(hashtextextended('likeness', 0));

-- name: lock_alone
-- One that changes rows it does not know beforehand: nobody begins while it waits, so it gives up soon.
SELECT pg_advisory_xact_lock(hashtextextended('likeness', 0))
FROM (SELECT set_config('lock_timeout', '100ms', true)) AS hurry;

-- name: lock_submissions
-- Whoever changes a submission, or any row that is its own, holds it; and those that wait for its end.
WITH RECURSIVE concerned (id) AS (
    SELECT json_array_elements_text(CAST(:ids AS json)) COLLATE "C"
    UNION
    SELECT waiting.id
    FROM concerned
    -- OFFSET 0 keeps this a question about one after the other: as a join it could read whole tables.
    CROSS JOIN LATERAL (
        SELECT dependencies.submission_id AS id FROM dependencies
        WHERE
            dependencies.needs_id = concerned.id
            AND (SELECT stage FROM submissions WHERE id = dependencies.submission_id) = 'waiting'
        OFFSET 0
    ) AS waiting
)
SELECT id FROM submissions
WHERE id = ANY (ARRAY(SELECT concerned.id FROM concerned))
ORDER BY id
FOR NO KEY UPDATE;

-- name: lock_rates
-- Whoever reads when a limited lane may start, and writes when the next may.
SELECT pg_advisory_xact_lock(hashtextextended('likeness rates', 0));

-- name: lock_names
-- Whoever makes a provider's id known as somebody's own.
SELECT pg_advisory_xact_lock(hashtextextended(name, 1))
FROM (SELECT DISTINCT json_array_elements_text(CAST(:names AS json)) COLLATE "C" AS name ORDER BY 1) AS named;

-- name: now
-- The time by which all who share this database agree, in milliseconds.
SELECT CAST(extract(EPOCH FROM clock_timestamp()) * 1000 AS bigint) AS now;
