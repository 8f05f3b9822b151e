"""The operators' door (contract B.13): /platform/api/v1, with the token of a platform app."""
