package dev.asyncloop.spring.annotations;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopTaskExecutionAutoConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

/** An {@code @Async} method runs beside the loop, and a coroutine waits for its future. */
class AsyncMethodsTest {

    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOLoopAutoConfiguration.class,
                    IOLoopTaskExecutionAutoConfiguration.class,
                    TaskExecutionAutoConfiguration.class))
            .withUserConfiguration(Application.class);

    @ParameterizedTest
    @EnumSource
    void itRunsInAThreadOfTheApplicationsExecutor(Carrier carrier) {
        String seen = seen(carrier, Work::thread);
        assertThat(seen).startsWith("Thread[#").contains(",task-1,");
    }

    @ParameterizedTest
    @EnumSource
    void virtualThreadsOfThatExecutorAreNotCarriedByTheLoop(Carrier carrier) {
        assertThat(seen(carrier, Work::thread, "spring.threads.virtual.enabled=true"))
                .startsWith("VirtualThread[#")
                .contains(",task-1]")
                .contains("@ForkJoinPool");
    }

    @ParameterizedTest
    @EnumSource
    void theLoopIsAnExecutorAsWellAndInjectedAsOneOnlyWhereItIsAskedFor(Carrier carrier) {
        with(carrier).run(context -> {
            assertThat(context.getBean(Executor.class))
                    .isSameAs(context.getBean("applicationTaskExecutor"))
                    .isNotSameAs(context.getBean(IOLoop.class));
        });
    }

    @ParameterizedTest
    @EnumSource
    void norAreThoseOfWhatIsGivenToThatExecutorByName(Carrier carrier) {
        with(carrier, "spring.threads.virtual.enabled=true").run(context -> {
            Executor executor = context.getBean("applicationTaskExecutor", TaskExecutor.class);
            String made = context.getBean(IOLoop.class)
                    .runSync(() -> await(CompletableFuture.supplyAsync(() -> thread(), executor)));
            assertThat(made).contains("@ForkJoinPool");
        });
    }

    @ParameterizedTest
    @EnumSource
    void norAreThoseOfTheScheduler(Carrier carrier) {
        with(carrier, "spring.threads.virtual.enabled=true")
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class)
                .run(context -> {
                    TaskScheduler scheduler = context.getBean(TaskScheduler.class);
                    CompletableFuture<String> repeated = new CompletableFuture<>();
                    CompletableFuture<String> once = new CompletableFuture<>();
                    context.getBean(IOLoop.class).runSync(() -> {
                        scheduler.scheduleWithFixedDelay(() -> repeated.complete(thread()), Duration.ofSeconds(10));
                        scheduler.schedule(() -> once.complete(thread()), Instant.now());
                        return await(repeated) + await(once);
                    });
                    assertThat(repeated.join()).doesNotContain("@ioloop");
                    assertThat(once.join()).doesNotContain("@ioloop");
                });
    }

    /** Else the first one's user would be the user of all that come after. */
    @ParameterizedTest
    @EnumSource
    void noThreadHasWhatAnotherCoroutineHasLeftBehind(Carrier carrier) {
        with(carrier, "spring.threads.virtual.enabled=true").run(context -> {
            Executor executor = context.getBean("applicationTaskExecutor", TaskExecutor.class);
            IOLoop loop = context.getBean(IOLoop.class);
            awaitNoMaker();
            for (String who : List.of("alice", "bob")) {
                String seen = loop.runSync(() -> {
                    INHERITED.set(who);
                    return await(CompletableFuture.supplyAsync(() -> String.valueOf(INHERITED.get()), executor));
                });
                assertThat(seen).isIn("null", who);
            }
        });
    }

    /** The thread that makes threads ends soon after it had something to do, and the next one is started by who needs it. */
    private static void awaitNoMaker() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("virtual-thread-maker")) {
                assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void itKnowsTheUserOnlyIfTheExecutorIsToPropagateTheContext(Carrier carrier) {
        assertThat(seen(carrier, Work::user)).isEqualTo("nobody");
        for (String threads : new String[] {"false", "true"}) {
            assertThat(seen(
                            carrier,
                            Work::user,
                            "spring.threads.virtual.enabled=" + threads,
                            "spring.task.execution.propagate-context=true"))
                    .isEqualTo("ada");
        }
    }

    @Test
    void besideALoopOfTheUsersOwnSpringBootsExecutorIsThereIfForced() {
        ApplicationContextRunner own = runner.withBean(IOLoop.class, IOLoop::create);
        own.run(context -> assertThat(context).doesNotHaveBean("applicationTaskExecutor"));
        own.withPropertyValues("spring.task.execution.mode=force")
                .run(context -> assertThat(context).hasBean("applicationTaskExecutor"));
    }

    @ParameterizedTest
    @EnumSource
    void itGoesOnWhenTheCoroutineThatWaitsForItIsCancelled(Carrier carrier) {
        with(carrier).run(context -> {
            Work work = context.getBean(Work.class);
            CompletableFuture<CompletableFuture<String>> started = new CompletableFuture<>();
            Task<String> waiting = context.getBean(IOLoop.class).spawn(() -> {
                CompletableFuture<String> result = work.later();
                started.complete(result);
                return await(result);
            });
            CompletableFuture<String> result = started.join();
            waiting.cancel(true);
            assertThatThrownBy(() -> waiting.toCompletableFuture().join()).isInstanceOf(CancellationException.class);
            work.goOn().countDown();
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo("later");
        });
    }

    private ApplicationContextRunner with(Carrier carrier, String... properties) {
        return runner.withPropertyValues("ioloop.carrier="
                        + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .withPropertyValues(properties);
    }

    private String seen(Carrier carrier, Function<Work, CompletableFuture<String>> call, String... properties) {
        CompletableFuture<String> seen = new CompletableFuture<>();
        with(carrier, properties).run(context -> {
            Work work = context.getBean(Work.class);
            seen.complete(context.getBean(IOLoop.class).runSync(() -> {
                SecurityContext security =
                        new SecurityContextImpl(new TestingAuthenticationToken("ada", "", "ROLE_USER"));
                SecurityContextHolder.setContext(security);
                return await(call.apply(work));
            }));
        });
        return seen.join();
    }

    private static String thread() {
        return Thread.currentThread().toString();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    @Import(Work.class)
    static class Application {}

    static class Work {

        private final CountDownLatch goOn = new CountDownLatch(1);

        public CountDownLatch goOn() { // not the field, which the proxy has, too
            return goOn;
        }

        @Async
        public CompletableFuture<String> later() throws InterruptedException {
            goOn.await();
            return CompletableFuture.completedFuture("later");
        }

        @Async
        public CompletableFuture<String> thread() {
            return CompletableFuture.completedFuture(AsyncMethodsTest.thread());
        }

        @Async
        public CompletableFuture<String> user() {
            var user = SecurityContextHolder.getContext().getAuthentication();
            return CompletableFuture.completedFuture(user == null ? "nobody" : user.getName());
        }
    }
}
