-- name: add_submission
-- Keep a new submission.
WITH new AS MATERIALIZED (SELECT value FROM json_each(:rows))
INSERT INTO submissions (
    id, key_id, kind, status, stage, waiting_for, upstream_id, input, state, result, error, late_result,
    action, metadata, notify, version, created_at, updated_at, completed_at, deadline_at, time_left
)
SELECT
    value ->> 'id', value ->> 'key_id', value ->> 'kind', value ->> 'status', value ->> 'stage',
    value ->> 'waiting_for', value ->> 'upstream_id', value ->> 'input', value ->> 'state',
    value ->> 'result', value ->> 'error', value ->> 'late_result', value ->> 'action',
    value ->> 'metadata', value ->> 'notify', value ->> 'version', value ->> 'created_at',
    value ->> 'updated_at', value ->> 'completed_at', value ->> 'deadline_at', value ->> 'time_left'
FROM new;

-- name: submissions_to_advance
-- What a decision needs of each submission; its input is not among it.
SELECT
    id, key_id, kind, status, stage, waiting_for, upstream_id, state, result, error, late_result, action,
    notify, version, created_at, updated_at, completed_at, deadline_at, time_left
FROM submissions
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: change_submission
-- Write what a decision may change.
WITH new AS MATERIALIZED (SELECT value FROM json_each(:rows))
UPDATE submissions
SET
    status = value ->> 'status',
    stage = value ->> 'stage',
    waiting_for = value ->> 'waiting_for',
    upstream_id = value ->> 'upstream_id',
    state = value ->> 'state',
    result = value ->> 'result',
    error = value ->> 'error',
    late_result = value ->> 'late_result',
    action = value ->> 'action',
    version = value ->> 'version',
    updated_at = value ->> 'updated_at',
    completed_at = value ->> 'completed_at',
    deadline_at = value ->> 'deadline_at',
    time_left = value ->> 'time_left'
FROM new
WHERE submissions.id = value ->> 'id';

-- name: owners_of_upstream_ids
-- Which submissions have recorded these provider ids.
SELECT id, upstream_id FROM submissions
WHERE upstream_id IN (SELECT value FROM json_each(:ids));

-- name: submissions
-- Submissions with everything, and by which key each may be seen.
SELECT submissions.*, api_keys.hash, api_keys.revoked_at
FROM submissions
INNER JOIN api_keys ON submissions.key_id = api_keys.id
WHERE submissions.id IN (SELECT value FROM json_each(:ids));

-- name: versions
-- How new these submissions are.
SELECT id, version FROM submissions WHERE id IN (SELECT value FROM json_each(:ids));

-- name: submissions_of_a_key
-- A page of a key's submissions, newest first.
SELECT * FROM submissions
WHERE key_id = :key_id AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: submissions_by_kind
-- A page of a key's submissions of one kind, newest first.
SELECT * FROM submissions
WHERE key_id = :key_id AND kind = :kind AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: submissions_by_status
-- A page of a key's submissions in one status, and of one kind if it is named, newest first.
SELECT * FROM submissions
WHERE
    key_id = :key_id AND status = :status AND id < :before
    AND (:kind IS NULL OR kind = :kind)
ORDER BY id DESC
LIMIT :limit;

-- name: add_event
-- Keep an event; the same news told again changes nothing.
WITH new AS MATERIALIZED (SELECT key, value FROM json_each(:rows))
INSERT INTO events (submission_id, key, type, source, status, at, version, facts, number)
SELECT
    value ->> 'submission_id', value ->> 'key', value ->> 'type', value ->> 'source',
    value ->> 'status', value ->> 'at', value ->> 'version', value ->> 'facts',
    -- After all that is told of it; within a batch in the batch's order.
    new.key + 1 + (
        SELECT coalesce(max(events.number), 0) FROM events
        WHERE events.submission_id = value ->> 'submission_id'
    )
FROM new
WHERE true
ON CONFLICT (submission_id, key) DO NOTHING;

-- name: events_of_submission
-- The timeline, oldest first.
SELECT key, type, source, status, at, version, facts FROM events WHERE submission_id = :id
ORDER BY number, version, at, key;

-- name: add_media
-- Keep content once per submission.
INSERT INTO media (submission_id, sha256, content_type, content)
VALUES (:submission_id, :sha256, :content_type, :content)
ON CONFLICT (submission_id, sha256) DO NOTHING;

-- name: media_of_submission
-- One piece of content.
SELECT sha256, content_type, content FROM media WHERE submission_id = :id AND sha256 = :sha256;
