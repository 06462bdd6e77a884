workers 2
force_shutdown_after(25)
