"""The compiled search. Only the modules beside this folder call it."""
