// An ordinary Node server.   usage: node server.js PORT VERSION
const http = require('http');
const [port, version] = process.argv.slice(2);
if (version === 'broken') throw new Error('this version does not work');
const file = Buffer.alloc(4 << 20, 'x');

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const answer = (body) => {
    response.setHeader('X-Version', version);
    response.setHeader('X-Id', url.searchParams.get('id'));
    response.end(body);
  };
  request.resume().on('end', () => {
    if (url.pathname === '/slow') setTimeout(answer, 50, 'slow\n');
    else answer(url.pathname === '/download' ? file : 'done\n');
  });
});
server.listen(Number(port), '127.0.0.1');
// The worker of a cluster lets its master go, and ends by that.
process.on('SIGTERM', () => server.close(() => process.disconnect?.()));
