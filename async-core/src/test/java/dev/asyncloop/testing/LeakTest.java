package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

class LeakTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static void run(Carrier carrier, Callable<?> main) {
        long start = System.nanoTime();
        try {
            VirtualTimeLoop.run(Loops.options(carrier).withGracePeriod(Duration.ofMinutes(1)), main);
        } finally {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
        }
    }

    @OnBothCarriers
    void coroutinesAndTimersThatAreLeftFailTheRun(Carrier carrier) {
        List<String> fired = new ArrayList<>();
        assertThatExceptionOfType(LeakError.class)
                .isThrownBy(() -> run(carrier, () -> {
                    IOLoop loop = IOLoop.current();
                    loop.spawn("poller", () -> {
                        Async.spawn("its child", () -> sleep(DAY));
                        sleep(DAY);
                        fired.add("poller");
                        return null;
                    });
                    loop.callLater("reminder", DAY, () -> fired.add("timer"));
                    new PeriodicCallback(loop, DAY, () -> fired.add("tick")).start();
                    sleep(Duration.ofSeconds(1));
                    return null;
                }))
                .satisfies(ex -> assertThat(ex.getMessage().lines().map(line -> line.replaceAll("#\\d+", "#n")))
                        .containsExactly(
                                "Left on 'test' after its end: 1 coroutine and 2 timers. Stop what you start: await or cancel a"
                                        + " coroutine, cancel a TimerHandle, stop a PeriodicCallback.",
                                "- #n 'poller' waiting for sleep of PT24H, 1.0 s old",
                                "  - #n 'its child' waiting for sleep of PT24H, 1.0 s old",
                                "- timer 'reminder'",
                                "- timer 'periodic callback every PT24H'"));
        assertThat(fired).isEmpty();
    }

    @OnBothCarriers
    void aFailureOfMainComesFirst(Carrier carrier) {
        IllegalStateException own = new IllegalStateException("own");
        assertThatThrownBy(() -> run(carrier, () -> {
                    IOLoop.current().callLater("reminder", DAY, () -> {});
                    throw own;
                }))
                .isSameAs(own)
                .satisfies(ex -> assertThat(ex.getSuppressed())
                        .singleElement()
                        .isInstanceOf(LeakError.class)
                        .asString()
                        .contains("0 coroutines and 1 timer"));
    }

    @OnBothCarriers
    void whatWasStoppedOrEndsByItselfIsNone(Carrier carrier) {
        List<String> done = new ArrayList<>();
        run(carrier, () -> {
            IOLoop loop = IOLoop.current();
            TimerHandle timer = loop.callLater(DAY, () -> done.add("cancelled"));
            PeriodicCallback tick = new PeriodicCallback(loop, DAY, () -> done.add("tick"));
            tick.start();
            Async.spawn("my own child", () -> sleep(DAY));
            loop.spawn("ready", () -> {
                Async.yieldNow();
                return done.add("what is ready has its turns");
            });
            loop.addCallback(() -> loop.addCallback(() -> done.add("and so have callbacks")));
            loop.promise("never");
            loop.spawn("in the executor", () -> done.add(await(loop.runInExecutor(() -> "and calls"))));
            Async.withTimeout(DAY, () -> null);
            sleep(Duration.ofHours(36));
            timer.cancel();
            tick.stop();
            await(Mono.just(1));
            loop.spawn("at the end", () -> done.add(await(loop.runInExecutor(() -> "the last"))));
            return null;
        });
        assertThat(done)
                .containsExactly(
                        "what is ready has its turns",
                        "and so have callbacks",
                        "and calls",
                        "cancelled",
                        "tick",
                        "the last");
    }

    @OnBothCarriers
    void aLoopOfOnesOwnIsAskedByHand(Carrier carrier) {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier));
                VirtualTimeLoop.Hold hold = loop.hold()) {
            loop.requireNoLeaks();
            TimerHandle timer = loop.callLater("reminder", DAY, () -> {});
            assertThatExceptionOfType(LeakError.class)
                    .isThrownBy(loop::requireNoLeaks)
                    .withMessageContaining("'reminder'");
            timer.cancel();
            loop.requireNoLeaks();
        }
    }
}
