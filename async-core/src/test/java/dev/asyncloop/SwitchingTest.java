package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.JdkWait.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Law 2: no wait of the JDK's lets another coroutine in, and each does inside {@link Async#blocking}. */
class SwitchingTest {

    static Stream<Arguments> waits() {
        return Stream.of(Carrier.values())
                .flatMap(carrier -> Arrays.stream(JdkWait.values()).map(wait -> Arguments.of(carrier, wait)));
    }

    /** Nobody is to be reported for what is wanted here. */
    private static IOLoop loop(Carrier carrier) {
        return IOLoop.create(Loops.options(carrier).withSlowCallback(Duration.ofMinutes(1)));
    }

    /** Waits until a thread waits, and gives others that may run meanwhile plenty of time for that. */
    private static void letOthersRunWhileItWaits(Thread thread) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        int seen = 0;
        while (seen < 10) {
            Thread.State state = thread.getState();
            boolean waits = state != Thread.State.RUNNABLE && state != Thread.State.NEW;
            seen = waits || state == Thread.State.RUNNABLE && inNativeRead(thread) ? seen + 1 : 0;
            never.await(2, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean inNativeRead(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().contains("read"));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void aWaitOfTheJdkLetsNobodyIn(Carrier carrier, JdkWait wait) throws Exception {
        Case jdk = wait.make();
        List<String> order = new ArrayList<>();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        try (IOLoop loop = loop(carrier)) {
            Task<?> both = loop.spawn(() -> {
                Task<?> first = Async.spawn(() -> {
                    order.add("begins");
                    waiting.complete(Thread.currentThread());
                    jdk.await().run();
                    order.add("ends");
                    return null;
                });
                Task<?> other = Async.spawn(() -> order.add("other"));
                await(first);
                await(other);
            });
            letOthersRunWhileItWaits(waiting.get(20, TimeUnit.SECONDS));
            jdk.end().run();
            both.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly("begins", "ends", "other");
    }

    @ParameterizedTest
    @MethodSource("waits")
    void insideBlockingEachLetsTheOthersIn(Carrier carrier, JdkWait wait) throws Exception {
        Case jdk = wait.make();
        List<String> order = new ArrayList<>();
        CountDownLatch otherRan = new CountDownLatch(1);
        try (IOLoop loop = loop(carrier)) {
            Task<?> both = loop.spawn(() -> {
                Task<?> first = Async.spawn(() -> {
                    order.add("begins");
                    blocking(() -> {
                        jdk.await().run();
                        return null;
                    });
                    order.add("ends");
                    return null;
                });
                Task<?> other = Async.spawn(() -> {
                    order.add("other");
                    otherRan.countDown();
                });
                await(first);
                await(other);
            });
            assertThat(otherRan.await(20, TimeUnit.SECONDS)).isTrue(); // only then is the wait ended
            jdk.end().run();
            both.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly("begins", "other", "ends");
    }
}
