"""Pages and files for browsers: the desk's shell, the widget's frame and script, stored files, the demo shop.

What programs read is in `api`; what is built from `desk/` and `widget/` is only served here.
"""
