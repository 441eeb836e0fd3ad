package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;

/** What belongs to a coroutine goes with it, and on to what it starts, but never to anybody else. */
class ContextTest {

    private static final String KEY = "registered in a test";

    private static final String MDC_KEY = "MDC in a test";

    private static final ThreadLocal<@Nullable String> PLAIN = new ThreadLocal<>();

    private static final ThreadLocal<@Nullable String> REGISTERED = new ThreadLocal<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, REGISTERED);
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        MDC_KEY, () -> MDC.get("who"), who -> MDC.put("who", who), () -> MDC.remove("who"));
    }

    @AfterEach
    void unregister() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        ContextRegistry.getInstance().removeThreadLocalAccessor(MDC_KEY);
        PLAIN.remove();
        REGISTERED.remove();
        MDC.remove("who");
    }

    private static String registered() {
        return String.valueOf(REGISTERED.get());
    }

    private static String plain() {
        return String.valueOf(PLAIN.get());
    }

    @OnBothCarriers
    void fourRootsAtOnceEachSeeTheirOwn(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Task<List<String>>> roots = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                String mine = String.valueOf(i);
                roots.add(loop.spawn(() -> {
                    PLAIN.set(mine);
                    REGISTERED.set(mine);
                    MDC.put("who", mine);
                    List<String> seen = new ArrayList<>();
                    for (int round = 0; round < 5; round++) {
                        yieldNow();
                        seen.add(plain());
                        sleep(Duration.ofMillis(1));
                        seen.add(registered());
                        seen.add(await(Async.spawn(() -> {
                            yieldNow();
                            return registered();
                        })));
                        seen.add(await(loop.runInExecutor(ContextTest::registered)));
                        seen.add(blocking(ContextTest::plain));
                        seen.add(MDC.get("who"));
                    }
                    return seen;
                }));
            }
            for (int i = 1; i <= 4; i++) {
                assertThat(roots.get(i - 1).get(20, TimeUnit.SECONDS))
                        .hasSize(30)
                        .containsOnly(String.valueOf(i));
            }
        }
    }

    @OnBothCarriers
    void threadLocalsOfACoroutineAreItsOwnAndGoneWithIt(Carrier carrier) {
        PLAIN.set("of the foreign thread");
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withExecutorThreads(1))) {
            loop.runSync(() -> {
                assertThat(plain()).isEqualTo("null");
                PLAIN.set("of a coroutine");
                assertThat(await(Async.spawn(ContextTest::plain))).isEqualTo("null");
                assertThat(await(loop.spawn(ContextTest::plain))).isEqualTo("null");
                assertThat(await(loop.runInExecutor(ContextTest::plain))).isEqualTo("null");
                yieldNow();
                assertThat(plain()).isEqualTo("of a coroutine");
                return null;
            });
            for (int i = 0; i < 10; i++) {
                assertThat(loop.runSync(ContextTest::plain)).isEqualTo("null");
            }
        }
        assertThat(plain()).isEqualTo("of the foreign thread");
    }

    @OnBothCarriers
    void allThreadsOfALoopHaveTheClassLoaderOfWhoHasMadeIt(Carrier carrier) throws Exception {
        Thread maker = Thread.currentThread();
        ClassLoader before = maker.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
            maker.setContextClassLoader(application);
            try (IOLoop loop = Loops.on(carrier)) {
                maker.setContextClassLoader(before);
                Callable<ClassLoader> its = () -> Thread.currentThread().getContextClassLoader();
                assertThat(loop.runSync(its)).isSameAs(application);
                assertThat(loop.runSync(() -> await(Async.spawn(its)))).isSameAs(application);
                assertThat(loop.runInExecutor(its).get()).isSameAs(application);
                assertThat(loop.eventLoopGroup().submit(its).get()).isSameAs(application);
            } finally {
                maker.setContextClassLoader(before);
            }
        }
    }

    @OnBothCarriers
    void registeredValuesGoFromWhoSpawnsToWhatIsSpawned(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                REGISTERED.set("mine");
                assertThat(await(Async.spawn(ContextTest::registered))).isEqualTo("mine");
                assertThat(await(Async.spawn("named", ContextTest::registered))).isEqualTo("mine");
                assertThat(await(loop.spawn(ContextTest::registered))).isEqualTo("mine");
                assertThat(TaskGroup.<String>run(group -> await(group.spawn("child", ContextTest::registered))))
                        .isEqualTo("mine");
                assertThat(await(Async.spawn(() -> await(Async.spawn(ContextTest::registered)))))
                        .as("a grandchild")
                        .isEqualTo("mine");
                List<String> seen = new ArrayList<>();
                Promise<Void> all = loop.promise("all");
                Runnable callback = () -> {
                    seen.add(registered());
                    if (seen.size() == 4) {
                        all.succeed(null);
                    }
                };
                loop.addCallback(callback);
                loop.callLater(Duration.ofMillis(1), callback);
                loop.callLater("named", Duration.ZERO, callback);
                loop.callAt(Instant.EPOCH, callback);
                REGISTERED.set("set later");
                await(all.task());
                assertThat(seen).containsOnly("mine");
                assertThat(registered()).isEqualTo("set later");
                return null;
            });
        }
    }

    @OnBothCarriers
    void theyGoFromAForeignThreadToo(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            REGISTERED.set("of the foreign thread");
            assertThat(loop.runSync(ContextTest::registered)).isEqualTo("of the foreign thread");
            Task<String> spawned = loop.spawn(ContextTest::registered);
            Task<String> called = loop.runInExecutor(ContextTest::registered);
            REGISTERED.remove();
            assertThat(spawned.get(20, TimeUnit.SECONDS)).isEqualTo("of the foreign thread");
            assertThat(called.get(20, TimeUnit.SECONDS)).isEqualTo("of the foreign thread");
            assertThat(loop.runSync(ContextTest::registered)).isEqualTo("null");
        }
    }

    @OnBothCarriers
    void aChangeInAChildDoesNotReachItsParentNorItsSiblings(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                REGISTERED.set("mine");
                await(Async.spawn(() -> REGISTERED.set("of a child")));
                assertThat(registered()).isEqualTo("mine");
                assertThat(await(Async.spawn(ContextTest::registered))).isEqualTo("mine");
                await(Async.spawn(REGISTERED::remove));
                assertThat(registered()).isEqualTo("mine");
                return null;
            });
        }
    }

    @OnBothCarriers
    void whatASpawnerHasTakenAwayIsNotHandedOn(Carrier carrier) {
        REGISTERED.set("of the foreign thread");
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(registered()).isEqualTo("of the foreign thread");
                REGISTERED.remove();
                assertThat(await(Async.spawn(ContextTest::registered))).isEqualTo("null");
                assertThat(await(loop.runInExecutor(ContextTest::registered))).isEqualTo("null");
                Mono<String> inContext = Mono.deferContextual(context -> Mono.just(context.getOrDefault(KEY, "none")));
                assertThat(await(inContext)).isEqualTo("none");
                return null;
            });
        }
    }

    @OnBothCarriers
    void anExecutorCallHasThemAndLeavesNothingInThePoolsThread(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withExecutorThreads(1))) {
            loop.runSync(() -> {
                REGISTERED.set("mine");
                Thread first = await(loop.runInExecutor(() -> {
                    assertThat(registered()).isEqualTo("mine");
                    REGISTERED.set("changed by the call");
                    MDC.put("who", "set by the call");
                    return Thread.currentThread();
                }));
                assertThat(registered()).isEqualTo("mine");
                assertThat(MDC.get("who")).isNull();
                REGISTERED.remove();
                await(loop.runInExecutor(() -> {
                    assertThat(Thread.currentThread()).isSameAs(first);
                    assertThat(registered()).isEqualTo("null");
                    assertThat(MDC.get("who")).isNull();
                    return null;
                }));
                return null;
            });
        }
    }

    @OnBothCarriers
    void aBlockingSectionKeepsAllOfThem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                PLAIN.set("plain");
                REGISTERED.set("registered");
                Thread thread = Thread.currentThread();
                blocking(() -> {
                    assertThat(Thread.currentThread()).isSameAs(thread);
                    assertThat(plain()).isEqualTo("plain");
                    assertThat(registered()).isEqualTo("registered");
                    PLAIN.set("set inside");
                    return null;
                });
                assertThat(plain()).isEqualTo("set inside");
                return null;
            });
        }
    }

    @OnBothCarriers
    void anAwaitedMonoSeesThemInItsContext(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Mono<String> value = Mono.deferContextual(context -> Mono.just(context.getOrDefault(KEY, "none")));
                assertThat(await(value)).isEqualTo("none");
                REGISTERED.set("first");
                assertThat(await(value)).isEqualTo("first");
                REGISTERED.set("second");
                assertThat(await(value)).isEqualTo("second");
                assertThat(registered()).isEqualTo("second");
                assertThat(await(Async.spawn(() -> await(value)))).isEqualTo("second");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aCoroutineAsAMonoHasItsSubscribersContext(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Mono<String> mono = loop.<String>mono("handler", ContextTest::registered)
                    .contextWrite(context -> context.put(KEY, "written"));
            assertThat(mono.block(Duration.ofSeconds(20))).isEqualTo("written");
        }
    }

    @OnBothCarriers
    void aDependentHasTheContextOfWhoHasMadeItWhoeverCompletesTheTask(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                REGISTERED.set("mine");
                Promise<Integer> promise = loop.promise("promise");
                List<CompletionStage<String>> dependents = new ArrayList<>();
                dependents.add(promise.task().thenApply(value -> registered()));
                dependents.add(promise.task().handle((value, failure) -> registered()));
                dependents.add(promise.task().thenApply(value -> 1).thenApply(value -> registered()));
                Async.spawn(() -> {
                    REGISTERED.set("of who completes it");
                    promise.succeed(1);
                });
                await(promise.task());
                dependents.add(promise.task().thenApply(value -> registered()));
                for (CompletionStage<String> dependent : dependents) {
                    assertThat(await(dependent)).isEqualTo("mine");
                }
                return null;
            });
        }
    }

    /** What a foreign thread completes is completed in the thread of whoever passes the turn on. */
    @OnBothCarriers
    void aDependentHasNothingOfWhoHappensToPassTheTurnOn(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> promise = loop.promise("promise");
            CompletionStage<String> dependent = promise.task().thenApply(value -> registered());
            CountDownLatch hasTheTurn = new CountDownLatch(1);
            Semaphore go = new Semaphore(0);
            Task<?> stranger = loop.spawn(() -> {
                REGISTERED.set("of a stranger");
                hasTheTurn.countDown();
                assertThat(go.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                return null;
            });
            assertThat(hasTheTurn.await(20, TimeUnit.SECONDS)).isTrue();
            promise.succeed(1);
            go.release();
            stranger.get(20, TimeUnit.SECONDS);
            assertThat(dependent.toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isEqualTo("null");
        }
    }

    @OnBothCarriers
    void aPeriodicCallbackHasTheContextOfItsStartAndNothingOfItsCallBefore(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> seen = new ArrayList<>();
            CountDownLatch three = new CountDownLatch(3);
            PeriodicCallback tick = new PeriodicCallback(loop, Duration.ofMillis(1), () -> {
                seen.add(registered() + " " + MDC.get("who"));
                REGISTERED.set("of the call before");
                MDC.put("who", "of the call before");
                three.countDown();
            });
            REGISTERED.set("of the start");
            tick.start();
            REGISTERED.set("set later");
            assertThat(three.await(20, TimeUnit.SECONDS)).isTrue();
            tick.stop();
            loop.runSync(() -> assertThat(seen).containsOnly("of the start null"));
        }
    }

    @OnBothCarriers
    void whatIsLoggedCarriesTheMdcOfItsCoroutine(Carrier carrier) {
        MDC.put("who", "foreign");
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            MDC.put("who", "Ada");
            loop.spawn("fails", () -> {
                yieldNow();
                throw new IllegalStateException("of Ada's");
            });
            MDC.put("who", "Grace");
            loop.spawn("fails, too", () -> {
                yieldNow();
                throw new IllegalStateException("of Grace's");
            });
            Loops.settle(loop);
            assertThat(log.events())
                    .extracting(event -> event.getThrowableProxy().getMessage() + " "
                            + event.getMDCPropertyMap().get("who"))
                    .containsExactly("of Ada's Ada", "of Grace's Grace");
        }
    }
}
