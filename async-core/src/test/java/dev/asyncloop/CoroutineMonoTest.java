package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** A coroutine as a {@code Mono} keeps the rules of Reactive Streams, whenever its subscriber asks or goes. */
class CoroutineMonoTest {

    /** Says what it hears, and asks for nothing by itself. */
    private static class Ear implements CoreSubscriber<String> {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        private final List<Object> discarded = new CopyOnWriteArrayList<>();

        private volatile Subscription subscription;

        @Override
        public Context currentContext() {
            return Operators.enableOnDiscard(Context.of("who", "me"), discarded::add);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void onNext(String value) {
            heard.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("failed: " + failure.getMessage());
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }

        String next() throws InterruptedException {
            String next = heard.poll(20, TimeUnit.SECONDS);
            return next != null ? next : "nothing";
        }
    }

    @OnBothCarriers
    void aValueWaitsUntilItIsAskedFor(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear ear = new Ear();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            loop.mono("answer", () -> {
                        ended.complete(null);
                        return "value";
                    })
                    .subscribe(ear);
            ended.get(20, TimeUnit.SECONDS);
            Loops.settle(loop);
            loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS);
            assertThat(ear.heard).isEmpty();
            ear.subscription.request(1);
            ear.subscription.request(1);
            assertThat(ear.next()).isEqualTo("value");
            assertThat(ear.next()).isEqualTo("complete");
            assertThat(ear.heard).isEmpty();
        }
    }

    @OnBothCarriers
    void nothingAndAFailureNeedNotBeAskedForAndAreSaidOnce(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear nothing = new Ear();
            loop.<String>mono("nothing", () -> null).subscribe(nothing);
            assertThat(nothing.next()).isEqualTo("complete");
            nothing.subscription.request(1);

            Ear failure = new Ear();
            loop.<String>mono("failure", () -> {
                        throw new IllegalStateException("no answer");
                    })
                    .subscribe(failure);
            assertThat(failure.next()).isEqualTo("failed: no answer");
            failure.subscription.request(1);
            failure.subscription.cancel();
            Loops.settle(loop);
            assertThat(nothing.heard).isEmpty();
            assertThat(failure.heard).isEmpty();
        }
    }

    @OnBothCarriers
    void aRequestForNothingIsNoRequest(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear ear = new Ear();
            loop.mono("answer", () -> "value").subscribe(ear);
            Loops.settle(loop);
            ear.subscription.request(0);
            ear.subscription.request(-1);
            Loops.settle(loop);
            assertThat(ear.heard).doesNotContain("value", "complete");
        }
    }

    @OnBothCarriers
    void whoCancelsHearsNothingAndTheCoroutineIsCancelledOnce(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear ear = new Ear();
            AtomicInteger cancellations = new AtomicInteger();
            CompletableFuture<Void> waiting = new CompletableFuture<>();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            loop.mono("answer", () -> {
                        waiting.complete(null);
                        try {
                            sleep(Duration.ofHours(1));
                            return "value";
                        } finally {
                            cancellations.incrementAndGet();
                            ended.complete(null);
                        }
                    })
                    .subscribe(ear);
            ear.subscription.request(1);
            waiting.get(20, TimeUnit.SECONDS);
            ear.subscription.cancel();
            ear.subscription.cancel();
            ended.get(20, TimeUnit.SECONDS);
            Loops.settle(loop);
            loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS);
            assertThat(ear.heard).isEmpty();
            assertThat(cancellations).hasValue(1);
        }
    }

    @OnBothCarriers
    void aValueNobodyAskedForIsDiscardedAtTheCancellation(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear ear = new Ear();
            loop.mono("answer", () -> "value").subscribe(ear);
            Loops.settle(loop);
            loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS);
            ear.subscription.cancel();
            ear.subscription.request(1);
            assertThat(ear.discarded).containsExactly("value");
            assertThat(ear.heard).isEmpty();
        }
    }

    @OnBothCarriers
    void aValueThatComesAfterTheCancellationIsDiscardedAndAFailureIsLogged(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Ear value = new Ear();
            loop.mono("value", () -> {
                        value.subscription.cancel();
                        return "late";
                    })
                    .subscribe(value);
            Ear failure = new Ear();
            loop.<String>mono("failure", () -> {
                        failure.subscription.cancel();
                        throw new IllegalStateException("late");
                    })
                    .subscribe(failure);
            Loops.settle(loop);
            loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS);
            assertThat(value.discarded).containsExactly("late");
            assertThat(value.heard).isEmpty();
            assertThat(failure.heard).isEmpty();
            assertThat(log.messages()).singleElement().asString().contains("failure", "nobody awaited");
        }
    }

    @OnBothCarriers
    void everySubscriberHasACoroutineOfItsOwnInItsOwnContext(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicInteger count = new AtomicInteger();
            Mono<String> mono = loop.mono("answer", () -> {
                String who = Async.await(Mono.deferContextual(context -> Mono.just(context.get("who"))));
                return who + count.incrementAndGet();
            });
            assertThat(mono.contextWrite(Context.of("who", "a")).block(Duration.ofSeconds(20)))
                    .isEqualTo("a1");
            assertThat(mono.contextWrite(Context.of("who", "b")).block(Duration.ofSeconds(20)))
                    .isEqualTo("b2");
        }
    }

    @OnBothCarriers
    void aSubscriberThatThrowsAtOnceLeavesNoCoroutineBehind(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Ear ear = new Ear() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    super.onSubscribe(subscription);
                    throw new IllegalStateException("hostile");
                }
            };
            try {
                loop.mono("answer", () -> "value").subscribe(ear);
            } catch (IllegalStateException ex) {
                assertThat(ex).hasMessage("hostile");
            }
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                while (loop.statistics().live() != 0) { // or for ever
                    Thread.onSpinWait();
                }
            });
        }
    }
}
