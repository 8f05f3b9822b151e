"""The clock of these tests, which moves."""

from ventanilla.signin.tests.conftest import travel  # noqa: F401
