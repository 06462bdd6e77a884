workers 2
drain_on_shutdown
