-- name: add_copy
-- Remember what lies in the archive; copied twice it is the same.
INSERT INTO archived (submission_id, sha256, content_type, bytes, archive, created_at)
SELECT new.submission_id, new.sha256, new.content_type, new.bytes, new.archive, new.created_at
FROM json_to_recordset(CAST(:rows AS json)) AS new (
    submission_id text, sha256 text, content_type text, bytes bigint, archive text, created_at bigint
)
ORDER BY new.submission_id, new.sha256
ON CONFLICT (submission_id, sha256) DO NOTHING;

-- name: drop_copied_media
-- What lies in the archive need not be kept beside the submission, unless it is its input's as well.
WITH new AS MATERIALIZED (
    SELECT submission_id, sha256
    FROM json_to_recordset(CAST(:rows AS json)) AS new (submission_id text, sha256 text)
)
DELETE FROM media
USING new, submissions
WHERE
    media.submission_id = new.submission_id AND media.sha256 = new.sha256
    AND media.submission_id = ANY (ARRAY(SELECT new.submission_id FROM new))
    AND submissions.id = new.submission_id
    AND submissions.id = ANY (ARRAY(SELECT new.submission_id FROM new))
    -- Read as text: jsonb refuses the character 0, which an input may hold.
    AND submissions.input !~ ('"\$media"\s*:\s*"' || media.sha256 || '"');

-- name: copy_of_content
-- A copy by its content's hash.
SELECT sha256, content_type, bytes, archive FROM archived
WHERE submission_id = :id AND sha256 = :sha256;

-- name: copies_under_way
-- Which outputs somebody is copying right now.
SELECT key FROM tasks
WHERE submission_id = :id AND kind = 'archive' AND holder IS NOT NULL AND due_at > :now;

-- name: copies_of_submission
-- What lies in the archive for a submission.
SELECT sha256 FROM archived WHERE submission_id = :id;
