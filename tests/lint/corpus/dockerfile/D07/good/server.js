const server = require("http").createServer().listen(80);
process.on("SIGTERM", () => server.close());
