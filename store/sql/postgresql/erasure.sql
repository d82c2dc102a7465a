-- name: forget_what_was_found
-- Nobody keeps what was taken from these submissions.
UPDATE submissions
SET
    state = replace(
        CAST(
            (
                SELECT
                    json_object_agg(
                        part.key,
                        CASE
                            WHEN part.key <> 'found' THEN part.value
                            ELSE (
                                SELECT coalesce(json_object_agg(one.key, one.value), '{}')
                                FROM json_each(part.value) AS one
                                WHERE
                                    one.key <> ALL (
                                        ARRAY(SELECT json_array_elements_text(CAST(:ids AS json)))
                                    )
                            )
                        END
                    )
                -- PostgreSQL reads no JSON with the character 0: it has another name meanwhile, which
                -- is in no other place of the text.
                FROM json_each(
                    CAST(replace(state, '\u0000', '\u0001' || md5(state)) AS json)
                ) AS part
            ) AS text
        ),
        '\u0001' || md5(state),
        '\u0000'
    )
WHERE
    id = ANY (
        ARRAY(
            SELECT needing.submission_id
            FROM (SELECT json_array_elements_text(CAST(:ids AS json)) AS id) AS needed
            -- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
            CROSS JOIN LATERAL (
                SELECT submission_id FROM dependencies WHERE needs_id = needed.id OFFSET 0
            ) AS needing
        )
    )
    AND json_typeof(CAST(replace(state, '\u0000', '\u0001') AS json) -> 'found') = 'object';

-- name: tasks_left_upstream
-- What is still to be undone at a provider for these submissions.
SELECT submission_id, kind, lane FROM tasks
WHERE
    submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    AND kind IN ('cancel', 'delete_group');

-- name: archives_of_submissions
-- In which archives copies of these lie.
SELECT DISTINCT submission_id, archive FROM archived
WHERE submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: uploads_of_submissions
-- Which uploads these submissions use.
WITH used AS MATERIALIZED (
    SELECT upload_id FROM upload_uses
    WHERE submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
)
SELECT DISTINCT upload_id FROM used;

-- name: erase_answers
-- What was answered to the requests that have made these; their names are kept for a while.
UPDATE idempotency_keys SET answer = NULL, fingerprint = '', erased_at = :now
WHERE submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: erase_quarantined
-- Webhooks that came to these submissions and could not be read or matched.
DELETE FROM quarantine
WHERE submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: erase_submissions
-- These submissions, and every row that is theirs.
DELETE FROM submissions WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: erase_unused_uploads
-- Those of these uploads that nobody uses (any more).
DELETE FROM uploads
WHERE
    id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    AND NOT EXISTS (SELECT 1 FROM upload_uses WHERE upload_uses.upload_id = uploads.id OFFSET 0)
RETURNING id;

-- name: finished_before
-- The submissions that ended first, before a time, and whether content is kept with them.
SELECT
    id,
    (SELECT count(*) FROM (SELECT 1 FROM media WHERE media.submission_id = submissions.id LIMIT 1) AS one)
        AS heavy
FROM submissions
WHERE
    completed_at IS NOT NULL AND completed_at < :before
    -- Of whose end a client is still to be told, and on which another is built that goes on, stay until
    -- then: neither takes for ever. OFFSET 0 keeps the two questions as they are, asked of one
    -- submission after the other: made into joins they could read whole tables. And LIKE, where = would
    -- do, keeps the index of all deliveries from being taken for it.
    AND NOT EXISTS (
        SELECT 1 FROM tasks
        WHERE tasks.submission_id = submissions.id AND tasks.kind LIKE 'deliver'
        OFFSET 0
    )
    AND NOT EXISTS (
        SELECT 1 FROM dependencies
        WHERE
            dependencies.needs_id = submissions.id
            AND (
                SELECT other.completed_at FROM submissions AS other
                WHERE other.id = dependencies.submission_id
            ) IS NULL
        OFFSET 0
    )
ORDER BY completed_at
LIMIT :limit;

-- name: expired_uploads
-- Uploads whose time is over and that nobody uses.
SELECT id FROM uploads
WHERE
    expires_at <= :now
    AND NOT EXISTS (SELECT 1 FROM upload_uses WHERE upload_uses.upload_id = uploads.id OFFSET 0)
LIMIT :limit;

-- name: known_uploads
-- Which of these uploads there are.
SELECT id FROM uploads WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: outlived
-- Rows that belong to no submission any more, or never did, and were kept long enough.
SELECT 'quarantine' AS place, id AS name FROM (
    SELECT id FROM quarantine WHERE received_at < :retained ORDER BY received_at LIMIT :limit
) AS quarantined
UNION ALL
SELECT 'session', id FROM (
    SELECT id FROM resources WHERE type = 'session' AND created_at < :week ORDER BY created_at LIMIT :limit
) AS sessions
UNION ALL
SELECT 'answer', submission_id FROM (
    SELECT submission_id FROM idempotency_keys WHERE erased_at < :week ORDER BY erased_at LIMIT :limit
) AS answers;

-- name: drop_quarantined
-- Webhooks that were kept long enough.
DELETE FROM quarantine WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: drop_sessions
-- Clients' own scan sessions, which are over after minutes.
DELETE FROM resources
WHERE
    id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    -- Said so, that the index of all sessions by age is not taken for it.
    AND type NOT IN ('group', 'asset');

-- name: drop_answers
-- Names of requests whose submissions were erased long ago.
DELETE FROM idempotency_keys
WHERE
    submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    AND erased_at IS NOT NULL;
