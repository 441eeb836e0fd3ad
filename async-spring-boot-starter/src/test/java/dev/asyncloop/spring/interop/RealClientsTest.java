package dev.asyncloop.spring.interop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.websocket.WebSocketHandshake;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;

/** Clients that others have written drive the server: those of Python's Tornado, and Node's {@code ws}. */
@Timeout(300)
class RealClientsTest {

    private static TestApplication application;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Application.class,
                "ioloop.websocket.max-message-size=1MB",
                "ioloop.websocket.compression=on",
                "spring.codec.max-in-memory-size=2MB",
                "spring.http.codecs.max-in-memory-size=2MB",
                "spring.webflux.problemdetails.enabled=true");
    }

    @AfterAll
    static void close() {
        application.close();
    }

    @Test
    void tornadosClients() throws Exception {
        String python = Stream.of("/usr/bin/python3", "python3")
                .filter(program -> succeeds(program, "-c", "import tornado.websocket"))
                .findFirst()
                .orElseGet(() -> Assumptions.abort("Python's Tornado is missing: `apt-get install python3-tornado`"));
        assertThat(run(Map.of(), python, "tornado_client.py"))
                .hasSize(14)
                .allSatisfy(line -> assertThat(line).startsWith("ok "));
    }

    @Test
    void nodesWs() throws Exception {
        Assumptions.assumeTrue(succeeds("npm", "--version"), "Node.js with npm is missing");
        Path modules = Path.of(output(Map.of(), "npm", "root", "-g").getLast());
        Assumptions.assumeTrue(
                Files.isDirectory(modules.resolve("ws")), "The package `ws` is missing: `npm install -g ws`");
        assertThat(run(Map.of("NODE_PATH", modules.toString()), "node", "ws_client.js"))
                .hasSize(12)
                .allSatisfy(line -> assertThat(line).startsWith("ok "));
    }

    private List<String> run(Map<String, String> environment, String program, String script) throws Exception {
        Path file = folder.resolve(script);
        try (InputStream source = RealClientsTest.class.getResourceAsStream(script)) {
            assertThat(source).isNotNull();
            Files.copy(source, file);
        }
        return output(environment, program, file.toString(), String.valueOf(application.port()));
    }

    private List<String> output(Map<String, String> environment, String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException ex) {
            return false; // there is no such program
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Coroutine
    @RestController
    static class Handlers {

        private final Topic<String> room = Topic.create();

        private int cancelled;

        @GetMapping("/hello/{number}")
        String hello(@PathVariable int number) {
            sleep(Duration.ofMillis(5));
            return "hello " + number;
        }

        @PostMapping("/json")
        Map<String, Object> json(@RequestBody Map<String, Object> body) {
            return body;
        }

        @GetMapping("/absent")
        String absent() {
            sleep(Duration.ofMillis(1));
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "nothing here");
        }

        @GetMapping("/chunks")
        Flux<String> chunks() {
            return Flux.just("one", "two", "three").delayElements(Duration.ofMillis(50));
        }

        @PostMapping("/length")
        int length(@RequestBody byte[] body) {
            return body.length;
        }

        @GetMapping("/forever")
        void forever() {
            try {
                sleep(Duration.ofHours(1));
            } finally {
                cancelled++;
            }
        }

        @GetMapping("/cancelled")
        int cancelled() {
            return cancelled;
        }

        @WebSocketMapping(
                path = "/echo",
                subprotocols = {"v2", "v1"})
        void echo(WebSocket socket) {
            for (Message message : socket) {
                socket.send(message);
            }
        }

        @WebSocketMapping("/bye")
        void bye(WebSocket socket) {
            socket.close(4001, "bye");
        }

        @WebSocketMapping("/broken")
        void broken(WebSocket socket) {
            throw new IllegalStateException("on purpose, for " + socket.uri());
        }

        @WebSocketMapping("/refused")
        void refused(WebSocketHandshake handshake) {
            sleep(Duration.ofMillis(1));
            throw new ResponseStatusException(HttpStatus.FORBIDDEN);
        }

        @WebSocketMapping("/room")
        void room(WebSocket socket) {
            try (var news = room.subscribe()) {
                socket.forward(news);
                socket.send("welcome");
                for (String line : socket.texts()) {
                    room.publish(line);
                }
            }
        }
    }
}
