-- name: add_key
-- A new API key, by its hash.
INSERT INTO api_keys (id, name, hash, admin, notify_url, webhook_secret, created_at)
SELECT new.id, new.name, new.hash, new.admin, new.notify_url, new.webhook_secret, new.created_at
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    id text, name text, hash text, admin integer, notify_url text, webhook_secret text,
    created_at bigint
);

-- name: keys_by_hash
-- Whose keys these are.
SELECT * FROM api_keys
WHERE hash = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: keys_by_id
-- The keys of these ids.
SELECT * FROM api_keys
WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: key_by_name
-- The key of that name.
SELECT * FROM api_keys WHERE name = :name;

-- name: keys
-- All keys, in the order they were made.
SELECT * FROM api_keys ORDER BY created_at, id;

-- name: revoke_key
-- From now on the key opens nothing.
UPDATE api_keys SET revoked_at = new.now
FROM json_to_recordset(CAST(:rows AS json)) AS new (name text, now bigint)
WHERE api_keys.name = new.name AND revoked_at IS NULL;

-- name: rotate_secret
-- A new webhook secret; the old one goes on signing beside it for a while. At most two do.
UPDATE api_keys
SET
    previous_secret = webhook_secret, previous_until = CAST(:until AS bigint), webhook_secret = CAST(:webhook_secret AS text)
WHERE
    name = CAST(:name AS text) AND revoked_at IS NULL
    AND (CAST(:unless_signing AS bigint) IS NULL OR previous_until IS NULL OR previous_until <= CAST(:unless_signing AS bigint))
RETURNING name;
