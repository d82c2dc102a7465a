-- name: add_key
-- A new API key, by its hash.
INSERT INTO api_keys (id, name, hash, admin, notify_url, webhook_secret, created_at)
SELECT
    value ->> 'id', value ->> 'name', value ->> 'hash', value ->> 'admin', value ->> 'notify_url',
    value ->> 'webhook_secret', value ->> 'created_at'
FROM json_each(:rows);

-- name: keys_by_hash
-- Whose keys these are.
SELECT * FROM api_keys WHERE hash IN (SELECT value FROM json_each(:ids));

-- name: keys_by_id
-- The keys of these ids.
SELECT * FROM api_keys WHERE id IN (SELECT value FROM json_each(:ids));

-- name: key_by_name
-- The key of that name.
SELECT * FROM api_keys WHERE name = :name;

-- name: keys
-- All keys, in the order they were made.
SELECT * FROM api_keys ORDER BY created_at, id;

-- name: revoke_key
-- From now on the key opens nothing.
UPDATE api_keys SET revoked_at = value ->> 'now'
FROM json_each(:rows)
WHERE name = value ->> 'name' AND revoked_at IS NULL;

-- name: rotate_secret
-- A new webhook secret; the old one goes on signing beside it for a while. At most two do.
UPDATE api_keys
SET
    previous_secret = webhook_secret, previous_until = :until, webhook_secret = :webhook_secret
WHERE
    name = :name AND revoked_at IS NULL
    AND (:unless_signing IS NULL OR previous_until IS NULL OR previous_until <= :unless_signing)
RETURNING name;
