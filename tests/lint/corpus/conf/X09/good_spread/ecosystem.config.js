const common = { kill_timeout: 9000 };
module.exports = { apps: [{ ...common, script: './server.js' }] };
