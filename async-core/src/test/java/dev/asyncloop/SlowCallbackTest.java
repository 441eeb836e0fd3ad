package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.SlowCallback.Held;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever holds the turn, the carrier or the event loop too long is reported once, while it happens. */
class SlowCallbackTest {

    /** Computes until it is told to stop. */
    private static final class Computation implements Runnable {

        private final AtomicBoolean over = new AtomicBoolean();

        @Override
        public void run() {
            while (!over.get()) {
                Thread.onSpinWait();
            }
        }

        void stop() {
            over.set(true);
        }
    }

    private static void letPass(Duration duration) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS))
                .isFalse();
    }

    @OnBothCarriers
    void aCoroutineThatComputesIsReportedOnceAndSoIsItsEnd(Carrier carrier) throws Exception {
        Computation computation = new Computation();
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            stuck.loop().spawn("computes", computation);
            stuck.loop().spawn(() -> 1);
            stuck.assertHeld(
                    Held.TURN,
                    "'computes'",
                    "'computes' has kept the turn of 'test'",
                    "and 1 wait behind it: it computes");
            letPass(Duration.ofMillis(300));
            assertThat(stuck.reports()).isEqualTo(1);
            computation.stop();
            stuck.assertGoesOn();
            assertThat(stuck.log().messages().getLast()).startsWith("'computes' has kept the turn of 'test' for ");
        }
    }

    @OnBothCarriers
    void codeOnTheEventLoopThatComputes(Carrier carrier) throws Exception {
        Computation computation = new Computation();
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            CompletableFuture<Integer> innocent = new CompletableFuture<>();
            stuck.loop().eventLoopGroup().execute(() -> {
                stuck.loop().spawn("innocent", () -> innocent.complete(1));
                computation.run();
            });
            stuck.assertHeld(
                    Held.EVENT_LOOP,
                    "Code on the event loop",
                    "(Netty, Reactor, a filter) has kept it",
                    "it computes",
                    "IOLoop.mono",
                    "Computation.run",
                    "and 1 wait behind it");
            if (carrier == Carrier.JDK) { // where coroutines go on, once the watchdog has seen to that
                assertThat(innocent.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            }
            computation.stop();
            stuck.assertGoesOn();
        }
    }

    @Test
    void aVirtualThreadThatWasStartedInsideACoroutine() throws Exception {
        Computation computation = new Computation();
        try (StuckLoop stuck = new StuckLoop(Carrier.EVENT_LOOP)) {
            stuck.loop().spawn("starts it", () -> {
                Thread.ofVirtual().name("started inside").start(computation);
            });
            stuck.assertHeld(
                    Held.CARRIER,
                    "'started inside'",
                    "which has no turn, has kept the carrier of 'test'",
                    "it computes",
                    "runInExecutor",
                    "Computation.run");
            computation.stop();
            stuck.assertGoesOn();
        }
    }

    @Test
    void aBlockingSectionThatComputesInstead() throws Exception {
        Computation computation = new Computation();
        try (StuckLoop stuck = new StuckLoop(Carrier.EVENT_LOOP)) {
            stuck.loop().spawn("blocking", () -> {
                Async.blocking(() -> {
                    computation.run();
                    return null;
                });
            });
            stuck.assertHeld(Held.CARRIER, "'blocking #", "what is in `Async.blocking`, runs on the carrier as well");
            computation.stop();
            stuck.assertGoesOn();
        }
    }

    // ---- pinned

    private static final CountDownLatch EVENT_LOOP_MAY_INITIALISE = new CountDownLatch(1);

    private static final CountDownLatch JDK_MAY_INITIALISE = new CountDownLatch(1);

    private static final CompletableFuture<Integer> AWAITED = new CompletableFuture<>();

    private static int awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
            return 1;
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static final class WaitsOnTheEventLoopCarrier {
        static final int VALUE = awaitUninterruptibly(EVENT_LOOP_MAY_INITIALISE);
    }

    private static final class WaitsOnTheJdkCarrier {
        static final int VALUE = awaitUninterruptibly(JDK_MAY_INITIALISE);
    }

    private static final class Awaits {
        static final int VALUE = await(AWAITED);
    }

    @OnBothCarriers
    void aWaitInAStaticInitialiserIsPinned(Carrier carrier) throws Exception {
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            Task<Integer> initialises = stuck.loop()
                    .spawn(
                            "initialises",
                            () -> carrier == Carrier.JDK
                                    ? WaitsOnTheJdkCarrier.VALUE
                                    : WaitsOnTheEventLoopCarrier.VALUE);
            stuck.assertHeld(
                    Held.TURN,
                    "'initialises'",
                    "loads or initialises a class",
                    "is pinned: its carrier '",
                    "initialise the class early",
                    "runInExecutor");
            (carrier == Carrier.JDK ? JDK_MAY_INITIALISE : EVENT_LOOP_MAY_INITIALISE).countDown();
            assertThat(initialises.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            stuck.assertGoesOn();
        }
    }

    /** It has given its turn away, and yet nobody else can run. An interrupt is the last resort. */
    @Test
    void anAwaitInAStaticInitialiserStopsTheCarrier() throws Exception {
        try (StuckLoop stuck = new StuckLoop(Carrier.EVENT_LOOP)) {
            Task<Integer> awaits = stuck.loop().spawn("awaits", () -> Awaits.VALUE);
            stuck.assertHeld(
                    Held.CARRIER,
                    "'awaits #",
                    "has no turn",
                    "is pinned: its carrier 'test' waits with it",
                    "`cancel(true)`");
            AWAITED.complete(1); // which is of no use: it needs a turn, and that needs nothing but the carrier
            awaits.cancel(true);
            stuck.loop().runSync(Duration.ofSeconds(20), () -> 1);
            stuck.log().await(message -> message.endsWith("that is over"));
        }
    }

    // ---- what is not reported

    @OnBothCarriers
    void anIdleLoopIsNeverReported(Carrier carrier) throws Exception {
        for (boolean nativeTransport : new boolean[] {true, false}) {
            try (StuckLoop stuck = new StuckLoop(Loops.options(carrier)
                    .withNativeTransport(nativeTransport)
                    .withSlowCallback(Duration.ofMillis(40)))) {
                IOLoop loop = stuck.loop();
                loop.callLater(Duration.ofMillis(250), () -> {});
                Task<Integer> sleeps = loop.spawn(() -> {
                    Async.sleep(Duration.ofMillis(400));
                    return 1;
                });
                assertThat(sleeps.get(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(loop.slowCallback()).isNull();
                assertThat(stuck.log().messages().stream().filter(line -> line.contains("event loop of")))
                        .isEmpty();
            }
        }
    }

    @Test
    void whoHasLentItsTurnDoesNotHoldIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (StuckLoop stuck = new StuckLoop(Loops.options(Carrier.EVENT_LOOP).withSwitchOn(SwitchOn.ANY))) {
            Task<Integer> waits = stuck.loop().spawn("lends", () -> {
                go.await();
                return 1;
            });
            letPass(Duration.ofMillis(400));
            assertThat(stuck.loop().statistics().heldFor()).isLessThan(Duration.ofMillis(100));
            assertThat(stuck.log().messages()).noneMatch(message -> message.contains("lends"));
            go.countDown();
            assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void duringAQuietStartOnlyWhatTakesTenTimesAsLong(Carrier carrier) throws Exception {
        Computation computation = new Computation();
        IOLoopOptions options =
                Loops.options(carrier).withSlowCallback(Duration.ofMillis(40)).withQuietStart(Duration.ofHours(1));
        try (StuckLoop stuck = new StuckLoop(options)) {
            stuck.loop().spawn("starts", computation);
            String report = stuck.log().await(message -> message.contains("'starts'"));
            Matcher held = Pattern.compile("for (\\d+) ms").matcher(report);
            assertThat(held.find()).isTrue();
            assertThat(Integer.parseInt(held.group(1))).isGreaterThanOrEqualTo(400);
            computation.stop();
        }
    }

    @Test
    void underADebuggerNothingIsReportedAndThatIsSaidOnce() {
        IOLoopOptions options = IOLoopOptions.defaults();
        SlowCallbackReport report = new SlowCallbackReport(options, () -> true);
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 0; i < 3; i++) {
                report.begins("turn", new SlowCallback(Held.TURN, "x", Duration.ofSeconds(1), 0, "", "", List.of()));
                report.ends("turn", Duration.ofSeconds(2));
            }
            assertThat(log.messages()).singleElement().asString().contains("under a debugger", "'ioloop' reports none");
        }
        assertThat(report.count()).isZero();
    }

    // ---- Flight Recorder

    @OnBothCarriers
    void aRecordingHasAnEventOfIt(Carrier carrier, @TempDir Path directory) throws Exception {
        Computation computation = new Computation();
        Path file = directory.resolve("slow.jfr");
        try (Recording recording = new Recording();
                StuckLoop stuck = new StuckLoop(carrier)) {
            recording.enable("dev.asyncloop.SlowCallback");
            recording.start();
            stuck.loop().spawn("recorded", computation);
            stuck.assertHeld(Held.TURN, "'recorded'");
            computation.stop();
            stuck.assertGoesOn(); // the event comes before that is told
            recording.stop();
            recording.dump(file);
        }
        assertThat(Files.size(file)).isPositive();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getEventType().getName()).isEqualTo("dev.asyncloop.SlowCallback");
            assertThat(event.getString("loop")).isEqualTo("test");
            assertThat(event.getString("held")).isEqualTo("TURN");
            assertThat(event.getString("coroutine")).isEqualTo("recorded");
            assertThat(event.getDuration("heldFor")).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            assertThat(event.getString("what")).isEqualTo("computes");
            assertThat(event.getString("where")).contains("Computation.run");
        });
    }
}
