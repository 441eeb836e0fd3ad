package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** A loop that has nothing to do is told so once, and does not look again and again. */
class IdleLoopTest {

    /** A loop that looks again and again has thousands. */
    private static final long FEW = 10;

    private static long turnsWhileIdle(VirtualTimeLoop loop) throws InterruptedException {
        loop.advance(Duration.ZERO);
        loop.advance(Duration.ZERO); // and the look that follows the first one
        long before = loop.driven().turns();
        new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        return loop.driven().turns() - before;
    }

    @OnBothCarriers
    void aHeldLoop(Carrier carrier) throws InterruptedException {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier));
                VirtualTimeLoop.Hold hold = loop.hold()) {
            loop.callLater(Duration.ofDays(1), () -> {});
            assertThat(turnsWhileIdle(loop)).isLessThan(FEW);
        }
    }

    @OnBothCarriers
    void aManualLoop(Carrier carrier) throws InterruptedException {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier))) {
            DisposableServer server = TcpServer.create()
                    .runOn(loop.eventLoopGroup())
                    .host("127.0.0.1")
                    .port(0)
                    .bindNow();
            loop.callLater(Duration.ofDays(1), () -> {});
            assertThat(turnsWhileIdle(loop)).isLessThan(FEW);
            server.disposeNow();
        }
    }

    @OnBothCarriers
    void aLoopThatWaitsForCodeOutside(Carrier carrier) throws Exception {
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier))) {
            CompletableFuture<Long> turns = new CompletableFuture<>();
            Mono.delay(Duration.ofMillis(20)).subscribe(tick -> {
                long before = loop.driven().turns();
                Mono.delay(Duration.ofMillis(100))
                        .subscribe(later -> turns.complete(loop.driven().turns() - before));
            });
            loop.runSync(() -> await(turns));
            assertThat(turns.get()).isLessThan(FEW);
        }
    }
}
