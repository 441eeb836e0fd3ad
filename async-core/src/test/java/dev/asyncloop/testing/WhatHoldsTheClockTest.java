package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class WhatHoldsTheClockTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static VirtualTimeLoop on(Carrier carrier) {
        return VirtualTimeLoop.create(Loops.options(carrier).withSlowCallback(Duration.ofMinutes(1)));
    }

    /** Opens a latch after a while of real time, long enough for a clock that does not wait to jump. */
    private static CountDownLatch soon() {
        CountDownLatch latch = new CountDownLatch(1);
        Mono.delay(Duration.ofMillis(50)).subscribe(tick -> latch.countDown());
        return latch;
    }

    private static Boolean await(CountDownLatch latch) throws InterruptedException {
        return latch.await(20, TimeUnit.SECONDS);
    }

    @OnBothCarriers
    void aCallInTheExecutor(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            for (int i = 0; i < 5; i++) {
                CountDownLatch latch = soon();
                assertThat(loop.<Boolean>runSync(() ->
                                withTimeout(HOUR, () -> Async.await(loop.runInExecutor(() -> await(latch))))))
                        .isTrue();
            }
            assertThat(loop.elapsed()).isZero();
        }
    }

    @OnBothCarriers
    void manyShortCallsInTheExecutor(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            loop.runSync(() -> withTimeout(HOUR, () -> {
                for (int i = 0; i < 2_000; i++) {
                    Async.await(loop.runInExecutor(() -> 1));
                }
                return null;
            }));
            assertThat(loop.elapsed()).isZero();
        }
    }

    @OnBothCarriers
    void aBlockingSection(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            CountDownLatch latch = soon();
            assertThat(loop.<Boolean>runSync(() -> withTimeout(HOUR, () -> blocking(() -> await(latch)))))
                    .isTrue();
            for (int i = 0; i < 500; i++) {
                loop.runSync(() -> withTimeout(HOUR, () -> blocking(() -> 1)));
            }
            assertThat(loop.elapsed()).isZero();
        }
    }

    @OnBothCarriers
    void aCoroutineThatKeepsTheTurn(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            Duration[] seen = new Duration[1];
            loop.runSync(() -> {
                Task<?> sleeper = Async.spawn(() -> {
                    sleep(HOUR);
                    return null;
                });
                Async.yieldNow();
                soon().await();
                seen[0] = loop.elapsed();
                return Async.await(sleeper);
            });
            assertThat(seen[0]).isZero();
            assertThat(loop.elapsed()).isEqualTo(HOUR);
        }
    }

    @OnBothCarriers
    void aMonoThatTakesManyStepsOnTheEventLoop(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            for (int hops : new int[] {1, 9, 100}) {
                int value = loop.runSync(() -> withTimeout(HOUR, () -> Async.await(hop(loop, hops))));
                assertThat(value).isEqualTo(hops);
            }
            assertThat(loop.elapsed()).isZero();
        }
    }

    private static Mono<Integer> hop(IOLoop loop, int hops) {
        Mono<Integer> mono = Mono.just(0);
        for (int i = 0; i < hops; i++) {
            mono = mono.publishOn(Schedulers.fromExecutor(loop.eventLoopGroup()))
                    .map(n -> n + 1);
        }
        return mono;
    }

    @OnBothCarriers
    void aMonoOfRealTimeIsOvertaken(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            String first = loop.runSync(() -> {
                Task<String> sleeper = Async.spawn(() -> {
                    sleep(HOUR);
                    return "virtual";
                });
                Task<String> real = Async.spawn(() -> {
                    Async.await(Mono.delay(Duration.ofMillis(200)));
                    return "real";
                });
                String winner = Async.await(Async.asCompleted(java.util.List.of(real, sleeper))
                        .iterator()
                        .next());
                Async.await(real);
                return winner;
            });
            assertThat(first).isEqualTo("virtual");
        }
    }

    private static DisposableServer server(IOLoop loop) {
        return HttpServer.create()
                .runOn(loop.eventLoopGroup())
                .host("127.0.0.1")
                .port(0)
                .route(routes ->
                        routes.get("/hello", (request, response) -> response.sendString(Mono.just("Hello world!"))))
                .bindNow();
    }

    @OnBothCarriers
    void anOpenChannelWhichMakesItManual(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            Task<Duration> sleeper;
            DisposableServer server = server(loop);
            assertThat(loop.isManual()).isTrue();
            sleeper = loop.spawn(() -> {
                sleep(HOUR);
                return loop.elapsed();
            });
            loop.advance(HOUR.minusNanos(1));
            assertThat(sleeper.isDone()).isFalse();
            loop.advance(Duration.ofNanos(1));
            assertThat(sleeper.resultNow()).isEqualTo(HOUR);
            assertThat(loop.<Duration>runSync(() -> {
                        loop.advance(HOUR);
                        return loop.elapsed();
                    }))
                    .isEqualTo(HOUR.multipliedBy(2));

            Task<Duration> another = loop.spawn(() -> {
                sleep(HOUR);
                return loop.elapsed();
            });
            loop.advance(Duration.ZERO);
            assertThat(another.isDone()).isFalse();
            server.disposeNow();
            assertThat(another.join()).isEqualTo(HOUR.multipliedBy(3));
            assertThat(loop.isManual()).isFalse();
        }
    }

    @OnBothCarriers
    void aFetchOverALoopInVirtualTime(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            DisposableServer server = server(loop);
            String url = "http://127.0.0.1:" + server.port() + "/hello";
            try (AsyncHttpClient http = AsyncHttpClient.create(loop, HttpClientOptions.defaults())) {
                for (int i = 0; i < 20; i++) {
                    assertThat(loop.runSync(() -> Async.await(http.fetch(url)).text()))
                            .isEqualTo("Hello world!");
                }
                assertThat(loop.isManual()).isTrue();
            }
            server.disposeNow();
            loop.runSync(() -> {
                sleep(HOUR);
                return null;
            });
            assertThat(loop.elapsed()).isEqualTo(HOUR);
        }
    }

    @Test
    void aWaitOfTheJdksWhereAnyOfThemGivesWay() {
        IOLoopOptions options = Loops.options(Carrier.EVENT_LOOP)
                .withSlowCallback(Duration.ofMinutes(1))
                .withSwitchOn(SwitchOn.ANY);
        assertThat(VirtualTimeLoop.<Boolean>run(options, () -> await(soon()))) // nor is it taken for a deadlock
                .isTrue();
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(options)) {
            for (int i = 0; i < 5; i++) {
                CountDownLatch latch = soon();
                assertThat(loop.<Boolean>runSync(() -> withTimeout(HOUR, () -> await(latch))))
                        .isTrue();
            }
            loop.runSync(() -> withTimeout(HOUR, () -> {
                for (int i = 0; i < 2_000; i++) {
                    LockSupport.parkNanos(10_000);
                }
                return null;
            }));
            assertThat(loop.elapsed()).isZero();
            loop.runSync(
                    () -> { // it goes on afterwards
                        sleep(HOUR);
                        return null;
                    });
            assertThat(loop.elapsed()).isEqualTo(HOUR);
        }
    }
}
