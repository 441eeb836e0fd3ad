package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchTimeoutException;
import dev.asyncloop.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class SteppedClockTest {

    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    private final SteppedClock clock = new SteppedClock(NEW_YEAR);

    /** What happened, and at which second of the clock. */
    private final List<String> seen = new ArrayList<>();

    private IOLoop loop(Carrier carrier) {
        return IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(Duration.ofMillis(20)));
    }

    private void note(String what) {
        seen.add(what + " at " + clock.elapsed().toSeconds());
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    // ---- time

    @OnBothCarriers
    void whatFallsDueRunsInOrderAndAtItsTime(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            loop.callLater(seconds(20), () -> note("twenty"));
            loop.callLater(seconds(10), () -> {
                note("ten");
                sleep(seconds(3));
                note("slept");
            });
            loop.callLater(seconds(40), () -> note("too late"));
            clock.advance(seconds(30));
            assertThat(seen).containsExactly("ten at 10", "slept at 13", "twenty at 20");
            assertThat(clock.instant()).isEqualTo(NEW_YEAR.plusSeconds(30));
        }
    }

    @OnBothCarriers
    void standsStillUntilItIsAdvanced(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            Task<?> sleeper = loop.spawn(() -> sleep(Duration.ofMillis(1)));
            clock.advance(Duration.ZERO);
            clock.advance(Duration.ofNanos(999_999));
            assertThat(sleeper.isDone()).isFalse();
            clock.advance(Duration.ofNanos(1));
            assertThat(sleeper.isDone()).isTrue();
        }
    }

    @OnBothCarriers
    void whatGoesOnForEverIsCalledAtEachOfItsTimes(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback hourly = new PeriodicCallback(loop, Duration.ofHours(1), () -> note("hour"));
            hourly.start();
            clock.advanceTo(NEW_YEAR.plus(Duration.ofDays(30)));
            assertThat(seen).hasSize(30 * 24).endsWith("hour at " + 30 * 24 * 3600);
        }
    }

    @OnBothCarriers
    void aCoroutineThatAdvancesItWaitsForThat(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            loop.callLater(seconds(10), () -> note("ten"));
            loop.runSync(() -> {
                clock.advance(seconds(15));
                note("advanced");
                return null;
            });
            assertThat(seen).containsExactly("ten at 10", "advanced at 15");
        }
    }

    @OnBothCarriers
    void severalThreadsMayAdvanceIt(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            loop.callLater(seconds(10), () -> note("ten"));
            CompletableFuture<?> other = CompletableFuture.runAsync(() -> clock.advance(seconds(5)));
            clock.advance(seconds(20));
            other.join();
            assertThat(seen).containsExactly("ten at 10");
            assertThat(clock.elapsed()).isBetween(seconds(20), seconds(25));
        }
    }

    @Test
    void isAClockOfJavasOwnKind() {
        try (IOLoop loop = loop(Carrier.JDK)) {
            Clock java = clock.toClock(ZoneId.of("Europe/Vienna"));
            clock.advance(Duration.ofMinutes(90));
            assertThat(java.instant()).isEqualTo(loop.clock().instant());
            assertThat(java).hasToString("SteppedClock at 2026-01-01T01:30:00Z in Europe/Vienna");
            assertThat(java.withZone(ZoneOffset.UTC)).isEqualTo(clock.toClock(ZoneOffset.UTC));
            assertThat(java.withZone(ZoneOffset.UTC)).isNotEqualTo(java);
        }
    }

    // ---- when the loop is idle

    @OnBothCarriers
    void workElsewhereIsWaitedFor(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            loop.callLater(seconds(1), () -> {
                await(loop.runInExecutor(() -> Loops.options(carrier)));
                note("executor");
                blocking(() -> CompletableFuture.runAsync(() -> {}).get());
                note("blocking");
                sleep(seconds(1));
                note("slept");
            });
            clock.advance(seconds(2));
            assertThat(seen).containsExactly("executor at 1", "blocking at 1", "slept at 2");
        }
    }

    @OnBothCarriers
    void anAnswerFromTheNetworkIsWaitedForAtEachStop(Carrier carrier) throws IOException {
        try (IOLoop loop = loop(carrier);
                SlowServer server = new SlowServer(20);
                AsyncHttpClient http = AsyncHttpClient.create(loop, HttpClientOptions.defaults())) {
            clock.setOutsideLimit(seconds(20));
            PeriodicCallback poll = new PeriodicCallback(
                    loop,
                    "poll",
                    PeriodicSchedule.every(seconds(60)),
                    () -> note(await(http.fetch(server.url())).text()));
            poll.start();
            clock.advance(seconds(200));
            assertThat(seen).containsExactly("hello at 60", "hello at 120", "hello at 180");
        }
    }

    @OnBothCarriers
    void anAnswerThatDoesNotComeIsGivenUp(Carrier carrier) throws IOException {
        try (IOLoop loop = loop(carrier);
                SlowServer server = new SlowServer(60_000);
                AsyncHttpClient http = AsyncHttpClient.create(loop, HttpClientOptions.defaults())) {
            clock.setOutsideLimit(Duration.ofMillis(20));
            Task<?> fetch = loop.spawn(() -> await(http.fetch(server.url())));
            clock.advance(seconds(19));
            assertThat(fetch.isDone()).isFalse();
            clock.advance(seconds(1));
            assertThatThrownBy(fetch::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(FetchTimeoutException.class);
        }
    }

    @OnBothCarriers
    void codeThatKnowsNoLoopIsWaitedFor(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            clock.setOutsideLimit(seconds(20));
            loop.callLater(seconds(1), () -> {
                await(Mono.delay(Duration.ofMillis(20)));
                note("Mono");
                await(CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)));
                note("stage");
            });
            clock.advance(seconds(60));
            assertThat(seen).containsExactly("Mono at 1", "stage at 1");
        }
    }

    @OnBothCarriers
    void aPromiseOfTheLoopIsNotWaitedForInRealTime(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            clock.setOutsideLimit(Duration.ofHours(1));
            var promise = loop.<String>promise("news");
            loop.spawn(() -> note(await(promise.task())));
            loop.callLater(seconds(10), () -> promise.succeed("news"));
            clock.advance(seconds(10));
            assertThat(seen).containsExactly("news at 10");
        }
    }

    @OnBothCarriers
    void whatKeepsTheTurnIsNamed(Carrier carrier) {
        AtomicBoolean enough = new AtomicBoolean();
        try (IOLoop loop = loop(carrier)) {
            loop.callLater(seconds(5), () -> note("five"));
            loop.callLater("busy", seconds(10), () -> {
                clock.setLimit(Duration.ofMillis(20));
                while (!enough.get()) {
                    Thread.onSpinWait();
                }
            });
            TooLongError error = catchThrowableOfType(TooLongError.class, () -> clock.advance(seconds(60)));
            enough.set(true);
            clock.setLimit(Duration.ofSeconds(20));
            assertThat(error)
                    .hasMessageContaining("'test' was not idle within PT0.02S of real time, the limit of its clock;"
                            + " PT10S of PT1M have passed")
                    .hasMessageContaining("has the turn, and is here:")
                    .hasMessageContaining("whatKeepsTheTurnIsNamed");
            assertThat(seen).containsExactly("five at 5");
            clock.advance(Duration.ZERO); // what was left of that advance is taken back
            assertThat(clock.elapsed()).isEqualTo(seconds(10));
        }
    }

    @OnBothCarriers
    void whatWorksElsewhereForTooLongIsNamed(Carrier carrier) {
        CountDownLatch enough = new CountDownLatch(1);
        try (IOLoop loop = loop(carrier)) {
            loop.spawn(
                    "report",
                    () -> await(loop.runInExecutor(() -> {
                        clock.setLimit(Duration.ofMillis(20));
                        return enough.await(60, TimeUnit.SECONDS);
                    })));
            assertThatThrownBy(() -> clock.advance(seconds(60)))
                    .isInstanceOf(TooLongError.class)
                    .hasMessageContaining("'report' waiting for a call of runInExecutor that runs in 'test-executor-1'")
                    .hasMessageContaining("In the executor: 1 call, and 0 waiting for a thread");
            enough.countDown();
        }
    }

    // ---- what takes real time

    @OnBothCarriers
    void aConditionIsWaitedForWhileItStands(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            List<String> requests = new ArrayList<>(); // only the loop's
            CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)
                    .execute(() -> loop.addCallback(() -> requests.add("came")));
            clock.until(() -> !requests.isEmpty());
            loop.spawn("sleeper", () -> sleep(seconds(10)));
            clock.untilWaiting("sleeper");
            assertThat(clock.elapsed()).isZero();
        }
    }

    @OnBothCarriers
    void aConditionThatDoesNotComeAboutFails(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            loop.spawn("other", () -> sleep(seconds(10)));
            clock.advance(Duration.ZERO);
            clock.setLimit(Duration.ofMillis(30));
            assertThatThrownBy(() -> clock.untilWaiting("sleeper"))
                    .isInstanceOf(TooLongError.class)
                    .hasMessageContaining("'test' has not come to a coroutine 'sleeper' that waits within PT0.03S")
                    .hasMessageContaining("'other' waiting for sleep of PT10S");
        }
    }

    // ---- misuse

    @Test
    void onlyGoesOn() {
        try (IOLoop loop = loop(Carrier.JDK)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clock.advance(seconds(-1)))
                    .withMessage("The clock can't be advanced by PT-1S; it only goes on");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clock.advanceTo(NEW_YEAR.minusSeconds(1)))
                    .withMessage("The clock can't be advanced to 2025-12-31T23:59:59Z, as it is 2026-01-01T00:00:00Z"
                            + " there; it only goes on");
            assertThat(loop.clock()).isSameAs(clock);
        }
    }

    @Test
    void limitsThatAreNoneAreRefused() {
        try (IOLoop loop = loop(Carrier.JDK)) {
            assertThat(loop.clock().ticks()).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clock.setLimit(Duration.ZERO))
                    .withMessageContaining("has to be positive, but was PT0S");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clock.setOutsideLimit(seconds(-1)))
                    .withMessageContaining("must not be negative, but was PT-1S");
        }
    }

    @Test
    void needsALoop() {
        assertThatIllegalStateException()
                .isThrownBy(() -> clock.advance(seconds(1)))
                .withMessageContaining("`advance` of a SteppedClock that no loop has");
        loop(Carrier.JDK).close();
        assertThatIllegalStateException()
                .isThrownBy(() -> clock.advance(seconds(1)))
                .withMessageContaining("`advance` of a SteppedClock whose loop, 'test', has ended");
    }

    @Test
    void drivesOneLoop() {
        try (IOLoop loop = loop(Carrier.JDK)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> IOLoop.create(
                            Loops.options(Carrier.JDK).withName("second").withClock(clock)))
                    .withMessageContaining(
                            "this one drives '" + loop.name() + "' already; make another one for 'second'");
        }
    }

    @OnBothCarriers
    void theLoopDoesNotWaitForItself(Carrier carrier) throws Exception {
        try (IOLoop loop = loop(carrier)) {
            Throwable failure = loop.eventLoopGroup()
                    .submit(() -> catchThrowableOfType(IllegalStateException.class, () -> clock.advance(seconds(1))))
                    .get(20, TimeUnit.SECONDS);
            assertThat(failure).hasMessageContaining("`advance` was called on").hasMessageContaining("Netty's thread");
        }
    }

    @Test
    void whoIsInterruptedStopsWaiting() {
        try (IOLoop loop = loop(Carrier.JDK)) {
            CountDownLatch enough = new CountDownLatch(1);
            loop.runInExecutor(() -> enough.await(60, TimeUnit.SECONDS));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    clock.advance(seconds(1));
                } catch (CancellationException ex) {
                    thrown.set(ex);
                }
            });
            thread.interrupt();
            assertThat(joined(thread)).isTrue();
            enough.countDown();
            assertThat(thrown.get()).hasMessage("`advance` of the clock of 'test' was interrupted");
        }
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(seconds(20));
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Answers after a time, in threads of its own. */
    private static final class SlowServer implements AutoCloseable {

        private final HttpServer server;

        SlowServer(int millis) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 5);
                exchange.getResponseBody().write("hello".getBytes());
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @OnBothCarriers
    void untilIsLimitedAlsoWhileSomebodyKeepsTheTurn(Carrier carrier) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread rescue = Thread.ofPlatform().daemon().unstarted(() -> {
            try {
                go.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                // the test is over
            }
            go.countDown();
        });
        try (IOLoop loop = loop(carrier)) {
            Task<Boolean> keeps = loop.spawn("keeps the turn", () -> {
                held.countDown();
                return go.await(20, TimeUnit.SECONDS);
            });
            held.await();
            rescue.start();
            clock.setLimit(Duration.ofMillis(50));
            assertThatThrownBy(() -> clock.until(() -> true))
                    .isInstanceOf(TooLongError.class)
                    .hasMessageContaining("keeps the turn");
            assertThat(go.getCount()).as("it did not wait for the turn").isEqualTo(1);
            go.countDown();
            assertThat(keeps.get()).isTrue();
        } finally {
            go.countDown();
        }
    }
}
