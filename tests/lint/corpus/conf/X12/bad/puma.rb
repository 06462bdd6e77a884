workers 2
threads 1, 5
force_shutdown_after :immediately # fast
