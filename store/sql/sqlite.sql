-- Every statement by name.
-- :rows, :ids, :claims and :lanes are JSON texts: one statement serves a whole batch, in one step that
-- leaves the interpreter's lock to others. Only content in bytes is written row by row.

-- name: add_submission
-- Keep a new submission.
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
FROM json_each(:rows);

-- name: submissions_to_advance
-- What a decision needs of each submission; its input is not among it.
SELECT
    id, key_id, kind, status, stage, waiting_for, upstream_id, state, result, error, late_result, action,
    version, created_at, updated_at, completed_at, deadline_at, time_left
FROM submissions
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: change_submission
-- Write what a decision may change.
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
FROM json_each(:rows)
WHERE submissions.id = value ->> 'id';

-- name: add_dependency
-- A submission waits for another one.
INSERT INTO dependencies (submission_id, needs_id)
SELECT value ->> 'submission_id', value ->> 'needs_id' FROM json_each(:rows);

-- name: dependents
-- Which submissions wait for these, with what a decision needs of each.
SELECT
    dependencies.needs_id, id, key_id, kind, status, stage, waiting_for, upstream_id, state, result,
    error, late_result, action, version, created_at, updated_at, completed_at, deadline_at, time_left
FROM dependencies
INNER JOIN submissions ON dependencies.submission_id = submissions.id
WHERE dependencies.needs_id IN (SELECT value FROM json_each(:ids))
ORDER BY id, dependencies.needs_id;

-- name: drop_dependencies
-- These submissions wait for nothing any more.
DELETE FROM dependencies WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: owners_of_upstream_ids
-- Which submissions have recorded these provider ids.
SELECT id, upstream_id FROM submissions
WHERE upstream_id IN (SELECT value FROM json_each(:ids));

-- name: submission
-- One submission with everything.
SELECT * FROM submissions WHERE id = :id;

-- name: add_event
-- Keep an event; the same news told again changes nothing.
INSERT INTO events (submission_id, key, type, source, status, at, version, facts)
SELECT
    value ->> 'submission_id', value ->> 'key', value ->> 'type', value ->> 'source',
    value ->> 'status', value ->> 'at', value ->> 'version', value ->> 'facts'
FROM json_each(:rows)
WHERE true
ON CONFLICT (submission_id, key) DO NOTHING;

-- name: events_of_submission
-- The timeline, oldest first.
SELECT key, type, source, status, at, facts FROM events WHERE submission_id = :id
ORDER BY version, at, key;

-- name: put_task
-- Add a task, or set an existing one anew; whoever held it holds it no more.
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt)
SELECT
    value ->> 'submission_id', value ->> 'kind', value ->> 'key', value ->> 'lane',
    value ->> 'due_at', value ->> 'urgency', value ->> 'attempt'
FROM json_each(:rows)
WHERE true
ON CONFLICT (submission_id, kind, key) DO UPDATE
SET
    lane = excluded.lane, due_at = excluded.due_at, urgency = excluded.urgency,
    attempt = excluded.attempt, holder = NULL;

-- name: drop_task
-- A task that is no longer needed.
DELETE FROM tasks
WHERE (submission_id, kind, key) IN (
    SELECT value ->> 'submission_id', value ->> 'kind', value ->> 'key' FROM json_each(:rows)
);

-- name: drop_tasks_of_submissions
-- A final submission has nothing left to do.
DELETE FROM tasks WHERE submission_id IN (SELECT value FROM json_each(:ids));

-- name: claims_still_held
-- Which of these claims have not been overtaken.
SELECT holder FROM tasks
WHERE holder IS NOT NULL AND (submission_id, kind, key, holder) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(:claims)
);

-- name: due_tasks
-- The tasks of a lane that have been due longest.
SELECT submission_id, kind, key, lane, due_at, urgency, attempt FROM tasks
WHERE lane = :lane AND due_at <= :now
ORDER BY due_at
LIMIT :room;

