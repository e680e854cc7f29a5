"""JSON documents that others send, read strictly, and the same way whether they are a request, an
event or a row of a file. It knows no web framework: a process without an API starts without one.
"""
