const server = require('http').createServer((request, response) => response.end('ok'));
process.on('SIGTERM', () => server.close());
server.listen(8000);
