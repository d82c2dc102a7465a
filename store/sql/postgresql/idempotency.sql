-- name: first_answers
-- What was answered to requests of these names; nothing, when what they made was erased.
WITH asked AS MATERIALIZED (
    SELECT key_id, name
    FROM json_to_recordset(CAST(:names AS json)) AS asked (key_id text, name text)
)
SELECT kept.key_id, kept.name, kept.fingerprint, kept.answer
FROM asked
INNER JOIN idempotency_keys AS kept ON kept.key_id = asked.key_id AND kept.name = asked.name
WHERE
    kept.key_id = ANY (ARRAY(SELECT asked.key_id FROM asked))
    AND kept.name = ANY (ARRAY(SELECT asked.name FROM asked));

-- name: add_idempotency_key
-- Keep a request's name with its first answer.
INSERT INTO idempotency_keys (key_id, name, fingerprint, submission_id, answer, created_at)
SELECT new.key_id, new.name, new.fingerprint, new.submission_id, new.answer, new.created_at
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    key_id text, name text, fingerprint text, submission_id text, answer text, created_at bigint
)
-- All in one order, so that no two processes wait for each other's names.
ORDER BY new.key_id, new.name;
