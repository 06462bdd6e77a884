// A service of node:http. STOP=none has no handler; STOP=close calls server.close() and
// waits; STOP=fixed also announces the end on every answer and closes what is idle.
'use strict';
const http = require('http');

const [port] = process.argv.slice(2);
const how = process.env.STOP || 'none';
let stopping = false;
const open = new Set();

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://x');
  const ms = Number(url.searchParams.get('ms') || 0);
  response.shouldKeepAlive = response.shouldKeepAlive && !(stopping && how === 'fixed');
  open.add(response);
  response.on('close', () => open.delete(response));
  request.resume();
  request.on('end', () => {
    if (request.method === 'POST') {
      response.statusCode = 201;
      response.end('{}');
    } else if (url.pathname === '/slow') {
      setTimeout(() => response.end('done\n'), ms);
    } else if (url.pathname === '/stream') {
      const timer = setInterval(() => response.write('tick\n'), 50);
      setTimeout(() => { clearInterval(timer); response.end(); }, ms);
    } else if (url.pathname === '/big') {
      response.end('b'.repeat(Number(url.searchParams.get('kb')) * 1024));
    } else {
      response.end('hello\n');
    }
  });
});
server.keepAliveTimeout = 60000;
server.listen(Number(port), '127.0.0.1');

if (how !== 'none') {
  process.on('SIGTERM', () => {
    stopping = true;
    if (how === 'fixed') {
      for (const response of open) response.shouldKeepAlive = false;
      // What arrives in this time learns of the end; afterwards only the idle are left.
      setTimeout(() => {
        server.close(() => process.exit(0));
        const timer = setInterval(() => server.closeIdleConnections(), 20);
        timer.unref();
      }, 200);
    } else {
      server.close(() => process.exit(0));
    }
  });
}
