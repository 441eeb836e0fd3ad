package dev.asyncloop;

import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code Future} has to wait with is {@code await} inside a coroutine: the others go on, or it would wait for ever. */
class TaskGetTest {

    private interface Get {
        int of(Task<Integer> task) throws Exception;
    }

    /** The methods of {@code Future} that wait. */
    enum Way {
        GET(Task::get),
        GET_WITH_A_LIMIT(task -> task.get(1, TimeUnit.HOURS)),
        JOIN(Task::join);

        private final Get get;

        Way(Get get) {
            this.get = get;
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                        Arguments.of(way, Carrier.EVENT_LOOP, SwitchOn.AWAIT),
                        Arguments.of(way, Carrier.EVENT_LOOP, SwitchOn.ANY),
                        Arguments.of(way, Carrier.JDK, SwitchOn.AWAIT)));
    }

    private static IOLoop loop(Carrier carrier, SwitchOn switchOn) {
        return IOLoop.create(Loops.options(carrier).withSwitchOn(switchOn));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void ofATaskOfItsOwnLoopLetsTheOthersRun(Way way, Carrier carrier, SwitchOn switchOn) throws Exception {
        List<String> order = new ArrayList<>();
        try (IOLoop loop = loop(carrier, switchOn)) {
            Task<Integer> task = loop.spawn(() -> {
                Task<Integer> child = Async.spawn(() -> {
                    order.add("child begins");
                    yieldNow();
                    order.add("child ends");
                    return 1;
                });
                Async.spawn(() -> order.add("other"));
                int value = way.get.of(child);
                order.add("has it");
                assertThat(child.resultNow()).isEqualTo(1);
                assertThat(way.get.of(child)).isEqualTo(1);
                return value;
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(order).containsExactly("child begins", "other", "child ends", "has it");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void ofATaskOfAnotherLoopLetsTheOthersRun(Way way, Carrier carrier, SwitchOn switchOn) throws Exception {
        List<String> order = new ArrayList<>();
        try (IOLoop loop = loop(carrier, switchOn);
                IOLoop another = Loops.on(carrier)) {
            Promise<Integer> promise = another.promise("there");
            Task<Integer> task = loop.spawn(() -> {
                Async.spawn(() -> {
                    order.add("other");
                    promise.succeed(2); // only if this one has its turn there is a value
                });
                int value = way.get.of(promise.task());
                order.add("has it");
                assertThat(promise.task().resultNow()).isEqualTo(2);
                return value;
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(order).containsExactly("other", "has it");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void endsWithTheCancellationOfTheCoroutine(Way way, Carrier carrier, SwitchOn switchOn) {
        try (IOLoop loop = loop(carrier, switchOn)) {
            Promise<Integer> never = loop.promise("never");
            Task<Integer> task = loop.spawn(() -> way.get.of(never.task()));
            Loops.settle(loop);
            task.cancel(false);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(never.task().isDone()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void resultNowDoesNotWait(Way way, Carrier carrier, SwitchOn switchOn) throws Exception {
        try (IOLoop loop = loop(carrier, switchOn)) {
            loop.spawn(() -> {
                        Task<Integer> child = Async.spawn(() -> 1);
                        assertThatThrownBy(child::resultNow).isInstanceOf(IllegalStateException.class);
                        assertThatThrownBy(child::exceptionNow).isInstanceOf(IllegalStateException.class);
                        return way.get.of(child);
                    })
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @OnBothCarriers
    void getWithALimitTakesAnyLimitAndTellsTheTasksOwnTimeoutFromIt(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> task = loop.spawn(() -> {
                assertThat(Async.spawn(() -> 1).get(Long.MAX_VALUE, TimeUnit.DAYS))
                        .isEqualTo(1);
                Promise<Integer> never = loop.promise("never");
                assertThatThrownBy(() -> never.task().get(1, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
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
            task.get(20, TimeUnit.SECONDS);
        }
    }
}
