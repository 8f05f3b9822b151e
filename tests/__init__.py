"""What every room's tests share: the settings they run under, the cast, and the tests over the whole house."""
