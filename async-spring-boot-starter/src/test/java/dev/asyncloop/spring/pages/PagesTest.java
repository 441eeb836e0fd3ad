package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.websocket.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The snippets of the README and of the pages on Spring: compiled here, and the same there. */
class PagesTest {

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/spring/pages/PagesTest.java");

    record Quote(String symbol, int price) {

        static Quote best(Quote one, Quote other) {
            return one.price() <= other.price() ? one : other;
        }
    }

    @RestController
    @Coroutine
    static class QuoteController {

        private final AsyncHttpClient http;

        private final Map<String, Integer> hits = new HashMap<>(); // shared by all requests, and no lock

        QuoteController(AsyncHttpClient http) {
            this.http = http;
        }

        @GetMapping("/quotes/{symbol}")
        Quote quote(@PathVariable String symbol) {
            hits.merge(symbol, 1, Integer::sum);
            var first = http.fetch("https://a.example/" + symbol); // both requests are on the wire
            var second = http.fetch("https://b.example/" + symbol);
            return Quote.best(await(first).body(Quote.class), await(second).body(Quote.class));
        }

        @Periodic(every = "1m")
        void forget() {
            hits.clear();
        }
    }

    @RestController
    static class SlowController {

        @Coroutine
        @GetMapping("/slow/{n}")
        String slow(@PathVariable int n) {
            sleep(Duration.ofSeconds(n)); // Async.sleep: the others go on
            return "waited " + n + " s";
        }
    }

    @RestController
    static class Failing {

        @GetMapping("/failing")
        String fail() throws IOException {
            throw new IOException("no answer");
        }
    }

    static Task<String> audit(String path) {
        return Async.spawn(() -> path);
    }

    @RestControllerAdvice
    static class Failures {

        @Coroutine
        @ExceptionHandler
        ProblemDetail unavailable(IOException failure, ServerWebExchange exchange) {
            await(audit(exchange.getRequest().getPath().value())); // a Task, a fetch, a Mono
            return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_GATEWAY, failure.getMessage());
        }
    }

    @RestController
    static class ChatController {

        private final Topic<String> lines = Topic.create();

        @WebSocketMapping("/chat")
        void chat(WebSocket socket) {
            try (var all = lines.subscribe()) {
                socket.forward(all); // a child coroutine of this connection
                for (String line : socket.texts()) { // each step waits; ends when the client closes
                    lines.publish(line);
                }
            }
        }

        @Coroutine
        @GetMapping("/chat/feed")
        void feed(EventStream out) { // the same as server-sent events
            try (var all = lines.subscribe()) {
                for (String line : all) {
                    out.send(line); // waits until the client has room
                }
            }
        }
    }

    @Bean(defaultCandidate = false)
    AsyncHttpClient patientClient(AsyncHttpClientBuilder builder) {
        return builder.with(options -> options.withTimeout(Duration.ofMinutes(5)))
                .build();
    }

    interface Quotes {

        @GetExchange("/quotes/{symbol}")
        Quote quote(@PathVariable String symbol);
    }

    @ImportHttpServices(group = "quotes", types = Quotes.class)
    @Configuration
    static class QuotesConfiguration {}

    Quote best(Quotes quotes, String one, String other) {
        Task<Quote> first = Async.spawn(() -> quotes.quote(one));
        Task<Quote> second = Async.spawn(() -> quotes.quote(other));
        return Quote.best(await(first), await(second));
    }

    static void helloWorld() {
        IOLoop loop = IOLoop.create();
        loop.addCallback(() -> {
            System.out.println("Hello, world");
            loop.stop();
        });
        loop.awaitStopped();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({QuoteController.class, SlowController.class, Failing.class, Failures.class})
    static class Application {}

    @Test
    void theReadmeAndThePagesShowWhatIsCompiledHere() throws IOException {
        assertShown(Path.of("../README.md"), 3);
        assertShown(Path.of("../docs/controllers.md"), 2);
        assertShown(Path.of("../docs/configuration.md"), 1);
        assertShown(Path.of("../docs/http-in-spring.md"), 3);
    }

    private static void assertShown(Path page, int count) throws IOException {
        String here = squeeze(Files.readString(HERE));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(page))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(snippets)
                .hasSize(count)
                .allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replace("staticclass", "class");
    }

    @Test
    void theyRun() {
        helloWorld();
        try (TestApplication application = TestApplication.start(Application.class)) {
            assertThat(application.get("/slow/0").getBody()).isEqualTo("waited 0 s");
            assertThat(application.get("/failing").getStatusCode()).isEqualTo(HttpStatus.BAD_GATEWAY);
            assertThat(application.get("/failing").getBody()).contains("no answer");
        }
    }

    @Test
    void thePageOnConfigurationNamesEveryPropertyWithItsDefaultAndNoOther() throws IOException {
        Map<String, String> named = new TreeMap<>();
        Pattern.compile("^\\| `(ioloop\\.[a-z.-]+)` \\| `?([^|`]+)`? \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../docs/configuration.md")))
                .results()
                .forEach(row -> named.put(row.group(1), row.group(2).strip().replace(",", "")));
        Map<String, String> defaults = new TreeMap<>();
        try (InputStream stream = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(stream).get("properties")) {
                String name = property.get("name").asString();
                if (!name.startsWith("management.endpoint.")) { // as of any endpoint
                    defaults.put(name, defaultOf(property));
                }
            }
        }
        assertThat(named).isEqualTo(defaults);
    }

    private static String defaultOf(JsonNode property) {
        boolean computed = property.get("name").asString().equals("ioloop.executor.threads");
        JsonNode value = property.path("defaultValue");
        return value.isMissingNode() || value.isArray() ? computed ? "processors" : "none" : value.asString();
    }

    @Bean
    IOLoopCustomizer noEpoll() {
        return options -> options.withNativeTransport(false);
    }
}
