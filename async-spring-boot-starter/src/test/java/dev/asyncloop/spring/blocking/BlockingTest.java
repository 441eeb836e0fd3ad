package dev.asyncloop.spring.blocking;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.autoconfigure.BlockingAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class BlockingTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class, BlockingAutoConfiguration.class))
            .withBean(Repository.class)
            .withBean(Mixed.class)
            .withBean(ByInterface.class);

    @Test
    void aCallInACoroutineGivesTheTurnAway() {
        runner.run(context -> {
            Repository repository = context.getBean(Repository.class);
            boolean served = context.getBean(IOLoop.class).runSync(() -> {
                Task<Boolean> waiting = Async.spawn(repository::take);
                Task<?> serving = Async.spawn(() -> {
                    repository.permits().release();
                    return null;
                });
                await(serving);
                return await(waiting);
            });
            assertThat(served).isTrue();
        });
    }

    @Test
    void aCallElsewhereJustRuns() {
        runner.run(
                context -> assertThat(context.getBean(Repository.class).name()).isEqualTo("main"));
    }

    @Test
    void onlyTheAnnotatedMethodOfATypeCounts() {
        runner.run(context -> {
            Mixed mixed = context.getBean(Mixed.class);
            IOLoop loop = context.getBean(IOLoop.class);
            assertThat(loop.<Boolean>runSync(mixed::blocks)).isFalse();
            assertThat(loop.<Boolean>runSync(mixed::plain)).isTrue();
            assertThat(loop.<Boolean>runSync(() -> context.getBean(Work.class).blocks()))
                    .isFalse();
        });
    }

    @Test
    void exceptionsStayWhatTheyAre() {
        runner.run(context -> {
            Repository repository = context.getBean(Repository.class);
            IOLoop loop = context.getBean(IOLoop.class);
            loop.runSync(() -> {
                assertThatThrownBy(repository::fails).isExactlyInstanceOf(IOException.class);
                assertThatThrownBy(() -> repository.failsUnchecked(new CompletionException("own", null)))
                        .isExactlyInstanceOf(CompletionException.class);
                assertThatThrownBy(() -> repository.failsUnchecked(new CompletionException(new IOException("own"))))
                        .isExactlyInstanceOf(CompletionException.class);
                assertThatThrownBy(() -> repository.failsWith(new AssertionError("own")))
                        .isExactlyInstanceOf(AssertionError.class);
                return null;
            });
        });
    }

    @Test
    void beansBehindProxiesOfOthersCountByTheirInterface() {
        Work target = new ByInterface();
        runner.withBean("advised", Work.class, () -> (Work) new ProxyFactory(target).getProxy())
                .withBean("made", BlockingWork.class, () -> (BlockingWork) Proxy.newProxyInstance(
                        Work.class.getClassLoader(),
                        new Class<?>[] {BlockingWork.class},
                        (proxy, method, arguments) -> Async.inCoroutine()))
                .run(context -> {
                    IOLoop loop = context.getBean(IOLoop.class);
                    for (String name : new String[] {"advised", "made"}) {
                        Work work = context.getBean(name, Work.class);
                        assertThat(loop.<Boolean>runSync(work::blocks)).as(name).isFalse();
                    }
                });
    }

    @Test
    void aCancelledCoroutineInterruptsTheCall() {
        runner.run(context -> {
            Repository repository = context.getBean(Repository.class);
            boolean cancelled = context.getBean(IOLoop.class).runSync(() -> {
                Task<Boolean> waiting = Async.spawn(repository::take);
                Async.yieldNow();
                waiting.cancel(false);
                try {
                    return await(waiting);
                } catch (CancellationException ex) {
                    return true;
                }
            });
            assertThat(cancelled).isTrue();
        });
    }

    @Blocking
    static class Repository {

        final Semaphore permits = new Semaphore(0);

        boolean take() throws InterruptedException {
            return permits().tryAcquire(20, TimeUnit.SECONDS);
        }

        Semaphore permits() {
            return permits;
        }

        String name() {
            return Thread.currentThread().getName();
        }

        String fails() throws IOException {
            throw new IOException("checked");
        }

        String failsWith(Error failure) {
            throw failure;
        }

        String failsUnchecked(RuntimeException failure) {
            throw failure;
        }
    }

    static class Mixed {

        @Blocking
        boolean blocks() {
            return Async.inCoroutine();
        }

        boolean plain() {
            return Async.inCoroutine();
        }
    }

    interface Work {
        @Blocking
        boolean blocks();
    }

    @Blocking
    interface BlockingWork extends Work {}

    static class ByInterface implements Work {

        @Override
        public boolean blocks() {
            return Async.inCoroutine();
        }
    }
}
