package dev.asyncloop;

import static dev.asyncloop.Async.asCompleted;
import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tasks as they end, where the tasks or the iteration are not as one would have them. */
class AsCompletedTest {

    @OnBothCarriers
    void tasksOfAnotherLoopComeAsTheyEnd(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier);
                IOLoop other = IOLoop.create(Loops.options(carrier).withName("other"))) {
            Task<Integer> rounds = loop.spawn(() -> {
                int returned = 0;
                for (int round = 0; round < 20_000; round++) {
                    Task<Integer> first = other.spawn(() -> 1);
                    Task<Integer> second = other.spawn(() -> 1);
                    for (Task<Integer> task : asCompleted(List.of(first, second))) {
                        returned += await(task);
                    }
                }
                return returned;
            });
            assertThat(rounds.get(20, TimeUnit.SECONDS)).isEqualTo(40_000);
        }
    }

    @OnBothCarriers
    void aFailureOfTheLoopsTasksAfterTheIterationWasAbandonedIsReported(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<String> winner = loop.promise("winner");
            Promise<String> loser = loop.promise("loser");
            Promise<String> returned = loop.promise("returned");
            loop.spawn(() -> {
                        Iterator<Task<String>> iterator = asCompleted(
                                        List.of(winner.task(), loser.task(), returned.task()))
                                .iterator();
                        winner.succeed("won");
                        returned.fail(new IllegalStateException("seen"));
                        assertThat(await(iterator.next())).isEqualTo("won");
                        assertThatThrownBy(() -> await(iterator.next())).hasMessage("seen");
                        loser.fail(new IllegalStateException("unseen"));
                        yieldNow();
                    })
                    .get(20, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(log.messages()).hasSize(1).first().asString().contains("'loser'");
        }
    }

    @OnBothCarriers
    void anAbandonedIterationLeavesNothingBehind(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> longLived = loop.promise("long-lived");
            LoopTask<Integer> task = (LoopTask<Integer>) longLived.task();
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 1_000; i++) {
                    loop.runSync(() -> {
                        for (Task<Integer> first : asCompleted(List.of(longLived.task(), Async.spawn(() -> 1)))) {
                            return await(first);
                        }
                        return 0;
                    });
                }
                System.gc();
            }
            int left = 0;
            for (Listener<?> listener = Listeners.first(task); listener != null; listener = listener.nextListener) {
                left++;
            }
            assertThat(left).isLessThan(5_000);
        }
    }

    @OnBothCarriers
    void twoCoroutinesDoNotShareAnIteration(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> promise = loop.promise("later");
            loop.spawn(() -> {
                        Iterator<Task<Integer>> iterator =
                                asCompleted(List.of(promise.task())).iterator();
                        Task<Task<Integer>> first = Async.spawn(iterator::next);
                        yieldNow();
                        assertThatThrownBy(iterator::next).isInstanceOf(IllegalStateException.class);
                        promise.succeed(1);
                        assertThat(await(await(first))).isEqualTo(1);
                    })
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static final class Listeners {

        static Listener<?> first(LoopTask<?> task) throws Exception {
            var field = LoopTask.class.getDeclaredField("firstListener");
            field.setAccessible(true);
            return (Listener<?>) field.get(task);
        }
    }
}
