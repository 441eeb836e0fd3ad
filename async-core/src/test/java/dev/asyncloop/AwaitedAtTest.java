package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Law 5: a failure says where it was awaited, and only to who has awaited it. */
class AwaitedAtTest {

    private static final IllegalStateException STATIC = new IllegalStateException("made once for all");

    private static Integer failHere() {
        throw new IllegalStateException("original");
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static Throwable awaitInA(Task<?> task) {
        return catchThrowable(() -> await(task));
    }

    private static Throwable awaitInB(Task<?> task) {
        return catchThrowable(() -> await(task));
    }

    @OnBothCarriers
    void theStackOfWhoAwaitsIsBelowThatOfWhatFailed(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Throwable failure = loop.runSync(() -> awaitInA(Async.spawn("failing", AwaitedAtTest::failHere)));
            assertThat(failure).isExactlyInstanceOf(IllegalStateException.class);
            assertThat(trace(failure)).containsSubsequence("failHere", "'failing' was awaited here", "awaitInA");
        }
    }

    @OnBothCarriers
    void aFailureThatPassesThroughSeveralHasTheStackOfEach(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Throwable failure = loop.runSync(() -> {
                Task<?> inner = Async.spawn("inner", AwaitedAtTest::failHere);
                Task<?> middle = Async.spawn("middle", () -> await(inner));
                Task<?> outer = Async.spawn("outer", () -> gather(List.of(middle)));
                return awaitInB(outer);
            });
            assertThat(trace(failure))
                    .containsSubsequence(
                            "failHere",
                            "'inner' was awaited here",
                            "'middle' was awaited here",
                            "'outer' was awaited here",
                            "awaitInB");
        }
    }

    @OnBothCarriers
    void theCallerOfAGroupIsShown(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Throwable failure = loop.runSync(() ->
                    catchThrowable(() -> TaskGroup.run(group -> group.spawn("child", AwaitedAtTest::failHere))));
            assertThat(trace(failure)).containsSubsequence("failHere", "'child' was awaited here", "theCallerOfAGroup");
        }
    }

    @OnBothCarriers
    void twoWhoAwaitOneFailureDoNotSeeEachOther(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            for (boolean before : List.of(true, false)) {
                List<Throwable> failures = new ArrayList<>();
                loop.runSync(() -> {
                    Task<?> failing = Async.spawn("failing", () -> {
                        if (before) {
                            yieldNow();
                        }
                        return failHere();
                    });
                    Task<?> a = Async.spawn(() -> failures.add(awaitInA(failing)));
                    Task<?> b = Async.spawn(() -> failures.add(awaitInB(failing)));
                    await(a);
                    return await(b);
                });
                assertThat(failures.get(0)).isSameAs(failures.get(1));
                assertThat(trace(failures.get(0)))
                        .contains("failHere")
                        .doesNotContain("awaitInA")
                        .doesNotContain("awaitInB");
            }
        }
    }

    @OnBothCarriers
    void whoAwaitsTwiceSeesItselfOnce(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Throwable failure = loop.runSync(() -> {
                Task<?> failing = Async.spawn("failing", AwaitedAtTest::failHere);
                awaitInA(failing);
                return awaitInA(failing);
            });
            assertThat(failure.getSuppressed()).hasSize(1);
            assertThat(trace(failure)).contains("awaitInA");
        }
    }

    @OnBothCarriers
    void whatFollowsAFailureThatTwoHaveAwaitedAddsNothing(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Throwable> failures = new ArrayList<>();
            loop.runSync(() -> {
                Task<?> failing = Async.spawn("failing", AwaitedAtTest::failHere);
                Task<?> a = Async.spawn("a", () -> await(failing));
                Task<?> b = Async.spawn("b", () -> await(failing));
                failures.add(awaitInA(a));
                failures.add(awaitInB(b));
                return null;
            });
            assertThat(trace(failures.get(0))).doesNotContain("awaitInA").doesNotContain("awaitInB");
        }
    }

    @OnBothCarriers
    void anExceptionThatWasMadeElsewhereIsNotAltered(Carrier carrier) {
        IllegalStateException madeHere = new IllegalStateException("made in the test's thread");
        try (IOLoop loop = Loops.on(carrier)) {
            for (RuntimeException shared : List.of(STATIC, madeHere)) {
                Callable<Object> body = () -> {
                    throw shared;
                };
                loop.runSync(() -> {
                    for (int i = 0; i < 3; i++) {
                        assertThat(awaitInA(Async.spawn(body))).isSameAs(shared);
                        assertThat(awaitInA(IOLoop.current().runInExecutor(body)))
                                .isSameAs(shared);
                    }
                    return null;
                });
                assertThat(shared.getSuppressed()).isEmpty();
            }
        }
    }

    @OnBothCarriers
    void aCheckedExceptionIsWrappedAnewForEach(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Throwable> failures = new ArrayList<>();
            loop.runSync(() -> {
                Task<?> failing = Async.spawn("failing", () -> {
                    throw new java.io.IOException("checked");
                });
                failures.add(awaitInA(failing));
                failures.add(awaitInB(failing));
                return null;
            });
            assertThat(failures.get(0)).isNotSameAs(failures.get(1));
            assertThat(trace(failures.get(0))).contains("awaitInA").doesNotContain("awaitInB");
            assertThat(trace(failures.get(1))).contains("awaitInB").doesNotContain("awaitInA");
        }
    }
}
