package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/** Limits, and limits within limits. */
class WithTimeoutTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final ManualClock clock = new ManualClock();

    private final List<String> log = new ArrayList<>();

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Runs a coroutine, moves the clock on by steps of 10 ms, and returns how it has ended. */
    private Throwable outcome(Carrier carrier, Runnable body, int steps) {
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> task = loop.spawn("limited", body);
            for (int i = 0; i < steps; i++) {
                Loops.settle(loop);
                clock.advance(ms(10));
            }
            Loops.settle(loop);
            return task.state() == Task.State.FAILED ? task.exceptionNow() : null;
        }
    }

    private Object limited(String name, long millis, Runnable body) {
        try {
            return withTimeout(ms(millis), () -> {
                body.run();
                return null;
            });
        } catch (AsyncTimeoutException ex) {
            log.add(name + " timed out");
            throw ex;
        } catch (CancellationException ex) {
            log.add(name + " cancelled");
            throw ex;
        }
    }

    private void nested(long outer, long inner) {
        limited("outer", outer, () -> limited("inner", inner, () -> sleep(LONG)));
    }

    @OnBothCarriers
    void anOuterLimitIsNotMistakenForTheInnerOne(Carrier carrier) {
        assertThat(outcome(carrier, () -> nested(10, 20), 3))
                .isInstanceOf(AsyncTimeoutException.class)
                .hasMessageContaining("PT0.01S")
                .hasMessageContaining("'limited'");
        assertThat(log).containsExactly("inner cancelled", "outer timed out");
    }

    @OnBothCarriers
    void theInnerLimitPassesOnItsOwn(Carrier carrier) {
        assertThat(outcome(carrier, () -> nested(20, 10), 3)).hasMessageContaining("PT0.01S");
        assertThat(log).containsExactly("inner timed out", "outer timed out"); // the inner one's exception
        log.clear();
        Runnable survives = () -> limited("outer", 30, () -> {
            assertThatThrownBy(() -> limited("inner", 10, () -> sleep(LONG))).isInstanceOf(AsyncTimeoutException.class);
            sleep(ms(10));
            log.add("went on");
        });
        assertThat(outcome(carrier, survives, 4)).isNull();
        assertThat(log).containsExactly("inner timed out", "went on");
    }

    @OnBothCarriers
    void ofTwoThatPassTogetherTheOuterOneCounts(Carrier carrier) {
        assertThat(outcome(carrier, () -> nested(10, 10), 2)).isInstanceOf(AsyncTimeoutException.class);
        assertThat(log).containsExactly("inner cancelled", "outer timed out");
    }

    @OnBothCarriers
    void aCancellationIsNotMistakenForALimit(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> task = loop.spawn(() -> nested(10, 20));
            Loops.settle(loop);
            loop.runSync(() -> {
                clock.advance(ms(10)); // the timer stands in line behind this turn, in which the task is cancelled
                return task.cancel(false);
            });
            assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
            assertThat(log).containsExactly("inner cancelled", "outer cancelled");
        }
    }

    @OnBothCarriers
    void whatTheBodyHasStartedIsCancelledAndNothingElse(Carrier carrier) {
        Runnable body = () -> {
            Task<?> before = Async.spawn(() -> limited("before", 3_600_000, () -> sleep(LONG)));
            assertThatThrownBy(() -> limited("limit", 10, () -> {
                        Async.spawn(() -> limited("inside", 3_600_000, () -> sleep(LONG)));
                        sleep(LONG);
                    }))
                    .isInstanceOf(AsyncTimeoutException.class);
            sleep(ms(10));
            log.add("before is " + before.state());
        };
        assertThat(outcome(carrier, body, 3)).isNull();
        assertThat(log).startsWith("limit timed out", "inside cancelled", "before is RUNNING");
    }

    @OnBothCarriers
    void aShieldKeepsTheLimitOutUntilItsEnd(Carrier carrier) {
        Runnable body = () -> limited("limit", 10, () -> {
            shielded(() -> {
                sleep(ms(20));
                return log.add("shielded");
            });
            log.add("not reached by a wait");
            sleep(LONG);
        });
        assertThat(outcome(carrier, body, 4)).isInstanceOf(AsyncTimeoutException.class);
        assertThat(log).containsExactly("shielded", "not reached by a wait", "limit timed out");
    }

    @OnBothCarriers
    void aLimitInsideAShieldStillCounts(Carrier carrier) {
        Runnable body = () -> shielded(() -> limited("limit", 10, () -> sleep(LONG)));
        assertThat(outcome(carrier, body, 2)).isInstanceOf(AsyncTimeoutException.class);
    }

    @OnBothCarriers
    void aBodyThatReturnsAllTheSameKeepsItsValue(Carrier carrier) {
        Runnable body = () -> log.add(withTimeout(ms(10), () -> {
            try {
                sleep(LONG);
            } catch (CancellationException ex) {
                return "kept";
            }
            return "too early";
        }));
        assertThat(outcome(carrier, body, 2)).isNull();
        assertThat(log).containsExactly("kept");
    }

    @OnBothCarriers
    void aBlockingSectionIsInterrupted(Carrier carrier) {
        Runnable body = () -> limited(
                "limit",
                10,
                () -> blocking(() -> {
                    new Semaphore(0).acquire();
                    return null;
                }));
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> task = loop.spawn(body);
            Loops.settle(loop);
            clock.advance(ms(10));
            assertThatThrownBy(task::get).hasCauseInstanceOf(AsyncTimeoutException.class);
        }
    }

    @OnBothCarriers
    void aWaitThatHasEndedBeforeReturnsItsValue(Carrier carrier) {
        Runnable body = () -> {
            Promise<String> promise = IOLoop.current().promise("promise");
            IOLoop.current().callLater(ms(10), () -> promise.succeed("in time")); // due first: it was set first
            log.add(withTimeout(ms(10), () -> await(promise.task())));
        };
        assertThat(outcome(carrier, body, 2)).isNull();
        assertThat(log).containsExactly("in time");
    }

    @OnBothCarriers
    void theCauseOfTheTimeoutSaysWhoWasCancelledAndWhy(Carrier carrier) {
        assertThat(outcome(
                        carrier,
                        () -> withTimeout(ms(10), () -> {
                            sleep(LONG);
                            return null;
                        }),
                        2))
                .isInstanceOf(AsyncTimeoutException.class)
                .hasRootCauseInstanceOf(CancellationException.class)
                .rootCause()
                .hasMessageContaining("'limited'")
                .hasMessageContaining("limit of PT0.01S has passed");
    }
}
