package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Waits and tasks in odd company. */
class OddWaitsTest {

    @OnBothCarriers
    void aSubjectThatCannotBeShownHangsNobody(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<?> waiting = loop.spawn(
                    "waiting",
                    () -> Suspension.begin(new Object() {
                                @Override
                                public String toString() {
                                    throw new IllegalStateException("no string");
                                }
                            })
                            .await());
            Loops.settle(loop);
            CompletableFuture<List<CoroutineInfo>> tree = CompletableFuture.supplyAsync(
                    ((DrivenLoop) loop)::coroutines, Executors.newVirtualThreadPerTaskExecutor());
            assertThat(tree.get(20, TimeUnit.SECONDS)).hasSize(1);
            waiting.cancel(false);
        }
    }

    @OnBothCarriers
    void aFailureThatCameFromAnotherMachineIsThrownAsItIs(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.spawn(() -> {
                        Task<Integer> failing = Async.spawn(() -> {
                            throw new IllegalStateException("boom");
                        });
                        IllegalStateException failure = null;
                        try {
                            await(failing);
                        } catch (IllegalStateException ex) {
                            failure = ex;
                        }
                        IllegalStateException copy = copy(failure);
                        Task<Integer> again = Async.spawn(() -> {
                            throw copy;
                        });
                        assertThatThrownBy(() -> await(again)).isSameAs(copy);
                    })
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static <T> T copy(T original) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(original);
            @SuppressWarnings("unchecked")
            T copy = (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
            return copy;
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    @OnBothCarriers
    void aCoroutineThatWaitsForItselfIsTold(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Task<Integer>> self = new AtomicReference<>();
            assertThatThrownBy(() -> loop.runSync(() -> {
                        self.set(Async.spawn("narcissus", () -> await(self.get()))); // begins in a later turn
                        return await(self.get());
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("narcissus");
        }
    }

    @OnBothCarriers
    void aLimitInPlaceDoesNotLoseARunningCoroutine(Carrier carrier) throws Exception {
        AtomicReference<String> ended = new AtomicReference<>();
        try (IOLoop loop = Loops.on(carrier)) {
            loop.spawn(() -> {
                        Task<?> child = Async.spawn(() -> {
                            try {
                                sleep(Duration.ofHours(1));
                            } finally {
                                ended.set("cancelled");
                            }
                        });
                        ((CompletableFuture<?>) child).orTimeout(1, TimeUnit.MILLISECONDS);
                        sleep(Duration.ofMillis(50));
                    })
                    .get(20, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(ended.get()).isEqualTo("cancelled");
        }
    }

    @OnBothCarriers
    void cancelChildrenBelongsToTheLoopOfTheGroup(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier);
                IOLoop other = IOLoop.create(Loops.options(carrier).withName("other"))) {
            loop.spawn(() -> TaskGroup.run(group -> {
                        group.spawn("child", () -> yieldNow());
                        Task<?> cancels = other.spawn(group::cancelChildren);
                        assertThatThrownBy(() -> await(cancels)).isInstanceOf(IllegalStateException.class);
                        return null;
                    }))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @OnBothCarriers
    void joiningCopiesAfterAllOfThemHaveEndedDoesNotWait(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            for (boolean byPromise : List.of(false, true)) {
                Promise<Integer> promise = loop.promise("promise");
                CompletableFuture<Integer> one = promise.task().toCompletableFuture();
                CompletableFuture<Integer> two =
                        loop.spawn(() -> 2).thenApply(value -> value).toCompletableFuture();
                Task<Integer> ending = loop.spawn(() -> {
                    sleep(Duration.ofMillis(5));
                    if (byPromise) {
                        promise.succeed(1);
                    }
                    return 4;
                });
                CompletableFuture<Integer> three = ending.toCompletableFuture();
                CompletableFuture<Integer> sum = byPromise
                        ? CompletableFuture.allOf(one, two).thenApply(all -> one.join() + two.join())
                        : CompletableFuture.allOf(two, three).thenApply(all -> two.join() + three.join());
                assertThat(sum.get(20, TimeUnit.SECONDS)).isEqualTo(byPromise ? 3 : 6);
                ending.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @OnBothCarriers
    void aPromiseThatFailsBeforeItHasAnOwnerIsReported(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                CompletableFuture<Promise<Integer>> made = new CompletableFuture<>();
                Thread.ofPlatform().start(() -> made.complete(loop.promise("early")));
                made.get().fail(new IllegalStateException("boom"));
                return null;
            });
            Loops.settle(loop);
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("nobody awaited"))
                    .hasSize(1);
        }
    }
}
