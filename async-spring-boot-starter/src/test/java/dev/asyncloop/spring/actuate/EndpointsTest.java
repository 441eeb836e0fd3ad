package dev.asyncloop.spring.actuate;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopState;
import dev.asyncloop.SlowCallback.Held;
import dev.asyncloop.Task;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.sync.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.Disposable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /actuator/ioloop} and {@code /actuator/coroutines} of a running application, on one port with it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndpointsTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final ApplicationPerCarrier applications = new ApplicationPerCarrier(
            Application.class,
            "management.endpoints.web.exposure.include=*",
            "ioloop.watchdog.slow-callback=50ms",
            "ioloop.watchdog.quiet-start=0s",
            "ioloop.executor.threads=3",
            "ioloop.web.max-waiting=7",
            "spring.lifecycle.timeout-per-shutdown-phase=1s");

    @BeforeAll
    void loadClasses() {
        for (Carrier carrier : Carrier.values()) {
            json(applications.on(carrier), "/actuator/ioloop");
            json(applications.on(carrier), "/actuator/coroutines");
        }
    }

    @AfterAll
    void close() {
        applications.close();
    }

    private static JsonNode json(TestApplication application, String path) {
        ResponseEntity<String> answer = application.get(path);
        assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(HttpStatus.OK);
        return JsonMapper.shared().readTree(answer.getBody());
    }

    private static String text(TestApplication application, String path) {
        ResponseEntity<String> answer =
                application.exchange(application.actuator().get().uri(path).accept(MediaType.TEXT_PLAIN));
        assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(HttpStatus.OK);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.valueOf("text/plain;charset=UTF-8"));
        return String.valueOf(answer.getBody());
    }

    private static ResponseEntity<String> delete(TestApplication application, String path) {
        return application.exchange(
                application.actuator().method(HttpMethod.DELETE).uri(path));
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        until(() -> null, unused -> condition.getAsBoolean());
    }

    private static <T> T until(Supplier<T> look, Predicate<T> isSo) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        T seen = look.get();
        while (!isSo.test(seen)) {
            assertThat(System.nanoTime()).as("20 s are over: " + seen).isLessThan(deadline);
            never.await(5, TimeUnit.MILLISECONDS);
            seen = look.get();
        }
        return seen;
    }

    private static JsonNode named(JsonNode coroutines, String name) {
        for (JsonNode coroutine : coroutines) {
            if (coroutine.get("name").asString().equals(name)) {
                return coroutine;
            }
        }
        throw new AssertionError("no '" + name + "' in " + coroutines);
    }

    private static Disposable request(TestApplication application, String path) {
        return application
                .client()
                .get()
                .uri(path)
                .retrieve()
                .bodyToMono(String.class)
                .onErrorComplete()
                .subscribe();
    }

    /** Read into what the endpoints answer and written again, each is the same: no part is missing, and none is another. */
    @Test
    void thePageShowsWhatTheyAnswer() throws IOException {
        List<String> shown = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/actuator.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(shown).hasSize(3);
        assertSame(shown.get(0), IOLoopEndpoint.LoopDescriptor.class);
        assertSame(shown.get(1), CoroutinesEndpoint.CoroutinesDescriptor.class);
        assertSame(shown.get(2), CoroutinesEndpoint.CoroutineDescriptor.class);
    }

    private static void assertSame(String shown, Class<?> descriptor) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        JsonNode written = mapper.readTree(mapper.writeValueAsString(mapper.readValue(shown, descriptor)));
        assertThat(written).isEqualTo(mapper.readTree(shown));
    }

    // ---- /actuator/ioloop

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void theLoopInNumbers(Carrier carrier) {
        TestApplication application = applications.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        Task<?> sleeper = loop.spawn("sets a timer", () -> sleep(LONG));
        loop.runSync(() -> null); // it has had its turn
        JsonNode seen = json(application, "/actuator/ioloop");
        assertThat(seen.get("name").asString()).isEqualTo("ioloop");
        assertThat(seen.get("carrier").asString()).isEqualTo(carrier.name());
        assertThat(seen.get("transport").asString()).isIn("epoll", "nio");
        assertThat(seen.get("thread").asString()).isEqualTo(carrier == Carrier.JDK ? "ioloop-io" : "ioloop");
        assertThat(seen.get("state").asString()).isEqualTo("RUNNING");
        assertThat(seen.has("blocked")).isFalse();
        assertThat(seen.get("turns").asLong()).isPositive();
        JsonNode lag = seen.get("lag");
        Duration p50 = Duration.parse(lag.get("p50").asString());
        Duration p99 = Duration.parse(lag.get("p99").asString());
        Duration max = Duration.parse(lag.get("max").asString());
        assertThat(Duration.parse(lag.get("now").asString())).isLessThanOrEqualTo(max);
        assertThat(p50).isPositive().isLessThanOrEqualTo(p99);
        assertThat(p99).isLessThanOrEqualTo(max);
        assertThat(seen.get("busyShare").asDouble()).isBetween(0.0, 1.0);
        assertThat(seen.get("timers").asInt()).isGreaterThanOrEqualTo(1);

        JsonNode lines = seen.get("lines");
        assertThat(named(lines, "turn").get("maxActive").asInt()).isEqualTo(1);
        assertThat(named(lines, "executor").get("maxActive").asInt()).isEqualTo(3);
        assertThat(named(lines, "requests").get("maxActive").asInt()).isEqualTo(100_000);
        assertThat(named(lines, "requests").get("maxWaiting").asInt()).isEqualTo(7);
        assertThat(named(lines, "requests").get("refused").asInt()).isZero();
        JsonNode own = named(lines, "of the application");
        assertThat(own.get("waiting").asInt()).isEqualTo(42);
        assertThat(own.has("refused")).isFalse();

        JsonNode coroutines = seen.get("coroutines");
        assertThat(coroutines.get("live").asInt()).isGreaterThanOrEqualTo(1);
        assertThat(coroutines.get("max").asInt()).isEqualTo(1_000_000);
        assertThat(coroutines.get("states").get("WAITING").asInt()).isGreaterThanOrEqualTo(1);
        assertThat(seen.get("executor").get("maxThreads").asInt()).isEqualTo(3);
        assertThat(seen.get("executor").get("maxWaiting").asInt()).isEqualTo(1_000);
        sleeper.cancel(false);
    }

    /** I/O goes on while the turn is kept, so both answer, on the application's own port. */
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void bothAnswerWhileTheTurnIsKeptAndSaySo(Carrier carrier) throws Exception {
        TestApplication application = applications.on(carrier);
        CountDownLatch end = application.bean(Handlers.class).renewed();
        request(application, "/waits");
        try {
            assertBothSayWhoKeepsTheTurn(application);
        } finally {
            end.countDown(); // or all that comes after it hangs
        }
        JsonNode after = until(
                () -> json(application, "/actuator/ioloop"),
                now -> now.get("slowCallbacks").get("last").get(0).get("over").asBoolean());
        JsonNode last = after.get("slowCallbacks").get("last").get(0);
        assertThat(last.get("by").asString()).isEqualTo("GET /waits");
        assertThat(last.get("stack").toString()).contains("CountDownLatch.await");
        assertThat(last.get("begun").asString()).endsWith("Z");
        assertThat(after.get("slowCallbacks").get("count").asInt()).isPositive();
    }

    private static void assertBothSayWhoKeepsTheTurn(TestApplication application) throws InterruptedException {
        JsonNode seen = until(() -> json(application, "/actuator/ioloop"), now -> now.has("blocked"));
        assertThat(seen.get("state").asString()).isEqualTo("BLOCKED");
        JsonNode blocked = seen.get("blocked");
        assertThat(blocked.get("held").asString()).isEqualTo("TURN");
        assertThat(blocked.get("by").asString()).isEqualTo("GET /waits");
        assertThat(Duration.parse(blocked.get("heldFor").asString())).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(blocked.get("what").asString()).startsWith("waits in the JDK");
        assertThat(blocked.get("wayOut").asString()).contains("Async.blocking");
        assertThat(blocked.get("stack").toString()).contains("CountDownLatch.await");
        assertThat(Duration.parse(seen.get("stalledFor").asString())).isPositive();

        JsonNode tree = json(application, "/actuator/coroutines");
        assertThat(tree.get("state").asString()).isEqualTo("BLOCKED");
        assertThat(tree.get("blocked").get("by").asString()).isEqualTo("GET /waits");
        assertThat(tree.get("beside").asBoolean()).isTrue();
        JsonNode holder = named(tree.get("coroutines"), "GET /waits");
        assertThat(holder.get("state").asString()).isEqualTo("RUNNING");
        long id = holder.get("id").asLong();
        assertThat(json(application, "/actuator/coroutines/" + id).toString())
                .contains("\"blocked\":{\"held\":\"TURN\"", "CountDownLatch.await");
        assertThat(text(application, "/actuator/coroutines"))
                .startsWith("Loop 'ioloop' is BLOCKED: 'GET /waits' has kept the turn for ")
                .contains("Async.blocking", "The turn could not be had", "'GET /waits' running");
    }

    /** As JMX would ask: not over the network. */
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void askedDirectlyItAnswersWhateverHoldsTheLoop(Carrier carrier) throws Exception {
        TestApplication application = applications.on(carrier);
        CountDownLatch end = new CountDownLatch(1);
        application.bean(IOLoop.class).eventLoopGroup().execute(() -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        try {
            IOLoopEndpoint.LoopDescriptor seen =
                    until(application.bean(IOLoopEndpoint.class)::ioloop, now -> now.blocked() != null);
            assertThat(seen.blocked()).isNotNull();
            assertThat(seen.blocked().held()).isEqualTo(Held.EVENT_LOOP);
            assertThat(seen.state()).isEqualTo(LoopState.BLOCKED);
            CoroutinesEndpoint.CoroutinesDescriptor tree =
                    application.bean(CoroutinesEndpoint.class).coroutines(null, null);
            assertThat(tree.blocked()).isNotNull();
        } finally {
            end.countDown(); // or the event loop spins for ever
        }
        until(() -> application.bean(IOLoopEndpoint.class).ioloop().state() == LoopState.RUNNING);
    }

    // ---- /actuator/coroutines

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aRequestAndWhatBelongsToIt(Carrier carrier) throws Exception {
        TestApplication application = applications.on(carrier);
        Disposable client = request(application, "/quotes/abc");
        JsonNode seen = until(
                () -> json(application, "/actuator/coroutines"),
                now -> now.toString().contains("\"children\":[{")
                        && !now.get("beside").asBoolean()); // as it is where a busy machine lets nobody have a turn
        JsonNode request = named(seen.get("coroutines"), "GET /quotes/{symbol}");
        assertThat(request.get("owner").asString()).isEqualTo("loop");
        assertThat(request.get("state").asString()).isEqualTo("WAITING");
        assertThat(request.get("waitsFor").asString()).contains("Event");
        assertThat(Duration.parse(request.get("age").asString())).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(request.has("stack")).isFalse();
        JsonNode child = request.get("children").get(0);
        assertThat(child.get("name").asString()).isEqualTo("pricing");
        assertThat(child.get("belongsTo").get("id")).isEqualTo(request.get("id"));
        assertThat(child.get("belongsTo").get("name").asString()).isEqualTo("GET /quotes/{symbol}");
        assertThat(child.get("belongsTo").get("kind").asString()).isEqualTo("REQUEST");
        assertThat(seen.get("live").asInt()).isEqualTo(seen.get("shown").asInt());
        assertThat(seen.get("notShown").asInt()).isZero();

        String withStacks =
                json(application, "/actuator/coroutines?stacks=true").toString();
        assertThat(withStacks).contains("EndpointsTest$Handlers.quote");
        JsonNode one =
                json(application, "/actuator/coroutines/" + child.get("id").asLong());
        assertThat(one.get("loop").asString()).isEqualTo("ioloop");
        assertThat(one.get("state").asString()).isEqualTo("RUNNING");
        assertThat(one.get("coroutine").get("belongsTo").get("kind").asString()).isEqualTo("REQUEST");
        assertThat(one.get("coroutine").get("stack").toString()).contains("Async.sleep");

        assertThat(text(application, "/actuator/coroutines"))
                .startsWith("Loop 'ioloop' is RUNNING\n")
                .contains("'GET /quotes/{symbol}' waiting for ")
                .contains("  - #" + child.get("id").asLong() + " 'pricing' waiting for sleep of PT1H");
        assertThat(text(application, "/actuator/coroutines/" + child.get("id").asLong()))
                .contains("belongs to #" + request.get("id").asLong() + " 'GET /quotes/{symbol}'\n", "at ");

        client.dispose();
        until(() -> !text(application, "/actuator/coroutines").contains("pricing"));
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aRunOfAPeriodicAndWhatNobodyHasAskedFor(Carrier carrier) throws Exception {
        TestApplication application = applications.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        Handlers handlers = application.bean(Handlers.class);
        loop.runSync(() -> {
            handlers.mayPoll.set();
            return null;
        });
        JsonNode seen = until(
                () -> json(application, "/actuator/coroutines"),
                now -> now.toString().contains("part of a poll"));
        JsonNode poll = named(seen.get("coroutines"), "the poll");
        assertThat(poll.get("belongsTo").get("kind").asString()).isEqualTo("PERIODIC");
        assertThat(poll.get("children").get(0).get("belongsTo").get("kind").asString())
                .isEqualTo("PERIODIC");
        assertThat(delete(application, "/actuator/coroutines/" + poll.get("id").asLong())
                        .getStatusCode())
                .isEqualTo(HttpStatus.NO_CONTENT);
        Task<?> other = loop.spawn("other", () -> sleep(LONG));
        assertThat(named(json(application, "/actuator/coroutines").get("coroutines"), "other")
                        .get("belongsTo")
                        .get("kind")
                        .asString())
                .isEqualTo("OTHER");
        other.cancel(false);
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void oneIsCancelledWithWordOfWhoHasAsked(Carrier carrier) throws Exception {
        TestApplication application = applications.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        Task<?> task = loop.spawn("to be cancelled", () -> sleep(LONG));
        long id = named(json(application, "/actuator/coroutines").get("coroutines"), "to be cancelled")
                .get("id")
                .asLong();
        assertThat(delete(application, "/actuator/coroutines/" + id).getStatusCode())
                .isEqualTo(HttpStatus.NO_CONTENT);
        assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
                .isInstanceOf(CancellationException.class)
                .hasStackTraceContaining(
                        "Task 'to be cancelled' was cancelled: somebody has asked the actuator for it");
        assertThat(delete(application, "/actuator/coroutines/" + id).getStatusCode())
                .isEqualTo(HttpStatus.NOT_FOUND);
        Task<?> other = loop.spawn("another", () -> sleep(LONG));
        long otherId = named(json(application, "/actuator/coroutines").get("coroutines"), "another")
                .get("id")
                .asLong();
        application.bean(CoroutinesEndpointWebExtension.class).cancel(new AskedByAdmin(), otherId);
        assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS))
                .hasStackTraceContaining("was cancelled: 'admin' has asked the actuator for it");
        assertThat(application.get("/actuator/coroutines/" + id).getStatusCode())
                .isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(application.bean(CoroutinesEndpoint.class).cancel(id)).isFalse();
        assertThat(application.get("/actuator/coroutines/none").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void ofManySoManyAreShownAndAllAreCounted(Carrier carrier) {
        TestApplication application = applications.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        List<Task<?>> tasks = loop.runSync(() -> {
            List<Task<?>> started = new ArrayList<>();
            for (int i = 0; i < 10_500; i++) {
                started.add(loop.spawn("one of many", () -> sleep(LONG)));
            }
            return started;
        });
        loop.runSync(() -> null);
        JsonNode seen = json(application, "/actuator/coroutines");
        assertThat(seen.get("live").asInt()).isGreaterThanOrEqualTo(10_500);
        assertThat(seen.get("shown").asInt()).isEqualTo(1_000);
        assertThat(seen.get("notShown").asInt()).isEqualTo(seen.get("live").asInt() - 1_000);
        assertThat(seen.get("states").get(State.WAITING.name()).asInt()).isGreaterThanOrEqualTo(10_500);
        assertThat(json(application, "/actuator/coroutines?limit=3")
                        .get("shown")
                        .asInt())
                .isEqualTo(3);
        assertThat(application
                        .bean(CoroutinesEndpoint.class)
                        .coroutines(Integer.MAX_VALUE, null)
                        .shown())
                .isEqualTo(10_000);
        assertThat(text(application, "/actuator/coroutines?limit=0"))
                .contains(" more are not shown; `limit` says how many are.\n");
        assertThat(application.get("/actuator/coroutines?limit=-1").getStatusCode())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(application.get("/actuator/coroutines?limit=all").getStatusCode())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        loop.runSync(() -> {
            tasks.forEach(task -> task.cancel(false));
            return null;
        });
    }

    private static final class AskedByAdmin implements SecurityContext {

        @Override
        public Principal getPrincipal() {
            return () -> "admin";
        }

        @Override
        public boolean isUserInRole(String role) {
            return true;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        WaitingLines ofTheApplication() {
            return () -> List.of(new WaitingLine("of the application", null, null, 42, null, null));
        }
    }

    @RestController
    static class Handlers {

        final Event mayPoll = new Event();

        private volatile CountDownLatch go = new CountDownLatch(1);

        CountDownLatch renewed() {
            go = new CountDownLatch(1);
            return go;
        }

        @Coroutine
        @GetMapping("/waits")
        String waits() throws InterruptedException {
            go.await();
            return "over";
        }

        @Coroutine
        @GetMapping("/quotes/{symbol}")
        String quote(@PathVariable String symbol) {
            Async.spawn("pricing", () -> sleep(LONG));
            new Event().await();
            return symbol;
        }

        @Periodic(delay = "1h", initialDelay = "0", name = "the poll")
        void poll() {
            mayPoll.await();
            Async.spawn("part of a poll", () -> sleep(LONG));
            sleep(LONG);
        }
    }
}
