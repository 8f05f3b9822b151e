"""The contract's Application API: what the desk, mobile apps and customers' own code call. One file a resource."""
