package dev.asyncloop.demo;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Somebody else's site, on a port of its own. */
final class Site implements AutoCloseable {

    private final DisposableServer server;

    private Site() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/hello", (request, response) -> response.sendString(Mono.just("hello")))
                        .get(
                                "/late",
                                (request, response) ->
                                        response.sendString(Mono.just("late").delayElement(Duration.ofMillis(200))))
                        .get("/never", (request, response) -> Mono.never())
                        .get("/moved", (request, response) -> response.sendRedirect("/hello"))
                        .get(
                                "/into-the-house",
                                (request, response) ->
                                        response.sendRedirect("http://127.0.0.2:" + request.hostPort() + "/hello")))
                .bindNow();
    }

    static Site start() {
        return new Site();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
