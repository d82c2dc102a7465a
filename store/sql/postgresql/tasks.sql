-- name: put_task
-- Add a task, or set an existing one anew; whoever held it holds it no more. It may be leased at once.
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt, holder)
-- PostgreSQL takes a row once in a statement: of two the later one counts.
SELECT DISTINCT ON (new.submission_id, new.kind, new.key)
    new.submission_id, new.kind, new.key, new.lane, new.due_at, new.urgency, new.attempt,
    new.holder
FROM ROWS FROM (
    json_to_recordset(CAST(:rows AS json)) AS (
        submission_id text COLLATE "C", kind text COLLATE "C", key text COLLATE "C", lane text,
        due_at bigint, urgency bigint, attempt bigint, holder text
    )
) WITH ORDINALITY AS new (submission_id, kind, key, lane, due_at, urgency, attempt, holder, place)
ORDER BY new.submission_id, new.kind, new.key, new.place DESC
ON CONFLICT (submission_id, kind, key) DO UPDATE
SET
    lane = excluded.lane, due_at = excluded.due_at, urgency = excluded.urgency,
    attempt = excluded.attempt, holder = excluded.holder;

-- name: drop_task
-- A task that is no longer needed.
WITH new AS MATERIALIZED (
    SELECT submission_id, kind, key
    FROM json_to_recordset(CAST(:rows AS json)) AS new (submission_id text, kind text, key text)
)
DELETE FROM tasks
USING new
WHERE
    tasks.submission_id = new.submission_id AND tasks.kind = new.kind AND tasks.key = new.key
    AND tasks.submission_id = ANY (ARRAY(SELECT new.submission_id FROM new));

-- name: drop_tasks_of_submissions
-- A final submission has nothing left to do but to tell the client.
DELETE FROM tasks
WHERE
    submission_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    AND kind <> 'deliver';

-- name: claims_still_held
-- Which of these claims have not been overtaken.
WITH asked AS MATERIALIZED (
    SELECT
        claim ->> 0 AS submission_id, claim ->> 1 AS kind, claim ->> 2 AS key, claim ->> 3 AS holder
    FROM json_array_elements(CAST(:claims AS json)) AS asked (claim)
)
SELECT tasks.holder FROM tasks
INNER JOIN asked
    ON
        tasks.submission_id = asked.submission_id AND tasks.kind = asked.kind AND tasks.key = asked.key
        AND tasks.holder = asked.holder
WHERE tasks.submission_id = ANY (ARRAY(SELECT asked.submission_id FROM asked))
ORDER BY tasks.submission_id, tasks.kind, tasks.key
-- Nobody else takes them over until this commit.
FOR UPDATE OF tasks;

-- name: due_tasks
-- The tasks of a lane that have been due longest.
SELECT submission_id, kind, key, lane, due_at, urgency, attempt FROM tasks
WHERE lane = :lane AND due_at <= :now
ORDER BY due_at
LIMIT :room
FOR UPDATE SKIP LOCKED;

-- name: urgent_tasks
-- The most urgent due tasks of a lane.
SELECT submission_id, kind, key, lane, due_at, urgency, attempt FROM tasks
WHERE lane = :lane AND due_at <= :now
ORDER BY urgency, due_at
LIMIT :room
FOR UPDATE SKIP LOCKED;

-- name: claim_task
-- Lease a task: nobody else sees it until the lease is over.
WITH new AS MATERIALIZED (
    SELECT submission_id, kind, key, holder, until
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        submission_id text, kind text, key text, holder text, until bigint
    )
)
UPDATE tasks SET holder = new.holder, due_at = new.until
FROM new
WHERE
    tasks.submission_id = new.submission_id AND tasks.kind = new.kind AND tasks.key = new.key
    AND tasks.submission_id = ANY (ARRAY(SELECT new.submission_id FROM new));

-- name: extend_claim
-- Go on holding a task, if it is still held; a longer lease is not made shorter.
WITH new AS MATERIALIZED (
    SELECT submission_id, kind, key, holder, until
    FROM json_to_recordset(CAST(:rows AS json)) AS new (
        submission_id text, kind text, key text, holder text, until bigint
    )
),
-- What somebody writes just now is ended by them, or taken over, or extended by the next heartbeat.
held AS MATERIALIZED (
    SELECT tasks.submission_id, tasks.kind, tasks.key, new.until FROM tasks
    INNER JOIN new
        ON
            tasks.submission_id = new.submission_id AND tasks.kind = new.kind AND tasks.key = new.key
            AND tasks.holder = new.holder
    WHERE tasks.submission_id = ANY (ARRAY(SELECT new.submission_id FROM new))
    FOR UPDATE OF tasks SKIP LOCKED
)
UPDATE tasks SET due_at = greatest(tasks.due_at, held.until)
FROM held
WHERE
    tasks.submission_id = held.submission_id AND tasks.kind = held.kind AND tasks.key = held.key
    AND tasks.submission_id = ANY (ARRAY(SELECT held.submission_id FROM held));

-- name: next_due_times
-- For each lane the time of its earliest task.
SELECT
    lanes.lane,
    (SELECT min(tasks.due_at) FROM tasks WHERE tasks.lane = lanes.lane) AS due_at
FROM json_array_elements_text(CAST(:lanes AS json)) AS lanes (lane);

-- name: rates
-- When the next call of each limited lane may start.
SELECT lane, next_at FROM rates;

-- name: set_rate
-- The next call of a lane may not start before this.
INSERT INTO rates (lane, next_at)
SELECT DISTINCT ON (new.lane) new.lane, new.next_at
FROM ROWS FROM (
    json_to_recordset(CAST(:rows AS json)) AS (lane text, next_at bigint)
) WITH ORDINALITY AS new (lane, next_at, place)
ORDER BY new.lane, new.place DESC
ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at;

-- name: touch
-- Prove that a commit is possible.
INSERT INTO rates (lane, next_at)
SELECT 'readiness', max(new.now) FROM json_to_recordset(CAST(:rows AS json)) AS new (now bigint)
ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at;
