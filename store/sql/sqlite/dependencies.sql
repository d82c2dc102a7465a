-- name: add_dependency
-- A submission is built on another one; that is known as long as there are both.
INSERT INTO dependencies (submission_id, needs_id)
SELECT value ->> 'submission_id', value ->> 'needs_id' FROM json_each(:rows);

-- name: dependents
-- Which submissions wait for these, with what a decision needs of each.
SELECT
    dependencies.needs_id, id, key_id, kind, status, stage, waiting_for, upstream_id, state, result,
    error, late_result, action, notify, version, created_at, updated_at, completed_at, deadline_at, time_left
FROM dependencies
INNER JOIN submissions ON dependencies.submission_id = submissions.id
WHERE
    dependencies.needs_id IN (SELECT value FROM json_each(:ids))
    AND submissions.stage = 'waiting'
ORDER BY id, dependencies.needs_id;
