import stop

stop.handle()
