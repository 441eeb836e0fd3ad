package dev.asyncloop.channel;

import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

class GeneratorTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Asks for what it is told to, and notices when it gets more, elsewhere, or two at a time. */
    private static final class Picky extends BaseSubscriber<Integer> {

        private final IOLoop loop;

        final AtomicInteger requested = new AtomicInteger();

        final List<Integer> received = new CopyOnWriteArrayList<>();

        final List<String> complaints = new CopyOnWriteArrayList<>();

        final AtomicInteger inside = new AtomicInteger();

        final CountDownLatch ended = new CountDownLatch(1);

        Picky(IOLoop loop) {
            this.loop = loop;
        }

        void ask(int count) {
            requested.addAndGet(count);
            request(count);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Integer item) {
            if (inside.incrementAndGet() != 1) {
                complaints.add("two at a time");
            }
            if (!loop.eventLoopGroup().next().inEventLoop()) {
                complaints.add("on " + Thread.currentThread());
            }
            received.add(item);
            if (received.size() > requested.get()) {
                complaints.add("more than was asked for");
            }
            inside.decrementAndGet();
        }

        @Override
        protected void hookFinally(reactor.core.publisher.SignalType type) {
            ended.countDown();
        }
    }

    private static Flux<Integer> count(IOLoop loop, int count) {
        return Generator.flux(loop, "count", out -> {
            for (int i = 0; i < count; i++) {
                out.send(i);
            }
        });
    }

    private static void settleBoth(IOLoop loop) throws Exception {
        for (int i = 0; i < 3; i++) {
            Loops.settle(loop);
            loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS);
        }
        Loops.settle(loop);
    }

    @OnBothCarriers
    void allItemsComeInOrderThenTheEnd(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> items = count(loop, 2_000).collectList().block(LIMIT);
            assertThat(items).hasSize(2_000).isSorted().doesNotHaveDuplicates();
            assertThat(count(loop, 0).collectList().block(LIMIT)).isEmpty();
        }
    }

    @OnBothCarriers
    void theCoroutineIsHeldBackByWhatTheSubscriberAsksFor(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicInteger sent = new AtomicInteger();
            Picky picky = new Picky(loop);
            Generator.<Integer>flux(loop, "held back", out -> {
                        for (int i = 0; i < 10; i++) {
                            out.send(i);
                            sent.incrementAndGet();
                        }
                    })
                    .subscribe(picky);
            settleBoth(loop);
            assertThat(sent).hasValue(0);
            picky.ask(3);
            settleBoth(loop);
            assertThat(sent).hasValue(3);
            assertThat(picky.received).containsExactly(0, 1, 2);
            picky.ask(7);
            assertThat(picky.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(picky.received).hasSize(10);
            assertThat(picky.complaints).isEmpty();
        }
    }

    @OnBothCarriers
    void neverMoreThanWasAskedForHoweverManyAskAtTheSameTime(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Picky picky = new Picky(loop);
            count(loop, 5_000).subscribe(picky);
            List<Thread> askers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                askers.add(Thread.ofPlatform().start(() -> {
                    for (int asked = 0; asked < 1_250; asked += 5) {
                        picky.ask(5);
                    }
                }));
            }
            for (Thread asker : askers) {
                asker.join();
            }
            assertThat(picky.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(picky.received).hasSize(5_000).isSorted();
            assertThat(picky.complaints).isEmpty();
        }
    }

    @OnBothCarriers
    void aFailureComesAfterTheItems(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> received = new CopyOnWriteArrayList<>();
            Flux<Integer> flux = Generator.<Integer>flux(loop, "fails", out -> {
                        out.send(1);
                        out.send(2);
                        throw new IllegalArgumentException("of the body");
                    })
                    .doOnNext(received::add);
            assertThatThrownBy(() -> flux.blockLast(LIMIT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("of the body");
            assertThat(received).containsExactly(1, 2);
        }
    }

    @OnBothCarriers
    void cancellingTheSubscriptionCancelsTheCoroutine(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch ended = new CountDownLatch(1);
            List<Integer> items = Generator.<Integer>flux(loop, "endless", out -> {
                        try {
                            for (int i = 0; ; i++) {
                                out.send(i);
                            }
                        } catch (CancellationException ex) {
                            thrown.set(ex);
                            throw ex;
                        } finally {
                            ended.countDown();
                        }
                    })
                    .take(3)
                    .collectList()
                    .block(LIMIT);
            assertThat(items).containsExactly(0, 1, 2);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(thrown.get()).hasMessageContaining("endless");
        }
    }

    @OnBothCarriers
    void eachSubscriptionRunsItsOwnCoroutineWithItsOwnContext(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Flux<String> users = Generator.flux(loop, "user", out -> {
                String user = Async.await(reactor.core.publisher.Mono.deferContextual(
                        context -> reactor.core.publisher.Mono.just(context.<String>get("user"))));
                out.send(user);
            });
            assertThat(users.contextWrite(context -> context.put("user", "ann")).blockLast(LIMIT))
                    .isEqualTo("ann");
            assertThat(users.contextWrite(context -> context.put("user", "bob")).blockLast(LIMIT))
                    .isEqualTo("bob");
        }
    }

    @OnBothCarriers
    void childrenMaySendTooAndWhoSendsAfterTheEndIsTold(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Emitter<Integer>> leaked = new AtomicReference<>();
            List<Integer> items = Generator.<Integer>flux(loop, "family", out -> {
                        leaked.set(out);
                        TaskGroup.run(group -> {
                            for (int child = 0; child < 5; child++) {
                                int item = child;
                                group.spawn(() -> out.send(item));
                            }
                            return null;
                        });
                    })
                    .collectList()
                    .block(LIMIT);
            assertThat(items).containsExactly(0, 1, 2, 3, 4);
            assertThatThrownBy(() -> loop.runSync(() -> {
                        leaked.get().send(5);
                        return null;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'family' has ended");
            assertThatThrownBy(() -> leaked.get().send(6)).isInstanceOf(IllegalStateException.class);
        }
    }

    @OnBothCarriers
    void nullIsNoItem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() ->
                            Generator.flux(loop, "null", out -> out.send(null)).blockLast(LIMIT))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("return");
        }
    }

    @OnBothCarriers
    void aLoopThatIsClosedIsAnError(Carrier carrier) {
        IOLoop loop = Loops.on(carrier);
        Flux<Integer> flux = count(loop, 1);
        loop.close();
        assertThatThrownBy(() -> flux.blockLast(LIMIT)).hasMessageContaining("closed");
    }

    @OnBothCarriers
    void aCoroutineMayReadAGeneratorOfItsOwnLoop(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> received = loop.runSync(() -> {
                List<Integer> items = new ArrayList<>();
                try (var numbers = Channel.from(count(loop, 100), 8)) {
                    for (int number : numbers) {
                        items.add(number);
                        if (number % 10 == 0) {
                            settle();
                        }
                    }
                }
                return items;
            });
            assertThat(received).hasSize(100).isSorted();
        }
    }

    @OnBothCarriers
    void whoSendsInAShieldDoesNotWaitForASubscriberThatHasLeft(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch sent = new CountDownLatch(1);
            Picky picky = new Picky(loop);
            Generator.<Integer>flux(
                            loop,
                            "shielded",
                            out -> Async.shielded(() -> {
                                out.send(1);
                                sent.countDown();
                                return null;
                            }))
                    .subscribe(picky);
            settleBoth(loop);
            picky.cancel();
            assertThat(sent.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(picky.received).isEmpty();
        }
    }

    @OnBothCarriers
    void whoWaitsForDemandWhenTheGeneratorEndsIsTold(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Task<?>> other = new AtomicReference<>();
            Picky picky = new Picky(loop);
            Generator.<Integer>flux(loop, "gone", out -> {
                        other.set(loop.spawn("other", () -> out.send(1)));
                        settle();
                    })
                    .subscribe(picky);
            assertThat(picky.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> other.get().get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'gone' has ended");
        }
    }

    @OnBothCarriers
    void aSubscriberThatThrowsWhatReactorDoesNotSurviveGetsNoMoreItems(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicInteger sent = new AtomicInteger();
            CountDownLatch ended = new CountDownLatch(1);
            Generator.<Integer>flux(loop, "fatal", out -> {
                        try {
                            for (int i = 0; i < 100_000; i++) {
                                out.send(i);
                                sent.incrementAndGet();
                            }
                        } finally {
                            ended.countDown();
                        }
                    })
                    .subscribe(new BaseSubscriber<Integer>() {
                        @Override
                        protected void hookOnNext(Integer item) {
                            throw new NoClassDefFoundError("of the subscriber");
                        }
                    });
            assertThat(ended.await(8, TimeUnit.SECONDS)).isTrue();
            assertThat(sent.get()).isLessThan(1_000);
        }
    }
}
