-- name: add_upload
-- A file that a client has uploaded.
INSERT INTO uploads (id, key_id, content_type, bytes, sha256, created_at, expires_at)
SELECT
    value ->> 'id', value ->> 'key_id', value ->> 'content_type', value ->> 'bytes',
    value ->> 'sha256', value ->> 'created_at', value ->> 'expires_at'
FROM json_each(:rows);

-- name: add_upload_use
-- A submission uses an upload.
INSERT INTO upload_uses (submission_id, upload_id)
SELECT value ->> 'submission_id', value ->> 'upload_id' FROM json_each(:rows);

-- name: upload
-- One upload.
SELECT * FROM uploads WHERE id = :id;
