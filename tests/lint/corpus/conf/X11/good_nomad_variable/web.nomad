job "web" {
  task "web" {
    kill_timeout = var.grace
    config {
      command = "gunicorn"
      args = ["--graceful-timeout", "20", "app"]
    }
  }
}
