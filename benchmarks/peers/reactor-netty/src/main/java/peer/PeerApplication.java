package peer;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.json.JsonMapper;

/** The least that reactor-netty can do: handlers without Spring. */
public class PeerApplication {

    record Greeting(String message, int number) {}

    private static final Greeting HELLO = new Greeting("Hello, world", 42);

    private static final String UPSTREAM = System.getenv("UPSTREAM");

    private static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP = HttpClient.create();

    private static final Sinks.Many<String> ROOM = Sinks.many().multicast().directBestEffort();

    public static void main(String[] arguments) {
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(System.getenv("PORT")))
                .route(routes -> routes.get("/hello", (request, response) -> answer(response, HELLO))
                        .get("/fetch", (request, response) -> fetch().flatMap(greeting -> answer(response, greeting)))
                        .get("/ten", (request, response) -> ten().flatMap(greetings -> answer(response, greetings)))
                        .get("/sleep", (request, response) -> Mono.delay(Duration.ofMillis(50))
                                .flatMap(slept -> answer(response, HELLO)))
                        .ws("/echo", PeerApplication::echo)
                        .ws("/room", PeerApplication::room))
                .bindNow()
                .onDispose()
                .block();
    }

    private static Mono<Greeting> fetch() {
        return HTTP.get()
                .uri(UPSTREAM)
                .responseSingle((response, body) -> body.asByteArray())
                .map(bytes -> JSON.readValue(bytes, Greeting.class));
    }

    private static Mono<List<Greeting>> ten() {
        return Flux.range(0, 10).flatMap(i -> fetch(), 10).collectList();
    }

    private static Mono<Void> answer(HttpServerResponse response, Object value) {
        byte[] json = JSON.writeValueAsBytes(value);
        return response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(json.length))
                .sendObject(Unpooled.wrappedBuffer(json))
                .then();
    }

    private static Publisher<Void> echo(WebsocketInbound in, WebsocketOutbound out) {
        return out.sendString(in.receive().asString());
    }

    private static Publisher<Void> room(WebsocketInbound in, WebsocketOutbound out) {
        Mono<Void> received = in.receive()
                .asString()
                .doOnNext(text -> ROOM.emitNext(text, Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1))))
                .then();
        return Mono.firstWithSignal(out.sendString(ROOM.asFlux()).then(), received);
    }
}
