// A shop that answers after a moment. When it is told to stop it says so with each answer, closes
// what is idle, and ends when the last answer is given.
'use strict';
const http = require('http');

const notice = 300; // ms: a request that is on its way while the stop begins is still answered
const silent = new Set(); // connections without a request so far
const answers = new Set();
let stopping = false;

const server = http.createServer((request, response) => {
  silent.delete(request.socket);
  answers.add(response);
  response.shouldKeepAlive &&= !stopping;
  response.on('close', () => answers.delete(response));
  request.resume().on('end', () => setTimeout(() => response.end('sold\n'), 50));
});
server.on('connection', (socket) => {
  silent.add(socket);
  socket.on('close', () => silent.delete(socket));
});
server.keepAliveTimeout = 65_000; // longer than the 60 s of the load balancer in front
server.listen(8080, '127.0.0.1');

process.on('SIGTERM', () => {
  stopping = true;
  for (const response of answers) response.shouldKeepAlive = false;
  setTimeout(() => {
    server.close(() => process.exit(0));
    for (const socket of silent) if (socket.bytesRead === 0) socket.end(); // else one has begun
    setInterval(() => server.closeIdleConnections(), 20);
  }, notice);
  setTimeout(() => process.exit(1), 15_000); // who takes longer is a client that has hung
});
