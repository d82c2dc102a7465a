"""The page /docs: the OpenAPI document for people, rendered here and from nowhere else."""
