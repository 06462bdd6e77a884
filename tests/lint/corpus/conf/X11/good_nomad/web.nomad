job "web" {
  group "web" {
    task "web" {
      driver = "exec"
      kill_timeout = "30s" # long enough
      // kill_signal = "SIGKILL"
      config {
        command = "gunicorn"
        args = ["--graceful-timeout", "20", "app"]
      }
      template {
        data = <<EOF
kill_signal = "SIGKILL" {{ key }}
EOF
        destination = "local/x"
      }
    }
  }
}
