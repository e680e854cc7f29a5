"""The search of routing on timetables from files, and measured beside graph libraries."""
