package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.asyncloop.PeriodicRun.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What becomes of single calls, and what is remembered of them. */
class PeriodicCallTest {

    private static final PeriodicSchedule EVERY = PeriodicSchedule.every(ms(10));

    private static final PeriodicSchedule LIMITED = EVERY.withTimeout(ms(4));

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Calls the body once, at 10 ms, and returns what is remembered. */
    private static PeriodicStatus once(IOLoop loop, PeriodicSchedule schedule, PeriodicCallback.Body body) {
        PeriodicCallback tick = new PeriodicCallback(loop, "tick", schedule, body);
        tick.start();
        sleep(ms(19));
        assertThat(tick.isRunning()).isTrue();
        tick.stop();
        return tick.status();
    }

    private static void assertOutcome(PeriodicStatus status, Outcome outcome, @Nullable String error) {
        assertThat(status.runs()).isEqualTo(1);
        assertThat(status.failures()).isEqualTo(outcome.isFailure() ? 1 : 0);
        assertThat(status.skipped()).isEqualTo(outcome == Outcome.SKIPPED ? 1 : 0);
        assertThat(status.last()).isNotNull();
        assertThat(status.last().outcome()).isEqualTo(outcome);
        assertThat(status.last().error()).isEqualTo(error);
        assertThat(status.lastFailure()).isSameAs(outcome.isFailure() ? status.last() : null);
    }

    @InVirtualTime
    void itsStartAndDurationAreRemembered(IOLoop loop) {
        Instant start = loop.clock().instant();
        PeriodicStatus status = once(loop, EVERY, () -> sleep(ms(7)));
        assertOutcome(status, Outcome.RETURNED, null);
        assertThat(status.last())
                .isEqualTo(new PeriodicRun(start.plusMillis(10), ms(7), Outcome.RETURNED, null, false));
        assertThat(status.history()).containsExactly(status.last());
    }

    @InVirtualTime
    void theNextAndTheRunningOneAreSeen(IOLoop loop) {
        Instant start = loop.clock().instant();
        PeriodicCallback tick = new PeriodicCallback(loop, "tick", EVERY, () -> sleep(ms(5)));
        assertThat(tick.status())
                .isEqualTo(new PeriodicStatus(
                        PeriodicStatus.State.STOPPED, false, null, null, 0, 0, 0, null, null, List.of()));
        tick.start();
        sleep(ms(3));
        assertThat(tick.status().state()).isEqualTo(PeriodicStatus.State.SCHEDULED);
        assertThat(tick.status().next()).isEqualTo(start.plusMillis(10));
        assertThat(tick.status().runningSince()).isNull();
        sleep(ms(8)); // 11
        assertThat(tick.status().state()).isEqualTo(PeriodicStatus.State.RUNNING);
        assertThat(tick.status().next()).isNull();
        assertThat(tick.status().runningSince()).isEqualTo(start.plusMillis(10));
        tick.stop();
        assertThat(tick.status().state()).isEqualTo(PeriodicStatus.State.RUNNING);
        sleep(ms(5));
        assertThat(tick.status().state()).isEqualTo(PeriodicStatus.State.STOPPED);
        assertThat(tick.status().next()).isNull();
    }

    @InVirtualTime
    void aFailureIsRememberedAlsoAfterCallsThatReturn(IOLoop loop) throws Exception {
        IOException failure = new IOException("no answer");
        int[] calls = new int[1];
        PeriodicCallback tick = new PeriodicCallback(loop, "tick", EVERY, () -> {
            if (++calls[0] == 2) {
                throw failure;
            }
        });
        assertThat(tick.lastThrown()).isNull();
        try (CapturedLog log = new CapturedLog()) {
            tick.start();
            sleep(ms(31));
            tick.stop();
            assertThat(log.events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .isEqualTo("Exception in 'tick', which goes on with its next call"));
        }
        PeriodicStatus status = tick.status();
        assertThat(status.last().outcome()).isEqualTo(Outcome.RETURNED);
        assertThat(status.lastFailure()).isSameAs(status.history().get(1));
        assertThat(status.lastFailure().error()).isEqualTo("java.io.IOException: no answer");
        assertThat(tick.lastThrown()).isSameAs(failure);
    }

