package dev.asyncloop.channel;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.advance;
import static dev.asyncloop.Turns.ms;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class PublisherChannelTest {

    @OnBothCarriers
    void itemsOfForeignThreadsComeCompleteAndInOrder(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            for (int capacity : List.of(1, 2, 7, 256)) {
                List<Integer> received = loop.runSync(() -> {
                    List<Integer> items = new ArrayList<>();
                    Flux<Integer> source = Flux.range(0, 3_000).publishOn(Schedulers.parallel());
                    Channel.from(source, capacity).forEach(items::add);
                    return items;
                });
                assertThat(received).hasSize(3_000).isSorted().doesNotHaveDuplicates();
            }
        }
    }

    @OnBothCarriers
    void neverMoreIsAskedForThanThereIsRoomFor(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicLong asked = new AtomicLong();
            loop.runSync(() -> {
                int received = 0;
                for (int item : Channel.<Integer>from(Flux.range(0, 100).doOnRequest(asked::addAndGet), 8)) {
                    assertThat(item).isEqualTo(received++);
                    assertThat(asked.get()).isLessThanOrEqualTo(received + 8);
                }
                return null;
            });
            assertThat(asked).hasValueGreaterThanOrEqualTo(100);
        }
    }

    @OnBothCarriers
    void subscribedOnTheEventLoopWithTheCoroutinesContext(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            Flux<String> source = Flux.deferContextual(context -> {
                thread.set(loop.eventLoopGroup().next().inEventLoop() ? null : Thread.currentThread());
                return Flux.just(context.<String>get("user"));
            });
            Mono<String> user =
                    loop.mono("reader", () -> Channel.from(source, 1).receive());
            assertThat(user.contextWrite(context -> context.put("user", "ann")).block(Duration.ofSeconds(20)))
                    .isEqualTo("ann");
            assertThat(thread).hasNullValue();
        }
    }

    @OnBothCarriers
    void aFailureIsThrownAfterTheItems(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                IllegalArgumentException failure = new IllegalArgumentException("of the source");
                var channel = Channel.from(Flux.just(1, 2).concatWith(Flux.error(failure)), 8);
                List<Integer> received = new ArrayList<>();
                assertThatThrownBy(() -> channel.forEach(received::add)).isSameAs(failure);
                assertThat(received).containsExactly(1, 2);
                assertThatThrownBy(channel::tryReceive).isSameAs(failure);
                assertThat(channel.isClosed()).isTrue();
                Publisher<Integer> broken = subscriber -> {
                    throw failure;
                };
                assertThatThrownBy(() -> Channel.from(broken, 1)).isSameAs(failure);
                return null;
            });
        }
    }

    @OnBothCarriers
    void closingCancelsTheSubscriptionAndDiscardsTheRest(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch cancelled = new CountDownLatch(1);
            Flux<Integer> source = Flux.range(0, 3).concatWith(Flux.never()).doOnCancel(cancelled::countDown);
            loop.runSync(() -> {
                try (var channel = Channel.<Integer>from(source, 8)) {
                    assertThat(channel.receive()).isZero();
                    assertThat(channel.toString()).contains("2 of 8");
                    Task<?> other = spawn(() -> {
                        channel.receive();
                        channel.receive();
                        channel.forEach(item -> {});
                    });
                    settle();
                    channel.close();
                    await(other);
                    assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
                    assertThat(channel.receiveOrNull()).isNull();
                }
                Async.blocking(() -> cancelled.await(20, TimeUnit.SECONDS));
                return null;
            });
            assertThat(cancelled.getCount()).isZero();
        }
    }

    @OnBothCarriers
    void whatIsDroppedGoesToTheDiscardHookOfTheCoroutinesContext(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Object> discarded = new CopyOnWriteArrayList<>();
            Mono<Integer> first = loop.mono("reader", () -> {
                try (var channel = Channel.<Integer>from(Flux.range(0, 3).concatWith(Flux.never()), 8)) {
                    return channel.receive();
                }
            });
            assertThat(first.doOnDiscard(Integer.class, discarded::add).block(Duration.ofSeconds(20)))
                    .isZero();
            assertThat(discarded).containsExactly(1, 2);
        }
    }

    @OnBothCarriers
    void theEndOfTheCoroutineCancelsTheSubscription(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch cancelled = new CountDownLatch(1);
            ReceiveChannel<Object> channel =
                    loop.runSync(() -> Channel.from(Flux.never().doOnCancel(cancelled::countDown), 1));
            assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.isClosed()).isTrue();
            assertThat(log.events())
                    .noneMatch(event -> event.getLevel().levelStr.equals("ERROR"));
        }
    }

    @OnBothCarriers
    void limitsAndOrderAmongReceivers(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                var sink = reactor.core.publisher.Sinks.many().unicast().<Integer>onBackpressureBuffer();
                try (var channel = Channel.from(sink.asFlux(), 2)) {
                    assertThat(channel.tryReceive()).isNull();
                    assertThatThrownBy(() -> channel.receive(Duration.ZERO)).isInstanceOf(AsyncTimeoutException.class);
                    Task<Integer> limited = spawn(() -> channel.receive(ms(10)));
                    Task<Integer> first = spawn(() -> channel.receive());
                    Task<Integer> second = spawn(() -> channel.receive(ms(1_000)));
                    Task<Integer> cancelled = spawn(() -> channel.receive());
                    settle();
                    advance(clock, 10);
                    assertThatThrownBy(() -> await(limited)).isInstanceOf(AsyncTimeoutException.class);
                    cancelled.cancel(false);
                    sink.tryEmitNext(1).orThrow();
                    assertThat(channel.tryReceive()).isNull(); // those who wait come first
                    sink.tryEmitNext(2).orThrow();
                    sink.tryEmitNext(3).orThrow();
                    assertThat(await(first)).isEqualTo(1);
                    assertThat(await(second)).isEqualTo(2);
                    assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancellationException.class);
                    assertThat(channel.receive(ms(1_000))).isEqualTo(3);
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void aPublisherThatDoesNotMindWhatItWasAskedForIsStopped(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                CountDownLatch cancelled = new CountDownLatch(1);
                Publisher<Integer> rogue = subscriber -> {
                    subscriber.onSubscribe(new org.reactivestreams.Subscription() {
                        @Override
                        public void request(long count) {}

                        @Override
                        public void cancel() {
                            cancelled.countDown();
                        }
                    });
                    for (int item = 1; item <= 3; item++) {
                        subscriber.onNext(item);
                    }
                };
                var channel = Channel.from(rogue, 2);
                List<Integer> received = new ArrayList<>();
                assertThatThrownBy(() -> channel.forEach(received::add))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("onBackpressure");
                assertThat(received).containsExactly(1, 2);
                assertThat(cancelled.getCount()).isZero();
                return null;
            });
        }
    }

    @OnBothCarriers
    void whileTheLoopIsClosingItsCoroutinesStillReceive(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        CountDownLatch closing = new CountDownLatch(1);
        Task<Long> reader = loop.spawn(() -> {
            var items = Channel.from(
                    Flux.range(0, 100).publishOn(Schedulers.parallel()).doOnNext(item -> pause(closing)), 4);
            long sum = 0;
            for (int item : items) {
                sum += item;
            }
            return sum;
        });
        Thread closer = Thread.ofPlatform().start(loop::close);
        while (!loop.isClosing()) {
            Thread.onSpinWait();
        }
        closing.countDown();
        assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(4950);
        closer.join();
    }

    private static void pause(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void theEndOfTheCoroutineDropsWhatIsLeftOfAPublisherThatHasEnded(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Object> discarded = new CopyOnWriteArrayList<>();
            AtomicReference<ReceiveChannel<Integer>> left = new AtomicReference<>();
            Mono<Integer> first = loop.mono("reader", () -> {
                ReceiveChannel<Integer> channel = Channel.from(Flux.range(0, 3), 8);
                left.set(channel);
                settle();
                assertThat(channel.isClosed()).isTrue();
                return channel.receive();
            });
            assertThat(first.doOnDiscard(Integer.class, discarded::add).block(Duration.ofSeconds(20)))
                    .isZero();
            assertThat(discarded).containsExactly(1, 2);
            Integer last = loop.runSync(() -> left.get().tryReceive());
            assertThat(last).isNull();
        }
    }

    @OnBothCarriers
    void aPublisherThatThrowsWhenItIsAskedForMoreHasFailed(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                IllegalArgumentException failure = new IllegalArgumentException("of request");
                CountDownLatch cancelled = new CountDownLatch(1);
                Publisher<Integer> broken = subscriber -> {
                    AtomicLong requests = new AtomicLong();
                    subscriber.onSubscribe(new org.reactivestreams.Subscription() {
                        @Override
                        public void request(long count) {
                            if (requests.getAndIncrement() > 0) {
                                throw failure;
                            }
                            subscriber.onNext(1);
                        }

                        @Override
                        public void cancel() {
                            cancelled.countDown();
                        }
                    });
                };
                var channel = Channel.from(broken, 1);
                assertThat(channel.receive()).isEqualTo(1);
                assertThatThrownBy(() -> channel.receive(Duration.ofSeconds(5))).isSameAs(failure);
                assertThat(cancelled.getCount()).isZero();
                return null;
            });
        }
    }
}
