-- name: add_quarantined
-- Keep a webhook that could not be read or matched; of an erased submission nothing is kept.
INSERT INTO quarantine (id, provider, submission_id, reason, body, received_at)
SELECT :id, :provider, :submission_id, :reason, :body, :received_at
WHERE EXISTS (SELECT 1 FROM submissions WHERE id = :submission_id);

-- name: quarantined
-- The newest quarantined webhooks, without their bodies.
SELECT id, provider, submission_id, reason, length(body) AS bytes, received_at
FROM quarantine ORDER BY id DESC LIMIT :limit;

-- name: quarantined_webhook
-- One of them, whole.
SELECT * FROM quarantine WHERE id = :id;
