// An ordinary Node cluster: SIGHUP brings new workers, and the old ones leave when those listen.
// usage: node cluster.js SERVER PORT VERSION-FILE
const cluster = require('cluster');
const fs = require('fs');
const [server, port, versionFile] = process.argv.slice(2);

function replaceAll() {
  const old = Object.values(cluster.workers);
  cluster.setupPrimary({exec: server, args: [port, fs.readFileSync(versionFile, 'utf8')]});
  for (let i = 0; i < 2; ++i) {
    cluster.fork().once('listening', () => old.pop()?.process.kill('SIGTERM'));
  }
}
replaceAll();
process.on('SIGHUP', replaceAll);
