"""The shapes of the API as pydantic models, one file per area; OpenAPI is made from them."""
