package dev.asyncloop.spring.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.Task;
import dev.asyncloop.http.ConnectFailedException;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Spring's clients, called by a coroutine of the very loop that has to answer: a call that kept the turn would wait for
 * itself.
 */
class SpringClientsInCoroutinesTest {

    @ParameterizedTest
    @EnumSource
    void anHttpExchangeInterfaceWithPlainReturnTypesWaitsAsACoroutineDoes(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/exchange").getBody()).isEqualTo("Quote[symbol=AB, price=1.5], 201 AB");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestClientWaitsAsACoroutineDoes(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/rest-client").getBody()).isEqualTo("Quote[symbol=CD, price=1.5]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWebClientIsAwaited(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/web-client").getBody()).isEqualTo("Quote[symbol=EF, price=1.5]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsOfSeveralCoroutinesAreOnTheWireAtOnce(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            // each call is answered only when all three have come
            assertThat(application.get("/at-once").getBody()).isEqualTo("[1, 2, 3]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failuresAreThoseThatSpringsClientsHave(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/failures").getBody())
                    .isEqualTo("404 NOT_FOUND, ConnectFailedException, the body is there: missing");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsCancelledLeavesItsCallAtOnce(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/cancelled").getBody()).isEqualTo("the call has ended, too");
        }
    }

    @ParameterizedTest
    @EnumSource
    void inABlockingSectionACallBlocksAndACancellationEndsItAsWell(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/blocking").getBody()).isEqualTo("Quote[symbol=IJ, price=1.5]");
            assertThat(application.get("/blocking-cancelled").getBody()).isEqualTo("the call has ended, too");
        }
    }

    @ParameterizedTest
    @EnumSource
    void bodiesAreSentAndReadAsTheyCome(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/large").getBody()).isEqualTo("8388608 sent, 8388608 come back, the same");
        }
    }

    @ParameterizedTest
    @EnumSource
    void onTheEventLoopItselfACallIsRefused(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            assertThat(application.get("/reactive").getBody()).contains("would wait for itself");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOtherThreadBlocks(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            Quote quote = application
                    .bean(RestClient.Builder.class)
                    .build()
                    .get()
                    .uri("http://127.0.0.1:" + application.port() + "/quotes/{symbol}", "GH")
                    .retrieve()
                    .body(Quote.class);
            assertThat(quote).isEqualTo(new Quote("GH", 1.5));
        }
    }

    private static TestApplication start(Carrier carrier) {
        return TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    record Quote(String symbol, double price) {}

    interface Quotes {

        @GetExchange("http://127.0.0.1:{port}/quotes/{symbol}")
        Quote quote(@PathVariable int port, @PathVariable String symbol);

        @PostExchange("http://127.0.0.1:{port}/quotes")
        ResponseEntity<String> create(@PathVariable int port, @RequestBody Quote quote);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "quotes", types = Quotes.class)
    @Import({Handlers.class, Reactive.class})
    static class Application {}

    @RestController
    static class Reactive {

        private final RestClient.Builder rest;

        Reactive(RestClient.Builder rest) {
            this.rest = rest;
        }

        @PostMapping("/echo")
        Flux<DataBuffer> echo(ServerHttpRequest request) {
            return request.getBody();
        }

        @GetMapping("/reactive")
        Mono<String> reactive(ServerHttpRequest request) {
            return Mono.fromCallable(() -> {
                try {
                    return String.valueOf(rest.build()
                            .get()
                            .uri("http://127.0.0.1:" + request.getLocalAddress().getPort() + "/missing")
                            .retrieve()
                            .body(String.class));
                } catch (RuntimeException ex) {
                    return String.valueOf(ex.getMessage());
                }
            });
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final ApplicationContext context;

        private final Quotes quotes;

        private final RestClient rest;

        private final WebClient web = WebClient.create();

        private final CompletableFuture<String> allAreHere = new CompletableFuture<>();

        private final CompletableFuture<String> never = new CompletableFuture<>();

        private final CompletableFuture<String> waits = new CompletableFuture<>();

        private final CompletableFuture<String> ended = new CompletableFuture<>();

        private int here;

        Handlers(ApplicationContext context, Quotes quotes, RestClient.Builder rest) {
            this.context = context;
            this.quotes = quotes;
            this.rest = rest.build();
        }

        private String base() {
            return "http://127.0.0.1:" + port();
        }

        private int port() {
            return ((WebServerApplicationContext) context).getWebServer().getPort();
        }

        @GetMapping("/quotes/{symbol}")
        Quote quote(@PathVariable String symbol) {
            Async.yieldNow();
            return new Quote(symbol, 1.5);
        }

        @PostMapping("/quotes")
        ResponseEntity<String> create(@RequestBody Quote quote) {
            return ResponseEntity.status(201).body(quote.symbol());
        }

        @GetMapping("/exchange")
        String exchange() {
            Quote quote = quotes.quote(port(), "AB");
            ResponseEntity<String> created = quotes.create(port(), quote);
            return quote + ", " + created.getStatusCode().value() + " " + created.getBody();
        }

        @GetMapping("/rest-client")
        String restClient() {
            return String.valueOf(
                    rest.get().uri(base() + "/quotes/{symbol}", "CD").retrieve().body(Quote.class));
        }

        @GetMapping("/web-client")
        String webClient() {
            return String.valueOf(await(
                    web.get().uri(base() + "/quotes/{symbol}", "EF").retrieve().bodyToMono(Quote.class)));
        }

        @GetMapping("/at-once")
        String atOnce() {
            List<Task<String>> calls = List.of(together(1), together(2), together(3));
            return Async.gather(calls).toString();
        }

        private Task<String> together(int number) {
            return Async.spawn(() ->
                    rest.get().uri(base() + "/together/" + number).retrieve().body(String.class));
        }

        @GetMapping("/together/{number}")
        String together(@PathVariable String number) {
            if (++here == 3) {
                allAreHere.complete("");
            }
            await(allAreHere);
            return number;
        }

        @GetMapping("/failures")
        String failures() {
            String seen = "";
            try {
                rest.get().uri(base() + "/nothing-here").retrieve().toBodilessEntity();
            } catch (HttpClientErrorException ex) {
                seen += ex.getStatusCode();
            }
            try {
                rest.get().uri("http://127.0.0.1:1/").retrieve().toBodilessEntity();
            } catch (ResourceAccessException ex) {
                seen += ", "
                        + (ex.getRootCause() instanceof ConnectFailedException
                                        || ex.getCause().getCause() instanceof ConnectFailedException
                                ? "ConnectFailedException"
                                : ex);
            }
            try {
                rest.get().uri(base() + "/missing").retrieve().toBodilessEntity();
            } catch (HttpClientErrorException ex) {
                seen += ", the body is there: " + ex.getResponseBodyAsString();
            }
            return seen;
        }

        @GetMapping("/large")
        String large() {
            byte[] sent = new byte[8 * 1024 * 1024];
            new Random(7).nextBytes(sent);
            byte[] back = rest.post()
                    .uri(base() + "/echo")
                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                    .body((StreamingHttpOutputMessage.Body) out -> {
                        for (int i = 0; i < sent.length; i += 65_536) {
                            out.write(sent, i, 65_536);
                        }
                    })
                    .exchange((request, response) -> response.getBody().readAllBytes());
            return sent.length + " sent, " + back.length + " come back, "
                    + (Arrays.equals(sent, back) ? "the same" : "others");
        }

        @GetMapping("/missing")
        ResponseEntity<String> missing() {
            return ResponseEntity.status(404).body("missing");
        }

        @GetMapping("/cancelled")
        String cancelled() {
            Task<String> call = Async.spawn(
                    () -> rest.get().uri(base() + "/never").retrieve().body(String.class));
            await(waits);
            call.cancel(false);
            return await(ended);
        }

        @GetMapping("/blocking")
        String blocking() {
            return Async.blocking(() -> String.valueOf(
                    rest.get().uri(base() + "/quotes/{symbol}", "IJ").retrieve().body(Quote.class)));
        }

        @GetMapping("/blocking-cancelled")
        String blockingCancelled() {
            Task<String> call = Async.spawn(() -> Async.blocking(
                    () -> rest.get().uri(base() + "/never").retrieve().body(String.class)));
            await(waits);
            call.cancel(false);
            return Async.withTimeout(Duration.ofSeconds(10), () -> await(ended));
        }

        @GetMapping("/never")
        String never() {
            waits.complete("");
            try {
                return await(never);
            } finally {
                ended.complete("the call has ended, too");
            }
        }
    }
}
