-- name: add_resource
-- What was made at a provider, and for whom; told again it changes nothing.
INSERT INTO resources (id, type, key_id, group_id, group_type, created_at, listed)
SELECT DISTINCT ON (new.id)
    new.id, new.type, new.key_id, new.group_id, new.group_type, new.created_at,
    min(new.listed) OVER (PARTITION BY new.id)
FROM ROWS FROM (
    json_to_recordset(CAST(:rows AS json)) AS (
        id text, type text, key_id text, group_id text, group_type text, created_at bigint,
        listed integer
    )
) WITH ORDINALITY AS new (id, type, key_id, group_id, group_type, created_at, listed, place)
ORDER BY new.id, new.place
ON CONFLICT (id) DO UPDATE SET listed = least(resources.listed, excluded.listed);

-- name: forget_resource
-- It is there no more, and nothing that was in it.
WITH new AS MATERIALIZED (
    SELECT id, now FROM json_to_recordset(CAST(:rows AS json)) AS new (id text, now bigint)
),
inside AS MATERIALIZED (
    SELECT id FROM resources WHERE group_id = ANY (ARRAY(SELECT new.id FROM new))
    UNION ALL
    SELECT id FROM new
),
-- Locked in one order, so that no two processes wait for each other.
found AS MATERIALIZED (
    SELECT id FROM resources
    WHERE deleted_at IS NULL AND id = ANY (ARRAY(SELECT inside.id FROM inside))
    ORDER BY id
    FOR UPDATE
)
UPDATE resources
SET deleted_at = (SELECT min(new.now) FROM new WHERE new.id IN (resources.id, resources.group_id))
WHERE id = ANY (ARRAY(SELECT found.id FROM found));

-- name: resources
-- What is known of these provider ids.
SELECT * FROM resources WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

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
WITH inside AS MATERIALIZED (
    SELECT * FROM resources
    WHERE group_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
)
SELECT * FROM inside WHERE type = 'asset' AND deleted_at IS NULL ORDER BY created_at, id;

-- name: makers_of_groups
-- Which submission has made each group, if it is among so many that its key had made just before.
SELECT makers.id, groups.id AS group_id
FROM json_to_recordset(CAST(:rows AS json)) AS groups (id text, key_id text, before text)
CROSS JOIN (VALUES ('alltoken/liveness'), ('alltoken/portrait')) AS kinds (kind)
CROSS JOIN LATERAL (
    SELECT id FROM submissions
    WHERE
        (key_id, kind) >= (groups.key_id COLLATE "C", kinds.kind COLLATE "C")
        AND (key_id, kind, id) < (groups.key_id COLLATE "C", kinds.kind COLLATE "C", groups.before COLLATE "C")
    ORDER BY key_id DESC, kind DESC, id DESC
    LIMIT CAST(:room AS bigint)
) AS near
-- One after the other: OFFSET 0 keeps it so.
CROSS JOIN LATERAL (SELECT id, state FROM submissions WHERE submissions.id = near.id OFFSET 0) AS makers
WHERE CAST(replace(makers.state, '\u0000', '\u0001') AS json) ->> 'group_id' = groups.id;
