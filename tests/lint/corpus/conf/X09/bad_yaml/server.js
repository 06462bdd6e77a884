process.on('SIGINT', () => server.close(() => process.exit(0)));
