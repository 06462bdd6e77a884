module.exports = {
  apps: [{
    name: 'web', // the server
    script: './server.js',
  }],
};
