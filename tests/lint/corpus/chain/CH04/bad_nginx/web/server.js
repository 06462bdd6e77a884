const server = require('http').createServer((request, response) => response.end('ok'));
server.keepAliveTimeout = 5000;
process.on('SIGTERM', () => server.close());
server.listen(8000);
