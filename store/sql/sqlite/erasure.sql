-- name: forget_what_was_found
-- Nobody keeps what was taken from these submissions.
UPDATE submissions
SET
    state = json_patch(
        state,
        json_object(
            'found',
            json((
                SELECT json_group_object(needs_id, NULL) FROM dependencies
                WHERE
                    dependencies.submission_id = submissions.id
                    AND needs_id IN (SELECT value FROM json_each(:ids))
            ))
        )
    )
WHERE
    id IN (
        SELECT submission_id FROM dependencies WHERE needs_id IN (SELECT value FROM json_each(:ids))
    )
    AND json_type(state, '$.found') = 'object';

-- name: tasks_left_upstream
-- What is still to be undone at a provider for these submissions.
SELECT submission_id, kind, lane FROM tasks
WHERE
    submission_id IN (SELECT value FROM json_each(:ids)) AND kind IN ('cancel', 'delete_group');

-- name: archives_of_submissions
-- In which archives copies of these lie.
SELECT DISTINCT submission_id, archive FROM archived
WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: uploads_of_submissions
-- Which uploads these submissions use.
SELECT DISTINCT upload_id FROM upload_uses
WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: erase_answers
-- What was answered to the requests that have made these; their names are kept for a while.
UPDATE idempotency_keys SET answer = NULL, fingerprint = '', erased_at = :now
WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: erase_quarantined
-- Webhooks that came to these submissions and could not be read or matched.
DELETE FROM quarantine WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: erase_submissions
-- These submissions, and every row that is theirs.
DELETE FROM submissions WHERE id IN (SELECT value FROM json_each(:ids));

-- name: erase_unused_uploads
-- Those of these uploads that nobody uses (any more).
DELETE FROM uploads
WHERE
    id IN (SELECT value FROM json_each(:ids))
    AND NOT EXISTS (SELECT 1 FROM upload_uses WHERE upload_uses.upload_id = uploads.id)
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
    -- then: neither takes for ever.
    AND NOT EXISTS (
        SELECT 1 FROM tasks WHERE tasks.submission_id = submissions.id AND tasks.kind = 'deliver'
    )
    AND NOT EXISTS (
        SELECT 1 FROM dependencies
        INNER JOIN submissions AS other ON dependencies.submission_id = other.id
        WHERE dependencies.needs_id = submissions.id AND other.completed_at IS NULL
    )
ORDER BY completed_at
LIMIT :limit;

-- name: expired_uploads
-- Uploads whose time is over and that nobody uses.
SELECT id FROM uploads
WHERE
    expires_at <= :now
    AND NOT EXISTS (SELECT 1 FROM upload_uses WHERE upload_uses.upload_id = uploads.id)
LIMIT :limit;

-- name: known_uploads
-- Which of these uploads there are.
SELECT id FROM uploads WHERE id IN (SELECT value FROM json_each(:ids));

-- name: outlived
-- Rows that belong to no submission any more, or never did, and were kept long enough.
SELECT 'quarantine' AS place, id AS name FROM (
    SELECT id FROM quarantine WHERE received_at < :retained ORDER BY received_at LIMIT :limit
)
UNION ALL
SELECT 'session', id FROM (
    SELECT id FROM resources WHERE type = 'session' AND created_at < :week ORDER BY created_at LIMIT :limit
)
UNION ALL
SELECT 'answer', submission_id FROM (
    SELECT submission_id FROM idempotency_keys WHERE erased_at < :week ORDER BY erased_at LIMIT :limit
);

-- name: drop_quarantined
-- Webhooks that were kept long enough.
DELETE FROM quarantine WHERE id IN (SELECT value FROM json_each(:ids));

-- name: drop_sessions
-- Clients' own scan sessions, which are over after minutes.
DELETE FROM resources WHERE type = 'session' AND id IN (SELECT value FROM json_each(:ids));

-- name: drop_answers
-- Names of requests whose submissions were erased long ago.
DELETE FROM idempotency_keys
WHERE submission_id IN (SELECT value FROM json_each(:ids)) AND erased_at IS NOT NULL;
