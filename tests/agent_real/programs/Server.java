import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** An ordinary server of the JDK.   usage: java Server PORT VERSION */
class Server {
    static final byte[] FILE = new byte[4 << 20];

    static void answer(HttpExchange exchange, String version) throws IOException {
        exchange.getRequestBody().readAllBytes();
        var uri = exchange.getRequestURI();
        if (uri.getPath().equals("/slow")) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException error) {
                throw new IOException(error);
            }
        }
        byte[] body = uri.getPath().equals("/download") ? FILE : "done\n".getBytes();
        exchange.getResponseHeaders().set("X-Version", version);
        exchange.getResponseHeaders().set("X-Id", uri.getQuery().substring("id=".length()));
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] arguments) throws Exception {
        String version = arguments[1];
        if (version.equals("broken")) {
            throw new IllegalArgumentException("this version does not work");
        }
        var server = HttpServer.create(
            new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
        server.createContext("/", exchange -> answer(exchange, version));
        server.setExecutor(Executors.newFixedThreadPool(64));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(15)));
        server.start();
    }
}
