package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Many fetches, cancelled at any moment by another thread: no slot, no place in line and no connection is lost. */
class FetchStressTest {

    private static final int FETCHES = 250;

    @OnBothCarriers
    void nothingIsLostByCancelling(Carrier carrier) throws IOException {
        try (var server = new TestServer();
                var unreachable = RawServer.unreachable();
                var http = new HttpFixture(
                        carrier, options -> options.withMaxTotal(8).withMaxPerOrigin(5))) {
            List<String> urls = List.of(
                    server.url("/hello"), server.url("/hang"), server.url("/countdown/3"), unreachable.url("/"));
            Random random = new Random(42);
            List<Task<FetchResponse>> pending = new ArrayList<>();
            AtomicInteger complete = new AtomicInteger();
            for (int i = 0; i < FETCHES; i++) {
                String url = urls.get(random.nextInt(urls.size()));
                Task<FetchResponse> fetch = http.client.fetch(url);
                fetch.whenComplete((response, failure) -> {
                    if (response != null) {
                        complete.incrementAndGet();
                    }
                });
                pending.add(fetch);
                http.settle(); // lets the others get somewhere
                if (pending.size() > 12) {
                    pending.remove(random.nextInt(pending.size())).cancel(false);
                }
            }
            pending.forEach(fetch -> fetch.cancel(false));
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(http.client.queued()).isZero();
            assertThat(complete).hasPositiveValue();
            assertThat(Sockets.connectingTo(unreachable.port())).isZero();
            server.awaitHungUp(server.hanging.drainPermits());
            CompletableFuture<?>[] all = IntStream.range(0, 50)
                    .mapToObj(i -> http.client.fetch(server.url("/hello")).toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            HttpFixture.outcome(CompletableFuture.allOf(all));
        }
    }
}
