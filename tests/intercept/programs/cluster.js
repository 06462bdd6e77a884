// Two workers behind Node's own cluster module.
const cluster = require('cluster');
const http = require('http');
const [port, answer] = process.argv.slice(2);
if (cluster.isPrimary) {
    cluster.fork();
    cluster.fork();
    process.on('SIGTERM', () => cluster.disconnect(() => process.exit(0)));
} else {
    process.on('SIGTERM', () => {});
    http.createServer((request, response) => response.end(answer)).listen(Number(port));
}
