package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The watchdog says what a coroutine does that keeps the turn, and what to do about it. */
class HoldTest {

    private static StackTraceElement frame(String method) {
        int dot = method.lastIndexOf('.');
        return new StackTraceElement(method.substring(0, dot), method.substring(dot + 1), "File.java", 1);
    }

    private static StackTraceElement nativeFrame(String method) {
        int dot = method.lastIndexOf('.');
        return new StackTraceElement(method.substring(0, dot), method.substring(dot + 1), "File.java", -2);
    }

    private static Hold hold(Thread.State state, StackTraceElement... stack) {
        return Hold.of(state, stack);
    }

    @Test
    void whatAThreadDoesIsToldByItsJdkFrames() {
        StackTraceElement own = frame("com.example.Quotes.load");
        Thread.State runs = Thread.State.RUNNABLE;
        assertThat(hold(runs, nativeFrame("java.net.Inet6AddressImpl.lookupAllHostAddr"), own))
                .isEqualTo(Hold.RESOLVES_A_NAME);
        assertThat(hold(
                        runs,
                        nativeFrame("sun.nio.ch.UnixFileDispatcherImpl.read0"),
                        frame("java.nio.file.Files.readString"),
                        own))
                .isEqualTo(Hold.READS_A_FILE);
        assertThat(hold(runs, nativeFrame("java.io.FileInputStream.readBytes"), own))
                .isEqualTo(Hold.READS_A_FILE);
        assertThat(hold(runs, frame("jdk.internal.loader.BuiltinClassLoader.loadClass"), own))
                .isEqualTo(Hold.LOADS_A_CLASS);
        assertThat(hold(
                        Thread.State.WAITING,
                        frame("java.lang.VirtualThread.park"),
                        own,
                        frame("com.example.Big.<clinit>")))
                .isEqualTo(Hold.LOADS_A_CLASS);
        assertThat(hold(runs, nativeFrame("com.example.Codec.encode"), own)).isEqualTo(Hold.CALLS_NATIVE_CODE);
        assertThat(hold(runs, own, frame("java.io.FileInputStream.read"))).isEqualTo(Hold.COMPUTES); // below its code
        assertThat(hold(Thread.State.TIMED_WAITING, frame("java.lang.Thread.sleep"), own))
                .isEqualTo(Hold.WAITS);
        assertThat(hold(Thread.State.BLOCKED, own)).isEqualTo(Hold.WAITS);
        assertThat(hold(runs)).isEqualTo(Hold.COMPUTES);
    }

    @OnBothCarriers
    void aWaitIsReportedWithWhatItWaitsForAndTheWayOut(Carrier carrier) throws Exception {
        Semaphore served = new Semaphore(0);
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("waits for a coroutine", () -> {
                served.acquire();
                return null;
            });
            loop.spawn("would serve it", () -> served.release());
            assertThat(log.await(message -> message.contains("waits for a coroutine")))
                    .contains("and 1 wait behind it", "it waits in the JDK", "Semaphore", "Async.blocking", "for ever")
                    .contains("HoldTest");
            served.release(); // from outside: the loop can't
        }
    }

    /** All threads of the JDK's scheduler are busy, so one that has just been started can't run. */
    @Test
    void whoIsReadyAndHasNoThreadIsNoComputation() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors() + 8; i++) {
            busy.add(Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        Thread ready = Thread.startVirtualThread(() -> {});
        ThreadSample sample = new ThreadSample(ready);
        over.set(true);
        ready.join();
        for (Thread thread : busy) {
            thread.join();
        }
        assertThat(sample.isReady()).isTrue();
        assertThat(sample.hold()).isEqualTo(Hold.IS_READY);
    }

    @Test
    void theJdksTextOfAVirtualThreadTellsWhatCarriesIt() {
        assertThat(Mounting.parse("VirtualThread[#7,a]/@b]/runnable@carrier", 7, "a]/@b"))
                .isEqualTo(new Mounting("carrier", false));
        assertThat(Mounting.parse("VirtualThread[#7]/waiting@carrier", 7, "").pinned())
                .isTrue();
        assertThat(Mounting.parse("VirtualThread[#7,a]/waiting", 7, "a").isMounted())
                .isFalse();
        assertThat(Mounting.parse("of another JDK @carrier", 7, "a").isMounted())
                .isFalse();
    }

    @OnBothCarriers
    void computingIsReportedAsSuch(Carrier carrier) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("computes", () -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
            assertThat(log.await(message -> message.contains("'computes'"))).contains("it computes", "runInExecutor");
            over.set(true);
        }
    }
}
