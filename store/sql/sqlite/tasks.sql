-- name: put_task
-- Add a task, or set an existing one anew; whoever held it holds it no more. It may be leased at once.
WITH new AS MATERIALIZED (SELECT value FROM json_each(:rows))
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt, holder)
SELECT
    value ->> 'submission_id', value ->> 'kind', value ->> 'key', value ->> 'lane',
    value ->> 'due_at', value ->> 'urgency', value ->> 'attempt', value ->> 'holder'
FROM new
WHERE true
ON CONFLICT (submission_id, kind, key) DO UPDATE
SET
    lane = excluded.lane, due_at = excluded.due_at, urgency = excluded.urgency,
    attempt = excluded.attempt, holder = excluded.holder;

-- name: drop_task
-- A task that is no longer needed.
DELETE FROM tasks
WHERE (submission_id, kind, key) IN (
    SELECT value ->> 'submission_id', value ->> 'kind', value ->> 'key' FROM json_each(:rows)
);

-- name: drop_tasks_of_submissions
-- A final submission has nothing left to do but to tell the client.
DELETE FROM tasks
WHERE submission_id IN (SELECT value FROM json_each(:ids)) AND kind <> 'deliver';

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

-- name: touch
-- Prove that a commit is possible.
INSERT INTO rates (lane, next_at)
SELECT 'readiness', value ->> 'now' FROM json_each(:rows)
WHERE true
ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at;
