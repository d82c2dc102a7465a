-- name: put_leftover
-- Something is to be undone; what is to be undone already is looked at sooner.
INSERT INTO leftovers (kind, name, provider, since, due_at, attempt)
SELECT
    value ->> 'kind', value ->> 'name', value ->> 'provider', value ->> 'since', value ->> 'due_at',
    value ->> 'attempt'
FROM json_each(:rows)
WHERE true
ON CONFLICT (kind, name) DO UPDATE SET due_at = min(due_at, excluded.due_at), attempt = excluded.attempt;

-- name: due_leftovers
-- What has been due longest of some kinds.
SELECT kind, name, provider, since, due_at, attempt FROM leftovers
WHERE kind IN (SELECT value FROM json_each(:kinds)) AND due_at <= :now
ORDER BY due_at
LIMIT :room;

-- name: put_off_leftover
-- It is looked at again then, unless somebody wants it sooner.
UPDATE leftovers SET due_at = value ->> 'due_at', attempt = value ->> 'attempt'
FROM json_each(:rows)
WHERE
    leftovers.kind = value ->> 'kind' AND leftovers.name = value ->> 'name'
    AND leftovers.due_at = value ->> 'held_until';

-- name: drop_leftover
-- It is undone, unless there is something new under its name.
DELETE FROM leftovers
WHERE (kind, name, due_at) IN (
    SELECT value ->> 'kind', value ->> 'name', value ->> 'held_until' FROM json_each(:rows)
);
