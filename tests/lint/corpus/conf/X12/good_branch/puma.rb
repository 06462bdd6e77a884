if ENV["CI"]
  force_shutdown_after :immediately
end
