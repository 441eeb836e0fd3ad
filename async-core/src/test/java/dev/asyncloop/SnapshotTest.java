package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.CoroutineInfo.Root;
import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/** {@code IOLoop.snapshot}, {@code coroutine} and {@code cancel}: of many, of one. */
@Timeout(120)
class SnapshotTest {

    private static final Duration LONG = Duration.ofHours(1);

    /** Two children each. */
    private static void family(IOLoop loop, String name) {
        loop.spawn(name, () -> {
            Async.spawn(() -> sleep(LONG));
            Async.spawn(() -> sleep(LONG));
            sleep(LONG);
        });
        Loops.settle(loop);
    }

    @OnBothCarriers
    void soManyAreShownTheOldestFirstAndAllAreCounted(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            for (int i = 1; i <= 5; i++) {
                family(loop, "family " + i);
            }
            CoroutineSnapshot seen = loop.snapshot(7);
            assertThat(seen.live()).isEqualTo(15);
            assertThat(seen.shown()).isEqualTo(7);
            assertThat(seen.beside()).isFalse();
            assertThat(seen.states()).containsOnlyKeys(State.values()).containsEntry(State.WAITING, 15);
            assertThat(seen.coroutines())
                    .extracting(CoroutineInfo::name)
                    .containsExactly("family 1", "family 2", "family 3");
            assertThat(seen.coroutines())
                    .extracting(family -> family.children().size())
                    .containsExactly(2, 2, 0);
            assertThat(seen.coroutines().getFirst().stack()).isEmpty();
            assertThat(loop.snapshotWithStacks(1).coroutines().getFirst().stack())
                    .anyMatch(frame -> frame.getMethodName().contains("sleep"));

            assertThat(loop.snapshot(0).coroutines()).isEmpty();
            assertThat(loop.snapshot(0).live()).isEqualTo(15);
            assertThat(loop.snapshot(100).shown()).isEqualTo(15);
            assertThatThrownBy(() -> loop.snapshot(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1");
            loop.stop();
        }
    }

    @OnBothCarriers
    void eachKnowsWhoIsAtTheBeginningOfItsOwners(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            loop.spawn(
                    "GET /quotes/{symbol}",
                    () -> TaskGroup.run(group -> await(group.spawn("member", () -> {
                        Async.spawn("grandchild", () -> sleep(LONG));
                        loop.spawn("of its own", () -> sleep(LONG));
                        sleep(LONG);
                        return null;
                    }))));
            Loops.settle(loop);
            CoroutineInfo request = loop.coroutines().getFirst();
            Root root = new Root(request.id(), "GET /quotes/{symbol}");
            assertThat(request.root()).isEqualTo(root);
            CoroutineInfo member = request.children().getFirst();
            assertThat(member.root()).isEqualTo(root);
            CoroutineInfo grandchild = member.children().getFirst();
            assertThat(grandchild.root()).isEqualTo(root);
            assertThat(loop.coroutines().getLast().root().name()).isEqualTo("of its own");

            CoroutineInfo one = loop.coroutine(grandchild.id());
            assertThat(one).isNotNull();
            assertThat(one.root()).isEqualTo(root);
            assertThat(one.owner()).isEqualTo("coroutine #" + member.id());
            assertThat(one.stack()).isNotEmpty();
            CoroutineInfo withChildren = loop.coroutine(member.id());
            assertThat(withChildren).isNotNull();
            assertThat(withChildren.children()).extracting(CoroutineInfo::name).containsExactly("grandchild");
            assertThat(loop.coroutine(12_345)).isNull();
            loop.stop();
        }
    }

