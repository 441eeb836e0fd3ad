package dev.asyncloop.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** An HTTP server on 127.0.0.1 with what the tests ask for. */
public final class TestServer implements AutoCloseable {

    /** One permit for each request that hangs now or did. */
    final Semaphore hanging = new Semaphore(0);

    /** One permit for each connection closed under a request that hung. */
    final Semaphore hungUp = new Semaphore(0);

    /** Every request so far. */
    final List<Seen> seen = new CopyOnWriteArrayList<>();

    private final Set<String> connections = ConcurrentHashMap.newKeySet();

    private final Sinks.Empty<Void> open = Sinks.empty();

    private final DisposableServer server;

    record Seen(String method, String uri, HttpHeaders headers, String body) {

        String header(String name) {
            return headers.get(name);
        }
    }

    public TestServer() {
        this(routes -> {});
    }

    TestServer(Consumer<HttpServerRoutes> more) {
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .compress(true)
                .route(routes -> {
                    more.accept(routes);
                    routes.get("/hello", (request, response) -> response.sendString(Mono.just("Hello world!")))
                            .get("/hang", this::hang)
                            .get("/gate", (request, response) -> response.sendString(waitForGate(request)))
                            .get("/status/{code}", TestServer::status)
                            .route(request -> request.path().equals("echo"), this::echo);
                    for (String method : List.of("countdown", "see-other", "found", "temporary")) {
                        routes.route(request -> request.path().startsWith(method + "/"), this::redirect);
                    }
                })
                .doOnConnection(
                        connection -> connections.add(connection.channel().id().asLongText()))
                .bindNow();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    int port() {
        return server.port();
    }

    int connections() {
        return connections.size();
    }

    /** Lets those at {@code /gate} go. */
    public void openGate() {
        open.tryEmitEmpty();
    }

    public void awaitHanging(int count) {
        Permits.await(hanging, count);
    }

    public void awaitHungUp(int count) {
        Permits.await(hungUp, count);
    }

    /** Goes on in the connection's event loop, as the server might miss an answer that another thread completes. */
    private Mono<String> waitForGate(HttpServerRequest request) {
        AtomicReference<EventLoop> eventLoop = new AtomicReference<>();
        request.withConnection(connection -> eventLoop.set(connection.channel().eventLoop()));
        return Mono.defer(() -> {
            hanging.release();
            return open.asMono().thenReturn("open").publishOn(Schedulers.fromExecutor(eventLoop.get()));
        });
    }

    private Publisher<Void> hang(HttpServerRequest request, HttpServerResponse response) {
        request.withConnection(
                connection -> connection.channel().closeFuture().addListener(closed -> hungUp.release()));
        hanging.release();
        return Mono.never();
    }

    private static Publisher<Void> status(HttpServerRequest request, HttpServerResponse response) {
        return response.status(Integer.parseInt(request.param("code"))).sendString(Mono.just("as you like"));
    }

    private Publisher<Void> echo(HttpServerRequest request, HttpServerResponse response) {
        String type = request.requestHeaders().get("Content-Type");
        return request.receive()
                .aggregate()
                .asString(StandardCharsets.UTF_8)
                .defaultIfEmpty("")
                .flatMap(body -> {
                    note(request, body);
                    return response.header("X-Method", request.method().name())
                            .header("Content-Type", type == null ? "text/plain" : type)
                            .sendString(Mono.just(body))
                            .then();
                });
    }

    /** {@code /countdown/2?to=http://other}: two redirects, the last one to somewhere else if so wanted. */
    private Publisher<Void> redirect(HttpServerRequest request, HttpServerResponse response) {
        String[] path = request.path().split("/");
        int left = Integer.parseInt(path[1]);
        return request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
            note(request, body);
            if (left == 0) {
                return response.sendString(Mono.just("Zero")).then();
            }
            String query = request.uri().contains("?")
                    ? request.uri().substring(request.uri().indexOf('?'))
                    : "";
            String target = left == 1 && query.startsWith("?to=")
                    ? query.substring(4)
                    : "/" + path[0] + "/" + (left - 1) + query;
            return response.status(
                            switch (path[0]) {
                                case "see-other" -> 303;
                                case "temporary" -> 307;
                                default -> 302;
                            })
                    .header("Location", target)
                    .sendString(Mono.just("moved"))
                    .then();
        });
    }

    private void note(HttpServerRequest request, String body) {
        seen.add(new Seen(
                request.method().name(), request.uri(), request.requestHeaders().copy(), body));
    }

    Seen last() {
        return seen.getLast();
    }

    String methods() {
        return seen.stream().map(Seen::method).collect(Collectors.joining(" "));
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
