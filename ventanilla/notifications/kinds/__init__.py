"""The kinds of notification, one file each; notifications.registry finds them."""
