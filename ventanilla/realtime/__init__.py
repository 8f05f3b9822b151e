"""The door of sockets: /cable (the contract's ActionCable) and /live (the desk's own stream), fed from the log.

Also what is short-lived and never in the log: presence, typing, who is viewing. Writes nothing but presence.
"""
