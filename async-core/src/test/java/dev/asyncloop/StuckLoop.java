package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A loop that somebody is going to hold, and what the watchdog says of it. */
final class StuckLoop implements AutoCloseable {

    private final CapturedLog log = CapturedLog.withWatchdog();

    private final IOLoop loop;

    StuckLoop(IOLoopOptions options) {
        loop = IOLoop.create(options);
    }

    StuckLoop(Carrier carrier) {
        this(Loops.options(carrier));
    }

    IOLoop loop() {
        return loop;
    }

    CapturedLog log() {
        return log;
    }

    /**
     * Asserts that this is reported while it lasts, and that it can be asked for meanwhile. On a slow machine who has just
     * begun may still be loading a class when it is looked at first; it is looked at again.
     * @param parts what the report contains
     */
    void assertHeld(SlowCallback.Held held, String name, String... parts) throws InterruptedException {
        String report = log.await(message -> message.contains(name)
                && message.contains("It is here")
                && Arrays.stream(parts).allMatch(message::contains));
        SlowCallback seen = loop.slowCallback();
        assertThat(seen).isNotNull();
        assertThat(seen.held()).isEqualTo(held);
        assertThat(report).contains(seen.what(), seen.wayOut());
        assertThat(seen.stack()).isNotEmpty();
        Duration before = loop.statistics().heldFor();
        assertThat(before).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        until(() -> loop.statistics().heldFor().compareTo(before) > 0);
        assertThat(reports()).isEqualTo(1);
        assertThat(loop.statistics().slowCallbacks()).isEqualTo(1);
    }

    long reports() {
        return log.messages().stream()
                .filter(line -> line.contains("It is here") && !line.startsWith("Still: "))
                .count();
    }

    /** Asserts that the loop goes on, that the end is reported, and that nobody holds it any more. */
    void assertGoesOn() throws InterruptedException {
        assertThat(loop.runSync(Duration.ofSeconds(20), () -> 1)).isEqualTo(1);
        log.await(message -> message.endsWith("that is over"));
        until(() -> loop.statistics().heldFor().isZero());
        assertThat(loop.slowCallback()).isNull();
        assertThat(reports()).isEqualTo(1);
    }

    static void until(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("20 s are over").isLessThan(deadline);
            never.await(2, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        loop.close();
        log.close();
    }
}
