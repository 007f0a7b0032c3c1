module ssmd.invalid/pause

go 1.26.0
