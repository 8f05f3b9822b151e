"""The operator's command line, `ventanilla`. One module per command; only the chosen one is loaded.

`serve` watches over other processes and must stay small, so nothing here imports Django before `startup.django_ready`.
"""
