package dev.asyncloop;

import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A wait that is ended by hand, used as it is not meant to be. */
class SuspensionTest {

    @OnBothCarriers
    void onlyTheCoroutineThatHasMadeItMayAwaitIt(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Task<?> other = loop.spawn("maker", () -> {
                Suspension<Integer> made = Suspension.begin("something");
                Task<?> thief = loop.spawn("thief", () -> {
                    assertThatThrownBy(made::await)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("'maker'")
                            .hasMessageContaining("'thief'");
                });
                loop.spawn("third", () -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                });
                Async.await(thief);
                assertThatThrownBy(() -> blocking(made::await)).isInstanceOf(IllegalStateException.class);
                made.resume(1);
                assertThat(made.await()).isEqualTo(1);
            });
            other.get(20, TimeUnit.SECONDS);
            Suspension<Integer> made =
                    loop.spawn(() -> Suspension.<Integer>begin("something")).get(20, TimeUnit.SECONDS);
            assertThatThrownBy(made::await).isInstanceOf(IllegalStateException.class);
            assertThat(loop.spawn(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void awaitedAgainAfterItsCancellationItSaysSo(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            Task<?> task = loop.spawn(() -> {
                Suspension<Integer> suspension = Suspension.begin("something");
                try {
                    suspension.await();
                } catch (CancellationException ex) {
                    assertThat(suspension.resume(1)).isFalse();
                    try {
                        shielded(suspension::await);
                    } catch (RuntimeException again) {
                        thrown.add(again);
                    }
                }
            });
            Loops.settle(loop);
            task.cancel(false);
            task.get(20, TimeUnit.SECONDS);
            assertThat(thrown).hasSize(1).allMatch(IllegalStateException.class::isInstance);
        }
    }

    @OnBothCarriers
    void aFailureIsNotNothing(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> task = loop.spawn(() -> {
                Suspension<Integer> suspension = Suspension.begin("something");
                assertThatThrownBy(() -> suspension.fail(null)).isInstanceOf(NullPointerException.class);
                suspension.resume(1);
                yieldNow();
                suspension.await();
            });
            task.get(20, TimeUnit.SECONDS);
        }
    }

    @OnBothCarriers
    void theSameHoldsForAWaitWithALimit(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Duration limit = Duration.ofMillis(50);
            Task<?> task = loop.spawn("maker", () -> {
                Suspension<Integer> made = Suspension.begin("something");
                Task<?> thief = loop.spawn("thief", () -> {
                    assertThatThrownBy(() -> made.await(limit, 0))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("'maker'")
                            .hasMessageContaining("'thief'");
                });
                Async.await(thief);
                made.resume(1);
                assertThat(made.await(limit, 0)).isEqualTo(1);
                assertThatThrownBy(() -> made.await(limit, 0)).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(made::await).isInstanceOf(IllegalStateException.class);
            });
            task.get(20, TimeUnit.SECONDS);
        }
    }
}
