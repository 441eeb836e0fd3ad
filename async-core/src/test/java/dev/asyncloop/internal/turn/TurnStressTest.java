package dev.asyncloop.internal.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Shows by force that nobody is forgotten in the line, and that it is the second look that sees to it. */
class TurnStressTest {

    private static final int ROUNDS = 300_000;

    private static final int FEWER_ROUNDS = 50_000;

    @Test
    void nobodyIsForgotten() throws InterruptedException {
        Turn turn = new Turn();
        assertThat(lost(turn::join, ROUNDS)).isZero();
    }

    @Test
    void nobodyIsForgottenWhileOneBringsMore() throws InterruptedException {
        Thread bringsMore = Thread.currentThread();
        Turn turn = new Turn(() -> {}, null, null, () -> Thread.currentThread() == bringsMore);
        assertThat(lost(
                        successor -> {
                            turn.join(successor);
                            turn.open();
                        },
                        ROUNDS))
                .isZero();
    }

    /** Two that join at the same moment are done when both have returned, whatever a third one has put off. */
    @Test
    void nobodyReliesOnWhoBringsMore() throws InterruptedException {
        Thread bringsMore = Thread.currentThread();
        Turn turn = new Turn(() -> {}, null, null, () -> Thread.currentThread() == bringsMore);
        AtomicInteger round = new AtomicInteger();
        AtomicInteger returned = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        Runnable joins = () -> {
            for (int i = 1; i <= FEWER_ROUNDS; i++) {
                while (round.get() < i) {
                    Thread.yield();
                }
                turn.run(taken::incrementAndGet);
                returned.incrementAndGet();
            }
        };
        List<Thread> others = List.of(
                Thread.ofPlatform().daemon().start(joins),
                Thread.ofPlatform().daemon().start(joins));
        for (int i = 1; i <= FEWER_ROUNDS; i++) {
            round.set(i);
            for (int delay = i % 60; delay > 0; delay--) {
                Thread.onSpinWait();
            }
            turn.run(() -> {}); // and is not opened
            while (returned.get() < 2 * i) {
                Thread.yield();
            }
            assertThat(taken).as("round %d", i).hasValue(2 * i);
            turn.open();
        }
        for (Thread other : others) {
            other.join();
        }
    }

    @Test
    void withoutTheSecondLookSomebodyIsForgotten() throws InterruptedException {
        TurnWithoutSecondLook turn = new TurnWithoutSecondLook();
        assertThat(lost(turn::join, 20 * ROUNDS)).isPositive();
    }

    @Test
    void theTurnIsNeverTakenTwice() throws InterruptedException {
        Turn turn = new Turn();
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        int[] plain = new int[1];
        Runnable joins = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                turn.run(() -> {
                    if (holders.incrementAndGet() != 1) {
                        overlaps.incrementAndGet();
                    }
                    plain[0]++;
                    holders.decrementAndGet();
                });
            }
        };
        Thread other = Thread.ofPlatform().start(joins);
        joins.run();
        other.join();
        assertThat(overlaps).hasValue(0);
        assertThat(plain[0]).isEqualTo(2 * ROUNDS);
    }

    /**
     * Lets two threads join at the same moment, round after round. Whoever joins is done within the hand-over, so when both
     * calls have returned nobody may be left in the line.
     * @return the round in which somebody was left, or 0
     */
    private static int lost(Consumer<Successor> join, int rounds) throws InterruptedException {
        AtomicInteger round = new AtomicInteger();
        AtomicInteger returned = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Successor successor = () -> {
            taken.incrementAndGet();
            return false;
        };
        Thread other = Thread.ofPlatform().daemon().start(() -> {
            int seen = 0;
            while (!over.get()) {
                if (round.get() != seen) {
                    seen++;
                    join.accept(successor);
                    returned.incrementAndGet();
                } else {
                    Thread.onSpinWait();
                }
            }
        });
        int lostIn = 0;
        for (int i = 1; i <= rounds && lostIn == 0; i++) {
            round.set(i);
            for (int delay = i % 40; delay > 0; delay--) {
                Thread.onSpinWait();
            }
            join.accept(successor);
            while (returned.get() < i) {
                Thread.onSpinWait();
            }
            if (taken.get() != 2 * i) {
                lostIn = i;
            }
        }
        over.set(true);
        other.join();
        return lostIn;
    }

    /** As {@link Turn}, but who leaves the turn free does not look at the line again. */
    private static final class TurnWithoutSecondLook {

        private final ConcurrentLinkedQueue<Successor> line = new ConcurrentLinkedQueue<>();

        private final AtomicBoolean held = new AtomicBoolean();

        void join(Successor successor) {
            line.add(successor);
            if (held.compareAndSet(false, true)) {
                Successor next;
                while ((next = line.poll()) != null) {
                    next.take();
                }
                held.set(false);
            }
        }
    }
}
