-- name: first_answers
-- What was answered to requests of these names; nothing, when what they made was erased.
SELECT kept.key_id, kept.name, kept.fingerprint, kept.answer
FROM json_each(:names) AS asked
JOIN idempotency_keys AS kept
    ON kept.key_id = asked.value ->> 'key_id' AND kept.name = asked.value ->> 'name';

-- name: add_idempotency_key
-- Keep a request's name with its first answer.
INSERT INTO idempotency_keys (key_id, name, fingerprint, submission_id, answer, created_at)
SELECT
    value ->> 'key_id', value ->> 'name', value ->> 'fingerprint', value ->> 'submission_id',
    value ->> 'answer', value ->> 'created_at'
FROM json_each(:rows);