-- name: urgent_tasks
-- The most urgent due tasks of a lane.
SELECT submission_id, kind, key, lane, due_at, urgency, attempt FROM tasks
WHERE lane = :lane AND due_at <= :now
ORDER BY urgency, due_at
LIMIT :room;

-- name: claim_task
-- Lease a task: nobody else sees it until the lease is over.
UPDATE tasks SET holder = value ->> 'holder', due_at = value ->> 'until'
FROM json_each(:rows)
WHERE
    submission_id = value ->> 'submission_id' AND tasks.kind = value ->> 'kind'
    AND tasks.key = value ->> 'key';

-- name: extend_claim
-- Go on holding a task, if it is still held; a longer lease is not made shorter.
UPDATE tasks SET due_at = max(due_at, value ->> 'until')
FROM json_each(:rows)
WHERE
    submission_id = value ->> 'submission_id' AND tasks.kind = value ->> 'kind'
    AND tasks.key = value ->> 'key' AND holder = value ->> 'holder';

-- name: next_due_times
-- For each lane the time of its earliest task.
SELECT
    lanes.value AS lane,
    (SELECT min(tasks.due_at) FROM tasks WHERE tasks.lane = lanes.value) AS due_at
FROM json_each(:lanes) AS lanes;

-- name: rates
-- When the next call of each limited lane may start.
SELECT lane, next_at FROM rates;

-- name: set_rate
-- The next call of a lane may not start before this.
INSERT INTO rates (lane, next_at)
SELECT value ->> 'lane', value ->> 'next_at' FROM json_each(:rows)
WHERE true
ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at;

-- name: add_media
-- Keep content once per submission.
INSERT INTO media (submission_id, sha256, content_type, content)
VALUES (:submission_id, :sha256, :content_type, :content)
ON CONFLICT (submission_id, sha256) DO NOTHING;

-- name: media_of_submission
-- One piece of content.
SELECT sha256, content_type, content FROM media WHERE submission_id = :id AND sha256 = :sha256;

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

-- name: add_upload
-- A file that a client has uploaded.
INSERT INTO uploads (id, key_id, content_type, bytes, sha256, created_at, expires_at)
SELECT
    value ->> 'id', value ->> 'key_id', value ->> 'content_type', value ->> 'bytes',
    value ->> 'sha256', value ->> 'created_at', value ->> 'expires_at'
FROM json_each(:rows);

-- name: upload
-- One upload.
SELECT * FROM uploads WHERE id = :id;

-- name: add_quarantined
-- Keep a webhook that could not be read or matched.
INSERT INTO quarantine (id, provider, submission_id, reason, body, received_at)
VALUES (:id, :provider, :submission_id, :reason, :body, :received_at);

-- name: quarantined
-- The newest quarantined webhooks, without their bodies.
SELECT id, provider, submission_id, reason, length(body) AS bytes, received_at
FROM quarantine ORDER BY id DESC LIMIT :limit;

-- name: add_key
-- A new API key, by its hash.
INSERT INTO api_keys (id, name, hash, admin, notify_url, webhook_secret, created_at)
SELECT
    value ->> 'id', value ->> 'name', value ->> 'hash', value ->> 'admin', value ->> 'notify_url',
    value ->> 'webhook_secret', value ->> 'created_at'
FROM json_each(:rows);

-- name: key_by_hash
-- Whose key this is.
SELECT * FROM api_keys WHERE hash = :hash;

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
-- A new webhook secret; the old one goes on signing beside it for a while.
UPDATE api_keys
SET
    previous_secret = webhook_secret, previous_until = value ->> 'until',
    webhook_secret = value ->> 'webhook_secret'
FROM json_each(:rows)
WHERE name = value ->> 'name' AND revoked_at IS NULL;

-- name: touch
-- Prove that a commit is possible.
INSERT INTO rates (lane, next_at)
SELECT 'readiness', value ->> 'now' FROM json_each(:rows)
WHERE true
ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at;
