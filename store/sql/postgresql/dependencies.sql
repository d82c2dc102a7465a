-- name: add_dependency
-- A submission is built on another one; that is known as long as there are both.
INSERT INTO dependencies (submission_id, needs_id)
SELECT new.submission_id, new.needs_id
FROM json_to_recordset(CAST(:rows AS json)) AS new (submission_id text, needs_id text);

-- name: dependents
-- Which submissions wait for these, with what a decision needs of each.
WITH built AS MATERIALIZED (
    SELECT needing.submission_id, needing.needs_id
    FROM (SELECT DISTINCT json_array_elements_text(CAST(:ids AS json)) AS id) AS needed
    -- One after the other, also by a plan that was made while there were few: OFFSET 0 keeps it so.
    CROSS JOIN LATERAL (
        SELECT submission_id, needs_id FROM dependencies WHERE needs_id = needed.id OFFSET 0
    ) AS needing
)
SELECT
    built.needs_id, id, key_id, kind, status, stage, waiting_for, upstream_id, state, result, error,
    late_result, action, notify, version, created_at, updated_at, completed_at, deadline_at, time_left
FROM built
INNER JOIN submissions ON built.submission_id = submissions.id
WHERE
    submissions.id = ANY (ARRAY(SELECT built.submission_id FROM built))
    AND submissions.stage = 'waiting'
ORDER BY id, built.needs_id
-- One that has come while the locks were taken is not held yet.
FOR NO KEY UPDATE OF submissions;
