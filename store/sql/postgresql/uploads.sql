-- name: add_upload
-- A file that a client has uploaded.
INSERT INTO uploads (id, key_id, content_type, bytes, sha256, created_at, expires_at)
SELECT
    new.id, new.key_id, new.content_type, new.bytes, new.sha256, new.created_at, new.expires_at
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    id text, key_id text, content_type text, bytes bigint, sha256 text, created_at bigint,
    expires_at bigint
);

-- name: add_upload_use
-- A submission uses an upload.
INSERT INTO upload_uses (submission_id, upload_id)
SELECT new.submission_id, new.upload_id
FROM json_to_recordset(CAST(:rows AS json)) AS new (submission_id text, upload_id text);

-- name: upload
-- One upload.
SELECT * FROM uploads WHERE id = :id;
