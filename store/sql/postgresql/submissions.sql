-- name: add_submission
-- Keep a new submission.
INSERT INTO submissions (
    id, key_id, kind, status, stage, waiting_for, upstream_id, input, state, result, error, late_result,
    action, metadata, notify, version, created_at, updated_at, completed_at, deadline_at, time_left
)
SELECT
    new.id, new.key_id, new.kind, new.status, new.stage, new.waiting_for, new.upstream_id, new.input,
    new.state, new.result, new.error, new.late_result, new.action, new.metadata, new.notify, new.version,
    new.created_at, new.updated_at, new.completed_at, new.deadline_at, new.time_left
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    id text, key_id text, kind text, status text, stage text, waiting_for text, upstream_id text,
    input text, state text, result text, error text, late_result text, action text, metadata text,
    notify text, version bigint, created_at bigint, updated_at bigint, completed_at bigint,
    deadline_at bigint, time_left bigint
);

-- name: submissions_to_advance
-- What a decision needs of each submission; its input is not among it.
SELECT
    id, key_id, kind, status, stage, waiting_for, upstream_id, state, result, error, late_result, action,
    notify, version, created_at, updated_at, completed_at, deadline_at, time_left
FROM submissions
WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: change_submission
-- Write what a decision may change.
WITH new AS MATERIALIZED (
    SELECT new.*
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        id text, status text, stage text, waiting_for text, upstream_id text, state text, result text,
        error text, late_result text, action text, version bigint, updated_at bigint,
        completed_at bigint, deadline_at bigint, time_left bigint
    )
)
UPDATE submissions
SET
    status = new.status,
    stage = new.stage,
    waiting_for = new.waiting_for,
    upstream_id = new.upstream_id,
    state = new.state,
    result = new.result,
    error = new.error,
    late_result = new.late_result,
    action = new.action,
    version = new.version,
    updated_at = new.updated_at,
    completed_at = new.completed_at,
    deadline_at = new.deadline_at,
    time_left = new.time_left
FROM new
-- Said twice, so that also a plan that was made while there were few submissions reads only these.
WHERE submissions.id = new.id AND submissions.id = ANY (ARRAY(SELECT new.id FROM new));

-- name: owners_of_upstream_ids
-- Which submissions have recorded these provider ids.
SELECT id, upstream_id FROM submissions
WHERE upstream_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: submissions
-- Submissions with everything, and by which key each may be seen.
SELECT submissions.*, api_keys.hash, api_keys.revoked_at
FROM submissions
-- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
CROSS JOIN LATERAL (
    SELECT hash, revoked_at FROM api_keys WHERE id = submissions.key_id OFFSET 0
) AS api_keys
WHERE submissions.id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: versions
-- How new these submissions are.
SELECT id, version FROM submissions
WHERE id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

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
    -- Between two bounds, so that the index alone can tell; every kind lies between '' and '~'.
    AND kind >= coalesce(CAST(:kind AS text), '') AND kind <= coalesce(CAST(:kind AS text), '~')
ORDER BY id DESC
LIMIT :limit;

-- name: add_event
-- Keep an event; the same news told again changes nothing.
INSERT INTO events (submission_id, key, type, source, status, at, version, facts, number)
SELECT
    new.submission_id, new.key, new.type, new.source, new.status, new.at, new.version, new.facts,
    -- After all that is told of it; within a batch in the batch's order.
    new.place + (
        SELECT coalesce(max(events.number), 0) FROM events
        WHERE events.submission_id = new.submission_id
    )
FROM ROWS FROM (
    json_to_recordset(CAST(:rows AS json)) AS (
        submission_id text, key text, type text, source text, status text, at bigint, version bigint,
        facts text
    )
) WITH ORDINALITY AS new (submission_id, key, type, source, status, at, version, facts, place)
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
