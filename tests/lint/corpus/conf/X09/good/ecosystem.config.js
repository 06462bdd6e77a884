module.exports = { apps: [{ script: './server.js', kill_timeout: 20000 }] };
