package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Shows by force that no wake-up is lost, and that it is the second look that sees to it. */
class SleepGateStressTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long IMPATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Test
    void noWakeUpIsLost() throws InterruptedException {
        assertThat(new Sleeper(true).lost(200_000, PATIENCE_NANOS)).isZero();
    }

    @Test
    void withoutTheSecondLookAWakeUpIsLost() throws InterruptedException {
        assertThat(new Sleeper(false).lost(5_000_000, IMPATIENCE_NANOS)).isPositive();
    }

    @Test
    void whatComesDuringAndAfterTheEndIsDrainedOnceAndByOneAtATime() throws InterruptedException {
        for (int round = 0; round < 3_000; round++) {
            Leaver leaver = new Leaver();
            Thread carrier = Thread.ofPlatform().start(leaver::leave);
            for (int i = 0; i < 8; i++) {
                leaver.bring();
            }
            carrier.join();
            leaver.awaitDone(8);
            assertThat(leaver.overlaps).hasValue(0);
        }
    }

    /** A thread that sleeps when there is nothing to do, and is brought one thing at a time. */
    private static final class Sleeper {

        private final boolean secondLook;

        private final ConcurrentLinkedQueue<Integer> work = new ConcurrentLinkedQueue<>();

        private final AtomicInteger done = new AtomicInteger();

        private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);

        private final SleepGate gate = new SleepGate(() -> LockSupport.unpark(thread), () -> {});

        private volatile boolean over;

        Sleeper(boolean secondLook) {
            this.secondLook = secondLook;
        }

        private void run() {
            while (!over) {
                while (work.poll() != null) {
                    done.incrementAndGet();
                }
                gate.idle();
                if (!secondLook || work.isEmpty() && !over && gate.maySleep()) {
                    LockSupport.park(this);
                }
                gate.awake();
            }
        }

        /** Returns the round in which the sleeper slept on, or 0. */
        int lost(int rounds, long patienceNanos) throws InterruptedException {
            thread.start();
            int lostIn = 0;
            for (int i = 1; i <= rounds && lostIn == 0; i++) {
                for (int delay = i % 64; delay > 0; delay--) {
                    Thread.onSpinWait();
                }
                work.add(i);
                gate.signal();
                long start = System.nanoTime();
                while (done.get() != i) {
                    if (System.nanoTime() - start > patienceNanos) {
                        lostIn = i;
                        break;
                    }
                    Thread.onSpinWait();
                }
            }
            over = true;
            LockSupport.unpark(thread);
            thread.join();
            return lostIn;
        }
    }

    /** A carrier that leaves while work is brought. */
    private static final class Leaver {

        private final ConcurrentLinkedQueue<Integer> work = new ConcurrentLinkedQueue<>();

        private final AtomicInteger done = new AtomicInteger();

        private final AtomicInteger drainers = new AtomicInteger();

        final AtomicInteger overlaps = new AtomicInteger();

        private final SleepGate gate = new SleepGate(() -> {}, () -> LateThread.run(this::drain));

        void leave() {
            drain();
        }

        void bring() {
            work.add(1);
            gate.signal();
        }

        private void drain() {
            if (drainers.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
            }
            while (work.poll() != null) {
                done.incrementAndGet();
            }
            drainers.decrementAndGet();
            gate.close();
            if (!work.isEmpty()) {
                gate.signal();
            }
        }

        void awaitDone(int count) {
            long start = System.nanoTime();
            while (done.get() != count) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new AssertionError("only " + done + " of " + count + " were done");
                }
                Thread.onSpinWait();
            }
        }
    }
}
