package dev.asyncloop.internal.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TurnTest {

    private final Queue<Runnable> relieved = new ArrayDeque<>();

    private final Turn turn = new Turn(() -> {}, relieved::add, null, null);

    private final List<Object> order = new ArrayList<>();

    private int again;

    private void comeAgain() {
        again++;
        turn.run(this::comeAgain);
    }

    @Test
    void whoHandsTheTurnOnIsRelievedOfAHandOverThatDoesNotEnd() {
        turn.run(this::comeAgain);
        assertThat(again).isEqualTo(128);
        assertThat(turn.isFree()).isFalse();
        relieved.remove().run();
        assertThat(again).isEqualTo(256);
        assertThat(relieved).hasSize(1);
    }

    @Test
    void whoCannotBeRelievedGoesOn() {
        Turn alone = new Turn(
                () -> {},
                handOver -> {
                    throw new OutOfMemoryError("unable to create a thread");
                },
                null,
                null);
        alone.run(() -> {
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                alone.run(() -> order.add(number));
            }
        });
        assertThat(order).hasSize(1_000).isSorted();
        assertThat(alone.isFree()).isTrue();
    }

    @Test
    void whoBringsMoreOpensTheTurnForAll() {
        Turn later = new Turn(() -> {}, null, null, () -> true);
        later.run(() -> order.add(1));
        later.run(() -> order.add(2));
        assertThat(order).isEmpty();
        assertThat(later.isPutOff()).isTrue();
        assertThat(later.isFree()).isFalse();
        assertThat(later.waiting()).isEqualTo(2);
        later.open();
        assertThat(order).containsExactly(1, 2);
        assertThat(later.isPutOff()).isFalse();
        assertThat(later.isFree()).isTrue();
        later.open();
        assertThat(order).hasSize(2);
    }

    @Test
    void whoComesMeanwhileOpensItForAll() {
        boolean[] bringsMore = {true};
        Turn shared = new Turn(() -> {}, null, null, () -> bringsMore[0]);
        shared.run(() -> order.add(1));
        bringsMore[0] = false;
        shared.run(() -> order.add(2));
        assertThat(order).containsExactly(1, 2);
        assertThat(shared.isFree()).isTrue();
        shared.open();
        assertThat(order).hasSize(2);
    }

    @Test
    void whoJoinsWhileItIsHeldPutsNothingOff() {
        Turn held = new Turn(() -> {}, null, null, () -> true);
        held.run(() -> {
            order.add(1);
            held.run(() -> order.add(2));
            assertThat(held.isPutOff()).isFalse();
        });
        held.open();
        assertThat(order).containsExactly(1, 2);
        assertThat(held.isFree()).isTrue();
    }

    @Test
    void aShortHandOverIsDoneByWhoBeganIt() {
        turn.run(() -> {
            for (int i = 0; i < 100; i++) {
                turn.run(() -> order.add("done"));
            }
        });
        assertThat(order).hasSize(100);
        assertThat(relieved).isEmpty();
        assertThat(turn.isFree()).isTrue();
    }

    @Test
    void theRestOfWhatTakesLongComesBeforeTheLineAndInAnotherThread() {
        turn.run(() -> {
            order.add("a part");
            turn.run(() -> order.add("next in line"));
            turn.runNext(() -> order.add("the rest"));
        });
        assertThat(order).containsExactly("a part");
        assertThat(turn.isFree()).isFalse();
        relieved.remove().run();
        assertThat(order).containsExactly("a part", "the rest", "next in line");
        assertThat(turn.isFree()).isTrue();
    }

    @Test
    void anInterruptOfWhoHandsTheTurnOnIsNothingForTheOthers() {
        Thread.currentThread().interrupt();
        turn.run(() -> order.add(Thread.currentThread().isInterrupted()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(order).containsExactly(false);
    }

    @Test
    void whoJoinsQuietlyHasAFreeTurnAtOnce() {
        turn.joinQuietly(this::keep, relieved::add);
        assertThat(order).containsExactly("joined quietly");
        assertThat(relieved).isEmpty();
        turn.run(() -> order.add("next"));
        turn.joinQuietly(this::keep, relieved::add);
        assertThat(order).hasSize(1);
        turn.pass();
        assertThat(order).containsExactly("joined quietly", "next", "joined quietly");
        turn.pass();
        assertThat(turn.isFree()).isTrue();
    }

    @Test
    void whoJoinsQuietlyHasAnotherThreadDoWhatComesBefore() {
        Turn putOff = new Turn(() -> {}, null, null, () -> true);
        putOff.run(() -> order.add("before"));
        putOff.joinQuietly(this::keep, relieved::add);
        assertThat(order).isEmpty();
        assertThat(putOff.isFree()).isFalse();
        assertThat(putOff.isPutOff()).isFalse();
        relieved.remove().run();
        assertThat(order).containsExactly("before", "joined quietly");
        putOff.pass();
        assertThat(putOff.isFree()).isTrue();
    }

    @Test
    void whoJoinsQuietlyDoesItItselfIfThereIsNoThread() {
        Turn putOff = new Turn(() -> {}, null, null, () -> true);
        putOff.run(() -> order.add("before"));
        putOff.joinQuietly(this::keep, handOver -> {
            throw new OutOfMemoryError("unable to create a thread");
        });
        assertThat(order).containsExactly("before", "joined quietly");
    }

    private boolean keep() {
        order.add("joined quietly");
        return true;
    }
}
