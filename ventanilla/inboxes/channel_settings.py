"""What may be said of a channel, by name and type. Each channel adds its own fields; see channel.Channel.settings_shape."""

from __future__ import annotations

from ventanilla.kit.shapes import Shape


class ChannelSettings(Shape):
    """Fields of every channel, which the inbox keeps itself. A field that means a secret is `str | None`: null leaves it."""

    hmac_mandatory: bool | None = None
