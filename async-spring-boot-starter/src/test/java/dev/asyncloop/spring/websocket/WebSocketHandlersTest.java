package dev.asyncloop.spring.websocket;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.spring.websocket.Applications.until;
import static dev.asyncloop.spring.websocket.Applications.url;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.CloseStatus;
import dev.asyncloop.websocket.HandshakeRefusedException;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClosedException;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What a handler of WebSockets gets, does and ends with, on both carriers. */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketHandlersTest {

    private static final Applications APPLICATIONS = new Applications(Application.class);

    @AfterAll
    static void close() {
        APPLICATIONS.close();
    }

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.on(carrier);
    }

    private static Handlers handlers(Carrier carrier) {
        return on(carrier).bean(Handlers.class);
    }

    // ---- messages

    @ParameterizedTest
    @EnumSource
    void textsAndBytesAreEchoed(Carrier carrier) {
        APPLICATIONS.run(carrier, client -> {
            try (WebSocket socket = await(client.connect(url(on(carrier), "/echo")))) {
                for (Message message : List.of(
                        Message.of("hello"),
                        Message.of("hello é"),
                        Message.of(new byte[] {'h', (byte) 0xe9}),
                        Message.of(""),
                        Message.of("x".repeat(100_000)))) {
                    socket.send(message);
                    assertThat(socket.receive()).isEqualTo(message);
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void objectsAreSentAndReceivedAsJson(Carrier carrier) {
        BodyCodec codec = new dev.asyncloop.spring.http.JacksonBodyCodec(JsonMapper.shared());
        int sum = APPLICATIONS.run(carrier, client -> {
            try (WebSocket socket = await(
                    client.connect(url(on(carrier), "/json"), client.options().withCodec(codec)))) {
                socket.sendJson(new Pair(3, 4));
                return socket.values(Pair.class).iterator().next().a();
            }
        });
        assertThat(sum).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void messagesAreHandledInOrderAndOneAtATime(Carrier carrier) {
        List<String> answers = APPLICATIONS.run(carrier, client -> {
            try (WebSocket socket = await(client.connect(url(on(carrier), "/slow")))) {
                socket.send("hello1");
                socket.send("hello2");
                List<String> received = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    received.add(((Message.Text) socket.receive()).text());
                }
                return received;
            }
        });
        assertThat(answers).containsExactly("begin hello1", "end hello1", "begin hello2", "end hello2");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPublishedReachesAllWhoHaveSubscribed(Carrier carrier) {
        List<String> received = APPLICATIONS.run(carrier, client -> {
            List<WebSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sockets.add(await(client.connect(url(on(carrier), "/chat/blue"))));
                assertThat(sockets.getLast().receive()).isEqualTo(Message.of("welcome to blue"));
            }
            WebSocket elsewhere = await(client.connect(url(on(carrier), "/chat/red")));
            elsewhere.receive();
            sockets.getFirst().send("hi");
            List<String> all = new ArrayList<>();
            for (WebSocket socket : sockets) {
                all.add(((Message.Text) socket.receive()).text());
            }
            assertThat(elsewhere.tryReceive()).isNull();
            sockets.forEach(WebSocket::close);
            elsewhere.close();
            return all;
        });
        assertThat(received).containsExactly("hi", "hi", "hi");
        until(() -> handlers(carrier).rooms.values().stream().allMatch(room -> room.subscribers() == 0));
    }

    // ---- what the handler gets

    @ParameterizedTest
    @EnumSource
    void argumentsAreThoseOfAnyHandler(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(
                on(carrier).port(), "/api/args/Ada?times=2", "X-Mark: !", "Cookie: color=green; other=1")) {
            assertThat(client.read().text())
                    .isEqualTo("Ada 2 ! green /api/args/Ada nobody ws://127.0.0.1:"
                            + on(carrier).port() + "/api/args/Ada?times=2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anArgumentThatIsNoneIsRefused(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/api/args/Ada", "X-Mark: !").status()).isEqualTo(400); // no cookie
            assertThat(client.handshake("/api/args/Ada?times=x", "X-Mark: !").status())
                    .isEqualTo(400);
            assertThat(client.handshake("/api/checked?age=-1").status()).isEqualTo(400);
            assertThat(client.handshake("/api/checked?age=1").status()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePrincipalAndTheContextOfTheRequestAreThere(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/who", "X-User: ada")) {
            assertThat(client.read().text()).isEqualTo("ada ada ada");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOrdinaryHandlerWithTheSamePathGetsTheOtherRequests(Carrier carrier) throws IOException {
        assertThat(on(carrier).get("/echo").getBody()).isEqualTo("a page");
        try (RawClient client = new RawClient(on(carrier).port())) {
            // as the JDK's HttpClient asks for HTTP/2
            assertThat(client.handshake("/echo", "Upgrade: h2c").body()).isEqualTo("a page");
            assertThat(client.handshake("/echo").status()).isEqualTo(101);
        }
    }

    @Test
    void whatSeveralInheritIsEachOnesOwn() {
        try (TestApplication application = Applications.start(Inheritance.class, Carrier.EVENT_LOOP, List.of())) {
            WebSocketHandlerMapping mapping = application.bean(WebSocketHandlerMapping.class);
            Endpoint plain = endpoint(mapping, "/inherits/ws");
            assertThat(plain.method().getBean()).isInstanceOf(Inherits.class);
            assertThat(plain.switchOn()).isNull();
            Endpoint any = endpoint(mapping, "/inherits-any/ws");
            assertThat(any.method().getBean()).isInstanceOf(InheritsAny.class);
            assertThat(any.switchOn()).isEqualTo(SwitchOn.ANY);
        }
    }

    private static Endpoint endpoint(WebSocketHandlerMapping mapping, String path) {
        MockServerHttpRequest request =
                MockServerHttpRequest.get(path).header("Upgrade", "websocket").build();
        return (Endpoint)
                mapping.getHandler(MockServerWebExchange.from(request)).block();
    }

    // ---- accepted, or not

    @ParameterizedTest
    @EnumSource
    void aHandlerLooksBeforeItAccepts(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/feed/none").status()).isEqualTo(404);
            assertThat(client.handshake("/feed/secret").status()).isEqualTo(401);
            assertThat(client.handshake("/feed/paid"))
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(402))
                    .satisfies(answer -> assertThat(answer.body()).isEqualTo("pay first"));
            assertThat(client.handshake("/feed/forgotten").status()).isEqualTo(403);
            assertThat(client.handshake("/feed/broken").body()).isEqualTo("handled: broken");
            RawClient.Answer answer = client.handshake("/feed/good", "Sec-WebSocket-Protocol: badproto, goodproto");
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(answer.header("Sec-WebSocket-Protocol")).isEqualTo("goodproto");
            assertThat(answer.header("X-Feed")).isEqualTo("good");
            assertThat(answer.header("X-Filter")).isEqualTo("was here");
            assertThat(answer.header("Set-Cookie")).startsWith("seen=yes");
            assertThat(answer.header("Content-Length")).isEmpty();
            assertThat(answer.header("Transfer-Encoding")).isEmpty();
            assertThat(client.read().text()).isEqualTo("[badproto, goodproto] goodproto");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientLearnsTheStatus(Carrier carrier) {
        assertThatThrownBy(() ->
                        APPLICATIONS.run(carrier, client -> await(client.connect(url(on(carrier), "/feed/secret")))))
                .isInstanceOfSatisfying(
                        HandshakeRefusedException.class,
                        ex -> assertThat(ex.status()).isEqualTo(401));
    }

    @ParameterizedTest
    @EnumSource
    void whoGoesBeforeAnAnswerCancelsTheHandler(Carrier carrier, CapturedOutput output) throws IOException {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        RawClient client = new RawClient(on(carrier).port());
        client.write("GET /feed/waiting HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        until(() -> handlers.seen.contains("waiting"));
        client.close();
        until(() -> handlers.seen.contains("cancelled"));
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void theMappingsSubprotocolsAreAgreedUpon(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/spoken", "Sec-WebSocket-Protocol: v1, v2")
                            .header("Sec-WebSocket-Protocol"))
                    .isEqualTo("v2");
            assertThat(client.read().text()).isEqualTo("v2");
        }
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/spoken").header("Sec-WebSocket-Protocol"))
                    .isEmpty();
            assertThat(client.read().text()).isEqualTo("null");
        }
    }

    // ---- the end

    @ParameterizedTest
    @EnumSource
    void returningClosesWith1000(Carrier carrier) {
        assertThat(closedWith(carrier, "/returns")).isEqualTo(CloseStatus.NORMAL);
    }

    private static CloseStatus closedWith(Carrier carrier, String path) {
        return APPLICATIONS.run(carrier, client -> {
            WebSocket socket = await(client.connect(url(on(carrier), path)));
            return socket.awaitClosed();
        });
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionClosesWith1011AndIsLoggedOnce(Carrier carrier, CapturedOutput output) {
        assertThat(closedWith(carrier, "/fails").code()).isEqualTo(1011);
        until(() -> output.getOut().contains("this was to be seen"));
        assertThat(output).containsOnlyOnce("IllegalStateException: this was to be seen");
        assertThat(output).containsOnlyOnce("ERROR").contains("/fails");
    }

    @ParameterizedTest
    @EnumSource
    void theHandlersCodeAndReasonReachTheClientAndTheOtherWayRound(Carrier carrier) {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        assertThat(closedWith(carrier, "/closes")).isEqualTo(new CloseStatus(4001, "enough"));
        APPLICATIONS.run(carrier, client -> {
            WebSocket socket = await(client.connect(url(on(carrier), "/status")));
            socket.close(4002, "bye");
            return socket.awaitClosed();
        });
        until(() -> handlers.seen.contains("4002 (bye)"));
    }

    @ParameterizedTest
    @CsvSource({"EVENT_LOOP, true", "EVENT_LOOP, false", "JDK, true", "JDK, false"})
    void aClientThatGoesAwayCancelsTheHandlerAndItsChildren(Carrier carrier, boolean politely, CapturedOutput output)
            throws IOException {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        RawClient client = RawClient.open(on(carrier).port(), "/pushes");
        assertThat(client.read().text()).isEqualTo("first");
        if (politely) {
            client.send(RawClient.CLOSE, new byte[] {0x03, (byte) 0xe9}); // as a browser whose page is left
            assertThat(client.readCloseCode()).isEqualTo(1001);
            client.readEnd();
        } else {
            client.reset();
        }
        until(() -> handlers.seen.containsAll(List.of("child cancelled", "cancelled", "finally")));
        assertThat(handlers.seen).doesNotHaveDuplicates();
        until(() -> on(carrier).bean(WebSocketConnections.class).list().stream()
                .noneMatch(connection -> connection.pattern().equals("/pushes")));
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void whatHadComeBeforeAnOrderlyEndIsStillHandled(Carrier carrier, CapturedOutput output) throws IOException {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        RawClient client = RawClient.open(on(carrier).port(), "/counts");
        for (String text : List.of("one", "two", "three")) {
            client.send(RawClient.TEXT, text);
        }
        client.send(RawClient.CLOSE, new byte[0]);
        client.readEnd();
        handlers.gate.complete(""); // only now the first one is done
        until(() -> handlers.seen.contains("end"));
        assertThat(handlers.seen).containsExactly("one", "two", "three", "end");
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void sendingToAClientThatIsGoneIsNoError(Carrier carrier, CapturedOutput output) throws IOException {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        RawClient client = RawClient.open(on(carrier).port(), "/floods");
        client.read();
        client.reset();
        until(() -> handlers.seen.contains("flood ended"));
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void connectionsAreCountedAndListed(Carrier carrier) throws IOException {
        WebSocketConnections connections = on(carrier).bean(WebSocketConnections.class);
        until(() -> connections.count() == 0);
        try (RawClient one = RawClient.open(on(carrier).port(), "/chat/green")) {
            one.read();
            assertThat(connections.count()).isOne();
            WebSocketConnection connection = connections.list().getFirst();
            assertThat(connection.pattern()).isEqualTo("/chat/{room}");
            assertThat(connection.remoteAddress().getPort()).isEqualTo(one.socket.getLocalPort());
            Applications.in(on(carrier), () -> {
                connection.socket().send("from elsewhere");
                return null;
            });
            assertThat(one.read().text()).isEqualTo("from elsewhere");
        }
        until(() -> connections.count() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatOnlyPushesIsCancelledWhenAnotherCoroutineCloses(Carrier carrier) throws IOException {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        try (RawClient client = RawClient.open(on(carrier).port(), "/pushes")) {
            client.read();
            WebSocketConnection connection = on(carrier).bean(WebSocketConnections.class).list().stream()
                    .filter(each -> each.pattern().equals("/pushes"))
                    .findFirst()
                    .orElseThrow();
            Applications.in(on(carrier), () -> {
                connection.socket().close(4003, "banned");
                return null;
            });
            assertThat(client.readCloseCode()).isEqualTo(4003);
            client.send(RawClient.CLOSE, new byte[] {0x0f, (byte) 0xa3});
            until(() -> handlers.seen.contains("finally"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatClosesGoesOn(Carrier carrier) {
        Handlers handlers = handlers(carrier);
        handlers.seen.clear();
        assertThat(closedWith(carrier, "/closes")).isEqualTo(new CloseStatus(4001, "enough"));
        until(() -> handlers.seen.contains("went on"));
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatIsCancelledElsewhereIsAnError(Carrier carrier, CapturedOutput output) {
        assertThat(closedWith(carrier, "/cancels").code()).isEqualTo(1011);
        until(() -> output.getOut().contains("/cancels"));
        assertThat(output).containsOnlyOnce("ERROR");
    }

    record Pair(int a, int b) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, BelowApi.class})
    static class Application {

        @Bean
        WebFilter filter() {
            return (exchange, chain) -> {
                exchange.getResponse().getHeaders().set("X-Filter", "was here");
                String user = exchange.getRequest().getHeaders().getFirst("X-User");
                ServerWebExchange changed = user == null
                        ? exchange
                        : exchange.mutate().principal(Mono.just(() -> user)).build();
                return chain.filter(changed).contextWrite(context -> context.put("who", String.valueOf(user)));
            };
        }
    }

    @RestController
    static class Handlers {

        final List<String> seen = Collections.synchronizedList(new ArrayList<>());

        final Map<String, Topic<String>> rooms = new HashMap<>();

        volatile CompletableFuture<String> gate = new CompletableFuture<>();

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (Message message : socket) {
                socket.send(message);
            }
        }

        @GetMapping("/echo")
        String page() {
            return "a page";
        }

        @WebSocketMapping("/json")
        void json(WebSocket socket) {
            for (Pair pair : socket.values(Pair.class)) {
                socket.sendJson(new Pair(pair.a() + pair.b(), 0));
            }
        }

        @WebSocketMapping("/slow")
        void slow(WebSocket socket) {
            for (String text : socket.texts()) {
                socket.send("begin " + text);
                Async.sleep(Duration.ofMillis(10));
                socket.send("end " + text);
            }
        }

        @WebSocketMapping("/chat/{room}")
        void chat(@PathVariable String room, WebSocket socket) {
            Topic<String> topic = rooms.computeIfAbsent(room, name -> Topic.create());
            try (var news = topic.subscribe()) {
                socket.forward(news);
                socket.send("welcome to " + room);
                for (String line : socket.texts()) {
                    topic.publish(line);
                }
            }
        }

        @WebSocketMapping("/who")
        void who(WebSocket socket, @Nullable Principal principal) {
            socket.send((principal == null ? "nobody" : principal.getName()) + " " + inContext() + " "
                    + await(Async.spawn(Handlers::inContext)));
        }

        private static String inContext() {
            return await(Mono.deferContextual(context -> Mono.just(context.<String>get("who"))));
        }

        @WebSocketMapping("/feed/{name}")
        @Nullable
        ResponseEntity<String> feed(
                @PathVariable String name, WebSocketHandshake handshake, ServerWebExchange exchange) {
            Async.sleep(Duration.ofMillis(1));
            switch (name) {
                case "none" -> throw new ResponseStatusException(HttpStatus.NOT_FOUND);
                case "secret" -> throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
                case "broken" -> throw new IllegalArgumentException("broken");
                case "paid" -> {
                    return ResponseEntity.status(402).body("pay first");
                }
                case "forgotten" -> {
                    return null;
                }
                case "waiting" -> {
                    seen.add("waiting");
                    try {
                        await(new CompletableFuture<String>());
                    } finally {
                        seen.add("cancelled");
                    }
                }
                default -> {}
            }
            exchange.getResponse().getHeaders().set("X-Feed", name);
            exchange.getResponse().addCookie(ResponseCookie.from("seen", "yes").build());
            WebSocket socket = handshake.accept(options -> options.withSubprotocols("goodproto"));
            socket.send(handshake.subprotocols() + " " + socket.subprotocol());
            assertThatThrownBy(handshake::accept).isInstanceOf(IllegalStateException.class);
            return null;
        }

        @ExceptionHandler
        ResponseEntity<String> handle(IllegalArgumentException ex) {
            return ResponseEntity.badRequest().body("handled: " + ex.getMessage());
        }

        @WebSocketMapping(
                path = "/spoken",
                subprotocols = {"v2", "v1"})
        void spoken(WebSocket socket) {
            socket.send(String.valueOf(socket.subprotocol()));
        }

        @WebSocketMapping("/returns")
        void returns(WebSocket socket) {}

        @WebSocketMapping("/fails")
        void fails(WebSocket socket) {
            throw new IllegalStateException("this was to be seen");
        }

        @WebSocketMapping("/closes")
        void closes(WebSocket socket) {
            socket.close(4001, "enough");
            socket.awaitClosed();
            Async.sleep(Duration.ofMillis(300));
            seen.add("went on");
        }

        @WebSocketMapping("/status")
        void status(WebSocket socket) {
            try {
                socket.receive();
            } catch (WebSocketClosedException ex) {
                seen.add(String.valueOf(socket.closeStatus()));
            }
        }

        @WebSocketMapping("/pushes")
        void pushes(WebSocket socket) {
            try {
                TaskGroup.run(group -> {
                    group.spawn("child", () -> {
                        try {
                            await(new CompletableFuture<String>());
                        } catch (CancellationException ex) {
                            seen.add("child cancelled");
                            throw ex;
                        }
                        return null;
                    });
                    Async.yieldNow(); // one that is cancelled before its first turn never has it
                    socket.send("first");
                    await(new CompletableFuture<String>());
                    return null;
                });
            } catch (CancellationException ex) {
                seen.add("cancelled");
                throw ex;
            } finally {
                seen.add("finally");
            }
        }

        @WebSocketMapping("/counts")
        void counts(WebSocket socket) {
            for (String text : socket.texts()) {
                await(gate);
                seen.add(text);
                Async.yieldNow();
            }
            seen.add("end");
            gate = new CompletableFuture<>();
        }

        @WebSocketMapping("/floods")
        void floods(WebSocket socket) {
            try {
                while (true) {
                    socket.send(new byte[10_000]);
                }
            } finally {
                seen.add("flood ended");
            }
        }

        @WebSocketMapping("/cancels")
        void cancels(WebSocket socket) {
            Task<String> task = IOLoop.current().<String>promise("never").task();
            task.cancel(false);
            await(task);
        }
    }

    @RestController
    @Coroutine
    @RequestMapping("/api")
    static class BelowApi {

        @WebSocketMapping("/args/{name}")
        void args(
                @PathVariable String name,
                @RequestParam int times,
                @RequestHeader("X-Mark") String mark,
                @CookieValue String color,
                ServerHttpRequest request,
                @Nullable Principal principal,
                WebSocket socket) {
            socket.send(name + " " + times + " " + mark + " " + color + " " + request.getPath() + " "
                    + (principal == null ? "nobody" : principal.getName()) + " " + socket.uri());
        }

        @WebSocketMapping("/checked")
        void checked(@RequestParam @Min(0) int age, WebSocket socket) {
            socket.send("" + age);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Inherits.class, InheritsAny.class})
    static class Inheritance {}

    abstract static class Inherited {

        @WebSocketMapping("/ws")
        void ws(WebSocket socket) {}
    }

    @RestController
    @RequestMapping("/inherits")
    static class Inherits extends Inherited {}

    @RestController
    @RequestMapping("/inherits-any")
    @Coroutine(switchOn = Coroutine.SwitchOn.ANY)
    static class InheritsAny extends Inherited {}
}