    @InVirtualTime
    void theLastTenAreRemembered(IOLoop loop) {
        int[] calls = new int[1];
        PeriodicCallback tick = new PeriodicCallback(loop, "tick", EVERY, () -> {
            calls[0]++;
            throw new PeriodicSkippedException("call " + calls[0]);
        });
        tick.start();
        sleep(ms(125));
        tick.stop();
        assertThat(tick.status().history())
                .hasSize(PeriodicCallback.HISTORY)
                .extracting(PeriodicRun::error)
                .startsWith("call 12", "call 11")
                .endsWith("call 3");
    }

    @InVirtualTime
    void aLongMessageIsCut(IOLoop loop) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            PeriodicStatus status = once(loop, EVERY, () -> {
                throw new IllegalStateException("x".repeat(100_000));
            });
            assertThat(status.last().error()).hasSize(500).startsWith("java.lang.IllegalStateException: xx");
            assertThat(log.events()).hasSize(1);
        }
    }

    // ---- limits

    @InVirtualTime
    void aCallThatTakesTooLongIsCancelledWithWhatItStartedAndHasFailed(IOLoop loop) throws Exception {
        AtomicReference<Task<?>> child = new AtomicReference<>();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        try (CapturedLog log = new CapturedLog()) {
            PeriodicStatus status = once(loop, LIMITED, () -> {
                child.set(Async.spawn(() -> sleep(ms(1_000))));
                try {
                    sleep(ms(1_000));
                } catch (CancellationException ex) {
                    seen.set(ex);
                    throw ex;
                }
            });
            assertOutcome(
                    status,
                    Outcome.TIMED_OUT,
                    "dev.asyncloop.AsyncTimeoutException: The limit of PT0.004S has passed in 'tick'");
            assertThat(status.last().duration()).isEqualTo(ms(4));
            assertThat(seen.get()).isNotNull();
            assertThat(child.get().isCancelled()).isTrue();
            assertThat(log.messages()).containsExactly("Exception in 'tick', which goes on with its next call");
        }
    }

    @InVirtualTime
    void oneThatIsInTimeIsLeftAlone(IOLoop loop) {
        assertOutcome(once(loop, LIMITED, () -> sleep(ms(3))), Outcome.RETURNED, null);
    }

    @InVirtualTime
    void aFailureWithinTheLimitIsItself(IOLoop loop) throws Exception {
        IOException failure = new IOException("no answer");
        AtomicReference<Throwable> observed = new AtomicReference<>();
        try (CapturedLog log = new CapturedLog()) {
            PeriodicCallback tick = new PeriodicCallback(
                    loop,
                    "tick",
                    LIMITED,
                    () -> {
                        throw failure;
                    },
                    () -> (run, thrown) -> observed.set(thrown));
            tick.trigger();
            sleep(ms(1));
            assertOutcome(tick.status(), Outcome.FAILED, "java.io.IOException: no answer");
            assertThat(observed.get()).isSameAs(failure);
            assertThat(log.events()).hasSize(1);
        }
    }

    @InVirtualTime
    void anotherLimitThatHasPassedIsAFailureLikeOthers(IOLoop loop) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            PeriodicStatus status = once(
                    loop,
                    LIMITED,
                    () -> Async.withTimeout(ms(2), () -> {
                        sleep(ms(1_000));
                        return null;
                    }));
            assertOutcome(
                    status,
                    Outcome.FAILED,
                    "dev.asyncloop.AsyncTimeoutException: The limit of PT0.002S has passed in 'tick'");
            assertThat(log.events()).hasSize(1);
        }
    }

    // ---- other ends

    @InVirtualTime
    void aCallThatIsCancelledFromOutsideHasNotFailed(IOLoop loop) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            PeriodicStatus status = once(loop, LIMITED, () -> {
                Thread.currentThread().interrupt();
                sleep(ms(1_000));
            });
            assertOutcome(
                    status,
                    Outcome.CANCELLED,
                    "java.util.concurrent.CancellationException: Task 'tick' was cancelled: it was interrupted");
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("'tick' was cancelled, and goes on with its next call");
        }
    }

    @InVirtualTime
    void oneThatFindsNothingToDoIsSkipped(IOLoop loop) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            PeriodicStatus status = once(loop, LIMITED, () -> {
                throw new PeriodicSkippedException("somebody else has it");
            });
            assertOutcome(status, Outcome.SKIPPED, "somebody else has it");
            assertThat(log.messages()).noneMatch(message -> message.contains("Exception"));
        }
    }

    // ---- observers

    @InVirtualTime
    void anObserverSeesBeginAndEndInTheCallsOwnThread(IOLoop loop) {
        List<Object> seen = new ArrayList<>();
        PeriodicObserver observer = () -> {
            seen.add(Thread.currentThread());
            return (run, failure) -> {
                seen.add(Thread.currentThread());
                seen.add(run);
                assertThat(failure).isNull();
            };
        };
        PeriodicCallback tick =
                new PeriodicCallback(loop, "tick", EVERY, () -> seen.add(Thread.currentThread()), observer);
        tick.trigger();
        sleep(ms(1));
        assertThat(seen).hasSize(4);
        assertThat(seen.subList(0, 3)).containsOnly(seen.getFirst());
        assertThat(seen.getLast()).isSameAs(tick.status().last());
    }

    @InVirtualTime
    void anObserverThatThrowsIsLoggedAndHasNoInfluence(IOLoop loop) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            PeriodicObserver begin = () -> {
                throw new IllegalStateException("at the begin");
            };
            PeriodicObserver end = () -> (run, failure) -> {
                throw new IllegalStateException("at the end");
            };
            for (PeriodicObserver observer : new PeriodicObserver[] {begin, end}) {
                PeriodicCallback tick = new PeriodicCallback(loop, "tick", EVERY, () -> {}, observer);
                tick.start();
                sleep(ms(25));
                tick.stop();
                assertThat(tick.status().history())
                        .extracting(PeriodicRun::outcome)
                        .containsExactly(Outcome.RETURNED, Outcome.RETURNED);
            }
            assertThat(log.messages()).hasSize(4).containsOnly("Exception in the observer of 'tick'");
        }
    }

    @InVirtualTime
    void aFailureWhoseMethodsFailDoesNotEndTheSchedule(IOLoop loop) {
        PeriodicStatus status = once(loop, EVERY, () -> {
            throw new IllegalStateException("hidden") {
                @Override
                public String toString() {
                    throw new StackOverflowError();
                }
            };
        });
        assertThat(status.state()).isEqualTo(PeriodicStatus.State.STOPPED);
        assertThat(status.failures()).isEqualTo(1);
    }

    @InVirtualTime
    void anAppenderThatFailsDoesNotEndTheSchedule(IOLoop loop) {
        Logger logger = (Logger) LoggerFactory.getLogger(PeriodicCallback.class);
        List<String> lines = new ArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
                if (lines.size() == 1) {
                    throw new StackOverflowError("of an appender");
                }
            }
        };
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
        try {
            PeriodicStatus status = once(loop, EVERY, () -> {
                throw new PeriodicSkippedException("not now");
            });
            assertThat(status.state()).isEqualTo(PeriodicStatus.State.STOPPED);
            assertThat(lines).hasSize(2).element(1).asString().startsWith("Exception in what '");
        } finally {
            logger.setLevel(null);
            logger.detachAppender(appender);
        }
    }

    @InVirtualTime
    void aSkipThatDoesNotSayWhyDoesNotEndTheSchedule(IOLoop loop) {
        PeriodicStatus status = once(loop, EVERY, () -> {
            throw new PeriodicSkippedException("hidden") {
                @Override
                public String getMessage() {
                    throw new IllegalStateException("of getMessage");
                }
            };
        });
        assertThat(status.state()).isEqualTo(PeriodicStatus.State.STOPPED);
        assertThat(status.skipped()).isEqualTo(1);
    }
}
