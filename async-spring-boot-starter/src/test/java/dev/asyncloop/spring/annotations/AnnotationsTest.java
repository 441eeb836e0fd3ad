package dev.asyncloop.spring.annotations;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Blocking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.ConcurrencyLimit.ThrottlePolicy;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Mono;

/** What Spring's own annotations do on methods that coroutines call, and how they wait. */
class AnnotationsTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(Application.class);

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    private static IOLoop loop(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(IOLoop.class);
    }

    // ---- @Cacheable

    @ParameterizedTest
    @EnumSource
    void aCachedMethodMayWaitAndIsCalledAgainByWhoComesMeanwhile(Carrier carrier) {
        Quotes quotes = APPLICATIONS.on(carrier).bean(Quotes.class);
        assertThat(twice(carrier, () -> quotes.plain("A"))).containsExactly("A 1", "A 2");
        assertThat(twice(carrier, () -> quotes.plain("A"))).containsExactly("A 2", "A 2");
    }

    @ParameterizedTest
    @EnumSource
    void whoComesMeanwhileWaitsForTheSameMonoOrFuture(Carrier carrier) {
        Quotes quotes = APPLICATIONS.on(carrier).bean(Quotes.class);
        assertThat(twice(carrier, () -> await(quotes.mono("B"))))
                .hasSize(2)
                .allSatisfy(quote -> assertThat(quote).startsWith("B "));
        assertThat(quotes.loadsOf("B")).isOne();
        assertThat(twice(carrier, () -> await(quotes.future("C")))).hasSize(2);
        assertThat(quotes.loadsOf("C")).isOne();
        assertThat(twice(carrier, () -> await(quotes.future("C")))).hasSize(2);
        assertThat(quotes.loadsOf("C")).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void aSynchronizedCacheIsForMethodsThatDoNotWait(Carrier carrier) {
        Quotes quotes = APPLICATIONS.on(carrier).bean(Quotes.class);
        assertThat(twice(carrier, () -> quotes.synchronous("D"))).hasSize(2);
        assertThat(quotes.loadsOf("D")).isOne();
    }

    /** Two coroutines that begin before either has ended. */
    private static List<String> twice(Carrier carrier, Callable<String> call) {
        return loop(carrier).runSync(() -> Async.gather(List.of(Async.spawn(call), Async.spawn(call))));
    }

    // ---- @Retryable

    @ParameterizedTest
    @EnumSource
    void aMethodThatIsTriedAgainMayWaitButNobodyRunsBetweenTheTries(Carrier carrier) {
        Retries retries = APPLICATIONS.on(carrier).bean(Retries.class);
        assertThat(others(carrier, seen -> retries.plain(seen))).hasSize(1);
        assertThat(loop(carrier).<String>runSync(() -> retries.waiting(new ArrayList<>())))
                .isEqualTo("the third time");
    }

    @ParameterizedTest
    @EnumSource
    void othersRunBetweenTheTriesOfABlockingCallAndOfAMono(Carrier carrier) {
        Retries retries = APPLICATIONS.on(carrier).bean(Retries.class);
        BlockingRetries blocking = APPLICATIONS.on(carrier).bean(BlockingRetries.class);
        assertThat(others(carrier, seen -> Async.blocking(() -> retries.plain(seen))))
                .as("Async.blocking")
                .hasSizeGreaterThan(1);
        assertThat(others(carrier, seen -> blocking.plain(seen)))
                .as("@Blocking, with @EnableResilientMethods(order = ..)")
                .hasSizeGreaterThan(1);
        assertThat(others(carrier, seen -> await(retries.mono(seen))))
                .as("Mono")
                .hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledMethodIsTriedAgainInVainUnlessItExcludesThat(Carrier carrier) {
        Retries retries = APPLICATIONS.on(carrier).bean(Retries.class);
        assertThat(triesOfCancelled(carrier, retries::waitingForEver)).isEqualTo(3);
        assertThat(triesOfCancelled(carrier, retries::waitingUnlessCancelled)).isOne();
    }

    private static int triesOfCancelled(Carrier carrier, Consumer<List<String>> call) {
        return loop(carrier).runSync(() -> {
            List<String> tries = new ArrayList<>();
            Task<?> waiting = Async.spawn(() -> {
                call.accept(tries);
                return "";
            });
            Async.yieldNow();
            waiting.cancel(false);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancellationException.class);
            return tries.size();
        });
    }

    private interface Try {

        String with(Ticks seen) throws Exception;
    }

    /** What another coroutine had counted at each try. */
    static final class Ticks {

        private int count;

        private int tries;

        private final Set<Integer> seen = new LinkedHashSet<>();

        synchronized void tick() {
            count++;
        }

        synchronized String attempt() {
            seen.add(count);
            if (++tries < 3) {
                throw new IllegalStateException("try " + tries);
            }
            return "the third time";
        }

        synchronized Set<Integer> seen() {
            return seen;
        }
    }

    private static Set<Integer> others(Carrier carrier, Try tried) {
        return loop(carrier).runSync(() -> {
            Ticks ticks = new Ticks();
            Task<?> other = Async.spawn(() -> {
                while (true) {
                    ticks.tick();
                    Async.sleep(Duration.ofMillis(1));
                }
            });
            Async.yieldNow();
            assertThat(tried.with(ticks)).isEqualTo("the third time");
            other.cancel(false);
            return ticks.seen();
        });
    }

    // ---- @ConcurrencyLimit

    @ParameterizedTest
    @EnumSource
    void aLimitThatRejectsMayBeOnAMethodThatWaits(Carrier carrier) {
        Limited limited = APPLICATIONS.on(carrier).bean(Limited.class);
        loop(carrier).runSync(() -> {
            CompletableFuture<String> end = new CompletableFuture<>();
            Task<String> first = Async.spawn(() -> limited.rejecting(end));
            Async.yieldNow();
            assertThatThrownBy(() -> limited.rejecting(end)).isInstanceOf(InvocationRejectedException.class);
            end.complete("done");
            assertThat(await(first)).isEqualTo("done");
            return limited.rejecting(end);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLimitThatWaitsHoldsTheLoopUpIfTheMethodWaits(Carrier carrier) {
        Limited limited = APPLICATIONS.on(carrier).bean(Limited.class);
        IOLoop loop = loop(carrier);
        CompletableFuture<String> end = new CompletableFuture<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        AtomicBoolean called = new AtomicBoolean();
        Task<String> first = loop.spawn(() -> limited.waiting(end));
        Task<String> second = loop.spawn(() -> {
            thread.complete(Thread.currentThread());
            return limited.waiting(end);
        });
        Thread stuck = thread.join();
        Awaitility.await().until(() -> stuck.getState() == Thread.State.WAITING);
        loop.addCallback(() -> called.set(true));
        end.complete("done");
        Awaitility.await()
                .during(Duration.ofMillis(100))
                .until(() -> stuck.getState() == Thread.State.WAITING && !called.get() && !first.isDone());
        stuck.interrupt(); // the only way out
        assertThat(first.toCompletableFuture().join()).isEqualTo("done");
        assertThatThrownBy(() -> second.toCompletableFuture().join()).isNotNull();
        Awaitility.await().untilTrue(called);
    }

    @ParameterizedTest
    @EnumSource
    void aLimitThatWaitsMayBeOnABlockingMethod(Carrier carrier) {
        Limited limited = APPLICATIONS.on(carrier).bean(Limited.class);
        assertThat(loop(carrier)
                        .runSync(() -> Async.gather(List.of(
                                Async.spawn(() -> Async.blocking(limited::blocking)),
                                Async.spawn(() -> Async.blocking(limited::blocking)),
                                Async.spawn(() -> Async.blocking(limited::blocking))))))
                .containsExactly(1, 1, 1);
    }

    // ---- @EventListener

    @ParameterizedTest
    @EnumSource
    void aListenerRunsInTheCoroutineThatPublishesAndMayWait(Carrier carrier) {
        ApplicationEventPublisher publisher = APPLICATIONS.on(carrier).context();
        List<String> heard = APPLICATIONS.on(carrier).bean(Listener.class).heard;
        heard.clear();
        loop(carrier).runSync(() -> {
            publisher.publishEvent(new Listener.Greeting("hello"));
            heard.add("published");
            return "";
        });
        assertThat(heard).containsExactly("hello", "hello, after a wait", "published");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    @EnableResilientMethods(order = Ordered.LOWEST_PRECEDENCE - 2)
    @Import({Quotes.class, Retries.class, BlockingRetries.class, Limited.class, Listener.class})
    static class Application {

        @Bean
        CacheManager cacheManager() {
            CaffeineCacheManager manager = new CaffeineCacheManager();
            manager.setAsyncCacheMode(true);
            return manager;
        }
    }

    @Service
    static class Quotes {

        private final List<String> loads = new ArrayList<>();

        public long loadsOf(String symbol) {
            return loads.stream().filter(symbol::equals).count();
        }

        private String load(String symbol) {
            loads.add(symbol);
            return symbol + " " + loadsOf(symbol);
        }

        @Cacheable("plain")
        public String plain(String symbol) {
            String quote = load(symbol);
            Async.sleep(Duration.ofMillis(2));
            return quote;
        }

        @Cacheable(cacheNames = "mono", sync = true)
        public Mono<String> mono(String symbol) {
            return Mono.fromCallable(() -> load(symbol)).delayElement(Duration.ofMillis(2));
        }

        @Cacheable(cacheNames = "future", sync = true)
        public CompletableFuture<String> future(String symbol) {
            return IOLoop.current()
                    .spawn(() -> {
                        Async.sleep(Duration.ofMillis(2));
                        return load(symbol);
                    })
                    .toCompletableFuture();
        }

        @Cacheable(cacheNames = "synchronous", sync = true)
        public String synchronous(String symbol) {
            return load(symbol);
        }
    }

    @Service
    static class Retries {

        @Retryable(delay = 20)
        public String plain(Ticks ticks) {
            return ticks.attempt();
        }

        @Retryable(delay = 1)
        public String waiting(List<String> tries) {
            Async.yieldNow();
            tries.add("");
            if (tries.size() < 3) {
                throw new IllegalStateException("try " + tries.size());
            }
            return "the third time";
        }

        @Retryable(maxRetries = 2, delay = 1)
        public void waitingForEver(List<String> tries) {
            tries.add("");
            await(new CompletableFuture<>());
        }

        @Retryable(maxRetries = 2, delay = 1, excludes = CancellationException.class)
        public void waitingUnlessCancelled(List<String> tries) {
            tries.add("");
            await(new CompletableFuture<>());
        }

        @Retryable(delay = 20)
        public Mono<String> mono(Ticks ticks) {
            return Mono.fromCallable(ticks::attempt);
        }
    }

    @Service
    @Blocking
    static class BlockingRetries {

        @Retryable(delay = 20)
        public String plain(Ticks ticks) {
            return ticks.attempt();
        }
    }

    @Service
    static class Limited {

        private int inside;

        @ConcurrencyLimit(limit = 1, policy = ThrottlePolicy.REJECT)
        public String rejecting(CompletableFuture<String> end) {
            return await(end);
        }

        @ConcurrencyLimit(1)
        public String waiting(CompletableFuture<String> end) {
            return await(end);
        }

        @ConcurrencyLimit(1)
        public int blocking() {
            inside++;
            LockSupport.parkNanos(2_000_000);
            return inside--;
        }
    }

    static class Listener {

        record Greeting(String text) {}

        final List<String> heard = new ArrayList<>();

        @EventListener
        void hear(Greeting greeting) {
            heard.add(greeting.text());
            Async.yieldNow();
            heard.add(greeting.text() + ", after a wait");
        }
    }
}
