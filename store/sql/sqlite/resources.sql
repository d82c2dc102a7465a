-- name: add_resource
-- What was made at a provider, and for whom; told again it changes nothing.
INSERT INTO resources (id, type, key_id, group_id, group_type, created_at, listed)
SELECT
    value ->> 'id', value ->> 'type', value ->> 'key_id', value ->> 'group_id',
    value ->> 'group_type', value ->> 'created_at', value ->> 'listed'
FROM json_each(:rows)
WHERE true
ON CONFLICT (id) DO UPDATE SET listed = min(listed, excluded.listed);

-- name: forget_resource
-- It is there no more, and nothing that was in it.
UPDATE resources SET deleted_at = value ->> 'now'
FROM json_each(:rows)
WHERE deleted_at IS NULL AND (resources.id = value ->> 'id' OR group_id = value ->> 'id');

-- name: resources
-- What is known of these provider ids.
SELECT * FROM resources WHERE id IN (SELECT value FROM json_each(:ids));

-- name: living_groups_of_a_key
-- Every group that was made for a key and not deleted.
SELECT * FROM resources
WHERE key_id = :key_id AND type = 'group' AND deleted_at IS NULL
ORDER BY created_at, id;

-- name: count_groups
-- How many groups live, of all keys: they share the provider's limit.
SELECT count(*) AS number FROM resources WHERE type = 'group' AND deleted_at IS NULL;

-- name: count_assets_of_group
-- How many assets live in a group.
SELECT count(*) AS number FROM resources
WHERE group_id = :group_id AND type = 'asset' AND deleted_at IS NULL;

-- name: living_groups
-- Every group that was not deleted, of all keys.
SELECT * FROM resources WHERE type = 'group' AND deleted_at IS NULL ORDER BY created_at, id;

-- name: living_assets
-- The assets in these groups.
SELECT * FROM resources
WHERE
    group_id IN (SELECT value FROM json_each(:ids)) AND type = 'asset' AND deleted_at IS NULL
ORDER BY created_at, id;

-- name: makers_of_groups
-- Which submission has made each group, if it is among so many that its key had made just before.
SELECT makers.id, made.value ->> 'id' AS group_id
FROM json_each(:rows) AS made
CROSS JOIN (SELECT 'alltoken/liveness' AS kind UNION ALL SELECT 'alltoken/portrait') AS kinds
CROSS JOIN submissions AS makers
    ON makers.id IN (
        SELECT id FROM submissions
        WHERE key_id = made.value ->> 'key_id' AND kind = kinds.kind AND id < made.value ->> 'before'
        ORDER BY id DESC
        LIMIT :room
    )
WHERE makers.state ->> 'group_id' = made.value ->> 'id';
