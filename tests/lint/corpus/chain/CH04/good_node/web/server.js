const server = require('http').createServer((request, response) => response.end('ok'));
server.keepAliveTimeout = config.keepAlive;
process.on('SIGTERM', () => server.close());
server.listen(8000);
