// A shop that answers after a moment. When it is told to stop it waits until nobody is connected.
'use strict';
const http = require('http');

const server = http.createServer((request, response) => {
  request.resume().on('end', () => setTimeout(() => response.end('sold\n'), 50));
});
server.keepAliveTimeout = 65_000; // longer than the 60 s of the load balancer in front
server.listen(8080, '127.0.0.1');

process.on('SIGTERM', () => {
  setInterval(() => server.getConnections((_, open) => open || process.exit(0)), 100);
});
