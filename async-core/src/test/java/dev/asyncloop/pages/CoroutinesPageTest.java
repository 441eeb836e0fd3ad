package dev.asyncloop.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.checkpoint;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Promise;
import dev.asyncloop.Suspension;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import io.micrometer.context.ContextRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The snippets of {@code docs/coroutines.md}: compiled here, run here, and the same there. */
class CoroutinesPageTest {

    private static final String PAGE = "docs/coroutines.md";

    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    private final List<Integer> printed = new CopyOnWriteArrayList<>();

    private void print(int number) {
        printed.add(number);
    }

    private static int price(String symbol) {
        return Quotes.price(symbol);
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown(PAGE, 13, CoroutinesPageTest.class, Quotes.class);
    }

    // ---- what it is

    private static Task<Integer> total(IOLoop loop) {
        Task<Integer> total = loop.spawn("total", () -> {
            Task<Integer> one = Async.spawn(() -> price("A")); // begins in a later turn
            Task<Integer> other = Async.spawn(() -> price("B"));
            return await(one) + await(other); // gives way here, and nowhere else
        });
        return total;
    }

    @OnBothCarriers
    void aCoroutineWaitsForOthers(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(total(loop).join()).isEqualTo(42);
        }
    }

    // ---- the order

    private void spawned() {
        Task<?> child = Async.spawn(() -> {
            print(3);
            yieldNow();
            print(6);
        });
        IOLoop.current().addCallback(() -> print(4));
        print(1);
        await(CompletableFuture.completedStage("done")); // done already: nobody else gets a turn
        print(2);
        yieldNow();
        print(5);
        await(child);
        print(7);
    }

    private void completed() {
        Promise<String> answer = IOLoop.current().promise("answer");
        Task<?> asker = Async.spawn(() -> {
            print(2);
            await(answer.task());
            print(6);
        });
        print(1);
        yieldNow();
        print(3);
        answer.succeed("42"); // the asker stands in line from now on
        IOLoop.current().addCallback(() -> print(7));
        print(4);
        await(answer.task());
        print(5);
        await(asker);
        print(8);
    }

    private void timed() {
        IOLoop loop = IOLoop.current();
        loop.callLater(Duration.ofMillis(20), () -> print(4));
        loop.callLater(Duration.ofMillis(10), () -> print(2));
        loop.callLater(Duration.ZERO, () -> print(1));
        sleep(Duration.ofMillis(15));
        print(3);
        sleep(Duration.ofMillis(15));
        print(5);
    }

    private void prints(Carrier carrier, int last, Runnable body) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                body.run();
                return null;
            });
        }
        assertPrinted(last);
    }

    private void assertPrinted(int last) {
        List<Integer> expected = new ArrayList<>();
        for (int i = 1; i <= last; i++) {
            expected.add(i);
        }
        assertThat(printed).isEqualTo(expected);
    }

    @OnBothCarriers
    void whatIsSpawnedPrintsInOrder(Carrier carrier) {
        prints(carrier, 7, this::spawned);
    }

    @OnBothCarriers
    void whatIsCompletedPrintsInOrder(Carrier carrier) {
        prints(carrier, 8, this::completed);
    }

    @OnBothCarriers
    void whatIsTimedPrintsInOrder(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> timed = loop.spawn(this::timed);
            for (int i = 0; i < 6; i++) {
                Loops.settle(loop);
                clock.advance(Duration.ofMillis(5));
            }
            timed.join();
        }
        assertPrinted(5);
    }

    @OnBothCarriers
    void waitsOnWhatIsDoneAreFreeWithinABudget(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> ran = new ArrayList<>();
            loop.runSync(() -> {
                Async.spawn(() -> ran.add("the other"));
                int waits = 0;
                while (ran.isEmpty()) {
                    checkpoint();
                    waits++;
                }
                assertThat(waits).isLessThanOrEqualTo(130);
                return null;
            });
        }
    }

    // ---- bridges

    interface Call {
        void abort();
    }

    interface Dictionary {
        Call lookUp(String word, Consumer<String> found, Consumer<Exception> failed);
    }

    static Task<String> lookUp(IOLoop loop, Dictionary dictionary, String word) {
        Promise<String> promise = loop.promise("look-up of " + word);
        Call call = dictionary.lookUp(word, promise::succeed, promise::fail); // any thread may call back
        promise.onCancel(call::abort);
        return promise.task();
    }

    @OnBothCarriers
    void aPromiseBridgesACallbackApi(Carrier carrier) {
        List<String> aborted = new CopyOnWriteArrayList<>();
        Dictionary dictionary = (word, found, failed) -> {
            if (word.equals("loop")) {
                Thread.ofPlatform().start(() -> found.accept("a curve that meets itself"));
            } else if (word.equals("broken")) {
                failed.accept(new java.io.IOException("no line"));
            }
            return () -> aborted.add(word);
        };
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(await(lookUp(loop, dictionary, "loop"))).startsWith("a curve");
                assertThatThrownBy(() -> await(lookUp(loop, dictionary, "broken")))
                        .isInstanceOf(CompletionException.class)
                        .hasRootCauseMessage("no line");
                assertThatThrownBy(
                                () -> withTimeout(Duration.ofMillis(1), () -> await(lookUp(loop, dictionary, "never"))))
                        .isInstanceOf(AsyncTimeoutException.class);
                return null;
            });
        }
        assertThat(aborted).containsExactly("never");
    }

    static @Nullable String fromMono(Mono<String> mono) {
        String text = await(mono); // null if the Mono is empty
        return text;
    }

    static Mono<Integer> toMono(IOLoop loop, String symbol) {
        Mono<Integer> price = loop.mono("price of " + symbol, () -> price(symbol)); // a coroutine per subscriber
        return price;
    }

    @OnBothCarriers
    void aMonoIsAwaitedAndACoroutineIsAMono(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.runSync(() -> fromMono(Mono.just("text")))).isEqualTo("text");
            assertThat(loop.runSync(() -> fromMono(Mono.empty()))).isNull();
            assertThat(toMono(loop, "A").block(Duration.ofSeconds(20))).isEqualTo(21);
        }
    }

    static CompletionStage<String> label(IOLoop loop) {
        Task<Integer> price = loop.spawn("price", () -> price("A"));
        CompletionStage<String> label = price.thenApply(cents -> cents + " ct"); // a callback of the loop
        return label;
    }

    @OnBothCarriers
    void whatDependsOnATaskIsACallback(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(label(loop).toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isEqualTo("21 ct");
            CompletionStage<Boolean> inLoop = loop.spawn(() -> 1).thenApply(one -> {
                yieldNow();
                return loop.inLoop();
            });
            assertThat(inLoop.toCompletableFuture().get(20, TimeUnit.SECONDS)).isTrue();
            loop.runSync(() -> {
                Task<Integer> failing = Async.spawn(() -> price("XYZ"));
                assertThatThrownBy(failing::join).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(failing::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(IllegalArgumentException.class);
                return null;
            });
        }
    }

    static String next(BlockingQueue<String> queue) {
        return blocking(queue::take); // the others run meanwhile
    }

    @OnBothCarriers
    void whatBlocksGivesTheTurnAway(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            BlockingQueue<String> queue = new LinkedBlockingQueue<>();
            loop.runSync(() -> {
                Task<String> next = Async.spawn(() -> next(queue));
                yieldNow();
                queue.add("item"); // which a coroutine that kept the turn would not get to
                assertThat(await(next)).isEqualTo("item");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aCancelledAwaitLeavesWhatItWaitedForAndACancelledGatherCancelsIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                CompletableFuture<Integer> foreign = new CompletableFuture<>();
                Task<?> awaiting = Async.spawn(() -> await(foreign));
                Task<?> gathering = Async.spawn(() -> gatherAll(List.of(foreign)));
                yieldNow();
                awaiting.cancel(false);
                yieldNow();
                assertThat(foreign).isNotDone();
                gathering.cancel(false);
                yieldNow();
                assertThat(foreign).isCancelled();
                return null;
            });
        }
    }

    // ---- context

    static void registerTenant() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
    }

    @OnBothCarriers
    void registeredThreadLocalsAreHandedOnAndOthersAreNot(Carrier carrier) {
        ThreadLocal<String> own = new ThreadLocal<>();
        registerTenant();
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                TENANT.set("acme");
                own.set("mine");
                Task<String> child = Async.spawn(() -> TENANT.get() + " " + own.get());
                Task<String> inExecutor = loop.runInExecutor(() -> TENANT.get() + " " + own.get());
                Promise<String> inTimer = loop.promise("in a timer");
                loop.callLater(Duration.ZERO, () -> inTimer.succeed(TENANT.get() + " " + own.get()));
                TENANT.set("other");
                assertThat(await(child)).isEqualTo("acme null");
                assertThat(await(inExecutor)).isEqualTo("acme null");
                assertThat(await(inTimer.task())).isEqualTo("acme null");
                assertThat(own.get()).isEqualTo("mine");
                return null;
            });
            assertThat(loop.runSync(TENANT::get)).isNull();
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
        }
    }

    // ---- failures

    @OnBothCarriers
    void theTraceOnThePageIsTheOneThatComes(Carrier carrier) {
        Throwable failure;
        try (IOLoop loop = Loops.on(carrier)) {
            failure = catchThrowable(() -> loop.runSync(() -> Quotes.total("A", "XYZ")));
        }
        assertThat(failure).isExactlyInstanceOf(IllegalArgumentException.class);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        List<String> shown = PageSnippets.blocks(PAGE, "").stream()
                .filter(block -> block.contains("(awaited)"))
                .findFirst()
                .orElseThrow()
                .lines()
                .map(CoroutinesPageTest::withoutPlace)
                .filter(line -> !line.equals("..."))
                .toList();
        assertThat(shown).hasSizeGreaterThan(6);
        assertThat(trace.toString().lines().map(CoroutinesPageTest::withoutPlace))
                .containsSubsequence(shown);
    }

    /** Neither file and line nor the number of a lambda, which change with everything. */
    private static String withoutPlace(String line) {
        return line.strip().replaceAll("\\([A-Za-z]+\\.java:\\d+\\)", "").replaceAll("\\$\\d+$", "");
    }

    static void nobodyAwaits(IOLoop loop) {
        loop.spawn("nightly report", () -> price("XYZ")); // and nobody keeps the task
    }

    @OnBothCarriers
    void aFailureThatNobodyAwaitsIsLoggedAndCounted(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            nobodyAwaits(loop);
            String line = log.await(message -> message.contains("nobody awaited"));
            assertThat(PageSnippets.read(PageSnippets.page(PAGE))).contains(line);
            Loops.settle(loop);
            assertThat(loop.statistics().failures()).isEqualTo(1);
            assertThat(log.events()).hasSize(1);
        }
    }

    // ---- a primitive of one's own

    static final class Mailbox<T> {

        private final Queue<T> items = new ArrayDeque<>();

        private final Queue<Suspension<T>> takers = new ArrayDeque<>();

        void put(T item) {
            Suspension<T> taker;
            while ((taker = takers.poll()) != null) {
                if (taker.resume(item)) {
                    return; // it is going to return the item, whatever happens
                }
            } // else it was cancelled meanwhile: the next one
            items.add(item);
        }

        T take() {
            checkpoint(); // who is cancelled takes nothing
            T item = items.poll();
            if (item != null) {
                return item;
            }
            Suspension<T> taker = Suspension.begin(this);
            takers.add(taker);
            try {
                return taker.await();
            } finally {
                takers.remove(taker);
            }
        }

        @Override
        public String toString() {
            return "a mailbox of " + items.size(); // shown as what a coroutine waits for
        }
    }

    @OnBothCarriers
    void theMailboxHandsOutInOrder(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Mailbox<Integer> mailbox = new Mailbox<>();
                Task<Integer> first = Async.spawn(mailbox::take);
                Task<Integer> second = Async.spawn(mailbox::take);
                yieldNow();
                mailbox.put(1);
                mailbox.put(2);
                mailbox.put(3);
                assertThat(await(first)).isEqualTo(1);
                assertThat(await(second)).isEqualTo(2);
                assertThat(mailbox.take()).isEqualTo(3);
                return null;
            });
        }
    }

    @OnBothCarriers
    void theMailboxLosesNothingToWhoIsCancelled(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Mailbox<Integer> mailbox = new Mailbox<>();
                Task<Integer> before = Async.spawn(mailbox::take);
                Task<Integer> after = Async.spawn(mailbox::take);
                Task<Integer> next = Async.spawn(mailbox::take);
                yieldNow();
                before.cancel(false);
                mailbox.put(1); // not for the first any more
                after.cancel(false); // has it already
                mailbox.put(2);
                assertThatThrownBy(() -> await(before)).isInstanceOf(CancellationException.class);
                assertThat(await(after)).isEqualTo(1);
                assertThat(await(next)).isEqualTo(2);
                return null;
            });
        }
    }

    @OnBothCarriers
    void anyThreadMayPutWithACallback(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Mailbox<Integer> mailbox = new Mailbox<>();
            CountDownLatch waits = new CountDownLatch(1);
            Task<Integer> taker = loop.spawn(() -> {
                loop.addCallback(waits::countDown);
                return mailbox.take();
            });
            assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();
            loop.addCallback(() -> mailbox.put(7));
            assertThat(taker.get(20, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }
}
