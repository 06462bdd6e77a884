// An ordinary Node server: listens at the port of the first argument, answers with the second.
const http = require('http');
const [port, answer, host] = process.argv.slice(2);
const server = http.createServer((request, response) => response.end(answer));
server.listen({port: Number(port), host});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
