"""How the installation is doing: the rooms' checks are asked here, for the page, for metrics and for `doctor`, and
administrators are told when something stops working and when it works again.

Not here: what is looked at. Each room has its checks in a folder of its own (`checks`, kit.health).
"""
