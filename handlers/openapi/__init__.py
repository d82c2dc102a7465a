"""The OpenAPI document: what can be asked over HTTP, made from the models and the tables that answer."""
