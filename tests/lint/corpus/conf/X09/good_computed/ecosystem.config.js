module.exports = { apps: [{ script: './server.js', kill_timeout: 2 * 5000 }, { script: './' + name }] };
