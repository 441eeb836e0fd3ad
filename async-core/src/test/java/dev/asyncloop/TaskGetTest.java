package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

class TaskGetTest {

    @OnBothCarriers
    void getWithALimitTakesAnyLimitAndTellsTheTasksOwnTimeoutFromIt(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> task = loop.spawn(() -> {
                assertThat(Async.spawn(() -> 1).get(Long.MAX_VALUE, TimeUnit.DAYS))
                        .isEqualTo(1);
                Task<Integer> failing = Async.spawn(() -> {
                    throw new AsyncTimeoutException("its own");
                });
                try {
                    failing.get(1, TimeUnit.HOURS);
                } catch (ExecutionException ex) {
                    assertThat(ex).hasCauseInstanceOf(AsyncTimeoutException.class);
                    return null;
                }
                throw new AssertionError("no failure");
            });
            task.get(5, TimeUnit.SECONDS);
        }
    }
}
