package dev.asyncloop;

import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Law 6: first in, first out, also for what depends on a task. */
class DependentsOrderTest {

    @OnBothCarriers
    void dependentsRunInTheOrderInWhichTheyWereAdded(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> ran = new ArrayList<>();
            loop.runSync(() -> {
                Promise<Integer> promise = loop.promise("promise");
                promise.task().thenAccept(value -> ran.add(1));
                promise.task().thenAccept(value -> ran.add(2));
                promise.task().whenComplete((value, failure) -> ran.add(3));
                promise.succeed(42);
                for (int i = 0; i < 5; i++) {
                    yieldNow();
                }
                return null;
            });
            assertThat(ran).containsExactly(1, 2, 3);
        }
    }
}
