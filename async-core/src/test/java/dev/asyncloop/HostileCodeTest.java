package dev.asyncloop;

import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** What an application throws where nobody expects it costs no more than the coroutine it belongs to. */
class HostileCodeTest {

    @OnBothCarriers
    void anOnCancelThatThrowsEndsNeitherItsOwnerNorTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<Task<Integer>> owner = loop.spawn("owner", () -> {
                Promise<Integer> promise = loop.promise("fragile");
                promise.onCancel(() -> {
                    throw new IllegalStateException("from onCancel");
                });
                return promise.task();
            });
            Task<Integer> owned = owner.get(5, TimeUnit.SECONDS);
            assertThatThrownBy(() -> owned.get(5, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(loop.spawn(() -> 1).get(5, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(log.messages()).anyMatch(message -> message.contains("onCancel") && message.contains("fragile"));
        }
    }

    @OnBothCarriers
    void anOnCancelThatThrowsDoesNotKeepALimitFromTheOtherTasks(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<Boolean> task = loop.spawn(() -> {
                List<Task<Integer>> others = new ArrayList<>();
                assertThatThrownBy(() -> Async.withTimeout(Duration.ofMillis(5), () -> {
                            others.add(loop.<Integer>promise("other").task());
                            Promise<Integer> fragile = loop.promise("fragile");
                            fragile.onCancel(() -> {
                                throw new IllegalStateException("from onCancel");
                            });
                            return Async.await(fragile.task());
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                yieldNow();
                return others.getFirst().isCancelled();
            });
            assertThat(task.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void aFailureThatCannotBeLoggedDoesNotEndTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("unspeakable", () -> {
                yieldNow();
                throw new Unspeakable();
            });
            log.await(message -> message.contains("unspeakable") && message.contains("Unspeakable"));
            assertThat(loop.spawn(() -> 1).get(5, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    private static final class Unspeakable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
