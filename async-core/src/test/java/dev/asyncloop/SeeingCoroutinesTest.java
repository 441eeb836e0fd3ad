package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.sync.Condition;
import dev.asyncloop.sync.Event;
import dev.asyncloop.sync.Lock;
import dev.asyncloop.sync.Semaphore;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** What {@code IOLoop.coroutines} shows, and that looking changes nothing. */
@Timeout(120)
class SeeingCoroutinesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static CoroutineInfo named(List<CoroutineInfo> coroutines, String name) {
        return flat(coroutines).stream()
                .filter(coroutine -> coroutine.name().equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError("no '" + name + "' in " + CoroutineInfo.tree(coroutines)));
    }

    private static List<CoroutineInfo> flat(List<CoroutineInfo> coroutines) {
        List<CoroutineInfo> all = new ArrayList<>();
        for (CoroutineInfo coroutine : coroutines) {
            all.add(coroutine);
            all.addAll(flat(coroutine.children()));
        }
        return all;
    }

    @OnBothCarriers
    void idNameOwnerAgeAndStateOfEach(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<?> parent = loop.spawn("parent", () -> {
                Async.spawn("child", () -> sleep(LONG));
                return TaskGroup.run(group -> group.spawn("member", () -> sleep(LONG)));
            });
            Loops.settle(loop);
            clock.advance(Duration.ofMillis(2_500));
            loop.spawn("younger", () -> sleep(LONG));
            Loops.settle(loop);
            clock.advance(Duration.ofSeconds(1));

            List<CoroutineInfo> seen = loop.coroutines();
            assertThat(seen).extracting(CoroutineInfo::name).containsExactly("parent", "younger");
            CoroutineInfo shown = seen.getFirst();
            assertThat(shown.owner()).isEqualTo("loop");
            assertThat(shown.age()).isEqualTo(Duration.ofMillis(3_500));
            assertThat(shown.state()).isEqualTo(State.WAITING);
            assertThat(shown.stack()).isEmpty();
            assertThat(shown.children()).extracting(CoroutineInfo::name).containsExactly("child", "member");
            assertThat(shown.children())
                    .extracting(CoroutineInfo::owner)
                    .containsExactly("coroutine #" + shown.id(), "group in coroutine #" + shown.id());
            assertThat(seen.getLast().age()).isEqualTo(Duration.ofSeconds(1));
            assertThat(CoroutineInfo.tree(seen))
                    .contains("- #" + shown.id() + " 'parent' waiting for task group of 1 in 'parent', 3.5 s old");
            parent.cancel(false);
        }
    }

    @OnBothCarriers
    void whatEachKindOfWaitIsFor(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop other = Loops.on(carrier);
                IOLoop loop =
                        IOLoop.create(Loops.options(carrier).withClock(clock).withExecutorThreads(1))) {
            Lock lock = new Lock();
            Semaphore semaphore = new Semaphore(0);
            Event event = new Event();
            Condition condition = new Condition();
            Channel<Integer> empty = Channel.of(1);
            Channel<Integer> full = Channel.of(1);
            Promise<Integer> promise = loop.promise("an answer");
            CountDownLatch working = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            Task<?> abroad = other.spawn("abroad", () -> sleep(LONG));
            Task<?> worker = loop.spawn("worker", () -> sleep(LONG));
            long workerId = named(loop.coroutines(), "worker").id();

            start(loop, "holds the lock", () -> {
                lock.lock();
                sleep(LONG);
                return null;
            });
            start(loop, "lock", () -> {
                lock.lock();
                return null;
            });
            start(loop, "semaphore", () -> {
                semaphore.acquire();
                return null;
            });
            start(loop, "event", () -> {
                event.await();
                return null;
            });
            start(loop, "condition", () -> {
                condition.await();
                return null;
            });
            start(loop, "receive", empty::receive);
            start(loop, "send", () -> {
                full.send(1);
                full.send(2);
                return null;
            });
            start(loop, "sleep", () -> {
                sleep(LONG);
                return null;
            });
            start(loop, "coroutine", () -> await(worker));
            start(loop, "promise", () -> await(promise.task()));
            start(loop, "dependent", () -> await(promise.task().thenApply(value -> value)));
            start(loop, "foreign", () -> await(new CompletableFuture<Integer>()));
            start(loop, "mono", () -> await(Mono.never()));
            start(loop, "other loop", () -> await(abroad));
            start(loop, "gather", () -> gather(List.of(worker, promise.task())));
            start(loop, "first of", () -> {
                Async.asCompleted(List.of(loop.<Integer>promise("one").task(), promise.task()))
                        .iterator()
                        .next();
                return null;
            });
            start(
                    loop,
                    "works",
                    () -> await(loop.runInExecutor(() -> {
                        working.countDown();
                        return end.await(20, TimeUnit.SECONDS);
                    })));
            assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
            start(loop, "queues", () -> await(loop.runInExecutor(() -> 1)));
            start(loop, "blocks", () -> blocking(() -> end.await(20, TimeUnit.SECONDS)));
            Loops.settle(loop);

            List<CoroutineInfo> seen = loop.coroutines();
            String coroutine = "coroutine #" + workerId + " 'worker'";
            assertThat(waitsFor(seen, "lock")).matches("Lock\\[locked by holds the lock #\\d+, 1 waiting]");
            assertThat(waitsFor(seen, "semaphore")).isEqualTo("Semaphore[0 free, 1 waiting]");
            assertThat(waitsFor(seen, "event")).isEqualTo("Event[not set, 1 waiting]");
            assertThat(waitsFor(seen, "condition")).isEqualTo("Condition[1 waiting]");
            assertThat(waitsFor(seen, "receive")).isEqualTo("Channel[0 of 1 items, 0 waiting to send, 1 to receive]");
            assertThat(waitsFor(seen, "send")).isEqualTo("Channel[1 of 1 items, 1 waiting to send, 0 to receive]");
            assertThat(waitsFor(seen, "sleep")).isEqualTo("sleep of PT1H");
            assertThat(waitsFor(seen, "coroutine")).isEqualTo(coroutine);
            assertThat(waitsFor(seen, "promise")).isEqualTo("promise 'an answer'");
            assertThat(waitsFor(seen, "dependent")).startsWith("what depends on another stage");
            assertThat(waitsFor(seen, "foreign")).isEqualTo("a CompletableFuture of other code");
            assertThat(waitsFor(seen, "mono")).startsWith("a Mono: ");
            assertThat(waitsFor(seen, "other loop")).matches("coroutine #\\d+ 'abroad' of 'test'");
            assertThat(waitsFor(seen, "gather")).isEqualTo("2 of 2 tasks (" + coroutine + ", promise 'an answer')");
            assertThat(waitsFor(seen, "first of"))
                    .isEqualTo("the next of 2 tasks (promise 'one', promise 'an answer')");
            assertThat(waitsFor(seen, "works")).isEqualTo("a call of runInExecutor that runs in 'test-executor-1'");
            assertThat(waitsFor(seen, "queues")).isEqualTo("a call of runInExecutor that waits for a thread");
            assertThat(named(seen, "blocks").state()).isEqualTo(State.BLOCKING);
            assertThat(flat(seen).stream().filter(CoroutineInfo::waitsOutside).map(CoroutineInfo::name))
                    .containsExactlyInAnyOrder(
                            "promise", "dependent", "foreign", "mono", "other loop", "gather", "first of", "blocks");
            end.countDown();
            abroad.cancel(false);
            loop.stop();
        }
    }

    private static void start(IOLoop loop, String name, Callable<?> body) {
        loop.spawn(name, () -> {
            body.call();
            return null;
        });
        Loops.settle(loop);
    }

    private static String waitsFor(List<CoroutineInfo> seen, String name) {
        CoroutineInfo coroutine = named(seen, name);
        assertThat(coroutine.state()).isEqualTo(State.WAITING);
        return String.valueOf(coroutine.waitsFor());
    }

    @OnBothCarriers
    void aFetchIsShownWithItsMethodAndAddress(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier);
                AsyncHttpClient http = AsyncHttpClient.create(loop);
                java.net.ServerSocket mute =
                        new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + mute.getLocalPort() + "/quotes";
            Task<?> fetching = loop.spawn("fetching", () -> await(http.fetch(url)));
            Loops.settle(loop);
            assertThat(waitsFor(loop.coroutines(), "fetching")).isEqualTo("promise 'GET " + url + "'");
            fetching.cancel(false);
        }
    }

    /** It was cancelled with its owner, and takes its time: until then it is the loop's. */
    @OnBothCarriers
    void whoOutlivesItsOwnerBelongsToTheLoop(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            Promise<Integer> go = loop.promise("go");
            Task<?> parent = loop.spawn("parent", () -> {
                Async.spawn("tidying up", () -> Async.shielded(() -> await(go.task())));
                yieldNow();
            });
            Loops.settle(loop);
            assertThat(parent.isDone()).isTrue();
            assertThat(loop.coroutines())
                    .singleElement()
                    .satisfies(child -> assertThat(child.name()).isEqualTo("tidying up"))
                    .satisfies(child -> assertThat(child.owner()).isEqualTo("loop"));
            go.succeed(1);
        }
    }

    @OnBothCarriers
    void whoHasEndedIsNotShownAlthoughItsFailureIsKept(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<?> parent = loop.spawn("parent", () -> {
                Async.spawn("failing", () -> {
                    throw new IllegalStateException("boom");
                });
                sleep(LONG);
                return null;
            });
            Loops.settle(loop);
            assertThat(flat(loop.coroutines())).extracting(CoroutineInfo::name).containsExactly("parent");
            parent.cancel(false);
        }
    }

    // ---- while somebody keeps the turn

    @OnBothCarriers
    void alsoWhileSomebodyKeepsTheTurnAndWhoStandsBehindItIsShown(Carrier carrier) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<?> keeper = loop.spawn("keeper", () -> {
                Async.spawn("child", () -> 1);
                begun.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            Task<?> behind = loop.spawn("behind", () -> 1);

            List<CoroutineInfo> seen = loop.coroutinesWithStacks();
            assertThat(named(seen, "keeper").state()).isEqualTo(State.RUNNING);
            assertThat(named(seen, "keeper").stack().toString()).contains("CountDownLatch.await");
            assertThat(named(seen, "keeper").children())
                    .extracting(CoroutineInfo::name)
                    .containsExactly("child");
            assertThat(named(seen, "behind").state()).isEqualTo(State.NEW);
            assertThat(named(seen, "behind").stack()).isEmpty();
            end.countDown();
            keeper.get(20, TimeUnit.SECONDS);
            behind.get(20, TimeUnit.SECONDS);
        }
    }

    /** The keeper's list changes all the time, and children that it has cancelled leave it: nothing is shown twice. */
    @OnBothCarriers
    void aLookFromBesideIsSafeWhileTheListsChangeUnderIt(Carrier carrier) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        int lasting = 20;
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < lasting; i++) {
                loop.spawn("lasting", () -> sleep(LONG));
            }
            Task<?> keeper = loop.spawn("keeper", () -> {
                List<Promise<Integer>> promises = new ArrayList<>();
                for (int i = 0; i < lasting; i++) {
                    Async.spawn("lasting child", () -> 1); // first in the list, so last to be looked at
                }
                begun.countDown();
                while (!enough.get()) { // promises come and go between them: a cancelled one leaves the list at once
                    promises.add(loop.promise("passing"));
                    if (promises.size() > 10) {
                        promises.removeFirst().task().cancel(false);
                        promises.removeLast().task().cancel(false);
                    }
                }
                return null;
            });
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            int whole = 0;
            for (int look = 0; look < 8; look++) {
                List<CoroutineInfo> seen = flat(loop.coroutines());
                Set<Long> ids = new HashSet<>();
                assertThat(seen)
                        .allSatisfy(
                                coroutine -> assertThat(ids.add(coroutine.id())).isTrue());
                assertThat(seen).filteredOn(one -> one.name().equals("lasting")).hasSize(lasting);
                assertThat(seen)
                        .filteredOn(one -> one.name().equals("lasting child"))
                        .allSatisfy(child -> assertThat(child.owner()).startsWith("coroutine #"));
                whole += seen.size() == 2 * lasting + 1 ? 1 : 0;
            }
            assertThat(whole).isPositive();
            enough.set(true);
            keeper.get(20, TimeUnit.SECONDS);
        }
    }

    /** Everybody has to wait for a long line, but nobody keeps the turn: then a look waits for its own. */
    @OnBothCarriers
    void aLongLineIsNotTakenForSomebodyWhoKeepsTheTurn(Carrier carrier) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (IOLoop loop = Loops.on(carrier)) {
            List<Task<?>> busy = new ArrayList<>();
            for (int i = 0; i < 40; i++) { // a round of the line takes some 200 ms
                busy.add(loop.spawn("busy", () -> {
                    while (!enough.get()) {
                        long until = System.nanoTime() + 5_000_000;
                        while (System.nanoTime() < until) {
                            Thread.onSpinWait();
                        }
                        yieldNow();
                    }
                    return null;
                }));
            }
            int inTheTurn = 0; // where nobody else has it; a look from beside nearly always finds somebody who has
            for (int i = 0; i < 4; i++) { // one of the threads may be kept from its processor for 100 ms
                List<CoroutineInfo> seen = loop.coroutines();
                assertThat(seen).hasSize(40);
                inTheTurn += seen.stream().noneMatch(one -> one.state() == State.RUNNING) ? 1 : 0;
            }
            assertThat(inTheTurn).isGreaterThan(1);
            enough.set(true);
            for (Task<?> one : busy) {
                one.get(20, TimeUnit.SECONDS);
            }
        }
    }

    // ---- stacks

    private static void waitHere(Promise<Integer> promise) {
        await(promise.task());
    }

    @OnBothCarriers
    void aStackIsThereForWhoAsks(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> promise = loop.promise("promise");
            Task<?> parent = loop.spawn("parent", () -> await(Async.spawn("child", () -> waitHere(promise))));
            Loops.settle(loop);
            CoroutineInfo child = named(loop.coroutines(), "child");
            assertThat(loop.stackOf(child.id()))
                    .anyMatch(frame -> frame.getMethodName().equals("waitHere"));
            assertThat(loop.stackOf(-1)).isEmpty();
            List<CoroutineInfo> withStacks = loop.coroutinesWithStacks();
            assertThat(named(withStacks, "child").stack())
                    .anyMatch(frame -> frame.getMethodName().equals("waitHere"));
            assertThat(CoroutineInfo.tree(withStacks))
                    .contains("        at dev.asyncloop.SeeingCoroutinesTest.waitHere(");
            List<StackTraceElement> own = loop.runSync(
                    () -> loop.stackOf(named(loop.coroutines(), "runSync").id()));
            assertThat(own).anyMatch(frame -> frame.getMethodName().equals("stackOf"));
            promise.succeed(1);
            parent.get(20, TimeUnit.SECONDS);
            assertThat(loop.stackOf(child.id())).isEmpty();
        }
    }

    /** A sample has the JDK submit continuations that have nothing to do; law 1 holds all the same. */
    @OnBothCarriers
    void manyStackSamplesDisturbNobody(Carrier carrier) throws Exception {
        int coroutines = 20;
        AtomicBoolean enough = new AtomicBoolean();
        int[] counts = new int[2]; // a counter without synchronisation, and how often two were at it
        boolean[] inside = new boolean[1];
        long turns = 0;
        int samples = 0;
        try (IOLoop loop = Loops.on(carrier)) {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < coroutines; i++) {
                tasks.add(loop.spawn("counting", () -> {
                    int own = 0;
                    while (!enough.get()) {
                        if (inside[0]) {
                            counts[1]++;
                        }
                        inside[0] = true;
                        int before = counts[0];
                        Thread.onSpinWait();
                        counts[0] = before + 1;
                        inside[0] = false;
                        own++;
                        if (own % 3 == 0) {
                            sleep(Duration.ofNanos(1_000));
                        } else {
                            yieldNow();
                        }
                    }
                    return own;
                }));
            }
            long before = loop.statistics().turns();
            long until = System.nanoTime() + 700_000_000;
            while (System.nanoTime() < until) {
                samples += (int) loop.coroutinesWithStacks().stream()
                        .filter(one -> !one.stack().isEmpty())
                        .count();
            }
            turns = loop.statistics().turns() - before;
            enough.set(true);
            int sum = 0;
            for (Task<Integer> task : tasks) {
                sum += task.get(20, TimeUnit.SECONDS);
            }
            int total = sum;
            loop.runSync(() -> {
                assertThat(counts[0]).isEqualTo(total);
                assertThat(counts[1]).isZero();
                return null;
            });
        }
        assertThat(samples).isGreaterThan(100);
        assertThat(turns).isGreaterThan(1_000);
    }
}
