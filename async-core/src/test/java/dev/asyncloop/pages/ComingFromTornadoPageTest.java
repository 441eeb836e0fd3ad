package dev.asyncloop.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.Task;
import dev.asyncloop.TimerHandle;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.http.TestServer;
import dev.asyncloop.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/coming-from-tornado.md}: compiled here, run here, and the same there. */
class ComingFromTornadoPageTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown("docs/coming-from-tornado.md", 4, ComingFromTornadoPageTest.class);
    }

    // ---- the examples

    static void fetchOne(String url, PrintStream out) {
        IOLoop.run(() -> {
            AsyncHttpClient http = AsyncHttpClient.create(IOLoop.current());
            out.println(await(http.fetch(url)).text());
            return null;
        });
    }

    static void hello(PrintStream out) {
        IOLoop loop = IOLoop.create();
        loop.addCallback(() -> {
            out.println("Hello, world");
            loop.stop();
        });
        loop.awaitStopped();
    }

    static PeriodicCallback everySecond(IOLoop loop, PrintStream out) {
        PeriodicCallback tick = new PeriodicCallback(loop, Duration.ofSeconds(1), () -> out.println("tick"));
        tick.start(); // the loop runs already
        return tick;
    }

    static List<Integer> fetchMany(List<String> urls) {
        try (IOLoop loop = IOLoop.create();
                AsyncHttpClient http = AsyncHttpClient.create(loop)) {
            return loop.runSync(() -> {
                List<Integer> sizes = new ArrayList<>();
                for (var response : gatherAll(urls.stream().map(http::fetch).toList())) {
                    sizes.add(response.bytes().length);
                }
                return sizes;
            });
        }
    }

    @Test
    void oneIsFetched() {
        try (TestServer server = new TestServer()) {
            fetchOne(server.url("/hello"), out);
        }
        assertThat(lines()).containsExactly("Hello world!");
    }

    @Test
    void theLoopSaysHello() {
        hello(out);
        assertThat(lines()).containsExactly("Hello, world");
    }

    @OnBothCarriers
    void itTicksEverySecondFromOneSecondOn(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            PeriodicCallback tick = everySecond(loop, out);
            assertThat(lines()).isEmpty();
            for (int i = 1; i <= 3; i++) {
                clock.advance(SECOND);
                Loops.settle(loop);
                assertThat(lines()).hasSize(i).containsOnly("tick");
            }
            tick.start(); // again: no second chain
            clock.advance(SECOND);
            Loops.settle(loop);
            assertThat(lines()).hasSize(4);
        }
    }

    @Test
    void manyAreFetched() {
        try (TestServer server = new TestServer()) {
            assertThat(fetchMany(List.of(server.url("/hello"), server.url("/status/200"))))
                    .containsExactly(12, 11);
        }
    }

    // ---- what the tables say

    @OnBothCarriers
    void whatIsSpawnedBeginsLaterAndAWaitOnWhatIsDoneGivesNobodyATurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            StringBuilder steps = new StringBuilder();
            loop.runSync(() -> {
                Task<?> done = Async.spawn(() -> null);
                await(done);
                for (String name : List.of("a", "b")) {
                    Async.spawn(() -> {
                        for (int i = 0; i < 5; i++) {
                            steps.append(name);
                            await(done);
                        }
                    });
                }
                assertThat(steps).isEmpty();
                yieldNow();
                return null;
            });
            assertThat(steps).hasToString("aaaaabbbbb");
        }
    }

    @OnBothCarriers
    void runSyncHasALimitAndIsRefusedOnTheLoop(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(Duration.ofMillis(10), () -> {
                        sleep(Duration.ofHours(1));
                        return null;
                    }))
                    .isInstanceOf(AsyncTimeoutException.class);
            loop.runSync(() -> {
                assertThatThrownBy(() -> loop.runSync(() -> 1)).isInstanceOf(IllegalStateException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aTimerIsCancelledOnceAndHarmlesslyAgain(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            TimerHandle timer = loop.callLater(SECOND, () -> out.println("ran"));
            assertThat(timer.cancel()).isTrue();
            assertThat(timer.cancel()).isFalse();
            clock.advance(SECOND);
            Loops.settle(loop);
            assertThat(lines()).isEmpty();
        }
    }

    @OnBothCarriers
    void aTaskWithALimitIsCancelledAndAPeriodHasToBePositive(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> endless = loop.spawn(() -> sleep(Duration.ofHours(1)));
            Task<?> limited = endless.orTimeout(SECOND);
            Loops.settle(loop);
            clock.advance(SECOND);
            Loops.settle(loop);
            assertThat(endless.isCancelled()).isTrue();
            assertThat(limited.exceptionNow()).isInstanceOf(AsyncTimeoutException.class);
            assertThatThrownBy(() -> new PeriodicCallback(loop, Duration.ZERO, () -> {}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theDefaultsAreThoseOfTheTables() {
        assertThat(HttpClientOptions.defaults().maxTotal()).isEqualTo(1_000);
        assertThat(HttpClientOptions.defaults().maxPerOrigin()).isEqualTo(100);
        assertThat(HttpClientOptions.defaults().timeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(IOLoopOptions.defaults().gracePeriod()).isEqualTo(Duration.ofSeconds(10));
        assertThat(IOLoopOptions.defaults().executorThreads())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(IOLoopOptions.defaults().executorQueue()).isEqualTo(1_000);
    }
}
