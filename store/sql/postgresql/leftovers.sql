-- name: put_leftover
-- Something is to be undone; what is to be undone already is looked at sooner.
INSERT INTO leftovers (kind, name, provider, since, due_at, attempt)
SELECT DISTINCT ON (new.kind, new.name)
    new.kind, new.name, new.provider, new.since,
    min(new.due_at) OVER (PARTITION BY new.kind, new.name), new.attempt
FROM ROWS FROM (
    json_to_recordset(CAST(:rows AS json)) AS (
        kind text, name text, provider text, since bigint, due_at bigint, attempt bigint
    )
) WITH ORDINALITY AS new (kind, name, provider, since, due_at, attempt, place)
ORDER BY new.kind, new.name, new.place DESC
ON CONFLICT (kind, name) DO UPDATE
SET due_at = least(leftovers.due_at, excluded.due_at), attempt = excluded.attempt;

-- name: due_leftovers
-- What has been due longest of some kinds.
SELECT kind, name, provider, since, due_at, attempt FROM leftovers
WHERE kind = ANY (ARRAY(SELECT json_array_elements_text(CAST(:kinds AS json)))) AND due_at <= :now
ORDER BY due_at
LIMIT :room
FOR UPDATE SKIP LOCKED;

-- name: put_off_leftover
-- It is looked at again then, unless somebody wants it sooner.
WITH new AS MATERIALIZED (
    SELECT kind, name, due_at, attempt, held_until
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        kind text, name text, due_at bigint, attempt bigint, held_until bigint
    )
),
held AS MATERIALIZED (
    SELECT leftovers.kind, leftovers.name FROM leftovers
    WHERE
        (leftovers.kind, leftovers.name) IN (SELECT new.kind, new.name FROM new)
        AND leftovers.kind = ANY (ARRAY(SELECT new.kind FROM new))
        AND leftovers.name = ANY (ARRAY(SELECT new.name FROM new))
    ORDER BY leftovers.kind, leftovers.name
    FOR UPDATE OF leftovers
)
UPDATE leftovers SET due_at = new.due_at, attempt = new.attempt
FROM new INNER JOIN held ON new.kind = held.kind AND new.name = held.name
WHERE
    leftovers.kind = new.kind AND leftovers.name = new.name AND leftovers.due_at = new.held_until
    AND leftovers.kind = ANY (ARRAY(SELECT new.kind FROM new))
    AND leftovers.name = ANY (ARRAY(SELECT new.name FROM new));

-- name: drop_leftover
-- It is undone, unless there is something new under its name.
WITH new AS MATERIALIZED (
    SELECT kind, name, held_until
    FROM json_to_recordset(CAST(:rows AS json)) AS new (kind text, name text, held_until bigint)
),
held AS MATERIALIZED (
    SELECT leftovers.kind, leftovers.name FROM leftovers
    WHERE
        (leftovers.kind, leftovers.name) IN (SELECT new.kind, new.name FROM new)
        AND leftovers.kind = ANY (ARRAY(SELECT new.kind FROM new))
        AND leftovers.name = ANY (ARRAY(SELECT new.name FROM new))
    ORDER BY leftovers.kind, leftovers.name
    FOR UPDATE OF leftovers
)
DELETE FROM leftovers
USING new INNER JOIN held ON new.kind = held.kind AND new.name = held.name
WHERE
    leftovers.kind = new.kind AND leftovers.name = new.name AND leftovers.due_at = new.held_until
    AND leftovers.kind = ANY (ARRAY(SELECT new.kind FROM new))
    AND leftovers.name = ANY (ARRAY(SELECT new.name FROM new));
