-- name: add_copy
-- Remember what lies in the archive; copied twice it is the same.
INSERT INTO archived (submission_id, sha256, content_type, bytes, archive, created_at)
SELECT
    value ->> 'submission_id', value ->> 'sha256', value ->> 'content_type', value ->> 'bytes',
    value ->> 'archive', value ->> 'created_at'
FROM json_each(:rows)
WHERE true
ON CONFLICT (submission_id, sha256) DO NOTHING;

-- name: drop_copied_media
-- What lies in the archive need not be kept beside the submission, unless it is its input's as well.
DELETE FROM media
WHERE
    (submission_id, sha256) IN (
        SELECT value ->> 'submission_id', value ->> 'sha256' FROM json_each(:rows)
    )
    AND NOT EXISTS (
        SELECT 1
        FROM submissions, json_tree(submissions.input) AS inside
        WHERE
            submissions.id = media.submission_id AND inside.key = '$media'
            AND inside.atom = media.sha256
    );

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
