"""The widget's door (contract C.2): /api/v1/widget, with the inbox's website_token and the visitor's X-Auth-Token."""
