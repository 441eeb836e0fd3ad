package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.sync.Lock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The snippets and messages of {@code docs/testing.md}: compiled and produced here, and the same there. */
class TestingPageTest {

    private static final Path PAGE = Path.of("../docs/testing.md");

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/testing/TestingPageTest.java");

    private final Map<String, Integer> cache = new HashMap<>();

    private PeriodicCallback forget(IOLoop loop) {
        return new PeriodicCallback(loop, "forget", PeriodicSchedule.every(Duration.ofHours(1)), cache::clear);
    }

    @LoopTest
    void forgetsAfterAnHour(IOLoop loop) {
        PeriodicCallback forget = forget(loop);
        forget.start();
        cache.put("a", 1);
        sleep(Duration.ofMinutes(61));
        assertThat(cache).isEmpty();
        forget.stop();
    }

    @LoopTest(
            timeout = "10s",
            time = LoopTest.Time.REAL,
            carriers = {Carrier.EVENT_LOOP, Carrier.JDK})
    void worksOnBothCarriersInRealTime(IOLoop loop) {
        assertThat(await(loop.runInExecutor(() -> 6 * 7))).isEqualTo(42);
    }

    @Test
    void runsByHand() {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create()) {
            Task<String> report = loop.runSync(() -> loop.spawn("report", () -> {
                sleep(Duration.ofDays(30));
                return "after " + loop.elapsed().toDays() + " days";
            }));
            assertThat(loop.runSync(() -> await(report))).isEqualTo("after 30 days");
            loop.requireNoLeaks();
        }
    }

    @Test
    void isHeldWhileSeveralThingsArePrepared() {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create()) {
            StringBuilder order = new StringBuilder();
            try (VirtualTimeLoop.Hold hold = loop.hold()) {
                loop.callLater(Duration.ofSeconds(20), () -> order.append("twenty "));
                loop.callLater(Duration.ofSeconds(10), () -> order.append("ten "));
                loop.advance(Duration.ofSeconds(15));
            }
            loop.advance(Duration.ofSeconds(5));
            assertThat(order).hasToString("ten twenty ");
        }
    }

    @Test
    void isSteppedByHand() {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withClock(clock))) {
            Task<?> sleeper = loop.spawn(() -> sleep(Duration.ofSeconds(5)));
            loop.runSync(() -> null); // it sleeps now
            clock.advance(Duration.ofSeconds(4));
            loop.runSync(() -> null);
            assertThat(sleeper.isDone()).isFalse();
            clock.advance(Duration.ofSeconds(1));
            sleeper.join();
        }
    }

    @Test
    void isSteppedWithItsAnswers() throws IOException {
        SteppedClock clock = new SteppedClock();
        clock.setOutsideLimit(Duration.ofSeconds(20));
        List<String> seen = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        try (IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withClock(clock));
                AsyncHttpClient http = AsyncHttpClient.create(loop, HttpClientOptions.defaults())) {
            PeriodicCallback poll = new PeriodicCallback(
                    loop,
                    Duration.ofMinutes(1),
                    () -> seen.add(await(http.fetch(url)).text()));
            poll.start();
            clock.advance(Duration.ofMinutes(3)); // three fetches, one after the other, with their answers
            assertThat(seen).containsExactly("hello", "hello", "hello");
        } finally {
            server.stop(0);
        }
    }

    private static List<String> found(String pattern) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(Files.readString(PAGE).split("\n## Spring Boot")[0]) // which the starter tests
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here = squeeze(Files.readString(HERE));
        assertThat(found("```java\\n(.*?)```"))
                .hasSize(6)
                .allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    @Test
    void thePageShowsTheMessages() throws IOException {
        assertThat(found("```text\\n(.*?)```"))
                .extracting(TestingPageTest::squeeze)
                .containsExactly(
                        squeeze(message(() -> {
                            IOLoop loop = IOLoop.current();
                            Lock stock = new Lock();
                            stock.lock();
                            Task<Object> orders = loop.spawn("orders", () -> {
                                stock.lock();
                                return null;
                            });
                            loop.spawn("feed", () -> await(new CompletableFuture<>()));
                            return await(orders);
                        })),
                        squeeze(message(() -> {
                            IOLoop loop = IOLoop.current();
                            loop.spawn("poller", () -> sleep(Duration.ofMinutes(1)));
                            loop.callLater("forget", Duration.ofHours(1), () -> {});
                            return null;
                        })));
    }

    private static String message(Callable<?> main) {
        return catchThrowable(() -> VirtualTimeLoop.run(main)).getMessage();
    }
}