    @OnBothCarriers
    void oneOfTooManyOwnersIsCountedAndNotShown(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            loop.spawn(() -> nest(120));
            for (int i = 0; i < 40; i++) {
                Loops.settle(loop);
            }
            CoroutineSnapshot seen = loop.snapshot(1_000);
            assertThat(seen.live()).isEqualTo(121);
            assertThat(seen.shown()).isEqualTo(100);
            loop.stop();
        }
    }

    private static void nest(int deep) {
        if (deep > 0) {
            Async.spawn(() -> nest(deep - 1));
        }
        sleep(LONG);
    }

    @OnBothCarriers
    void oneIsCancelledByItsNumberWithTheReason(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier, new ManualClock())) {
            Task<?> task = loop.spawn("sleeper", () -> sleep(LONG));
            Task<?> other = loop.spawn("other", () -> sleep(LONG));
            Loops.settle(loop);
            long id = loop.coroutines().getFirst().id();
            assertThat(loop.cancel(12_345, "nobody is meant")).isFalse();
            assertThat(loop.cancel(id, "'admin' has asked for it")).isTrue();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("Task 'sleeper' was cancelled: 'admin' has asked for it");
            assertThat(loop.cancel(id, "again")).isFalse();
            assertThat(other.isDone()).isFalse();
            other.cancel(false);
        }
    }

    /** It can't end before the turn is free; but that it is to end needs no turn. */
    @OnBothCarriers
    void allThisIsAnsweredWhileTheTurnIsKept(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<?> sleeper = loop.spawn("sleeper", () -> sleep(LONG));
            Loops.settle(loop);
            Task<?> keeper = loop.spawn("keeper", () -> {
                blocked.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            loop.spawn("behind", () -> 1);
            CoroutineSnapshot seen = loop.snapshot(10);
            assertThat(seen.beside()).isTrue();
            assertThat(seen.states())
                    .containsEntry(State.RUNNING, 1)
                    .containsEntry(State.WAITING, 1)
                    .containsEntry(State.NEW, 1);
            CoroutineInfo sleeps = seen.coroutines().getFirst();
            assertThat(sleeps.name()).isEqualTo("sleeper");
            assertThat(loop.coroutine(sleeps.id())).isNotNull();
            assertThat(loop.cancel(sleeps.id(), "enough")).isTrue();
            assertThat(sleeper.isDone()).isFalse();
            end.countDown();
            assertThatThrownBy(() -> sleeper.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("Task 'sleeper' was cancelled: enough");
            keeper.get(20, TimeUnit.SECONDS);
        }
    }

    @OnBothCarriers
    void whoAsksAgainAndAgainWhileTheTurnIsKeptDoesNotLengthenTheLine(Carrier carrier) throws Exception {
        CountDownLatch kept = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> keeper = loop.spawn(() -> {
                kept.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(kept.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 4; i++) {
                assertThat(loop.coroutines()).hasSize(1);
            }
            assertThat(loop.statistics().waiting()).isZero();
            assertThat(((DefaultIOLoop) loop).turn().waiting()).isLessThanOrEqualTo(1);
            end.countDown();
            keeper.get(20, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(loop.statistics().waiting()).isZero();
            assertThat(loop.coroutines()).isEmpty(); // and looks go on as before
        }
    }

    @OnBothCarriers
    void ofManyOnlySoManyAreLookedAt(Carrier carrier) throws ExecutionException, InterruptedException {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            loop.runSync(() -> {
                for (int i = 0; i < 20_000; i++) {
                    loop.spawn(() -> sleep(LONG));
                }
                return null;
            });
            Loops.settle(loop);
            CoroutineSnapshot seen = loop.snapshot(1_000);
            assertThat(seen.live()).isEqualTo(20_000);
            assertThat(seen.shown()).isEqualTo(1_000);
            assertThat(seen.beside()).isFalse();
            loop.stop();
        }
    }

    @OnBothCarriers
    void aNumberThatNoCoroutineHasFindsNone(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            family(loop, "family");
            for (long id : new long[] {0, -1, Long.MAX_VALUE}) {
                assertThat(loop.coroutine(id)).as("#%s", id).isNull();
                assertThat(loop.stackOf(id)).isEmpty();
                assertThat(loop.cancel(id, "a test")).isFalse();
            }
        }
    }

    /** Tells the number of the deepest one. */
    private static void nest(int depth, CompletableFuture<Long> deepest) {
        if (depth > 1) {
            await(Async.spawn(() -> nest(depth - 1, deepest)));
        } else {
            deepest.complete(Coroutine.current("a test").id());
            sleep(LONG);
        }
    }

    @OnBothCarriers
    void oneIsFoundHoweverDeepItIs(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Long> deepest = new CompletableFuture<>();
            Task<Void> top = loop.spawn("top", () -> {
                nest(5_000, deepest);
                return null;
            });
            long id = deepest.get();
            assertThat(loop.coroutine(id).root().name()).isEqualTo("top");
            assertThat(loop.stackOf(id)).isNotEmpty();
            assertThat(loop.cancel(id, "a test")).isTrue();
            assertThatThrownBy(top::get).hasStackTraceContaining("a test");
        }
    }

    @OnBothCarriers
    void allAreShownHoweverDeepOneOwnsAnother(Carrier carrier) throws Exception {
        int depth = 20_000;
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            CountDownLatch begun = new CountDownLatch(1);
            Task<?> top = loop.spawn("top", () -> nest(depth, begun));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            Loops.settle(loop);
            for (List<CoroutineInfo> seen : List.of(loop.coroutines(), loop.coroutinesWithStacks())) {
                int shown = 0;
                while (!seen.isEmpty()) {
                    CoroutineInfo only = seen.getFirst();
                    assertThat(seen).size().isOne();
                    assertThat(only.root().name()).isEqualTo("top");
                    seen = only.children();
                    shown++;
                }
                assertThat(shown).isEqualTo(depth);
            }
            top.cancel(false);
        }
    }

    private static void nest(int depth, CountDownLatch begun) {
        if (depth == 1) {
            begun.countDown();
        } else {
            Async.spawn(() -> nest(depth - 1, begun));
        }
        sleep(LONG);
    }
}
